//! What opens over the page.

use leptos::prelude::*;

/// The ground of what opens over the page.
const PANEL: &str = "border border-line bg-ground text-ink shadow-panel";

/// A list that opens below a field, and takes nothing of the focus.
#[component]
pub(crate) fn Popover(
    id: &'static str,
    label: &'static str,
    #[prop(into)] is_open: Signal<bool>,
    children: Children,
) -> impl IntoView {
    // Pressing the mouse must not take the focus from the field, or the list would close before the click. And browsers
    // let Tab stop at whatever scrolls, unless told otherwise.
    view! {
        <div
            class=[
                PANEL,
                " absolute inset-x-0 top-[calc(100%+0.3rem)] max-h-[min(32rem,calc(100dvh-5rem))] overflow-y-auto rounded-lg p-1.5 max-md:inset-x-2 max-md:top-12",
            ]
                .concat()
            id=id
            role="listbox"
            tabindex="-1"
            aria-label=label
            hidden=move || !is_open.get()
            on:mousedown=move |event| event.prevent_default()
        >
            {children()}
        </div>
    }
}
