//! The left navigation: all types with their counts.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::encoding::Json;
use super::{ApiError, Fragment};

/// The types and their counts, the one of a path marked.
///
/// # Errors
/// When there is no catalog. Without counts the ways to the listings still work.
#[server(prefix = "/api/ui", endpoint = "navigation", input = GetUrl, output = Json)]
pub async fn load_navigation(#[server(default)] path: String) -> Result<Fragment, ApiError> {
    let catalog = crate::catalog::catalog().map_err(ApiError::from).map_err(ApiError::with_status)?;
    Ok(crate::components::navigation(catalog.as_ref(), &path).await)
}
