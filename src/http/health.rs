//! Whether the server is alive, and ready.

use std::sync::Arc;

use app::catalog::Catalog;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use axum::{Json, response::Response};
use serde::Serialize;

use super::Shutdown;
use super::cache_policy::CachePolicy;
use crate::access::Caller;
use crate::store::Store;

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    stopping: bool,
    writable: bool,
    rebuilding: bool,
    /// Only for those who may read: it tells how much there is.
    #[serde(flatten)]
    progress: Option<Progress>,
}

#[derive(Serialize)]
struct Progress {
    indexed: u64,
    stored_seq: i64,
    indexed_seq: i64,
}

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> Response {
    ([(CACHE_CONTROL, CachePolicy::NoStore.header())], "ok\n").into_response()
}

/// `GET /readyz`: the database answers and can be written, and the server is not stopping. A rebuild of the index does
/// not make the server unready, since it already serves; the body tells.
pub(super) async fn ready(
    State(catalog): State<Arc<dyn Catalog>>,
    State(store): State<Arc<dyn Store>>,
    State(shutdown): State<Shutdown>,
    caller: Caller,
) -> Response {
    let index = catalog.index_status().await;
    let stopping = shutdown.has_begun();
    let writable = store.can_write().await;
    let ready = !stopping && writable && catalog.newest_changes(1).await.is_ok();
    let body = Readiness {
        ready,
        stopping,
        writable,
        rebuilding: index.rebuilding,
        progress: caller.may_read().then_some(Progress {
            indexed: index.indexed,
            stored_seq: index.stored_seq,
            indexed_seq: index.indexed_seq,
        }),
    };
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(CACHE_CONTROL, CachePolicy::NoStore.header())], Json(body)).into_response()
}
