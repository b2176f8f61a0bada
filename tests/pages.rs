//! The pages as a browser without JavaScript gets them.

mod support;

use app::model::{NodeStatus, Observation, RuntimeNode, Timestamp};
use axum::http::StatusCode;
use support::{Site, active};

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_page_is_whole_html() {
    let site = Site::demo(1_000).await;
    for (address, title, heading) in [
        ("/", "Overview · Pharos", "Overview"),
        ("/resources", "All Resources · Pharos", "All Resources"),
        ("/resources/depots", "Depots · Pharos", "Depots"),
        ("/resources/depots?state=deleted&sort=-updated", "Depots · Pharos", "Depots"),
        ("/resources?q=orders", "orders · All Resources · Pharos", "All Resources"),
        ("/resources/depots/systemstreams", "systemstreams · Depots · Pharos", "systemstreams"),
        ("/resources/depots/salesraw/runtime", "salesraw runtime · Depots · Pharos", "salesraw"),
        ("/resources/services/public.orders-api/events", "orders-api events · Services · Pharos", "orders-api"),
        ("/resources/services/public.orders-api/manifest", "orders-api manifest · Services · Pharos", "orders-api"),
    ] {
        let page = site.get(address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        assert_eq!(page.texts("head > title"), [title], "{address}");
        assert_eq!(page.texts("h1").len(), 1, "{address}");
        assert!(page.texts("h1")[0].contains(heading), "{address}: {:?}", page.texts("h1"));
        assert!(page.body.trim_end().ends_with("</html>") || page.body.contains("</html>"), "{address}");
        assert_eq!(page.attributes("html", "lang"), ["en"], "{address}");
        assert!(page.header("content-security-policy").contains("'nonce-"), "{address}");
        assert!(!page.body.contains("style=\""), "{address}: an inline style would be blocked");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_addresses_are_not_found_and_offer_a_way_out() {
    let site = Site::demo(1_000).await;
    for address in [
        "/nowhere",
        "/resources/unheardof",
        "/resources/depots/sistemstreams",
        "/resources/services/sandbox.nothing-of-this-name",
        "/resources/depots/systemstreams/runtime",
        "/resources/depots/systemstreams/nonsense",
        "/pkg/nothing.js",
        "/export/resources/depots.xml",
    ] {
        assert_eq!(site.get(address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
    let page = site.get("/resources/depots/sistemstreams").await;
    assert!(page.attributes("main a", "href").contains(&"/resources/depots/systemstreams".to_owned()), "a near match");
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_cursors_are_refused_in_words() {
    let site = Site::demo(1_000).await;
    let page = site.get("/resources?after=%00nonsense").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.body.contains("first page"), "it says what to do");
}

#[tokio::test(flavor = "multi_thread")]
async fn old_links_lead_to_the_new_pages() {
    let site = Site::demo(1_000).await;
    for (old, new) in [
        ("/metis/resources/service/dataos.public.orders-api", "/resources/services/public.orders-api"),
        (
            "/metis/resources/workflow/dataos.public.ingest-orders/run_history",
            "/resources/workflows/public.ingest-orders/runtime",
        ),
        ("/metis/resources/depot/dataos.salesraw", "/resources/depots/salesraw"),
        (
            "/operations/user-space/resources/resource-runtime?name=orders-api&type=service&workspace=sandbox",
            "/resources/services/sandbox.orders-api/runtime",
        ),
        ("/operations/user-space/resources/resource-status?name=salesraw&type=depot", "/resources/depots/salesraw"),
        ("/resources/depot/salesraw", "/resources/depots/salesraw"),
        ("/resources/depots/", "/resources/depots"),
    ] {
        let answer = site.get(old).await;
        assert!(answer.status.is_redirection(), "{old}: {}", answer.status);
        assert_eq!(answer.header("location"), new, "{old}");
        assert_eq!(site.get(new).await.status, StatusCode::OK, "{new}");
    }
    let outside = site.get("//resources/../..//example.com/").await;
    assert!(!outside.header("location").starts_with("//"), "never to another host");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_revalidated_and_changes_with_the_data() {
    let site = Site::empty().await;
    site.record(vec![active("depot", None, "lakehouse")]).await;
    let first = site.get("/resources/depots").await;
    let tag = first.header("etag").to_owned();
    assert!(!tag.is_empty());
    let again = site.get_with("/resources/depots", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(again.header("content-security-policy"), "", "a new nonce would not fit the kept page");
    site.record(vec![active("depot", None, "salesraw")]).await;
    let changed = site.get_with("/resources/depots", &[("if-none-match", &tag)]).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert!(changed.body.contains("salesraw"), "a writer reads its own write");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_security_headers() {
    let site = Site::demo(1_000).await;
    for address in ["/", "/resources", "/nowhere", "/healthz", "/api/ui/suggest?text=sales", "/export/resources.csv"] {
        let answer = site.get(address).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{address}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{address}");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{address}");
        assert!(!answer.header("cache-control").is_empty(), "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_reported_cannot_become_markup() {
    let site = Site::empty().await;
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    site.record(vec![Observation {
        description: Some(evil.into()),
        owner: Some(evil.into()),
        tags: Some(vec![evil.into()]),
        status: Some(evil.into()),
        runtime: Some(evil.into()),
        message: Some(evil.into()),
        ..active("service", Some("public"), "orders-api")
    }])
    .await;
    for address in [
        "/",
        "/resources",
        "/resources/services/public.orders-api",
        "/resources/services/public.orders-api/events",
        "/resources?q=%3Cscript%3Ealert(1)%3C/script%3E",
    ] {
        let page = site.get(address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        assert!(page.attributes("img", "onerror").is_empty(), "{address}");
        assert!(page.texts("script:not([nonce])").is_empty(), "{address}: every script is our own");
        assert!(!page.texts("script").iter().any(|script| script.trim() == "alert(1)"), "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_runtime_tab_tells_where_and_since_when() {
    let site = Site::empty().await;
    let node = RuntimeNode {
        created_at: Timestamp::parse("2025-11-18T12:00:00Z"),
        workspace: Some("user-system".into()),
        data_plane: Some("hub".into()),
        ..RuntimeNode::new("salesraw-ss-0", NodeStatus::Running)
    };
    site.record(vec![Observation {
        depot_source: Some("S3".into()),
        runtime: Some("running:1".into()),
        nodes: Some(vec![node]),
        ..active("depot", None, "salesraw")
    }])
    .await;
    let page = site.get("/resources/depots/salesraw/runtime").await;
    let cells = page.texts("main tbody tr:first-child > *");
    for expected in ["salesraw-ss-0", "18 Nov 2025 12:00:00 UTC", "user-system", "hub", "running", "2 days"] {
        assert!(cells.iter().any(|cell| cell.contains(expected)), "{expected} in {cells:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_is_exported_as_it_is_filtered() {
    let site = Site::demo(3_000).await;
    let csv = site.get("/export/resources/depots.csv?state=active").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let rows: Vec<_> = csv.body.lines().skip(1).collect();
    assert!(rows.len() > 25, "more than a page: {}", rows.len());
    assert!(rows.iter().all(|row| row.starts_with("depot,") && row.contains(",active,")));
    let json = site.get("/export/resources/depots.json?state=active").await;
    let parsed: serde_json::Value = serde_json::from_str(&json.body).expect("JSON");
    assert_eq!(parsed.as_array().map(Vec::len), Some(rows.len()));
    let all = site.get("/export/resources.csv").await;
    assert!(all.body.lines().count() > 3_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_body_is_complete_under_load() {
    let site = std::sync::Arc::new(Site::demo(1_000).await);
    let addresses = [
        "/",
        "/resources",
        "/resources/services?state=active",
        "/resources/depots/salesraw/runtime",
        "/resources?q=orders",
    ];
    let workers = (0..20).map(|worker| {
        let site = std::sync::Arc::clone(&site);
        tokio::spawn(async move {
            for turn in 0..50 {
                let address = addresses[(worker + turn) % addresses.len()];
                let page = site.get(address).await;
                assert_eq!(page.status, StatusCode::OK, "{address}");
                assert!(
                    page.body.contains("</main>") && page.body.contains("__INCOMPLETE_CHUNKS"),
                    "{address} is cut off"
                );
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("a worker");
    }
}
