//! What programs read.

mod support;

use std::collections::HashSet;

use app::model::{MAX_CURSOR_BYTES, NodeStatus, Observation, RuntimeNode};
use axum::http::StatusCode;
use serde_json::Value;
use support::{Site, active};

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_is_read_page_by_page() {
    let site = Site::demo(1_000).await;
    let mut address = "/api/v1/resources/services?state=active&sort=name&limit=7".to_owned();
    let (mut names, mut total) = (Vec::new(), 0);
    loop {
        let page = site.get(&address).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let json = page.json();
        total = json["total"].as_u64().expect("a total").max(total);
        let items = json["items"].as_array().expect("items");
        assert!(items.len() <= 7 && items.iter().all(|item| item["type"] == "service" && item["state"] == "active"));
        names.extend(items.iter().map(|item| format!("{} {}", item["workspace"], item["name"])));
        let link = page.header("link").to_owned();
        match json["next"].as_str() {
            Some(next) => {
                assert!(link.contains("rel=\"next\""), "{link}");
                address = format!("/api/v1/resources/services?state=active&sort=name&limit=7&after={next}");
                assert!(link.contains(&format!("after={next}")), "{link}");
            }
            None => break,
        }
    }
    assert_eq!(names.len() as u64, total);
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "none twice");
    let first = site.get("/api/v1/resources?q=orders").await.json();
    assert!(first["items"][0]["name"].as_str().is_some_and(|name| name.contains("orders")), "{}", first["items"][0]);
    let facets: Vec<_> = first["facets"].as_array().expect("facets").iter().map(|facet| &facet["name"]).collect();
    assert!(facets.contains(&&Value::from("state")), "{facets:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_rows_come_in_every_format() {
    let site = Site::demo(3_000).await;
    let total = site.get("/api/v1/resources").await.json()["total"].as_u64().expect("a total");
    let csv = site.get("/api/v1/resources.csv").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let lines = site.get_with("/api/v1/resources", &[("accept", "application/x-ndjson")]).await;
    assert_eq!(lines.header("content-type"), "application/x-ndjson");
    let rows: Vec<Value> = lines.body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows.len() as u64, total);
    let exported: Vec<Value> = serde_json::from_str(&site.get("/export/resources.json").await.body).expect("JSON");
    assert_eq!(exported, rows, "an export has the very rows");
    let page = site.get("/api/v1/resources.json?limit=500").await.json();
    assert_eq!(page["items"].as_array().map(Vec::as_slice), Some(&rows[..500]));
    let limited = site.get("/api/v1/resources/depots.ndjson?limit=3").await;
    assert_eq!(limited.body.lines().count(), 3);
    assert!(limited.header("link").contains("rel=\"next\""));
    assert!(csv.body.lines().count() as u64 > total, "a header and every row");
    assert!(csv.body.starts_with("type,version,name,workspace,state,"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_resource_tells_all_that_is_known_of_it() {
    let site = Site::empty().await;
    let node = RuntimeNode { data_plane: Some("hub".into()), ..RuntimeNode::new("orders-api-0", NodeStatus::Running) };
    site.record(vec![Observation {
        runtime: Some("running:1".into()),
        owner: Some("ada".into()),
        nodes: Some(vec![node]),
        ..active("service", Some("public"), "orders-api")
    }])
    .await;
    site.record(vec![Observation {
        status: Some("error".into()),
        at: app::model::Timestamp(support::NOON.0 + 1_000),
        ..active("service", Some("public"), "orders-api")
    }])
    .await;
    let address = "/api/v1/resources/services/public.orders-api";
    let one = site.get(address).await.json();
    for (field, expected) in [
        ("id", "service:v1:orders-api:public"),
        ("state", "error"),
        ("owner", "ada"),
        ("runtime", "running:1"),
        ("page", "/resources/services/public.orders-api"),
        ("first_seen", "2025-11-20T12:00:00Z"),
    ] {
        assert_eq!(one[field], expected, "{field}");
    }
    assert_eq!(one["observed"]["runtime"]["source"], "test");
    assert_eq!(one["health"]["level"], "failed");
    let nodes = site.get(&format!("{address}/nodes")).await.json();
    assert_eq!(nodes["items"][0]["data_plane"], "hub");
    assert!(site.get(&format!("{address}/nodes.csv")).await.body.starts_with("name,pod,"));
    let changes = site.get(&format!("{address}/changes")).await.json();
    assert_eq!((&changes["items"][0]["field"], &changes["items"][0]["to"]), (&"status".into(), &"error".into()));
    assert_eq!(changes["items"].as_array().map(Vec::len), Some(2));
    let seq = changes["items"][0]["seq"].as_i64().expect("a seq");
    let before = site.get(&format!("{address}/changes?before={seq}")).await.json();
    assert_eq!(before["items"][0]["field"], "created");
    assert_eq!(site.get(&format!("{address}/changes.ndjson")).await.body.lines().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_comes_as_it_was_written_or_as_json() {
    let site = Site::demo(1_000).await;
    let address = "/api/v1/resources/services/public.orders-api/manifest";
    let yaml = site.get(address).await;
    assert_eq!((yaml.status, yaml.header("content-type")), (StatusCode::OK, "application/yaml"));
    assert!(yaml.body.contains("name: orders-api"));
    for json in
        [site.get(&format!("{address}.json")).await, site.get_with(address, &[("accept", "application/json")]).await]
    {
        assert_eq!(json.json()["name"], "orders-api");
    }
    assert_eq!(site.get(&format!("{address}.yaml")).await.body, yaml.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_and_suggestions_are_those_of_the_pages() {
    let site = Site::demo(1_000).await;
    let counts = site.get("/api/v1/counts").await.json();
    assert_eq!(counts["total"], site.get("/api/v1/resources?limit=1").await.json()["total"]);
    let depots = counts["types"].as_array().expect("types").iter().find(|count| count["types"] == "depots");
    assert!(depots.is_some_and(|depots| depots["states"]["active"].as_u64() > Some(0)));
    let offers = site.get("/api/v1/suggestions?q=orders-ap&limit=3").await.json();
    let names: Vec<_> = offers["items"].as_array().expect("items").iter().map(|offer| &offer["name"]).collect();
    assert!((1..=3).contains(&names.len()), "{names:?}");
    assert!(names.iter().all(|name| name.as_str().is_some_and(|name| name.contains("orders-ap"))), "{names:?}");
    assert_eq!(site.get("/api/v1/suggestions").await.json()["items"], Value::Array(Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_the_answer_gets_none_until_the_data_change() {
    let site = Site::empty().await;
    site.record(vec![active("depot", None, "salesraw")]).await;
    for address in ["/api/v1/resources", "/api/v1/resources/depots/salesraw", "/api/v1/counts"] {
        let first = site.get(address).await;
        let tag = first.header("etag").to_owned();
        assert!(!tag.is_empty() && first.header("vary").contains("accept"), "{address}");
        let again = site.get_with(address, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{address}");
        let other = site.get_with(address, &[("if-none-match", &tag), ("accept", "*/*")]).await;
        assert_eq!(other.status, StatusCode::OK, "{address}: another representation");
        site.record(vec![active("depot", None, &format!("a{}", address.len()))]).await;
        assert_eq!(site.get_with(address, &[("if-none-match", &tag)]).await.status, StatusCode::OK, "{address}");
    }
    let any = [("if-none-match", "*")];
    assert_eq!(site.get_with("/api/v1/counts", &any).await.status, StatusCode::NOT_MODIFIED);
    assert_eq!(site.get_with("/api/v1/resources/depots/none", &any).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_a_problem_with_a_way_out() {
    let site = Site::demo(1_000).await;
    for (address, status, kind) in [
        ("/api/v1/nowhere", 404, "unknown-address"),
        ("/api/nowhere", 404, "unknown-address"),
        ("/api/v2/resources", 404, "unknown-address"),
        ("/collated/api/v1/nowhere", 404, "unknown-address"),
        ("/api/v1/resources/unheardof", 404, "unknown-resource"),
        ("/api/v1/resources/depots/sistemstreams", 404, "unknown-resource"),
        ("/api/v1/resources/depots/sistemstreams/manifest.yaml", 404, "unknown-resource"),
        ("/api/v1/resources?stat=active", 400, "invalid-request"),
        ("/api/v1/resources?limit=501", 400, "invalid-request"),
        ("/api/v1/resources?after=nonsense", 400, "invalid-request"),
        ("/api/v1/resources?q=%ff", 400, "invalid-request"),
        ("/api/v1/resources?page=999", 400, "invalid-request"),
        ("/api/v1/resources?sort=foo", 400, "invalid-request"),
        ("/api/v1/resources?state=foo", 400, "invalid-request"),
        ("/api/v1/resources?health=faild&owner=ada", 400, "invalid-request"),
        ("/api/v1/resources?q=orders+-fresh:foo", 400, "invalid-request"),
        ("/api/v1/resources/services?q=type:servise", 400, "invalid-request"),
        ("/api/v1/resources/%ff", 400, "invalid-request"),
        ("/api/v1/resources/depots/%ff", 400, "invalid-request"),
        ("/collated/api/v1/reports/resources/status?id=x", 400, "invalid-request"),
        ("/collated/api/v1/reports/resources/nothing?id=depot:v1:x", 404, "unknown-address"),
        ("/api/v1/observations", 405, "method-not-allowed"),
        ("/api/problems/nothing", 404, "unknown-address"),
    ] {
        let answer = site.get(address).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (status, kind), "{address}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{address}");
    }
    assert_eq!(site.get("/api/v1/observations").await.header("allow"), "POST");
    let near = site.get("/api/v1/resources/depots/sistemstreams").await.json();
    assert!(
        near["near"].as_array().is_some_and(|near| near.contains(&"/api/v1/resources/depots/systemstreams".into()))
    );
    let answer = site.get_with("/api/v1/resources", &[("accept", "image/png")]).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::NOT_ACCEPTABLE, "not-acceptable"));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_no_resource_has_are_refused_with_those_there_are_and_names_are_not() {
    let site = Site::empty().await;
    let odd = Observation { status: Some("warning".into()), ..active("depot", None, "salesraw") };
    site.record(vec![odd, active("unheard-of", None, "x")]).await;
    let refused = site.get("/api/v1/resources?state=foo").await;
    assert_eq!((refused.status, refused.problem().as_str()), (StatusCode::BAD_REQUEST, "invalid-request"));
    let problem = refused.json();
    let detail = problem["errors"][0]["detail"].as_str().expect("a detail");
    assert_eq!(problem["errors"][0]["field"], "state");
    assert!(detail.contains("`foo`") && detail.contains("`active`") && detail.contains("`warning`"), "{detail}");
    for address in [
        "/api/v1/resources?state=warning",
        "/api/v1/resources?state=Pending",
        "/api/v1/resources?type=unheard-of",
        "/api/v1/resources?type=depots&health=stuck&fresh=stale",
        "/api/v1/resources?q=health:stuck+-runtime:running:2",
        "/api/v1/resources?owner=nobody&tag=none&workspace=nowhere&source=nothing",
    ] {
        assert_eq!(site.get(address).await.status, StatusCode::OK, "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platforms_reports_are_answered_in_its_shape() {
    let site = Site::empty().await;
    let mut observations: Vec<Observation> = (0..25)
        .map(|number| Observation {
            runtime: Some("succeeded".into()),
            ..active("workflow", Some("public"), &format!("load-{number:02}"))
        })
        .collect();
    observations
        .push(Observation { runtime: Some("pending:0/1".into()), ..active("service", Some("public"), "orders-api") });
    site.record(observations).await;
    let address = "/collated/api/v1/reports/resources";
    let runtime = site.get(&format!("{address}/runtime?id=service:v1:orders-api:public")).await;
    assert_eq!(
        runtime.json(),
        serde_json::json!({
            "items": [{
                "id": "service:v1:orders-api:public",
                "observations": [{ "type": "runtime", "when": "2025-11-20T12:00:00Z", "value": "pending:0/1" }]
            }],
            "page": 1, "size": 20, "total_pages": 1, "total_records": 1
        })
    );
    let page = site.get(&format!("{address}/status?id=workflow:v1:%25:public&page=2")).await.json();
    assert_eq!((&page["total_pages"], &page["total_records"]), (&2.into(), &25.into()));
    assert_eq!(page["items"].as_array().map(Vec::len), Some(5));
    assert_eq!(page["items"][0]["observations"][0]["value"], "active");
    let none = site.get(&format!("{address}/status?id=depot:v1:nothing")).await.json();
    assert_eq!((&none["total_pages"], &none["items"]), (&0.into(), &Value::Array(Vec::new())));
    let beyond = site.get(&format!("{address}/status?id=workflow:v1:%25:public&page=9")).await.json();
    assert_eq!(beyond["items"], Value::Array(Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_are_paged_by_name_and_exported_whole() {
    let site = Site::empty().await;
    let nodes = (0..25).map(|number| RuntimeNode::new(format!("orders-{number:02}"), NodeStatus::Running)).collect();
    let service = Observation { nodes: Some(nodes), ..active("service", Some("public"), "orders-api") };
    site.record(vec![service]).await;
    let address = "/api/v1/resources/services/public.orders-api/nodes";
    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let page = site.get(&format!("{address}?limit=10&after={after}")).await.json();
        let items = page["items"].as_array().expect("nodes").clone();
        assert!(items.len() <= 10);
        names.extend(items.iter().map(|node| node["name"].as_str().expect("a name").to_owned()));
        let Some(next) = page["after"].as_str() else { break };
        next.clone_into(&mut after);
    }
    assert_eq!(names, (0..25).map(|number| format!("orders-{number:02}")).collect::<Vec<_>>());
    assert_eq!(site.get(&format!("{address}.ndjson?limit=10")).await.body.lines().count(), 25);
    assert_eq!(site.get(&format!("{address}?limit=2001")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_describes_every_route_and_loads_nothing_from_elsewhere() {
    let site = Site::demo(1_000).await;
    let page = site.get("/api").await;
    assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(!page.header("content-security-policy").contains("unsafe"));
    let targets = [page.attributes("link", "href"), page.attributes("a", "href")].concat();
    assert!(targets.iter().all(|target| target.starts_with(['/', '#'])), "{targets:?}");
    for target in targets.iter().filter_map(|target| target.strip_prefix('#')) {
        assert!(page.attributes("[id]", "id").contains(&target.to_owned()), "#{target} leads nowhere");
    }
    let document = site.get("/api/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let address = path
            .replace("{types}", "services")
            .replace("{fqn}", "public.orders-api")
            .replace("{report}", "status?id=depot:v1:salesraw");
        let get = methods.get("get").is_some();
        let expected = if get { StatusCode::OK } else { StatusCode::METHOD_NOT_ALLOWED };
        assert_eq!(site.get(&address).await.status, expected, "{path}");
    }
    let section = site.get("/api/problems/batch-refused").await;
    assert!(section.status.is_redirection());
    assert_eq!(section.header("location"), "/api#batch-refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cursor_that_is_handed_out_is_taken_back() {
    const COUNT: usize = 30;
    let site = Site::empty().await;
    // As long as names and values may be, and the same but for their last letter.
    let long = |letters: usize, number: usize| {
        let last = char::from_u32(0x6f22 + u32::try_from(number).expect("few")).expect("a letter");
        format!("{}{last}", "\u{6f22}".repeat(letters - 1))
    };
    let seen = |number: usize| Observation {
        owner: Some(long(300, number)),
        status: Some(long(100, number)),
        runtime: Some(long(100, number)),
        depot_source: Some(long(100, number)),
        ..active("service", Some(&long(84, number % 2)), &long(84, number))
    };
    site.record((0..COUNT).map(seen).collect()).await;
    for key in ["relevance", "name", "type", "state", "runtime", "health", "workspace", "owner", "source", "updated"] {
        let mut names = HashSet::new();
        let mut address = format!("/api/v1/resources?sort={key}&limit=7");
        loop {
            let page = site.get(&address).await;
            assert_eq!(page.status, StatusCode::OK, "{key}: {}", page.body);
            let page = page.json();
            for item in page["items"].as_array().expect("items") {
                assert!(names.insert(item["name"].to_string()), "{key}: none twice");
            }
            let Some(next) = page["next"].as_str() else { break };
            assert!(next.len() <= MAX_CURSOR_BYTES, "{key}: {} bytes", next.len());
            address = format!("/api/v1/resources?sort={key}&limit=7&after={next}");
        }
        assert_eq!(names.len(), COUNT, "{key}");
        let first = site.get(&format!("/resources?sort={key}")).await;
        let next = first.attributes("a[rel=next]", "href").into_iter().next().expect("more than a page");
        let second = site.get(&next).await;
        assert_eq!(second.status, StatusCode::OK, "{key}");
        assert!(!second.attributes("a[rel=prev]", "href").is_empty(), "{key}: it is the second page");
        assert!(second.attributes("a[rel=next]", "href").is_empty(), "{key}: and the last");
    }
}
