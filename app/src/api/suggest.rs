//! Suggestions while typing.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::encoding::Json;
use super::{ApiError, Fragment};

/// What the search box offers for a text: the Resources that best fit what has been typed so far, and the ways to all
/// results. `address` is the address of the listing one types on, or empty.
///
/// # Errors
/// When index or store do not answer.
#[server(prefix = "/api/ui", endpoint = "suggest", input = GetUrl, output = Json)]
pub async fn suggest(
    #[server(default)] text: String,
    #[server(default)] address: String,
) -> Result<Fragment, ApiError> {
    use crate::model::MAX_QUERY_BYTES;

    if text.trim().is_empty() || text.len() > MAX_QUERY_BYTES {
        return Ok(Fragment::default());
    }
    let catalog = crate::catalog::catalog().map_err(ApiError::from).map_err(ApiError::with_status)?;
    let found = catalog.suggestions(&text, 10).await.map_err(ApiError::from).map_err(ApiError::with_status)?;
    Ok(crate::components::offers(&text, found, &address))
}
