//! The left navigation: all types with the number of their Resources.

use crate::api::{ApiError, NavigationView};
use crate::catalog::Catalog;
use crate::model::{KNOWN_TYPES, ResourceType};

/// # Errors
/// Never: without counts the ways to the listings still work.
pub(in crate::api) async fn navigation(catalog: &dyn Catalog) -> Result<NavigationView, ApiError> {
    let counts = catalog.counts().await.ok();
    let total = counts.as_ref().map(|counts| counts.total());
    let types = match counts {
        Some(counts) => counts
            .types
            .into_iter()
            .map(|entry| {
                let total = entry.total();
                (entry.resource_type, Some(total))
            })
            .collect(),
        None => KNOWN_TYPES.iter().map(|info| (ResourceType::new(info.name), None)).collect(),
    };
    let index = catalog.index_status().await;
    Ok(NavigationView { types, total, rebuilding: index.rebuilding.then_some(index.indexed) })
}
