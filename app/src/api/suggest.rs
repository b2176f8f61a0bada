//! Suggestions while typing.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::encoding::Json;
use super::{ApiError, Current};
use crate::model::Suggestion;

/// The Resources that best fit what has been typed so far, the best first.
///
/// # Errors
/// When index or store do not answer.
#[server(prefix = "/api/ui", endpoint = "suggest", input = GetUrl, output = Json)]
pub async fn suggest(#[server(default)] text: String) -> Result<Current<Vec<Suggestion>>, ApiError> {
    use super::build;

    let catalog = build::catalog()?;
    build::current(&*catalog, build::suggestions(&*catalog, &text)).await
}
