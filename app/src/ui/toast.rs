//! A short text beside what was just pressed.

use leptos::prelude::*;

/// Says for a moment what happened, to everybody. Nothing where `text` is blank.
#[component]
pub(crate) fn Toast(#[prop(into)] text: Signal<&'static str>) -> impl IntoView {
    view! {
        <span
            class="absolute bottom-[calc(100%+0.2rem)] left-1/2 -translate-x-1/2 rounded-sm bg-ink text-xs whitespace-nowrap text-ground not-empty:px-1.5 not-empty:py-0.5"
            role="status"
        >
            {move || text.get()}
        </span>
    }
}
