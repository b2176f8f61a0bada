//! What programs write.

mod support;

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use futures::{StreamExt as _, stream};
use support::{Answer, Site};
use tower::ServiceExt as _;

const JSON: (&str, &str) = ("content-type", "application/json");
const LINES: (&str, &str) = ("content-type", "application/x-ndjson");
const TEXT: (&str, &str) = ("content-type", "text/plain");

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

async fn observe(site: &Site, token: &str, query: &str, body: &str) -> Answer {
    let token = bearer(token);
    site.submit("POST", &format!("/api/v1/observations{query}"), &[JSON, ("authorization", &token)], body.to_owned())
        .await
}

async fn state(site: &Site, address: &str) -> String {
    site.get(&format!("/api/v1/resources/{address}")).await.json()["state"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reported_can_be_read_at_once() {
    let site = Site::empty().await;
    let token = site.token("ci", &["write"]).await;
    let body = r#"[
        {"id": "depot:v1:salesraw", "status": "active"},
        {"type": "service", "workspace": "public", "name": "orders-api", "status": "active", "runtime": "running:1"}
    ]"#;
    let answer = observe(&site, &token, "", body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let json = answer.json();
    let counts = ["accepted", "changed", "unchanged", "deleted"].map(|name| json[name].as_u64());
    assert_eq!(counts, [Some(2), Some(2), Some(0), Some(0)]);
    let one = site.get("/api/v1/resources/services/public.orders-api").await.json();
    assert_eq!((&one["runtime"], &one["observed"]["runtime"]["source"]), (&"running:1".into(), &"ci".into()));
    let again = observe(&site, &token, "?source=ci", body).await.json();
    assert_eq!((again["changed"].as_u64(), again["unchanged"].as_u64()), (Some(0), Some(2)));

    let listing = r#"{"id": "depot:v1:lakehouse"}"#;
    let headers = [LINES, ("authorization", &bearer(&token))];
    let complete = site.submit("POST", "/api/v1/observations?complete=depot", &headers, listing).await;
    assert_eq!(complete.json()["deleted"], 1, "{}", complete.body);
    assert_eq!(state(&site, "depots/salesraw").await, "deleted");
    assert_eq!(state(&site, "services/public.orders-api").await, "active", "it is in no complete scope");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_batch_stores_nothing_and_names_every_line() {
    let site = Site::empty().await;
    let token = site.token("ci", &["write"]).await;
    let headers = [LINES, ("authorization", &bearer(&token))];
    let mut body = "{\"id\": \"depot:v1:salesraw\"}\n".to_owned();
    for _ in 0..200 {
        body.push_str("{\"id\": \"depot:v1:lakehouse\", \"at\": \"noon\", \"statsu\": 1}\n");
    }
    let answer = site.submit("POST", "/api/v1/observations", &headers, body).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "batch-refused"));
    let json = answer.json();
    assert_eq!(json["errors"].as_array().map(Vec::len), Some(100));
    assert_eq!((&json["errors"][0]["line"], &json["errors"][0]["field"]), (&2.into(), &"statsu".into()));
    assert!(json["detail"].as_str().is_some_and(|detail| detail.starts_with("200 ")));
    assert_eq!(site.get("/api/v1/counts").await.json()["total"], 0);

    let broken = observe(&site, &token, "", "[\n{\"id\": ]").await;
    assert_eq!((broken.status, broken.problem().as_str()), (StatusCode::BAD_REQUEST, "malformed-body"));
    assert_eq!(broken.json()["errors"][0]["line"], 2);
    for (query, kind) in [
        ("?complete=:", "invalid-request"),
        ("?force=yes", "invalid-request"),
        ("?source=", "invalid-request"),
        ("?workspace=public", "invalid-request"),
    ] {
        assert_eq!(observe(&site, &token, query, "[]").await.problem(), kind, "{query}");
    }
    let address = "/api/v1/observations";
    let kind = [("content-type", "application/x-www-form-urlencoded"), headers[1]];
    assert_eq!(site.submit("POST", address, &kind, "[]").await.problem(), "unsupported-media-type");
    let lost = observe(&site, &token, "", "\u{feff}[]").await;
    assert_eq!(lost.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complete_listing_gone_wrong_is_refused_unless_forced() {
    let site = Site::empty().await;
    let token = site.token("ci", &["write"]).await;
    let body: Vec<String> = (0..10).map(|number| format!("{{\"id\": \"depot:v1:d{number}\"}}")).collect();
    observe(&site, &token, "", &format!("[{}]", body.join(","))).await;
    let refused = observe(&site, &token, "?complete=depot", "[]").await;
    assert_eq!((refused.status, refused.problem().as_str()), (StatusCode::CONFLICT, "deletes-too-much"));
    assert_eq!(state(&site, "depots/d0").await, "unknown");
    let forced = observe(&site, &token, "?complete=depot&force=true", "[]").await;
    assert_eq!(forced.json()["deleted"], 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_beyond_the_scopes_of_a_token() {
    let site = Site::empty().await;
    let depot = r#"[{"id": "depot:v1:salesraw"}]"#;
    let service = r#"[{"id": "depot:v1:lakehouse"}, {"id": "service:v1:orders-api:public"}]"#;
    let nobody = site.submit("POST", "/api/v1/observations", &[JSON], depot).await;
    assert_eq!((nobody.status, nobody.problem().as_str()), (StatusCode::UNAUTHORIZED, "token-needed"));
    let reader = site.token("reader", &["read"]).await;
    assert_eq!(observe(&site, &reader, "", depot).await.problem(), "scope-missing");

    let depots = site.token("depots", &["write:type=depot"]).await;
    assert_eq!(observe(&site, &depots, "", depot).await.status, StatusCode::OK);
    let answer = observe(&site, &depots, "", service).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::FORBIDDEN, "scope-missing"));
    assert_eq!(answer.json()["errors"][0]["item"], 2);
    assert_eq!(site.get("/api/v1/resources/depots/lakehouse").await.status, StatusCode::NOT_FOUND, "all or nothing");
    assert_eq!(observe(&site, &depots, "?complete=service", "[]").await.problem(), "scope-missing");
    assert_eq!(observe(&site, &depots, "?complete=depot", depot).await.status, StatusCode::OK);

    let nightly = site.token("ci", &["write:source=nightly"]).await;
    assert_eq!(observe(&site, &nightly, "", depot).await.problem(), "scope-missing", "the source is `ci` by default");
    assert_eq!(observe(&site, &nightly, "?source=nightly", depot).await.status, StatusCode::OK);
    assert_eq!(observe(&site, &nightly, "?source=other", "[]").await.problem(), "scope-missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_of_other_sites_are_kept_out_and_programs_are_not() {
    let site = Site::empty().await;
    let token = bearer(&site.token("ci", &["write"]).await);
    let headers = [JSON, ("authorization", token.as_str()), ("origin", "https://elsewhere.example")];
    let answer = site.submit("POST", "/api/v1/observations", &headers, "[]").await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::FORBIDDEN, "cross-site"));
    let headers = [JSON, ("authorization", token.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(site.submit("POST", "/api/v1/observations", &headers, "[]").await.status, StatusCode::OK);
    assert_eq!(site.submit("POST", "/api/v1/observations", &headers[..2], "[]").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_platform_printed_is_taken_whole_or_not_at_all() {
    let site = Site::empty().await;
    let token = bearer(&site.token("ci", &["write"]).await);
    let headers = [TEXT, ("authorization", token.as_str())];
    let manifest = "name: salesraw\nversion: v1\ntype: depot\ndepot:\n  type: S3\n  connectionSecret:\n    - acl: rw\n      data:\n        key: hunter2hunter2\n";
    let answer = site.submit("POST", "/api/v1/import", &headers, manifest).await;
    assert_eq!(answer.json()["changed"], 1, "{}", answer.body);
    let stored = site.get("/api/v1/resources/depots/salesraw/manifest").await.body;
    assert!(stored.contains("type: S3") && !stored.contains("hunter2"), "{stored}");

    let half = format!("{}---\nversion: v1\n", manifest.replace("salesraw", "lakehouse"));
    let answer = site.submit("POST", "/api/v1/import", &headers, half).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "batch-refused"));
    assert_eq!(answer.json()["errors"][0]["line"], 11);
    assert_eq!(site.get("/api/v1/resources/depots/lakehouse").await.status, StatusCode::NOT_FOUND);

    let service = "name: orders-api\nversion: v1\ntype: service\n";
    site.submit("POST", "/api/v1/import?workspace=sandbox", &headers, service).await;
    assert_eq!(site.get("/api/v1/resources/services/sandbox.orders-api").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_has_its_effect_once() {
    let site = Site::empty().await;
    let token = bearer(&site.token("ci", &["write"]).await);
    let other = bearer(&site.token("other", &["write"]).await);
    let headers = [JSON, ("authorization", token.as_str()), ("idempotency-key", "4f1c-1")];
    let body = r#"[{"id": "depot:v1:salesraw"}]"#;
    let first = site.submit("POST", "/api/v1/observations", &headers, body).await;
    assert_eq!((first.json()["changed"].as_u64(), first.header("idempotent-replayed")), (Some(1), ""));
    let again = site.submit("POST", "/api/v1/observations", &headers, body).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!((again.body.as_str(), again.header("idempotent-replayed")), (first.body.as_str(), "true"));
    for (address, body) in
        [("/api/v1/observations", r#"[{"id": "depot:v1:lakehouse"}]"#), ("/api/v1/observations?source=x", body)]
    {
        let answer = site.submit("POST", address, &headers, body).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "key-reused"));
    }
    assert_eq!(site.get("/api/v1/counts").await.json()["total"], 1);
    let elsewhere = [JSON, ("authorization", other.as_str()), ("idempotency-key", "4f1c-1")];
    let answer = site.submit("POST", "/api/v1/observations", &elsewhere, body).await;
    assert_eq!(answer.json()["unchanged"], 1, "keys of different callers never meet");
    let long = "k".repeat(256);
    let unusable = [JSON, ("authorization", token.as_str()), ("idempotency-key", long.as_str())];
    assert_eq!(site.submit("POST", "/api/v1/observations", &unusable, body).await.problem(), "invalid-request");
    // A refusal is not kept: what was wrong can be mended and sent again.
    let headers = [JSON, ("authorization", token.as_str()), ("idempotency-key", "4f1c-2")];
    assert_eq!(site.submit("POST", "/api/v1/observations", &headers, "[5]").await.problem(), "batch-refused");
    assert_eq!(site.submit("POST", "/api/v1/observations", &headers, body).await.status, StatusCode::OK);
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut child =
        Command::new("gzip").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("gzip runs");
    let mut stdin = child.stdin.take().expect("its input");
    let text = text.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&text).expect("it reads"));
    let output = child.wait_with_output().expect("its output");
    writer.join().expect("all was written");
    output.stdout
}

/// A frame of raw blocks, by the format's specification (RFC 8878).
fn zstd(text: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0b1010_0000];
    frame.extend(u32::try_from(text.len()).expect("a short text").to_le_bytes());
    let header = u32::try_from(text.len()).expect("a short text") << 3 | 1;
    frame.extend(&header.to_le_bytes()[..3]);
    frame.extend(text);
    frame
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_may_be_compressed_and_are_bounded_by_what_they_become() {
    let site = Site::empty().await;
    let token = bearer(&site.token("ci", &["write"]).await);
    let address = "/api/v1/observations";
    let with = |encoding: &'static str| [LINES, ("authorization", token.as_str()), ("content-encoding", encoding)];
    let body = b"{\"id\": \"depot:v1:salesraw\"}\n";
    assert_eq!(site.submit("POST", address, &with("gzip"), gzip(body)).await.json()["changed"], 1);
    assert_eq!(site.submit("POST", address, &with("zstd"), zstd(body)).await.json()["unchanged"], 1);
    for encoding in ["gzip", "zstd"] {
        let answer = site.submit("POST", address, &with(encoding), &body[..]).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::BAD_REQUEST, "malformed-body"));
    }
    let answer = site.submit("POST", address, &with("br"), &body[..]).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (415, "unsupported-media-type"));
    let bomb = gzip(&vec![b' '; (64 << 20) + 1]);
    assert!(bomb.len() < 1 << 20);
    let answer = site.submit("POST", address, &with("gzip"), bomb).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
    let many = "{\"id\": \"depot:v1:a\"}\n".repeat(100_001);
    let answer = site.submit("POST", address, &with("identity"), many).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_slowly_holds_up_nobody_else() {
    let site = Site::empty().await;
    let token = site.token("ci", &["write"]).await;
    let slow = (0..32).map(|_| {
        // It begins, and then nothing comes any more.
        let begun = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"[{\"id\": "))]);
        let request = Request::post("/api/v1/observations")
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("authorization", bearer(&token))
            .body(Body::from_stream(begun.chain(stream::pending())))
            .expect("a request");
        tokio::spawn(site.router.clone().oneshot(request))
    });
    let slow: Vec<_> = slow.collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let written = observe(&site, &token, "", r#"[{"id": "depot:v1:salesraw"}]"#);
    let written = tokio::time::timeout(Duration::from_secs(5), written).await.expect("it does not wait for them");
    assert_eq!(written.status, StatusCode::OK, "{}", written.body);
    for request in slow {
        request.abort();
    }
}
