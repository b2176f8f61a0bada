//! Labels with their values.

use leptos::prelude::*;

/// Labels over their values, in as many columns as there is room for; two on a phone.
#[component]
pub(crate) fn FactList(children: Children) -> impl IntoView {
    view! {
        <dl class="grid grid-cols-2 gap-x-6 gap-y-3 md:grid-cols-[repeat(auto-fill,minmax(9rem,1fr))]">
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
            <dt class="text-sm wrap-anywhere text-muted">{label}</dt>
            <dd class="wrap-anywhere" title=title>{children()}</dd>
        </div>
    }
}
