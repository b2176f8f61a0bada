//! The change feed over HTTP.

mod support;

use std::time::Duration;

use app::model::{Key, Observation, Timestamp};
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use futures::StreamExt;
use serde_json::Value;
use support::{Site, active};
use tower::ServiceExt;

/// A stream of events that is being read.
struct Events {
    body: BodyDataStream,
    text: String,
}

/// One event.
#[derive(Debug, PartialEq)]
struct Event {
    name: String,
    id: Option<i64>,
    data: Value,
}

impl Events {
    async fn open(site: &Site, address: &str, last: Option<i64>) -> Self {
        let mut request = Request::get(address).header("accept", "text/event-stream").header("accept-encoding", "gzip");
        if let Some(seq) = last {
            request = request.header("last-event-id", seq);
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = site.router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert!(!response.headers().contains_key("content-encoding"), "compression would hold events back");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event; `None` when the stream has ended.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let text: String = self.text.drain(..end + 2).collect();
                let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned));
                let Some(name) = field("event: ") else { continue };
                let data = field("data: ").expect("data");
                let id = field("id: ").and_then(|id| id.parse().ok());
                return Some(Event { name, id, data: serde_json::from_str(&data).expect("JSON") });
            }
            let piece = tokio::time::timeout(Duration::from_secs(10), self.body.next()).await.expect("in time")?;
            self.text.push_str(std::str::from_utf8(&piece.expect("a piece")).expect("text"));
        }
    }

    /// The numbers of the next changes.
    async fn changes(&mut self, count: usize) -> Vec<i64> {
        let mut seqs = Vec::new();
        while seqs.len() < count {
            let event = self.next().await.expect("a change");
            assert_eq!((event.name.as_str(), event.id), ("change", event.data["seq"].as_i64()));
            seqs.extend(event.id);
        }
        seqs
    }
}

fn json(body: &str) -> Value {
    serde_json::from_str(body).expect("JSON")
}

fn service(name: &str, at: i64, runtime: &str) -> Observation {
    let key = Key::new("service", Some("public"), name).expect("a key");
    Observation {
        runtime: Some(runtime.into()),
        owner: Some(format!("owner-{at}")),
        version: Some("v1".into()),
        ..Observation::new(key, Timestamp(at))
    }
}

/// Records ten observations of a service, each of which changes two things.
async fn ten_changes(site: &Site, name: &str, from: i64) -> i64 {
    for at in from..from + 10 {
        site.record(vec![service(name, at, &format!("running:{at}"))]).await;
    }
    site.store.last_seq().await.expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_tell_every_change_once() {
    let site = Site::empty().await;
    let last = ten_changes(&site, "orders-api", 1).await;
    let (mut seqs, mut after) = (Vec::new(), 0);
    loop {
        let page = site.get(&format!("/api/v1/changes?after={after}&limit=3")).await;
        assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, "application/json"));
        let page = json(&page.body);
        seqs.extend(page["changes"].as_array().expect("changes").iter().filter_map(|change| change["seq"].as_i64()));
        after = page["next"].as_i64().expect("a number");
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(seqs, Vec::from_iter(1..=last));
    assert_eq!(after, last);
    let whole = json(&site.get("/api/v1/changes").await.body);
    let change = &whole["changes"][1];
    assert_eq!(change["id"], "service:v1:orders-api:public");
    assert_eq!((change["type"].as_str(), change["workspace"].as_str()), (Some("service"), Some("public")));
    assert_eq!((change["source"].as_str(), change["at"].as_str()), (Some("test"), Some("1970-01-01T00:00:00.002Z")));
    let now = json(&site.get("/api/v1/changes?after=now").await.body);
    assert_eq!((now["next"].as_i64(), now["changes"].as_array().map(Vec::len)), (Some(last), Some(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_begins_now_and_tells_what_comes() {
    let site = Site::empty().await;
    site.record(vec![active("depot", None, "salesraw")]).await;
    let mut events = Events::open(&site, "/api/v1/changes", None).await;
    let start = events.next().await.expect("a start");
    let seq = site.store.last_seq().await.expect("a number");
    assert_eq!((start.name.as_str(), start.id, &start.data["seq"]), ("start", Some(seq), &Value::from(seq)));
    site.record(vec![active("depot", None, "crm")]).await;
    let change = events.next().await.expect("a change");
    assert_eq!((change.name.as_str(), change.data["name"].as_str()), ("change", Some("crm")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_resumes_anywhere_without_loss_or_duplicates() {
    let site = Site::empty().await;
    let last = ten_changes(&site, "orders-api", 1).await;
    let mut seen = Vec::new();
    // Also in the middle of what one observation changed.
    for taken in 1..=5 {
        let after = seen.last().copied();
        let mut events = Events::open(&site, "/api/v1/changes?after=0", after).await;
        assert_eq!(events.next().await.expect("a start").id, Some(after.unwrap_or(0)));
        seen.extend(events.changes(taken).await);
    }
    let mut events = Events::open(&site, &format!("/api/v1/changes?after={}", seen.len()), None).await;
    events.next().await.expect("a start");
    let rest = usize::try_from(last).expect("few") - seen.len();
    seen.extend(events.changes(rest).await);
    assert_eq!(seen, Vec::from_iter(1..=last));
    let more = ten_changes(&site, "crm-api", 100).await;
    seen.extend(events.changes(usize::try_from(more - last).expect("few")).await);
    assert_eq!(seen, Vec::from_iter(1..=more));
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_keep_back_the_rest() {
    let site = Site::empty().await;
    let mut events =
        Events::open(&site, "/api/v1/changes?type=services&name=crm-api&name=other&field=runtime", None).await;
    events.next().await.expect("a start");
    ten_changes(&site, "orders-api", 1).await;
    ten_changes(&site, "crm-api", 20).await;
    for _ in 0..9 {
        let change = events.next().await.expect("a change");
        assert_eq!((change.data["name"].as_str(), change.data["field"].as_str()), (Some("crm-api"), Some("runtime")));
    }
    let page = json(&site.get("/api/v1/changes?workspace=sandbox").await.body);
    assert_eq!(page["changes"], Value::Array(vec![]));
    assert_eq!(page["next"].as_i64(), site.store.last_seq().await.ok(), "nothing need be looked at twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pruned_is_gone_and_says_how_to_go_on() {
    let Site { folder, store, .. } = {
        let site = Site::empty().await;
        ten_changes(&site, "orders-api", 1).await;
        site
    };
    store.prune(0, Timestamp(6), Timestamp(100), 1_000).await.expect("pruned");
    // Started anew, since the changes would still be in memory.
    let site = Site::in_folder(folder).await;
    let last = site.store.last_seq().await.expect("a number");
    let oldest = site.store.log_bounds().await.expect("bounds").oldest;
    for (accept, seq) in [("application/json", oldest - 1), ("text/event-stream", oldest - 1), ("*/*", last + 1)] {
        let answer = site.get_with(&format!("/api/v1/changes?after={seq}"), &[("accept", accept)]).await;
        assert_eq!(answer.status, StatusCode::GONE, "{accept}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = json(&answer.body);
        assert_eq!((problem["oldest"].as_i64(), problem["newest"].as_i64()), (Some(oldest), Some(last)));
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("go on after")), "{problem}");
    }
    let page = json(&site.get(&format!("/api/v1/changes?after={oldest}")).await.body);
    assert_eq!(page["changes"].as_array().map(Vec::len), usize::try_from(last - oldest).ok());
    let page = json(&site.get("/api/v1/changes").await.body);
    assert_eq!(page["changes"][0]["seq"].as_i64(), Some(oldest + 1), "by itself it begins with what there is");
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_end_when_the_server_stops() {
    let site = Site::empty().await;
    let mut events = Events::open(&site, "/api/v1/changes", None).await;
    events.next().await.expect("a start");
    site.record(vec![active("depot", None, "crm")]).await;
    let last = site.store.last_seq().await.expect("a number");
    events.changes(usize::try_from(last).expect("few")).await;
    site.shutdown.begin();
    let end = events.next().await.expect("a farewell");
    assert_eq!((end.name.as_str(), end.id), ("reconnect", Some(last)));
    assert_eq!(events.next().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_refused() {
    let site = Site::empty().await;
    for query in ["after=x", "limit=0", "field=colour", "nonsense=1", "after=-1"] {
        let answer = site.get(&format!("/api/v1/changes?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(json(&answer.body)["type"], "/api/problems/invalid-request", "{query}");
    }
}
