//! The sign in the top bar that tells whether the page is current.

use leptos::prelude::*;

use crate::live::{Connection, LiveFeed};

/// Tells whether the page follows changes; pauses following when pressed, and goes on when pressed again (WCAG 2.2.2).
#[component]
pub(crate) fn LiveButton() -> impl IntoView {
    let feed = LiveFeed::of_app();
    let connection = feed.status.connection;
    let word = move || connection.get().word();
    let label = move || format!("Live updates: {}", word());
    let title = move || match connection.get() {
        Connection::Paused => "The page does not change by itself: go on",
        _ => "The page changes by itself: pause",
    };
    let dot = move || match connection.get() {
        Connection::Live => "size-2 rounded-full border-2 border-good bg-good",
        Connection::Reconnecting => "size-2 rounded-full border-2 border-warn",
        Connection::Off | Connection::Hidden | Connection::Paused => "size-2 rounded-full border-2 border-current",
    };
    view! {
        <button
            type="button"
            class="inline-flex min-h-8 min-w-8 items-center justify-center gap-1.5 rounded-md px-1.5 text-sm whitespace-nowrap text-muted hover:bg-hover hover:text-ink no-script:invisible md:min-w-32 md:justify-start"
            // A page that follows nothing, such as that of an error, has nothing to pause.
            class:invisible=move || connection.get() == Connection::Off
            aria-label=label
            title=title
            on:click=move |_| feed.toggle()
        >
            <span class=dot></span>
            <span class="max-md:hidden">{word}</span>
        </button>
    }
}
