//! Chips: values that can be chosen, or dropped again.

use leptos::prelude::*;

/// A row of chips that wraps. `label` names the list.
#[component]
pub(crate) fn ChipRow(label: &'static str, children: Children) -> impl IntoView {
    view! { <ul class="flex flex-wrap items-center gap-1.5" aria-label=label>{children()}</ul> }
}

/// One chip of a row. A chosen one says so. `label` names it where its text does not.
#[component]
pub(crate) fn Chip(
    #[prop(into)] href: String,
    #[prop(optional)] is_chosen: bool,
    #[prop(optional)] keeps_place: bool,
    #[prop(optional)] label: Option<String>,
    children: Children,
) -> impl IntoView {
    let title = label.clone();
    view! {
        <li>
            <a
                class="inline-flex min-h-7 max-w-full items-center gap-1 rounded-full border border-line bg-ground px-2.5 wrap-anywhere text-ink hover:bg-hover hover:no-underline aria-[current]:border-accent aria-[current]:bg-accent-ground aria-[current]:font-semibold aria-[current]:text-accent"
                href=href
                aria-current=is_chosen.then_some("true")
                aria-label=label
                title=title
                data-noscroll=keeps_place.then_some("")
            >
                {children()}
            </a>
        </li>
    }
}
