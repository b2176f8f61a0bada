//! Who may read and write, as requests meet it.

mod support;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use pharos::access::{Access, Reading, Token};
use pharos::http::{AllowedHosts, TrustedProxies};
use pharos::store::NewToken;
use support::{Answer, NOON, Site, active};

const HERE: &str = "192.0.2.1:40000";

/// A site where reading needs a token.
async fn closed() -> Site {
    let site = Site::with(|services| {
        let access = Access::new(Arc::clone(&services.store), Reading::WithToken, Arc::new(|| NOON));
        services.with_access(Arc::new(access))
    })
    .await;
    site.record(vec![active("depot", None, "salesraw")]).await;
    site
}

async fn token(site: &Site, name: &str, scopes: &[&str]) -> Token {
    let token = Token::random().expect("random numbers");
    let new = NewToken {
        name: name.to_owned(),
        start: token.start().to_owned(),
        hash: token.hash().0,
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        created_at: NOON,
        expires_at: None,
    };
    site.store.add_token(&new).await.expect("stored");
    token
}

async fn ask(site: &Site, method: &str, address: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(address).header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let from: SocketAddr = HERE.parse().expect("an address");
    site.send(request.extension(ConnectInfo(from)).body(Body::empty()).expect("a request")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_nothing_of_a_closed_catalog_is_told() {
    let site = closed().await;
    for address in [
        "/",
        "/resources",
        "/resources/depots/salesraw",
        "/nowhere",
        "/export/resources.csv",
        "/api/ui/suggest?text=sales",
        "/metrics",
        "/resources?q=%00",
    ] {
        let answer = ask(&site, "GET", address, &[]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{address}");
        assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="Pharos""#, "{address}");
        assert_eq!(answer.header("cache-control"), "no-store", "{address}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{address}");
        assert!(answer.body.contains("pharos token create"), "{address}: {}", answer.body);
        assert!(!answer.body.contains("salesraw"), "{address}");
    }
    for address in ["/healthz", "/readyz", "/favicon.svg"] {
        let answer = ask(&site, "GET", address, &[]).await;
        assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_it_grants() {
    let site = closed().await;
    let reader = format!("Bearer {}", token(&site, "reader", &["read"]).await.reveal());
    let page = ask(&site, "GET", "/resources/depots", &[("authorization", &reader)]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("salesraw"));
    let kept = ask(&site, "GET", "/resources/depots", &[]).await;
    assert_eq!(kept.status, StatusCode::UNAUTHORIZED, "a page that is kept is for whoever may read");
    let tag = page.header("etag").to_owned();
    let again = ask(&site, "GET", "/resources/depots", &[("if-none-match", &tag)]).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    let write = ask(&site, "POST", "/api/v1/observations", &[("authorization", &reader)]).await;
    assert_eq!(write.status, StatusCode::FORBIDDEN);
    assert!(write.header("www-authenticate").contains("insufficient_scope"));
    let writer = token(&site, "writer", &["write:depot"]).await;
    let page = ask(&site, "GET", "/resources/depots", &[("apikey", writer.reveal())]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "writing does not include reading");
    assert!(page.body.contains("`writer`"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_get_problem_details() {
    let site = closed().await;
    let forged = format!("Bearer {}", Token::random().expect("random numbers").reveal());
    for (headers, kind, status) in [
        (vec![], "token-needed", 401),
        (vec![("authorization", forged.as_str())], "token-refused", 401),
        (vec![("authorization", "Bearer pharos_short")], "token-refused", 401),
    ] {
        let answer = ask(&site, "GET", "/api/v1/resources", &headers).await;
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(problem["status"], status);
        assert_eq!(answer.status.as_u16(), status);
        assert!(problem["type"].as_str().is_some_and(|found| found.ends_with(kind)), "{problem}");
        assert!(!answer.body.contains(&forged[7..]), "no secret is repeated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_without_a_token_even_where_reading_is_open() {
    let site = Site::empty().await;
    for (method, address) in
        [("POST", "/api/v1/observations"), ("POST", "/api/v1/import"), ("DELETE", "/api/v1/resources/depots/salesraw")]
    {
        let answer = ask(&site, method, address, &[]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {address}");
        assert!(answer.body.contains("--scope write"), "{}", answer.body);
    }
    let wrong = ask(&site, "GET", "/", &[("authorization", "Bearer nonsense")]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "whoever brings a token means it");
    assert!(wrong.header("www-authenticate").contains("invalid_token"));
    let proxied = ask(&site, "GET", "/", &[("authorization", "Basic YTpi")]).await;
    assert_eq!(proxied.status, StatusCode::OK, "what is meant for the proxy in front is left alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_answered_with_how_long_to_wait() {
    let site = closed().await;
    let reader = token(&site, "reader", &["read"]).await;
    assert_eq!(ask(&site, "GET", "/resources", &[("apikey", reader.reveal())]).await.status, StatusCode::OK);
    for _ in 0..10 {
        let answer = ask(&site, "GET", "/", &[("apikey", "guess")]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    let answer = ask(&site, "GET", "/", &[("apikey", "guess")]).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = answer.header("retry-after").parse().expect("a number");
    assert!((1..=61).contains(&seconds), "{seconds}");
    assert_eq!(ask(&site, "GET", "/resources", &[("apikey", reader.reveal())]).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_cannot_use_a_browser_to_write() {
    let site = Site::empty().await;
    let writer = format!("Bearer {}", token(&site, "ci", &["write"]).await.reveal());
    let foreign: [&[(&str, &str)]; 3] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", "https://evil.example")],
        &[("origin", "https://evil.example")],
    ];
    for address in ["/api/v1/observations", "/api/ui/suggest", "/anywhere"] {
        for headers in foreign {
            let headers: Vec<_> = headers.iter().copied().chain([("authorization", writer.as_str())]).collect();
            let answer = ask(&site, "POST", address, &headers).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address} {headers:?}");
            assert!(!answer.body.contains("scope"), "{address}: it is refused before anybody looks at the token");
        }
        let own = [("sec-fetch-site", "same-origin"), ("authorization", writer.as_str())];
        assert_ne!(ask(&site, "POST", address, &own).await.status, StatusCode::FORBIDDEN, "{address}");
        let program = [("authorization", writer.as_str())];
        assert_ne!(ask(&site, "POST", address, &program).await.status, StatusCode::FORBIDDEN, "{address}");
    }
    let link = ask(&site, "GET", "/resources", &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(link.status, StatusCode::OK, "links from elsewhere work");
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_behind_a_trusted_proxy_are_told_apart() {
    let site = Site::with(|services| {
        let access = Access::new(Arc::clone(&services.store), Reading::WithToken, Arc::new(|| NOON));
        let proxies = TrustedProxies::new(vec!["192.0.2.0/24".parse().expect("a network")]);
        services.with_access(Arc::new(access)).with_proxies(proxies)
    })
    .await;
    let of =
        async |client: &str| ask(&site, "GET", "/", &[("apikey", "guess"), ("x-forwarded-for", client)]).await.status;
    for _ in 0..10 {
        assert_eq!(of("198.51.100.7").await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(of("198.51.100.7").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(of("203.0.113.9, 198.51.100.7").await, StatusCode::TOO_MANY_REQUESTS, "what a client adds is not read");
    assert_eq!(of("198.51.100.8").await, StatusCode::UNAUTHORIZED, "another client of the same proxy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_token_passes_though_its_address_brought_many_bad_ones() {
    let site = closed().await;
    for number in 0..120 {
        ask(&site, "GET", "/", &[("apikey", &format!("guess-{number}"))]).await;
    }
    let refused = ask(&site, "GET", "/", &[("apikey", "another")]).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let reader = token(&site, "reader", &["read"]).await;
    let passed = ask(&site, "GET", "/resources", &[("apikey", reader.reveal())]).await;
    assert_eq!(passed.status, StatusCode::OK, "it was never seen before: {}", passed.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_cannot_read_by_taking_its_own_name_for_this_machine() {
    let site = Site::with(|services| services.with_hosts(AllowedHosts::new(&["pharos.example.com".to_owned()]))).await;
    site.record(vec![active("depot", None, "salesraw")]).await;
    let of = async |host: &str, address: &str| {
        let request = Request::get(address).header("host", host).body(Body::empty()).expect("a request");
        site.send(request).await
    };
    for address in ["/", "/resources", "/api/v1/resources", "/api/v1/changes", "/metrics", "/pkg/x", "/healthz", "/x"] {
        for host in ["evil.example", "evil.example:3000", "localhost.evil.example", ""] {
            let answer = of(host, address).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{host} {address}");
            assert!(answer.body.contains("--allow-host") && !answer.body.contains("salesraw"), "{}", answer.body);
        }
    }
    assert_eq!(of("evil.example", "/api/v1/resources").await.header("content-type"), "application/problem+json");
    for host in ["localhost:3000", "127.0.0.1", "[::1]:3000", "pharos.example.com", "Pharos.Example.com:443"] {
        assert_eq!(of(host, "/resources").await.status, StatusCode::OK, "{host}");
    }
}

/// A method, an address, headers, and the status of the answer.
type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], u16);

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_security_headers_whatever_it_is() {
    let site = closed().await;
    let reader = format!("Bearer {}", token(&site, "reader", &["read"]).await.reveal());
    let with: &[(&str, &str)] = &[("authorization", &reader)];
    let foreign: &[(&str, &str)] = &[("authorization", &reader), ("origin", "https://evil.example")];
    let cases: [Case<'_>; 16] = [
        ("GET", "/", with, 200),
        ("HEAD", "/", with, 200),
        ("HEAD", "/nowhere", with, 404),
        ("GET", "/", &[], 401),
        ("HEAD", "/", &[], 401),
        ("GET", "/pkg/nothing.js", &[], 404),
        ("GET", "/pkg/", with, 404),
        ("POST", "/api/v1/observations", with, 403),
        ("POST", "/api/v1/observations", foreign, 403),
        ("POST", "/resources", with, 405),
        ("GET", "/resources/depot", with, 308),
        ("GET", "/metis/resources/depots/dataos.salesraw/runtime", with, 307),
        ("GET", "/api/v1/resources?limit=0", with, 400),
        ("GET", "/api/nothing", with, 404),
        ("OPTIONS", "/healthz", with, 405),
        ("GET", "/export/nothing", with, 404),
    ];
    for (method, address, headers, status) in cases {
        let answer = ask(&site, method, address, headers).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {address}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{method} {address}: {name}");
        }
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{method} {address}"
        );
        assert!(!answer.header("permissions-policy").is_empty(), "{method} {address}");
    }
}
