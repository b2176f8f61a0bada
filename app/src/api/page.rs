//! The pages.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::encoding::Json;
use super::{ApiError, Fragment};

/// The page at an address of the site: a path with its query string. What is not there has a page too, which says so.
///
/// # Errors
/// When store or index do not answer.
#[server(prefix = "/api/ui", endpoint = "page", input = GetUrl, output = Json)]
pub async fn load_page(#[server(default)] address: String) -> Result<Fragment, ApiError> {
    let catalog = crate::catalog::catalog().map_err(ApiError::from).map_err(ApiError::with_status)?;
    crate::pages::page(catalog.as_ref(), &address).await.map_err(ApiError::with_status)
}
