//! The change feed over HTTP: as pages of JSON, and as a stream of events.

mod parameters;
mod problem;
mod shapes;
mod stream;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use self::parameters::{Asked, ChangesParameters, Start};
use self::stream::Places;
use super::accept::media_ranges;
use super::cache_policy::CachePolicy;
use super::fallbacks::method_not_allowed;
use super::problem::Problem;
use super::{HttpState, Shutdown};
use crate::catalog::feed::{Feed, FeedPage};

/// How many streams are served at a time. What each costs is small, but not nothing.
const MAX_STREAMS: usize = 10_000;

/// The changes on a page when nobody says how many.
const PAGE_SIZE: usize = 100;

/// What the handler needs.
#[derive(Clone)]
pub(super) struct Live {
    feed: Arc<Feed>,
    shutdown: Shutdown,
    places: Places,
}

pub(super) fn routes(services: &super::Services) -> Router<HttpState> {
    let live =
        Live { feed: Arc::clone(&services.feed), shutdown: services.shutdown.clone(), places: Places::of(MAX_STREAMS) };
    Router::new()
        .route("/api/v1/changes", get(changes).with_state(live))
        .method_not_allowed_fallback(method_not_allowed)
}

/// Follows all changes: a page of those after an entry of the log, or, where `text/event-stream` is accepted by name, a
/// stream that goes on for as long as somebody listens. docs/api.md describes its events.
#[utoipa::path(
    get,
    path = "/api/v1/changes",
    operation_id = "follow_changes",
    tag = "Changes",
    params(
        ChangesParameters,
        ("Last-Event-ID" = Option<i64>, Header, minimum = 0,
         description = "The last `seq` that was seen, which browsers send when they resume a stream; counts more than \
                        `after`"),
    ),
    responses(
        (status = 200, description = "A page, or a stream of events", content(
            (shapes::Page = "application/json"), (String = "text/event-stream")
        )),
        (status = 400, description = "A parameter cannot be read", body = Problem,
         content_type = "application/problem+json"),
        (status = 410, description = "The log does not have what follows (any more); `oldest` and `newest` are its \
                                      bounds", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database does not answer, or no further stream can be served", body = Problem,
         content_type = "application/problem+json"),
    )
)]
pub(super) async fn changes(
    State(live): State<Live>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), &headers)?;
    if wants_stream(&headers) {
        let place = live.places.take().ok_or_else(|| problem::crowded(MAX_STREAMS))?;
        let after = match asked.start {
            Start::After(seq) => Some(seq),
            Start::Oldest => Some(live.feed.bounds().await?.oldest),
            Start::Now | Start::Unsaid => None,
        };
        let subscription = live.feed.subscribe(after, asked.filter).await?;
        let body = stream::body(subscription, live.shutdown.clone(), place);
        return Ok((headers_of("text/event-stream"), body).into_response());
    }
    let after = match asked.start {
        Start::After(seq) => seq,
        Start::Now => live.feed.bounds().await?.last,
        Start::Oldest | Start::Unsaid => live.feed.bounds().await?.oldest,
    };
    let page = live.feed.page(after, asked.limit.unwrap_or(PAGE_SIZE), &asked.filter).await?;
    Ok((headers_of("application/json"), Body::from(json(&page))).into_response())
}

/// Whether events are asked for by name; `*/*` gets a page, which ends.
fn wants_stream(headers: &HeaderMap) -> bool {
    media_ranges(headers).any(|range| range.name == "text/event-stream" && range.weight > 0)
}

fn headers_of(content_type: &'static str) -> [(HeaderName, HeaderValue); 3] {
    [
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CACHE_CONTROL, CachePolicy::NoStore.header()),
        // A proxy that gathers an answer before it hands it on would hold back a stream for ever.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ]
}

/// The page, put together from texts that are ready.
fn json(page: &FeedPage) -> Vec<u8> {
    let length: usize = page.events.iter().map(|event| event.json().len() + 1).sum();
    let mut text = Vec::with_capacity(length + 64);
    text.extend_from_slice(b"{\"changes\":[");
    for (place, event) in page.events.iter().enumerate() {
        if place > 0 {
            text.push(b',');
        }
        text.extend_from_slice(&event.json());
    }
    text.extend_from_slice(format!("],\"next\":{},\"more\":{}}}\n", page.next, page.more).as_bytes());
    text
}

#[cfg(test)]
mod tests {
    use axum::http::header::ACCEPT;

    use super::*;

    #[test]
    fn a_stream_is_only_for_those_who_ask_for_it() {
        for (accept, expected) in [
            ("text/event-stream", true),
            ("application/json;q=0.5, Text/Event-Stream", true),
            ("text/event-stream;q=0, application/json", false),
            ("text/event-stream;q=0.000, application/json", false),
            ("*/*", false),
            ("application/json", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(wants_stream(&headers), expected, "{accept}");
        }
        assert!(!wants_stream(&HeaderMap::new()));
    }
}
