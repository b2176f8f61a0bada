//! What stands where there is nothing to show.

use leptos::prelude::*;

/// Says why there is nothing, and offers ways out. `is_nested` is for one below a heading of the page.
#[component]
pub(crate) fn EmptyState(
    #[prop(into)] title: String,
    #[prop(optional)] is_nested: bool,
    children: Children,
) -> impl IntoView {
    let heading = if is_nested { view! { <h3>{title}</h3> }.into_any() } else { view! { <h2>{title}</h2> }.into_any() };
    view! { <div class="grid max-w-2xl justify-items-start gap-3 py-8">{heading}{children()}</div> }
}
