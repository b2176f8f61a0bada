//! A listing of Resources: of one type or of all, narrowed by words and facets.

mod chips;
mod empty;
mod facets;
mod head;
mod links;
mod pages;
mod table;

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};

use self::links::FilterLinks;
use crate::api::{self, load_listing};
use crate::components::Outcome;
use crate::model::{FacetName, ListingQuery};

/// `/resources` and `/resources/{types}`.
#[component]
pub(crate) fn ListingPage() -> impl IntoView {
    let params = use_params_map();
    let search = use_location().search;
    let address = move || (params.read().get("types").unwrap_or_default(), search.get());
    let loaded = Resource::new(address, |(types, query)| async move {
        let answer = load_listing(types.clone(), query.clone()).await;
        (types, query, answer)
    });
    view! {
        <Transition>
            {move || Suspend::new(async move {
                // The address comes with the answer: while the next page is on its way, links and rows still agree.
                let (types, query, answer) = loaded.await;
                match answer {
                    Ok(page) => listing(page, ListingQuery::from_url(Some(&types), &query)).into_any(),
                    Err(error) => view! { <Outcome error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn listing(page: api::ListingPage, mut query: ListingQuery) -> impl IntoView {
    if query.resource_type.is_some() {
        // The path says the type.
        query.filters.retain(|(facet, _)| *facet != FacetName::Type);
    }
    let links = FilterLinks::new(&query);
    let total = page.listing.total;
    let known: u64 = page.states.iter().map(|(_, count)| count).sum();
    let body = if page.listing.rows.is_empty() {
        empty::empty(&query, known).into_any()
    } else {
        (
            table::table(page.listing.rows, &query, page.now),
            pages::pages(&query, page.listing.next, page.listing.previous),
        )
            .into_any()
    };
    view! {
        <div class="listing">
            {head::head(&query, total)}
            {chips::states(&query, &links, page.states)}
            {chips::chosen(&query, &links)}
            <div class="listing-body">
                {facets::facets(&query, &links, page.listing.facets)}
                <div class="results">{body}</div>
            </div>
        </div>
    }
}
