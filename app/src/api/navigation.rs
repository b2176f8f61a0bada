//! The left navigation: all types with their counts.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::encoding::Json;
use super::{ApiError, Fragment};

/// The types and their counts, the one of a path marked.
///
/// # Errors
/// None at present: without counts the ways to the listings still work.
#[server(prefix = "/api/ui", endpoint = "navigation", input = GetUrl, output = Json)]
pub async fn load_navigation(#[server(default)] path: String) -> Result<Fragment, ApiError> {
    Ok(crate::components::navigation(&path).await)
}
