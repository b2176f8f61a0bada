//! Tabs, as links: each has an address of its own.

use leptos::prelude::*;

/// The tabs of a page.
#[component]
pub(crate) fn Tabs(label: &'static str, children: Children) -> impl IntoView {
    view! { <nav class="flex gap-1 overflow-x-auto border-b border-line" aria-label=label>{children()}</nav> }
}

/// One tab. The page stays where it is scrolled to when it is chosen. `number` tells how much there is on it.
#[component]
pub(crate) fn Tab(
    href: impl Fn() -> String + Send + 'static,
    is_current: impl Fn() -> bool + Send + 'static,
    label: &'static str,
    #[prop(optional, into)] number: Option<Signal<Option<String>>>,
) -> impl IntoView {
    let number = number.map(|number| {
        move || {
            let number = number.get()?;
            Some(view! { " " <span class="ml-1 rounded-full bg-sunken px-1.5 text-sm font-normal text-muted tabular-nums">{number}</span> })
        }
    });
    view! {
        <a
            class="border-b-2 border-transparent px-3 py-2 max-md:px-2 whitespace-nowrap text-muted hover:text-ink hover:no-underline focus-visible:-outline-offset-2 aria-[current]:border-accent aria-[current]:font-semibold aria-[current]:text-ink"
            href=href
            aria-current=move || is_current().then_some("page")
            data-noscroll=""
        >
            {label}
            {number}
        </a>
    }
}
