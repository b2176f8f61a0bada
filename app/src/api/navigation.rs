//! What the left navigation shows.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::encoding::Json;
use super::{ApiError, Current};
use crate::model::{KNOWN_TYPES, ResourceType};

/// What the left navigation shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NavigationView {
    /// The types, each with the number of its Resources; without numbers when the store does not answer, since the ways
    /// to the listings work all the same.
    pub types: Vec<(ResourceType, Option<u64>)>,
    /// All Resources.
    pub total: Option<u64>,
    /// While the index is being rebuilt: how many Resources it has so far.
    pub rebuilding: Option<u64>,
}

impl NavigationView {
    /// The known types, without numbers.
    #[must_use]
    pub fn without_counts() -> Self {
        let types = KNOWN_TYPES.iter().map(|info| (ResourceType::new(info.name), None)).collect();
        Self { types, ..Self::default() }
    }
}

/// All types with the number of their Resources.
///
/// # Errors
/// When there is no catalog.
#[server(prefix = "/api/ui", endpoint = "navigation", input = GetUrl, output = Json)]
pub async fn load_navigation() -> Result<Current<NavigationView>, ApiError> {
    use super::build;

    let catalog = build::catalog()?;
    build::current(&*catalog, build::navigation(&*catalog)).await
}
