//! The pages as a browser without JavaScript gets them.

mod support;

use std::io::Read;
use std::time::Duration;

use app::model::{Batch, NodeStatus, Observation, RuntimeNode, Timestamp};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use pharos::catalog::Record;
use support::{NOON, Site, active};

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
        assert!(page.header("content-security-policy").contains("'sha256-"), "{address}");
        assert!(!page.header("content-security-policy").contains("nonce"), "{address}");
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
    assert_eq!(again.header("content-security-policy"), "", "that of the kept page stays right");
    site.record(vec![active("depot", None, "salesraw")]).await;
    let changed = site.get_with("/resources/depots", &[("if-none-match", &tag)]).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert!(changed.body.contains("salesraw"), "a writer reads its own write");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_unchanged() {
    let site = Site::demo(1_000).await;
    for address in [
        "/nowhere",
        "/resources/depots/nothing-of-this-name",
        "/resources/unheardof",
        "/pkg/nothing.js",
        "/api/nothing",
        "/api/v1/resources/depots/nothing-of-this-name",
        "/api/ui/resource?types=depots&fqn=nothing-of-this-name",
        "/export/manifest/depots/nothing-of-this-name.yaml",
    ] {
        for known in ["*", " * ", "\"a\", *", "W/\"0000000000000000\""] {
            let answer = site.get_with(address, &[("if-none-match", known)]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address} {known}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_outlives_the_changes_of_what_it_does_not_show() {
    let site = Site::empty().await;
    let service = || active("service", Some("public"), "orders-api");
    site.record(vec![active("depot", None, "salesraw"), service()]).await;
    let tag = async |address: &str| site.get(address).await.header("etag").to_owned();
    let shown = ["/resources/depots", "/resources/depots/salesraw", "/resources/services", "/resources", "/"];
    let mut before = Vec::new();
    for address in shown {
        before.push(tag(address).await);
    }
    site.record(vec![Observation { runtime: Some("running:1".into()), ..service() }]).await;
    for (address, before) in shown.into_iter().zip(&before) {
        let outlives = address.starts_with("/resources/depots");
        assert_eq!(tag(address).await == *before, outlives, "{address}");
    }
    assert!(site.get("/resources/services").await.body.contains("running"), "a writer reads its own write");
    site.record(vec![Observation { owner: Some("ada".into()), ..active("depot", None, "salesraw") }]).await;
    for (address, before) in shown.into_iter().zip(&before).take(2) {
        assert_ne!(tag(address).await, *before, "{address}");
    }
    let before = tag("/resources/depots").await;
    site.record(vec![active("service", Some("public"), "another")]).await;
    assert_ne!(tag("/resources/depots").await, before, "the navigation shows one more");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rendered_while_something_changes_is_not_kept_for_current() {
    let site = std::sync::Arc::new(Site::empty().await);
    site.record(vec![active("depot", None, "salesraw"), active("service", Some("public"), "orders-api")]).await;
    let addresses = ["/resources/depots", "/resources/depots/salesraw", "/resources", "/resources/depots?owner=nobody"];
    for turn in 0..60 {
        let readers = addresses.map(|address| {
            let site = std::sync::Arc::clone(&site);
            tokio::spawn(async move {
                for _ in 0..5 {
                    assert_eq!(site.get(address).await.status, StatusCode::OK, "{address}");
                }
            })
        });
        // As another process does: nobody is told.
        let owner = format!("owner-{turn}");
        let mut observations = vec![Observation {
            owner: Some(owner.clone()),
            at: Timestamp(NOON.0 + turn),
            ..active("depot", None, "salesraw")
        }];
        if turn % 2 == 0 {
            let at = Timestamp(NOON.0 + turn);
            let runtime = Some(format!("running:{turn}"));
            observations.push(Observation { runtime, at, ..active("service", Some("public"), "orders-api") });
        }
        let batch = Batch { source: "test".into(), at: NOON, observations, ..Batch::default() };
        site.store.record(&batch).await.expect("recorded");
        assert!(site.catalog.caught_up(Duration::from_secs(10)).await);
        for address in &addresses[..3] {
            let page = site.get(address).await;
            assert!(page.body.contains(&format!("owner={owner}")), "{address} at turn {turn}");
        }
        for reader in readers {
            reader.await.expect("a reader");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_page_is_the_same_in_every_coding() {
    let site = Site::demo(1_000).await;
    let address = "/resources/depots";
    let plain = site.get(address).await;
    for (accepted, coding) in [
        ("br, gzip", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("identity", ""),
        ("br;q=0, gzip;q=0", ""),
        ("br", "br"),
    ] {
        let answer = site.get_with(address, &[("accept-encoding", accepted)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{accepted}");
        assert_eq!(answer.header("content-encoding"), coding, "{accepted}");
        let vary: Vec<_> = answer.headers.get_all("vary").iter().filter_map(|value| value.to_str().ok()).collect();
        assert_eq!(vary, ["accept-encoding", "accept"], "{accepted}");
        assert_eq!(answer.header("etag"), plain.header("etag"), "{accepted}");
        assert_eq!(answer.header("content-length"), answer.bytes.len().to_string(), "{accepted}");
        assert_eq!(decoded(&answer.bytes, coding), plain.body, "{accepted}");
        let head = Request::head(address).header("host", "localhost").header("accept-encoding", accepted);
        let head = site.send(head.body(Body::empty()).expect("a request")).await;
        assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0), "{accepted}");
        for header in ["content-encoding", "content-length", "content-security-policy", "etag"] {
            assert_eq!(head.header(header), answer.header(header), "{accepted}: {header}");
        }
        let known = [("accept-encoding", accepted), ("if-none-match", plain.header("etag"))];
        let known = site.get_with(address, &known).await;
        assert_eq!((known.status, known.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{accepted}");
        assert_eq!(known.header("content-encoding"), "", "{accepted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_tag_is_that_of_a_page_that_is_there_only() {
    let site = Site::demo(1_000).await;
    let any = [("if-none-match", "*")];
    assert_eq!(site.get_with("/resources", &any).await.status, StatusCode::NOT_MODIFIED);
    let missing = site.get_with("/nowhere", &any).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.header("content-security-policy").contains("'sha256-"));
    assert_eq!(missing.blocked_scripts(), Vec::<String>::new());
}

fn decoded(bytes: &[u8], coding: &str) -> String {
    let mut text = String::new();
    match coding {
        "br" => brotli::Decompressor::new(bytes, 4_096).read_to_string(&mut text),
        "gzip" => flate2::read::GzDecoder::new(bytes).read_to_string(&mut text),
        _ => { bytes }.read_to_string(&mut text),
    }
    .expect("text");
    text
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
        "/resources?q=%3C/title%3E%3Cscript%3Ealert(1)%3C/script%3E%3Cmeta%20http-equiv=refresh%20content=0%3E",
    ] {
        let page = site.get(address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        assert!(page.attributes("img", "onerror").is_empty(), "{address}");
        assert!(page.attributes("meta", "http-equiv").is_empty(), "{address}");
        assert_eq!((page.texts("title").len(), page.texts("h1").len()), (1, 1), "{address}");
        assert_eq!(page.blocked_scripts(), Vec::<String>::new(), "{address}: every script is our own");
        assert!(!page.texts("script").iter().any(|script| script.trim() == "alert(1)"), "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resource_is_looked_at_beside_a_listing_without_a_script() {
    let site = Site::demo(1_000).await;
    let page = site.get("/resources/depots?state=active&preview=depots%2Fsalesraw").await;
    assert_eq!(page.status, StatusCode::OK);
    for part in [
        "aria-labelledby=\"preview-name\"",
        "Newest changes",
        "href=\"/resources/depots/salesraw?from=%2Fresources%2Fdepots%3Fstate%3Dactive\"",
        "href=\"/resources/depots?state=active\"",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
    let missing = site.get("/resources/depots?preview=depots/nothing-of-this-name").await;
    assert_eq!(missing.status, StatusCode::OK, "the listing is there");
    assert!(missing.body.contains("It is not in the catalog."));
    assert!(!site.get("/resources/depots").await.body.contains("preview-name"));
}

#[tokio::test(flavor = "multi_thread")]
async fn server_functions_answer_with_data_whoever_asks() {
    let site = Site::demo(1_000).await;
    let asked = [("accept", "text/html"), ("referer", "https://example.com/elsewhere")];
    let answer = site.get_with("/api/ui/overview", &asked).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::OK, ""));
    for address in [
        "/api/ui/changes?before=abc",
        "/api/ui/changes?before=1&before=2",
        "/api/ui/listing?types=a&types=b",
        "/api/ui/listing?types[]=a",
        "/api/ui/listing?query[a]=b",
        "/api/ui/suggest?text=a&text=b",
        "/api/ui/resource?types=depots&fqn=a&fqn=b",
        "/api/ui/manifest?types[0]=depots&fqn=a",
        "/api/ui/rows?ids=a",
        "/api/ui/rows?ids[0]=a&ids[0][0]=b",
    ] {
        let answer = site.get(address).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}: {}", answer.body);
        let answer = site.get_with(address, &asked).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::BAD_REQUEST, ""), "{address}");
    }
    for method in ["POST", "PUT", "HEAD", "OPTIONS"] {
        let answer = site.submit(method, "/api/ui/overview", &asked, "").await;
        assert!(!answer.status.is_redirection() && answer.header("location").is_empty(), "{method}");
    }
    let missing = site.get("/api/ui/resource?types=depots&fqn=nothing-of-this-name").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
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
    let name = csv.header("content-disposition");
    assert!(name.starts_with("attachment; filename=\"depots-state-active-20"), "{name}");
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
