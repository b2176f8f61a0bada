//! Builds the views of pages from what the catalog answers. The only place that does.

mod details;
mod listing;
mod navigation;
mod overview;
mod resource;
mod row;

use std::future::Future;
use std::sync::Arc;

pub(super) use self::listing::{listing, rows};
pub(super) use self::navigation::navigation;
pub(super) use self::overview::overview;
pub(super) use self::resource::{changes, details, manifest, resource, runtime};
use super::{ApiError, Current};
use crate::catalog::Catalog;
use crate::model::{MAX_QUERY_BYTES, SourceStatus, Suggestion};

/// Suggestions that are offered at a time.
const SUGGESTIONS: usize = 10;

/// The catalog of this request.
pub(super) fn catalog() -> Result<Arc<dyn Catalog>, ApiError> {
    crate::catalog::catalog().map_err(ApiError::from).map_err(ApiError::with_status)
}

/// An answer with how current it is; a failure gives the response its status.
pub(super) async fn current<T>(
    catalog: &dyn Catalog,
    value: impl Future<Output = Result<T, ApiError>>,
) -> Result<Current<T>, ApiError> {
    // Read before the answer is made, so that what comes meanwhile is told again rather than missed.
    let seq = catalog.index_status().await.indexed_seq;
    let value = value.await.map_err(ApiError::with_status)?;
    Ok(Current { value, now: catalog.now(), seq })
}

/// What is offered for a text; nothing for a blank one, or one that is longer than any search.
pub(super) async fn suggestions(catalog: &dyn Catalog, text: &str) -> Result<Vec<Suggestion>, ApiError> {
    if text.trim().is_empty() || text.len() > MAX_QUERY_BYTES {
        return Ok(Vec::new());
    }
    Ok(catalog.suggestions(text, SUGGESTIONS).await?)
}

/// Every source that is configured or has reported.
pub(super) async fn sources(catalog: &dyn Catalog) -> Result<Vec<SourceStatus>, ApiError> {
    Ok(catalog.sources().await?)
}
