//! A sentence that should not be missed.

use leptos::prelude::*;

/// A sentence on a coloured ground. `is_bad` is for what is broken.
#[component]
pub(crate) fn Notice(
    #[prop(optional)] is_bad: bool,
    #[prop(optional)] role: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let class = if is_bad {
        "flex flex-wrap items-center gap-x-1.5 rounded-md bg-bad-ground px-3 py-2 text-bad"
    } else {
        "flex flex-wrap items-center gap-x-1.5 rounded-md bg-warn-ground px-3 py-2 text-warn"
    };
    view! { <p class=class role=role>{children()}</p> }
}
