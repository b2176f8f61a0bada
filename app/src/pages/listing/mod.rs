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

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use leptos_meta::ServerMetaContext;

    use super::*;
    use crate::model::{Facet, FacetValue, Health, HealthLevel, Key, Listing, ListingRow, State, Timestamp};

    const NOW: Timestamp = Timestamp(1_760_000_000_000);

    fn row(at: i64) -> ListingRow {
        ListingRow {
            key: Key::new("service", Some("public"), &format!("orders-api-{at}")).expect("a key"),
            version: "v1".into(),
            state: if at % 5 == 4 { State::Deleted } else { State::Active },
            runtime: if at % 3 == 0 { String::new() } else { "running:1".into() },
            runtime_unknown: at % 6 == 0,
            health: Health { level: HealthLevel::Healthy, reason: "It is active and running.".into(), stuck: false },
            owner: Some("ada_of_sales".into()),
            tags: vec!["sales".into(), "dataos:type:service".into(), "orders".into(), "tier:gold".into(), "raw".into()],
            depot_source: None,
            description: Some("Answers what was ordered <when> and by whom & why".into()),
            created_at: None,
            runtime_since: None,
            changed_at: Timestamp(NOW.0 - at * 3_600_000),
            observed_at: Some(Timestamp(NOW.0 - at * 7_200_000)),
            stale: None,
        }
    }

    fn page(rows: i64) -> api::ListingPage {
        let facets = FacetName::ALL
            .into_iter()
            .map(|name| Facet {
                name,
                values: (0..12).map(|at| FacetValue { value: format!("value-{at}"), count: 100 - at }).collect(),
                more: 3,
            })
            .collect();
        let listing = Listing { rows: (0..rows).map(row).collect(), total: 209, facets, next: None, previous: None };
        api::ListingPage { listing, states: vec![(State::Active, 67), (State::Deleted, 139)], now: NOW }
    }

    fn html(address: &str, page: api::ListingPage) -> String {
        let owner = Owner::new();
        owner.with(|| {
            let (meta, _output) = ServerMetaContext::new();
            provide_context(meta);
            leptos_meta::provide_meta_context();
            listing(page, ListingQuery::from_address(address).expect("a listing")).to_html()
        })
    }

    #[test]
    fn a_page_of_rows_stays_small() {
        let html = html("/resources?q=orders&state=active", page(25));
        assert!(html.contains("<mark>orders"), "{html}");
        assert!(html.contains("ordered &lt;when&gt;"), "{html}");
        assert!(html.contains("?from=%2Fresources%3Fq%3Dorders%26state%3Dactive"), "{html}");
        assert!(!html.contains("dataos:type"), "platform tags are not shown");
        assert!(html.contains("not known") && html.contains("No runtime"));
        assert!(html.len() < 50_000, "{} bytes", html.len());
    }

    #[test]
    fn an_empty_listing_shows_ways_out() {
        let nothing = api::ListingPage { listing: Listing { rows: Vec::new(), ..page(0).listing }, ..page(0) };
        let narrowed = html("/resources/services?q=nope&owner=ada", nothing.clone());
        assert!(narrowed.contains("href=\"/resources?q=nope\""), "{narrowed}");
        assert!(narrowed.contains("href=\"/resources/services\""), "{narrowed}");
        let fresh = html("/resources", api::ListingPage { states: Vec::new(), ..nothing });
        assert!(fresh.contains("pharos import"), "{fresh}");
    }

    #[test]
    #[ignore = "a measurement"]
    fn rendering_speed() {
        let page = page(25);
        let start = std::time::Instant::now();
        let rounds = 200;
        let mut bytes = 0;
        for _ in 0..rounds {
            bytes += html("/resources?q=orders&state=active", page.clone()).len();
        }
        println!("{} bytes, {:?} a page", bytes / rounds, start.elapsed() / u32::try_from(rounds).expect("few"));
    }
}
