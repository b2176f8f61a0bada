//! Labels with their values.

use leptos::prelude::*;

/// Labels over their values, side by side with lines between them; in two columns on a phone.
#[component]
pub(crate) fn FactList(children: Children) -> impl IntoView {
    view! {
        <dl class="flex flex-wrap gap-y-3 max-md:grid max-md:grid-cols-2 max-md:gap-x-4 md:[&>div]:border-l md:[&>div]:border-line md:[&>div]:px-4 md:[&>div:first-child]:border-0 md:[&>div:first-child]:pl-0">
            {children()}
        </dl>
    }
}

/// One label and its value. `title` says more to whoever points at it.
#[component]
pub(crate) fn Fact(
    #[prop(into)] label: String,
    #[prop(optional_no_strip)] title: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="min-w-0">
            <dt class="text-sm text-muted">{label}</dt>
            <dd class="wrap-anywhere" title=title>{children()}</dd>
        </div>
    }
}
