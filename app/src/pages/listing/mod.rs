//! A listing of Resources: of one type or of all, narrowed by words and facets.

mod chips;
mod empty;
mod facets;
mod head;
mod links;
mod load;
mod pages;
mod table;

use leptos::prelude::*;

use self::links::FilterLinks;
use self::load::ListingPage;
use crate::api::{ApiError, Fragment};
use crate::catalog::Catalog;
use crate::components::written;
use crate::model::{FacetName, ListingQuery};

/// `/resources` and `/resources/{types}`.
pub(super) async fn page(catalog: &dyn Catalog, types: &str, query: &str) -> Result<Fragment, ApiError> {
    let query = ListingQuery::from_url(Some(types), query);
    let page = load::listing(catalog, types, &query).await?;
    Ok(Fragment::of(head::document_title(&query), listing(page, query)))
}

fn listing(page: ListingPage, mut query: ListingQuery) -> impl IntoView {
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
            written(table::table(&page.listing.rows, &query, page.now)),
            pages::pages(&query, page.listing.next, page.listing.previous),
        )
            .into_any()
    };
    view! {
        <div class="listing">
            {written(head::kept(&query))}
            {head::head(&query, total)}
            {chips::states(&query, &links, page.states)}
            {chips::chosen(&query, &links)}
            <div class="listing-body">
                {written(facets::facets(&query, &links, page.listing.facets))}
                <div class="results">{body}</div>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
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

    fn page(rows: i64) -> ListingPage {
        let facets = FacetName::ALL
            .into_iter()
            .map(|name| Facet {
                name,
                values: (0..12).map(|at| FacetValue { value: format!("value-{at}"), count: 100 - at }).collect(),
                more: 3,
            })
            .collect();
        let listing = Listing { rows: (0..rows).map(row).collect(), total: 209, facets, next: None, previous: None };
        ListingPage { listing, states: vec![(State::Active, 67), (State::Deleted, 139)], now: NOW }
    }

    fn html(address: &str, page: ListingPage) -> String {
        Fragment::of("", listing(page, ListingQuery::from_address(address).expect("a listing"))).html
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
    fn a_stale_row_says_so_with_its_age() {
        let mut page = page(1);
        assert!(!html("/resources", page.clone()).contains("stale: seen"));
        let seen = crate::model::Seen { at: Timestamp(NOW.0 - 20 * 60_000), source: "poller".into() };
        page.listing.rows[0].stale = Some(seen);
        let html = html("/resources?fresh=stale", page);
        assert_eq!(html.matches("stale: seen 20 minutes ago").count(), 1, "{html}");
    }

    #[test]
    fn an_empty_listing_shows_ways_out() {
        let nothing = ListingPage { listing: Listing { rows: Vec::new(), ..page(0).listing }, ..page(0) };
        let narrowed = html("/resources/services?q=nope&owner=ada", nothing.clone());
        assert!(narrowed.contains("href=\"/resources?q=nope\""), "{narrowed}");
        assert!(narrowed.contains("href=\"/resources/services\""), "{narrowed}");
        let fresh = html("/resources", ListingPage { states: Vec::new(), ..nothing });
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
