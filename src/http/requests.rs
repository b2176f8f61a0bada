//! What is done for every request: it gets an id, is measured, is told in the log, and its answer carries the headers
//! that every answer carries.
//!
//! All this is one layer: each layer of this kind copies the ones below it for every request.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::security;
use crate::metrics::Metrics;

/// The header of the id, in requests and answers.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a request.
const MAX_ID_BYTES: usize = 64;

/// Stands for all addresses that lead nowhere.
static UNMATCHED: LazyLock<Arc<str>> = LazyLock::new(|| Arc::from("unmatched"));

/// The one route of all pages, whose addresses are told apart below.
const PAGES: &str = "/{*any}";

/// The id of a request.
#[derive(Clone, Debug)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    /// The id that the request brings, if it is one, or a new one.
    fn of(request: &Request) -> Self {
        let brought = request.headers().get(&REQUEST_ID).filter(|id| is_id(id.as_bytes())).cloned();
        Self(brought.unwrap_or_else(new_id))
    }

    fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

/// What cannot break a line of the log, whoever writes it.
fn is_id(text: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'=' | b'+' | b'/');
    (1..=MAX_ID_BYTES).contains(&text.len()) && text.iter().all(allowed)
}

/// Unique in this process by its number, and among processes by what it begins with.
fn new_id() -> HeaderValue {
    static START: LazyLock<u64> = LazyLock::new(|| getrandom::u64().unwrap_or_default());
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let id = format!("{:016x}-{}", *START, NEXT.fetch_add(1, Ordering::Relaxed));
    HeaderValue::try_from(id).expect("hexadecimal digits are valid in a header")
}

/// The form of a page's address.
fn page_route(path: &str) -> &'static str {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match segments.as_slice() {
        ["resources"] => "/resources",
        ["resources", _] => "/resources/{types}",
        ["resources", _, _] => "/resources/{types}/{fqn}",
        ["resources", _, _, _] => "/resources/{types}/{fqn}/{tab}",
        ["sources"] => "/sources",
        _ => "unmatched",
    }
}

pub(super) async fn observe(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let in_flight = metrics.begin_request();
    let id = RequestId::of(&request);
    let method = request.method().clone();
    let route = match request.extensions().get::<MatchedPath>() {
        Some(route) if route.as_str() == PAGES => Arc::from(page_route(request.uri().path())),
        Some(route) => Arc::from(route.as_str()),
        None => Arc::clone(&UNMATCHED),
    };
    // The query is left out: it holds what people look for.
    let span = tracing::info_span!("request", id = id.as_str(), %method, path = request.uri().path());
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status(), started.elapsed());
    metrics.answered(&method, &route, status.as_u16(), took);
    drop(in_flight);
    let status = status.as_u16();
    let took_ms = took.as_secs_f64() * 1_000.0;
    if status >= 500 {
        tracing::warn!(parent: &span, status, took_ms, "answered");
    } else {
        tracing::debug!(parent: &span, status, took_ms, "answered");
    }
    security::add_headers(&mut response);
    response.headers_mut().insert(REQUEST_ID, id.0);
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn id_of(brought: &str) -> String {
        let request = Request::get("/").header(&REQUEST_ID, brought).body(Body::empty()).unwrap();
        RequestId::of(&request).as_str().to_owned()
    }

    #[test]
    fn pages_are_told_apart_by_the_form_of_their_address() {
        for (path, route) in [
            ("/resources", "/resources"),
            ("/resources/depots/", "/resources/{types}"),
            ("/resources/depots/sales/runtime", "/resources/{types}/{fqn}/{tab}"),
            ("/sources", "/sources"),
            ("/nowhere", "unmatched"),
            ("/a/b/c/d/e/f", "unmatched"),
        ] {
            assert_eq!(page_route(path), route, "{path}");
        }
    }

    #[test]
    fn an_id_is_taken_over_unless_it_could_do_harm() {
        assert_eq!(id_of("4bf92f35-77b3.4da6_A"), "4bf92f35-77b3.4da6_A");
        for brought in ["", "a b", "a\tb", "\"x\"", &"x".repeat(65)] {
            let id = id_of(brought);
            assert!(id != brought && is_id(id.as_bytes()), "{brought}: {id}");
        }
        assert_ne!(id_of(""), id_of(""));
    }
}
