//! A closed catalog tells nothing, whatever address is asked for, in whatever way.

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use pharos::access::{Access, Reading, Token};
use support::{Answer, NOON, Site, active};

/// The only routes that anybody may have.
const PUBLIC: [&str; 5] = ["/favicon.svg", "/healthz", "/pkg/{*file}", "/readyz", "/robots.txt"];

const METHODS: [Method; 8] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
    Method::TRACE,
];

/// What must never be told.
const SECRET: &str = "salesraw-of-the-closed-catalog";

/// A site where reading needs a token.
async fn closed() -> Site {
    let site = Site::with(|services| {
        let access = Access::new(Arc::clone(&services.store), Reading::WithToken, Arc::new(|| NOON));
        services.with_access(Arc::new(access))
    })
    .await;
    site.record(vec![active("depot", None, SECRET)]).await;
    site
}

/// All routes of a site, as its router prints them.
fn routes(site: &Site) -> BTreeSet<String> {
    let printed = format!("{:?}", site.router);
    let texts = printed.split('"').skip(1).step_by(2);
    texts.filter(|text| text.starts_with('/')).map(str::to_owned).collect()
}

/// An address that a route answers.
fn address(route: &str) -> String {
    let fill = |segment: &str| match segment {
        "{types}" => "depots".to_owned(),
        "{fqn}" => SECRET.to_owned(),
        "{report}" => "status".to_owned(),
        "{file}" => format!("{SECRET}.yaml"),
        "{*any}" => "nowhere/at/all".to_owned(),
        "{*rest}" | "{*file}" => "nothing.js".to_owned(),
        // The value of a parameter with an ending, such as `{types}.csv`.
        other => other.replace("{types}", "depots").replace("{fqn}", SECRET).replace(['{', '}', '*', ':'], ""),
    };
    route.split('/').map(fill).collect::<Vec<_>>().join("/")
}

async fn ask(site: &Site, method: &Method, address: &str, token: Option<&str>) -> Answer {
    let mut request = Request::builder().method(method).uri(address).header("host", "localhost");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    site.send(request.body(Body::empty()).unwrap_or_else(|error| panic!("{address}: {error}"))).await
}

fn is_refused(answer: &Answer) -> bool {
    matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS)
}

/// What the headers and the body of an answer say, but for what the request said itself.
fn told(answer: &Answer, address: &str) -> String {
    format!("{:?} {}", answer.headers, answer.body).replace(address, "")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_is_closed_unless_it_is_listed_as_public() {
    let site = closed().await;
    let writer = site.token("writer", &["write"]).await;
    let forged = Token::random().expect("random numbers").reveal().to_owned();
    let routes = routes(&site);
    assert!(routes.len() > 40, "all of them are known: {routes:?}");
    for known in ["/", "/resources/{types}/{fqn}", "/api/ui/suggest", "/api/v1/changes", "/metrics", "/export/{file}"] {
        assert!(routes.iter().any(|route| route == known), "{known} in {routes:?}");
    }
    for public in PUBLIC {
        assert!(routes.contains(public), "{public} in {routes:?}");
    }
    for route in &routes {
        let is_public = PUBLIC.contains(&route.as_str());
        let address = address(route);
        for method in &METHODS {
            for token in [None, Some("nonsense"), Some(&forged), Some(&writer)] {
                let answer = ask(&site, method, &address, token).await;
                let what = format!("{method} {address} with {token:?}: {}", answer.status);
                assert!(!told(&answer, &address).contains(SECRET), "{what}: {}", answer.body);
                assert!(!answer.status.is_server_error(), "{what}: {}", answer.body);
                let reads = matches!(*method, Method::GET | Method::HEAD);
                if is_public && reads {
                    assert!(!answer.body.contains("<nav"), "{what}");
                    continue;
                }
                let writes = token == Some(&writer) && !reads && *method != Method::OPTIONS;
                assert!(is_refused(&answer) || (writes && address.starts_with("/api/v1/")), "{what}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_looks_public_is_as_closed_as_any_other() {
    let site = closed().await;
    for address in [
        "/pkg",
        "/pkg/",
        "/pkg//",
        "/pkg//resources",
        "/pkg/../resources",
        "/pkg/%2e%2e/resources",
        "/pkg/..%2fresources",
        "/pkg/?/resources",
        "//pkg/pharos.js",
        "/PKG/pharos.js",
        "/%70kg/pharos.js",
        "/healthz/",
        "/healthz/x",
        "/healthz;x",
        "/%68ealthz",
        "/readyz/../resources",
        "/favicon.svg/",
        "/robots.txt/../api/v1/resources",
        "/robots.txt%00",
        "/api/../pkg/x",
        "/resources/../pkg/x",
        "/resources/..%2fpkg%2fx",
        "http://localhost/pkg/",
    ] {
        for method in &METHODS {
            let answer = ask(&site, method, address, None).await;
            let what = format!("{method} {address}: {} {}", answer.status, answer.body);
            let no_file = answer.status == StatusCode::NOT_FOUND
                && (answer.body == "There is no such file.\n" || *method == Method::HEAD);
            assert!(is_refused(&answer) || no_file, "{what}");
            assert!(!answer.body.contains("<nav"), "{what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_read_reaches_every_route() {
    let site = closed().await;
    let reader = site.token("reader", &["read"]).await;
    for route in routes(&site) {
        let answer = ask(&site, &Method::GET, &address(&route), Some(&reader)).await;
        assert!(!is_refused(&answer), "{route}: {}", answer.status);
    }
    let ready = ask(&site, &Method::GET, "/readyz", None).await;
    assert_eq!(ready.status, StatusCode::OK);
    assert!(!ready.body.contains("indexed"), "how much there is, is for readers: {}", ready.body);
}
