//! The REST API: plain routes over the catalog. docs/api.md has its conventions.

mod batch;
mod body;
mod collated;
mod everything;
mod format;
mod idempotency;
mod listing;
mod listing_parameters;
mod memory;
mod observation;
mod openapi;
mod overview;
mod reference;
mod resource;
mod resource_parts;
mod rows;
pub(crate) mod table;
mod writes;

use std::sync::Arc;
use std::time::Duration;

use app::catalog::{Catalog, RevisionScope};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::header::{CACHE_CONTROL, ETAG, VARY};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get, post};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::decompression::RequestDecompressionLayer;

pub(crate) use self::everything::every_page;
pub(crate) use self::format::Format;
use self::idempotency::UnderWay;
use self::memory::Memory;
pub use self::openapi::document;
pub(crate) use self::rows::ResourceRow;
pub(crate) use self::table::TableRow;
use super::HttpState;
use super::accept;
use super::cache_policy::CachePolicy;
use super::caching::data_tag;
use super::etag::{names, names_any};
use super::fallbacks::{method_not_allowed, unknown_address};
use super::problem::{Problem, ProblemKind};
use crate::store::Store;

/// How long an answer may take to begin.
const READ_WITHIN: Duration = Duration::from_secs(15);

/// How long a batch may take, from its first byte to its answer.
const WRITE_WITHIN: Duration = Duration::from_secs(120);

/// Batches that are parsed and recorded at once.
const BATCHES_AT_ONCE: usize = 4;

/// What writing and reports need.
struct Writing {
    catalog: Arc<dyn Catalog>,
    store: Arc<dyn Store>,
    memory: Memory,
    turns: Arc<Semaphore>,
    under_way: UnderWay,
}

pub(super) fn routes(state: &HttpState) -> Router<HttpState> {
    let writing = Arc::new(Writing {
        catalog: state.catalog(),
        store: Arc::clone(&state.services.store),
        memory: Memory::new(body::MAX_BODIES_BYTES, body::MAX_BODY_BYTES),
        turns: Arc::new(Semaphore::new(BATCHES_AT_ONCE)),
        under_way: UnderWay::default(),
    });
    let mut reads = Router::new()
        .route("/api/v1/resources", get(listing::all_types))
        .route("/api/v1/resources/{types}", get(listing::one_type))
        .route("/api/v1/resources/{types}/{fqn}", get(resource::one))
        .route("/api/v1/resources/{types}/{fqn}/nodes", get(resource_parts::nodes))
        .route("/api/v1/resources/{types}/{fqn}/changes", get(resource_parts::changes))
        .route("/api/v1/resources/{types}/{fqn}/manifest", get(resource_parts::manifest))
        .route("/api/v1/counts", get(overview::counts))
        .route("/api/v1/suggestions", get(overview::suggestions));
    for ending in Format::TABLES.map(Format::ending) {
        reads = reads
            .route(&format!("/api/v1/resources.{ending}"), get(listing::all_types))
            .route(&format!("/api/v1/resources/{{types}}/{{fqn}}/nodes.{ending}"), get(resource_parts::nodes))
            .route(&format!("/api/v1/resources/{{types}}/{{fqn}}/changes.{ending}"), get(resource_parts::changes));
    }
    for ending in [Format::Yaml, Format::Json].map(Format::ending) {
        let path = format!("/api/v1/resources/{{types}}/{{fqn}}/manifest.{ending}");
        reads = reads.route(&path, get(resource_parts::manifest));
    }
    let reports = Router::new()
        .route("/collated/api/v1/reports/resources/{report}", get(collated::report))
        .with_state(Arc::clone(&writing));
    let reads = reads
        .merge(reports)
        .layer(from_fn_with_state(state.catalog(), revalidate))
        .layer(from_fn_with_state(READ_WITHIN, timed));
    let writes = Router::new()
        .route("/api/v1/observations", post(writes::observations))
        .route("/api/v1/import", post(writes::import))
        .with_state(writing)
        .layer(DefaultBodyLimit::disable())
        .layer(RequestDecompressionLayer::new().pass_through_unaccepted(true))
        .layer(from_fn_with_state(WRITE_WITHIN, timed));
    Router::new()
        .merge(reads)
        .merge(writes)
        .route("/api", get(reference::page))
        .route("/api/openapi.json", get(reference::openapi))
        .route("/api/problems/{name}", get(problem_section))
        .method_not_allowed_fallback(method_not_allowed)
        .route("/api/{*rest}", any(unknown_address))
        .route("/collated/{*rest}", any(unknown_address))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a request of the API panicked");
            Problem::new(ProblemKind::Internal, "Something went wrong inside Pharos; its log has the details.")
                .into_response()
        }))
}

/// What a page of another site gets that makes a browser write here.
pub(super) fn cross_site() -> Response {
    let detail = "The request was made by a page of another site. Only pages of this site, and programs that are no \
                  browsers, may write.";
    Problem::new(ProblemKind::CrossSite, detail).into_response()
}

/// Leads from the type of a problem to its section of the reference.
async fn problem_section(Path(name): Path<String>) -> Response {
    match ProblemKind::ALL.iter().find(|kind| kind.name() == name) {
        Some(kind) => Redirect::permanent(&format!("/api#{}", kind.name())).into_response(),
        None => Problem::new(ProblemKind::UnknownAddress, "There is no such problem. `/api` describes all of them.")
            .into_response(),
    }
}

/// Gives up what takes too long.
async fn timed(State(within): State<Duration>, request: Request, next: Next) -> Response {
    let writes = request.method() == Method::POST;
    match tokio::time::timeout(within, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let advice = if writes {
                "It may still be stored. Send it again, with the same `Idempotency-Key` if it had one: what is recorded \
                 twice changes nothing."
            } else {
                "Try again in a while, or ask for less."
            };
            let detail = format!("There was no answer within {} seconds. {advice}", within.as_secs());
            Problem::new(ProblemKind::TimedOut, detail).into_response()
        }
    }
}

/// Answers 304 to whoever has the answer as it would be given now.
async fn revalidate(State(catalog): State<Arc<dyn Catalog>>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let address = request.uri().path_and_query().map_or("", axum::http::uri::PathAndQuery::as_str).to_owned();
    let accepted = accept::as_sent(request.headers());
    let tag = data_tag(&catalog, &RevisionScope::everything(), &(address, accepted));
    let (known, has_any) = (names(request.headers(), &tag), names_any(request.headers()));
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { next.run(request).await };
    if has_any && response.status() == StatusCode::OK {
        response = StatusCode::NOT_MODIFIED.into_response();
    }
    if matches!(response.status(), StatusCode::OK | StatusCode::NOT_MODIFIED) {
        response.headers_mut().insert(ETAG, tag);
        response.headers_mut().insert(CACHE_CONTROL, CachePolicy::Revalidate.header());
    }
    response.headers_mut().append(VARY, HeaderValue::from_static("accept"));
    response
}
