//! Builds the views of pages from what the catalog answers. The only place that does.

mod attention;
mod details;
mod listing;
mod navigation;
mod overview;
mod preview;
mod resource;
mod row;
mod runtime;
mod suggest;

use std::future::Future;
use std::sync::Arc;

pub(super) use self::listing::{listing, rows};
pub(super) use self::navigation::navigation;
pub(super) use self::overview::overview;
pub(super) use self::preview::preview;
pub(super) use self::resource::{changes, details, manifest, resource};
pub(super) use self::runtime::{NodeFilter, runtime};
pub(super) use self::suggest::suggestions;
use super::{ApiError, Current};
use crate::catalog::Catalog;
use crate::model::SourceStatus;

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

/// Every source that is configured or has reported.
pub(super) async fn sources(catalog: &dyn Catalog) -> Result<Vec<SourceStatus>, ApiError> {
    Ok(catalog.sources().await?)
}
