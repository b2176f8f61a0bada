//! A listing of Resources: of one type or of all, narrowed by words and facets.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};

use crate::api::load_listing;
use crate::components::Outcome;

/// `/resources` and `/resources/{types}`.
#[component]
pub(crate) fn ListingPage() -> impl IntoView {
    let params = use_params_map();
    let search = use_location().search;
    let loaded = Resource::new(
        move || (params.read().get("types").unwrap_or_default(), search.get()),
        |(types, query)| load_listing(types, query),
    );
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok(page) => view! { <h1>"Resources"</h1><p>{page.listing.total}</p> }.into_any(),
                    Err(error) => view! { <Outcome error/> }.into_any(),
                }
            })}
        </Transition>
    }
}
