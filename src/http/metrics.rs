//! `GET /metrics`: what the server tells of itself.

use std::sync::Arc;

use app::catalog::Catalog;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::cache_policy::CachePolicy;
use crate::metrics::Metrics;
use crate::store::Store;

const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(super) async fn metrics(
    State(metrics): State<Arc<Metrics>>,
    State(catalog): State<Arc<dyn Catalog>>,
    State(store): State<Arc<dyn Store>>,
) -> Response {
    let text = metrics.text(catalog.as_ref(), store.as_ref()).await;
    ([(CACHE_CONTROL, CachePolicy::NoStore.header())], [(CONTENT_TYPE, FORMAT)], text).into_response()
}
