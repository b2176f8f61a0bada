//! The platform's reports, from a server that imitates them.

mod support;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use app::model::State;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State as Shared};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::get;
use pharos::sources::{Ran, SourceSettings};
use serde_json::{Value, json};
use support::sources::{Asking, quoted, source};

/// What was asked: report, id, page and the token.
type Question = (String, String, u64, Option<String>);

type Answers = dyn Fn(&Question, usize) -> Response<Body> + Send + Sync;

/// A platform that answers as a test says; the number is how many questions came before.
struct Platform {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Question>>>,
}

#[derive(Clone)]
struct Desk {
    asked: Arc<Mutex<Vec<Question>>>,
    answers: Arc<Answers>,
}

async fn answer(
    Shared(desk): Shared<Desk>,
    Path(report): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response<Body> {
    let header = headers.get("authorization").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let page = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let question = (report, query.get("id").cloned().unwrap_or_default(), page, header);
    let before = {
        let mut asked = desk.asked.lock().expect("it is whole");
        asked.push(question.clone());
        asked.len() - 1
    };
    if question.1 == "slow:v1:%" {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    (desk.answers)(&question, before)
}

impl Platform {
    async fn answering(answers: impl Fn(&Question, usize) -> Response<Body> + Send + Sync + 'static) -> Self {
        let desk = Desk { asked: Arc::default(), answers: Arc::new(answers) };
        let asked = Arc::clone(&desk.asked);
        let router = Router::new().route("/collated/api/v1/reports/resources/{report}", get(answer)).with_state(desk);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, asked }
    }

    fn source(&self, settings: &str) -> SourceSettings {
        source(&format!("kind = \"collated\"\nurl = \"http://{}\"\n{settings}", self.address))
    }

    fn asked(&self) -> Vec<Question> {
        self.asked.lock().expect("it is whole").clone()
    }
}

fn status(code: u16) -> Response<Body> {
    Response::builder().status(code).body(Body::from("no")).expect("an answer")
}

fn json(body: &Value) -> Response<Body> {
    Response::builder()
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .expect("an answer")
}

/// A page with one value for each id. Where there are several pages, all but the last are full.
fn page(report: &str, number: u64, of: u64, values: &[(&str, Value)]) -> Response<Body> {
    let total = if of == 1 { values.len() as u64 } else { of * 2 - 1 };
    page_of_total(report, number, of, total, values)
}

fn page_of_total(report: &str, number: u64, of: u64, total: u64, values: &[(&str, Value)]) -> Response<Body> {
    let items: Vec<Value> = values
        .iter()
        .map(|(id, value)| {
            json!({ "id": id, "observations": [{ "type": report, "when": "2025-08-11T11:12:33Z", "value": value }] })
        })
        .collect();
    json(&json!({ "items": items, "page": number, "size": 2, "total_pages": of, "total_records": total }))
}

const SERVICES: &str = "ids = [\"service:v1:%:public\"]\n";

#[tokio::test]
async fn reports_are_read_page_by_page_and_put_together() {
    let platform = Platform::answering(|(report, _, number, _), _| match (report.as_str(), number) {
        ("status", 1) => {
            page("status", 1, 2, &[("service:v1:a:public", json!("active")), ("service:v1:b:public", json!("error"))])
        }
        ("status", _) => page("status", 2, 2, &[("service:v1:c:public", json!("deleted"))]),
        (_, number) => page("runtime", *number, 1, &[("service:v1:a:public", json!("pending:0/1"))]),
    })
    .await;
    let asking = Asking::new().await;
    let run = asking.succeed(&platform.source(&format!("{SERVICES}page_size = 2"))).await;
    assert_eq!((run.read, run.deleted), (3, 1), "status and runtime of one moment are one observation");
    let service = async |name: &str| asking.resource("service", Some("public"), name).await.expect("it is there");
    let a = service("a").await;
    assert_eq!((a.state(), a.runtime.as_deref(), a.version.as_str()), (State::Active, Some("pending:0/1"), "v1"));
    assert_eq!(service("b").await.state(), State::Error);
    assert_eq!(service("c").await.state(), State::Deleted);
    let asked: Vec<_> = platform.asked().into_iter().map(|(report, id, page, _)| (report, id, page)).collect();
    let all = "service:v1:%:public".to_owned();
    assert_eq!(
        asked,
        [("status".into(), all.clone(), 1), ("status".into(), all.clone(), 2), ("runtime".into(), all, 1)]
    );
}

#[tokio::test]
async fn a_renewed_token_is_used_at_once_and_never_repeated() {
    let platform = Platform::answering(|(report, _, _, token), _| match token.as_deref() {
        Some("Bearer second-token") => page(report, 1, 1, &[]),
        _ => status(401),
    })
    .await;
    let asking = Asking::new().await;
    let file = asking.write("token", "first-token\n");
    let settings = platform.source(&format!("{SERVICES}token_file = {}", quoted(&file)));
    let error = asking.fail(&settings).await;
    assert!(error.contains("does not accept the token (401)") && !error.contains("first-token"), "{error}");
    asking.write("token", "second-token\n");
    asking.succeed(&settings).await;
    asking.write("token", "two words\n");
    let error = asking.fail(&settings).await;
    assert!(error.contains("does not hold a token") && !error.contains("words\n"), "{error}");
    std::fs::remove_file(file).expect("it is removed");
    assert!(asking.fail(&settings).await.contains("cannot read the token from the file"));
    let unset = platform.source(&format!("{SERVICES}token_env = \"NO_SUCH_VARIABLE\""));
    assert!(asking.fail(&unset).await.contains("`NO_SUCH_VARIABLE` is not set"));
}

#[tokio::test]
async fn no_access_is_not_absence() {
    let platform = Platform::answering(|(report, id, _, _), before| match (id.as_str(), before) {
        ("depot:v1:%", 6..) => status(403),
        ("nothing:v1:%", 6..) => status(404),
        ("depot:v1:%", _) => page(report, 1, 1, &[("depot:v1:salesraw", json!("active"))]),
        ("nothing:v1:%", _) => page(report, 1, 1, &[]),
        _ => page(report, 1, 1, &[("service:v1:a:public", json!(if before < 6 { "active" } else { "error" }))]),
    })
    .await;
    let asking = Asking::new().await;
    let settings = platform.source(
        "ids = [\"depot:v1:%\", \"nothing:v1:%\", \"service:v1:%:public\"]\ncomplete = [\"depot\", \"service\"]",
    );
    asking.succeed(&settings).await;
    let error = asking.fail(&settings).await;
    assert!(error.contains("no access to the status report of `depot:v1:%` (403)"), "{error}");
    assert!(error.contains("has no status report of `nothing:v1:%` (404)"), "{error}");
    assert!(!asking.resource("depot", None, "salesraw").await.expect("it is kept").deleted);
}

/// Pages of two, of the depots with these names.
fn depots(number: u64, names: &[&str]) -> Response<Body> {
    let ids: Vec<String> = names.iter().map(|name| format!("depot:v1:{name}")).collect();
    let pages = ids.len().div_ceil(2) as u64;
    let start = usize::try_from((number - 1) * 2).expect("small").min(ids.len());
    let values: Vec<(&str, Value)> = ids[start..].iter().take(2).map(|id| (id.as_str(), json!("active"))).collect();
    page_of_total("status", number, pages, ids.len() as u64, &values)
}

#[tokio::test]
async fn what_moves_to_a_page_that_was_read_is_not_deleted() {
    const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
    let asking = Asking::new().await;
    let settings = "ids = [\"depot:v1:%\"]\nreports = [\"status\"]\npage_size = 2\ncomplete = [\"depot\"]";
    let platform = Platform::answering(|(_, _, number, _), _| depots(*number, &NAMES)).await;
    asking.succeed(&platform.source(settings)).await;
    assert_eq!(platform.asked().len(), 4, "the first page once more after the last");

    // Each time, the first of them goes away after the first page was read: the third is on no page that is read.
    let moving = Platform::answering(|(_, _, number, _), before| {
        depots(*number, if *number == 1 && before % 3 == 0 { &NAMES } else { &NAMES[1..] })
    })
    .await;
    let error = asking.fail(&moving.source(settings)).await;
    assert!(error.contains("the status report of `depot:v1:%` told of 5 Resources at first and of 4 later"), "{error}");
    assert!(error.contains("nothing is deleted"), "{error}");
    for name in NAMES {
        assert!(!asking.resource("depot", None, name).await.expect("it is kept").deleted, "{name}");
    }

    // One goes and another comes, so that the total stays.
    let others = ["b", "c", "d", "e", "f"];
    let trading = Platform::answering(move |(_, _, number, _), before| {
        depots(*number, if *number == 1 && before % 4 == 0 { &NAMES } else { &others })
    })
    .await;
    let error = asking.fail(&trading.source(settings)).await;
    assert!(error.contains("has other Resources on its first page than before"), "{error}");
    assert!(!asking.resource("depot", None, "c").await.expect("it is kept").deleted);
}

#[tokio::test]
async fn a_report_that_changes_while_it_is_read_is_read_again() {
    let asking = Asking::new().await;
    let settings = "ids = [\"depot:v1:%\"]\nreports = [\"status\"]\npage_size = 2\ncomplete = [\"depot\"]";
    let names = ["a", "b", "c", "d", "e"];
    let platform = Platform::answering(move |(_, _, number, _), before| {
        depots(*number, if before < 5 { &names } else { &names[1..] })
    })
    .await;
    asking.succeed(&platform.source(settings)).await;
    let run = asking.succeed(&platform.source(settings)).await;
    assert_eq!(run.deleted, 0, "it was still there at the beginning");
    assert_eq!(asking.succeed(&platform.source(settings)).await.deleted, 1);
}

#[tokio::test]
async fn fewer_than_the_total_are_not_all() {
    let asking = Asking::new().await;
    let two = [("depot:v1:a", json!("active")), ("depot:v1:b", json!("active"))];
    let platform = Platform::answering(move |_, before| {
        if before == 0 { page("status", 1, 1, &two) } else { page_of_total("status", 1, 1, 2, &two[..1]) }
    })
    .await;
    let settings = "ids = [\"depot:v1:%\"]\nreports = [\"status\"]\n";
    asking.succeed(&platform.source(&format!("{settings}complete = [\"depot\"]"))).await;
    let error = asking.fail(&platform.source(&format!("{settings}complete = [\"depot\"]"))).await;
    assert!(error.contains("tells of 2 Resources, and 1 were read"), "{error}");
    assert!(!asking.resource("depot", None, "b").await.expect("it is kept").deleted);
    asking.succeed(&platform.source(settings)).await;
}

#[tokio::test]
async fn the_platform_may_ask_to_wait() {
    let wait = |seconds: &str| {
        Response::builder()
            .status(429)
            .header("retry-after", seconds.to_owned())
            .body(Body::empty())
            .expect("an answer")
    };
    let platform = Platform::answering(move |(report, ..), before| match before {
        0 | 2 => wait("1"),
        _ => page(report, 1, 1, &[("service:v1:a:public", json!("active"))]),
    })
    .await;
    let asking = Asking::new().await;
    let started = Instant::now();
    asking.succeed(&platform.source(SERVICES)).await;
    assert!(started.elapsed() >= Duration::from_secs(2), "it waited twice");
    let busy = Platform::answering(move |_, _| wait("900")).await;
    let ran = asking.runner.run(&busy.source(SERVICES)).await.expect("the run is kept");
    let Ran::Ended { run, wait } = ran else { panic!("nobody else runs it") };
    assert_eq!(wait, Some(Duration::from_secs(900)), "it is not asked again before");
    assert!(run.error.expect("it fails").contains("asks to wait 15 minutes"));
    assert_eq!(busy.asked().len(), 1);
}

#[tokio::test]
async fn answers_that_make_no_sense_are_told() {
    let asking = Asking::new().await;
    let html =
        Platform::answering(|_, _| Response::builder().body(Body::from("<html>Sign in</html>")).expect("an answer"))
            .await;
    assert!(asking.fail(&html.source(SERVICES)).await.contains("is not the JSON of a report"));
    let stuck = Platform::answering(|(report, ..), _| page(report, 1, 9, &[("service:v1:a:public", json!("active"))]));
    let stuck = stuck.await;
    assert!(
        asking
            .fail(&stuck.source(SERVICES))
            .await
            .contains("answered page 1 of the status report when asked for page 2")
    );
    assert_eq!(stuck.asked().len(), 2);
    let endless = Platform::answering(|(report, _, number, _), _| {
        page(report, *number, 1_000_000, &[("service:v1:a:public", json!("active"))])
    })
    .await;
    let error = asking.fail(&endless.source(&format!("{SERVICES}max_pages = 3\ncomplete = [\"service\"]"))).await;
    assert!(error.contains("only 3 were read"), "{error}");
    assert_eq!(endless.asked().len(), 6);
    let broken = Platform::answering(|_, _| status(500)).await;
    assert!(asking.fail(&broken.source(SERVICES)).await.contains("answered 500"));
    let down = broken.address;
    let gone = source(&format!("kind = \"collated\"\nurl = \"http://127.0.0.1:1\"\n{SERVICES}"));
    assert!(asking.fail(&gone).await.starts_with("cannot ask `127.0.0.1`"), "{down}");
}

#[tokio::test]
async fn a_slow_platform_is_given_up() {
    let platform = Platform::answering(|(report, ..), _| page(report, 1, 1, &[])).await;
    let asking = Asking::new().await;
    let started = Instant::now();
    let error = asking.fail(&platform.source("ids = [\"slow:v1:%\"]\ntimeout = \"500ms\"")).await;
    assert!(error.contains("it took longer than"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn the_token_goes_to_the_platform_and_nowhere_else() {
    let elsewhere = Platform::answering(|(report, ..), _| page(report, 1, 1, &[])).await;
    let to = format!("http://localhost:{}/collated/api/v1/reports/resources/status", elsewhere.address.port());
    let platform = Platform::answering(move |_, _| {
        Response::builder()
            .status(StatusCode::FOUND)
            .header("location", to.clone())
            .body(Body::empty())
            .expect("an answer")
    })
    .await;
    let asking = Asking::new().await;
    let file = asking.write("token", "a-secret-token");
    let error = asking.fail(&platform.source(&format!("{SERVICES}token_file = {}", quoted(&file)))).await;
    assert!(error.contains("sends the request on to `localhost`"), "{error}");
    assert_eq!(elsewhere.asked(), []);
    let home = Platform::answering(|(report, id, ..), _| {
        if id == "service:v1:%:public" {
            let to = format!("/collated/api/v1/reports/resources/{report}?id=depot:v1:x&page=1");
            return Response::builder().status(307).header("location", to).body(Body::empty()).expect("an answer");
        }
        page(report, 1, 1, &[("depot:v1:x", json!("active"))])
    })
    .await;
    asking.succeed(&home.source(&format!("{SERVICES}token_file = {}", quoted(&file)))).await;
    assert!(home.asked().iter().all(|(.., token)| token.as_deref() == Some("Bearer a-secret-token")));
}

/// A platform whose certificate nobody knows; the second is that certificate.
async fn private_platform() -> (SocketAddr, String) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};

    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a configuration");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(connection).await else { continue };
            let mut request = [0; 4_096];
            drop(stream.read(&mut request).await);
            let body = r#"{"items": [], "page": 1, "total_pages": 1}"#;
            let answer =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
            drop(stream.write_all(answer.as_bytes()).await);
            drop(stream.shutdown().await);
        }
    });
    (address, made.cert.pem())
}

#[tokio::test]
async fn a_certificate_has_to_be_known() {
    let (address, certificate) = private_platform().await;
    let asking = Asking::new().await;
    let platform = |settings: &str| {
        let url = format!("https://localhost:{}", address.port());
        source(&format!("kind = \"collated\"\nurl = \"{url}\"\n{SERVICES}{settings}"))
    };
    let error = asking.fail(&platform("")).await;
    assert!(error.starts_with("cannot ask `localhost`") && error.contains("certificate"), "{error}");
    let file = asking.write("ca.pem", &certificate);
    asking.succeed(&platform(&format!("ca_file = {}", quoted(&file)))).await;
    asking.write("ca.pem", "nothing");
    let error = asking.fail(&platform(&format!("ca_file = {}", quoted(&file)))).await;
    assert!(error.contains("holds no certificate"), "{error}");
}

#[tokio::test]
async fn values_that_are_no_texts_are_kept_as_they_are() {
    let platform = Platform::answering(|(report, ..), _| {
        page(report, 1, 1, &[("service:v1:a:public", json!([{ "phase": "failed" }]))])
    })
    .await;
    let asking = Asking::new().await;
    asking.succeed(&platform.source(&format!("{SERVICES}reports = [\"runtime\"]"))).await;
    let service = asking.resource("service", Some("public"), "a").await.expect("it is there");
    assert_eq!(service.runtime.as_deref(), Some(r#"[{"phase":"failed"}]"#));
}
