//! The left navigation: all types with their counts.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::encoding::Json;
use crate::model::{IndexStatus, ResourceType};

/// What the frame round every page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Navigation {
    /// All types with the number of Resources in any State.
    pub types: Vec<(ResourceType, u64)>,
    /// How the index stands, so that a rebuild can be told.
    pub index: IndexStatus,
}

/// The types and their counts.
///
/// # Errors
/// When the store does not answer.
#[server(prefix = "/api/ui", endpoint = "navigation", input = GetUrl, output = Json)]
pub async fn load_navigation() -> Result<Navigation, ApiError> {
    let catalog = crate::catalog::catalog().map_err(ApiError::from).map_err(ApiError::with_status)?;
    let counts = catalog.counts().await.map_err(ApiError::from).map_err(ApiError::with_status)?;
    let types = counts.types.iter().map(|entry| (entry.resource_type.clone(), entry.total())).collect();
    Ok(Navigation { types, index: catalog.index_status().await })
}
