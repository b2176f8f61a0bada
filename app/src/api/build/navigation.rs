//! The left navigation: all types with the number of their Resources.

use crate::api::{ApiError, NavigationView};
use crate::catalog::Catalog;
use crate::model::TypeCount;

/// # Errors
/// Never: without counts the ways to the listings still work.
pub(in crate::api) async fn navigation(catalog: &dyn Catalog) -> Result<NavigationView, ApiError> {
    let mut view = NavigationView::without_counts();
    if let Ok(counts) = catalog.counts().await {
        view.total = Some(counts.total());
        let counted = |entry: TypeCount| {
            let total = entry.total();
            (entry.resource_type, Some(total))
        };
        view.types = counts.types.into_iter().map(counted).collect();
    }
    let index = catalog.index_status().await;
    Ok(NavigationView { rebuilding: index.rebuilding.then_some(index.indexed), ..view })
}
