//! Suggestions while typing.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::ApiError;
use super::encoding::Json;
use crate::model::Suggestion;

/// The Resources that best fit what has been typed so far.
///
/// # Errors
/// When index or store do not answer.
#[server(prefix = "/api/ui", endpoint = "suggest", input = GetUrl, output = Json)]
pub async fn suggest(#[server(default)] text: String) -> Result<Vec<Suggestion>, ApiError> {
    use crate::model::MAX_QUERY_BYTES;

    if text.trim().is_empty() || text.len() > MAX_QUERY_BYTES {
        return Ok(Vec::new());
    }
    let catalog = crate::catalog::catalog().map_err(ApiError::from).map_err(ApiError::with_status)?;
    catalog.suggestions(&text, 10).await.map_err(ApiError::from).map_err(ApiError::with_status)
}
