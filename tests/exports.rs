//! Whole listings, while the catalog changes.

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use app::catalog::Catalog as _;
use app::model::{Batch, Observation, Timestamp};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use pharos::catalog::LiveCatalog;
use support::{NOON, Site, active};
use tower::ServiceExt as _;

const RESOURCES: usize = 2_000;

fn name(number: usize) -> String {
    format!("service-{number:04}")
}

async fn record(catalog: &LiveCatalog, at: i64, observations: Vec<Observation>) {
    let batch = Batch { source: "test".into(), at: Timestamp(at), observations, ..Batch::default() };
    catalog.record(batch).await.expect("recorded");
}

fn seen(number: usize, at: i64, status: &str) -> Observation {
    let mut seen = active("service", Some("public"), &name(number));
    (seen.at, seen.status) = (Timestamp(at), Some(status.to_owned()));
    seen
}

/// A site with Services of different ages.
async fn site() -> Site {
    let site = Site::empty().await;
    let old = |number: usize| NOON.0 - 1_000_000 + number as i64;
    record(&site.catalog, NOON.0, (0..RESOURCES).map(|number| seen(number, old(number), "active")).collect()).await;
    assert!(site.catalog.caught_up(Duration::from_secs(60)).await);
    site
}

/// How often each Service is in an export that is read slowly while something happens to the catalog.
async fn counted(
    site: &Site,
    address: &str,
    mut meanwhile: impl AsyncFnMut(Arc<LiveCatalog>),
) -> BTreeMap<String, usize> {
    let request = Request::get(address).header("host", "localhost").body(Body::empty()).expect("a request");
    let response = site.router.clone().oneshot(request).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK, "{address}");
    let mut body = response.into_body();
    let mut text = Vec::new();
    while text.len() < 1_000 {
        let frame = body.frame().await.expect("more").expect("it is whole");
        text.extend_from_slice(&frame.into_data().expect("data"));
    }
    meanwhile(Arc::clone(&site.catalog)).await;
    text.extend_from_slice(&body.collect().await.expect("it is whole").to_bytes());
    let text = String::from_utf8(text).expect("text");
    let mut found = BTreeMap::new();
    for line in text.lines() {
        if let Some(at) = line.find("service-") {
            *found.entry(line[at..at + name(0).len()].to_owned()).or_default() += 1;
        }
    }
    found
}

fn assert_each_once(found: &BTreeMap<String, usize>, what: &str) {
    for number in 0..RESOURCES {
        assert_eq!(found.get(&name(number)), Some(&1), "{} in {what}", name(number));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_each_resource_once_whatever_changes_meanwhile() {
    for address in [
        "/export/resources.csv",
        "/export/resources/services.json?state=active",
        "/api/v1/resources.ndjson?sort=-updated",
        "/api/v1/resources.csv?sort=state",
        "/api/v1/resources/services.ndjson?q=service",
    ] {
        let site = site().await;
        let found = counted(&site, address, async |catalog| {
            // The oldest become the newest and leave their State, the newest come later in every order, and new ones come.
            let at = NOON.0;
            record(&catalog, at, (0..300).map(|number| seen(number, at, "error")).collect()).await;
            record(&catalog, at, (1_500..RESOURCES).map(|number| seen(number, at, "warning")).collect()).await;
            record(&catalog, at, (5_000..5_100).map(|number| seen(number, at, "active")).collect()).await;
            let gone = |number| Observation { deleted: true, ..seen(number, at + 1, "active") };
            record(&catalog, at, (700..800).map(gone).collect()).await;
        })
        .await;
        assert_each_once(&found, address);
        assert_eq!(found.len(), RESOURCES, "what came later is in none: {address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_keeps_the_order_that_was_asked_for() {
    let site = site().await;
    for (sort, first, last) in [("name", name(0), name(RESOURCES - 1)), ("-name", name(RESOURCES - 1), name(0))] {
        let csv = site.get(&format!("/api/v1/resources.csv?sort={sort}")).await;
        let rows: Vec<&str> = csv.body.lines().skip(1).collect();
        assert_eq!(rows.len(), RESOURCES);
        assert!(rows[0].contains(&first) && rows[RESOURCES - 1].contains(&last), "{sort}: {} {}", rows[0], rows[1_999]);
    }
    let page = site.get("/api/v1/resources?sort=name&limit=500").await.json();
    let after = page["next"].as_str().expect("more").to_owned();
    let rest = site.get(&format!("/api/v1/resources.csv?sort=name&after={after}")).await;
    assert_eq!(rest.body.lines().count(), 1_501, "from the cursor on");
    assert!(rest.body.lines().nth(1).is_some_and(|row| row.contains(&name(500))));
    let refused = site.get("/api/v1/resources.csv?sort=state&after=nonsense").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.body);
}
