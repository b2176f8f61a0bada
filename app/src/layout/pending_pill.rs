//! Changes that wait to be shown, and what is announced of those that do not.

use leptos::prelude::*;

use crate::live::LiveFeed;

/// Shows how many rows would be added, removed or moved, and does so when pressed. Also holds the announcements for
/// screen readers.
#[component]
pub(crate) fn PendingPill() -> impl IntoView {
    let feed = LiveFeed::of_app();
    let pending = feed.status.pending;
    let label = move || match pending.get() {
        1 => "1 change: show".to_owned(),
        count => format!("{count} changes: show"),
    };
    view! {
        <button
            type="button"
            class="fixed bottom-5 left-1/2 z-20 -translate-x-1/2 rounded-full border border-edge bg-accent-ground px-3.5 py-1.5 text-ink"
            hidden=move || pending.get() == 0
            on:click=move |_| feed.show_pending()
        >
            {label}
        </button>
        <div class="sr-only" role="log" aria-label="Live changes">
            {move || feed.status.announcement.get()}
        </div>
    }
}
