//! The page of one Resource.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::api::load_resource;
use crate::components::Outcome;

/// `/resources/{types}/{fqn}` and its tabs.
#[component]
pub(crate) fn ResourcePage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let loaded = Resource::new(
        move || {
            let params = params.read();
            (
                params.get("types").unwrap_or_default(),
                params.get("fqn").unwrap_or_default(),
                query.read().get("from").unwrap_or_default(),
            )
        },
        |(types, fqn, from)| load_resource(types, fqn, from),
    );
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok(page) => view! { <h1>{page.detail.resource.key.name}</h1> }.into_any(),
                    Err(error) => view! { <Outcome error/> }.into_any(),
                }
            })}
        </Transition>
    }
}
