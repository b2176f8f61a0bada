//! What the page of sources shows.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::encoding::Json;
use super::{ApiError, Current};
use crate::model::SourceStatus;

/// Every source that is configured or has reported.
///
/// # Errors
/// When the store does not answer.
#[server(prefix = "/api/ui", endpoint = "sources", input = GetUrl, output = Json)]
pub async fn load_sources() -> Result<Current<Vec<SourceStatus>>, ApiError> {
    use super::build;

    let catalog = build::catalog()?;
    build::current(&*catalog, build::sources(&*catalog)).await
}
