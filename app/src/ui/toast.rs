//! A short text beside what was just pressed.

use leptos::prelude::*;

/// Says for a moment what happened, to everybody. Nothing where `text` is blank.
#[component]
pub(crate) fn Toast(#[prop(into)] text: Signal<&'static str>) -> impl IntoView {
    let class = move || {
        if text.get().is_empty() {
            "sr-only"
        } else {
            "absolute bottom-[calc(100%+0.2rem)] left-1/2 -translate-x-1/2 rounded-sm bg-ink px-1.5 py-0.5 text-xs whitespace-nowrap text-ground"
        }
    };
    view! {
        <span class=class role="status">
            {move || text.get()}
        </span>
    }
}
