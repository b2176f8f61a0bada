//! A page of a listing: of one type or of all, with or without words.

use std::collections::BTreeMap;

use super::suggest::unknown_in_listing;
use crate::api::{ApiError, ListingView, ROWS_AT_ONCE, Row};
use crate::catalog::Catalog;
use crate::model::{Counts, Key, ListingQuery, State};

/// A page of a listing. `types` is the segment of the path after `/resources`; empty for all.
///
/// # Errors
/// [`ApiError::NotFound`] for a type that is neither known nor in the catalog; else when store or index do not answer.
pub(in crate::api) async fn listing(catalog: &dyn Catalog, types: &str, query: &str) -> Result<ListingView, ApiError> {
    let query = ListingQuery::from_url(Some(types), query);
    let counts = catalog.counts().await?;
    let states = match &query.resource_type {
        None => of_all_types(&counts),
        Some(resource_type) => match counts.of(resource_type) {
            Some(entry) => entry.states.clone(),
            None => {
                let near = catalog.near_matches(None, resource_type.as_str(), 5).await.unwrap_or_default();
                return Err(ApiError::NotFound { what: types.to_owned(), near });
            }
        },
    };
    let listing = catalog.listing(&query, query.size.rows()).await?;
    let unknown = unknown_in_listing(catalog, &query, listing.total).await?;
    Ok(ListingView {
        rows: listing.rows.into_iter().map(Row::from).collect(),
        total: listing.total,
        before: listing.before,
        states,
        facets: listing.facets,
        unknown,
        next: listing.next,
        previous: listing.previous,
    })
}

/// Counts per State, whatever the type; what is deleted comes last.
fn of_all_types(counts: &Counts) -> Vec<(State, u64)> {
    let mut sums = BTreeMap::<(bool, State), u64>::new();
    for (state, count) in counts.types.iter().flat_map(|entry| &entry.states) {
        *sums.entry((*state == State::Deleted, state.clone())).or_default() += count;
    }
    sums.into_iter().map(|((_, state), count)| (state, count)).collect()
}

/// The rows of Resources by the paths of their pages. Paths beyond [`ROWS_AT_ONCE`], and those of no Resource,
/// are left out.
///
/// # Errors
/// When the store does not answer.
pub(in crate::api) async fn rows(catalog: &dyn Catalog, ids: &[String]) -> Result<Vec<Row>, ApiError> {
    let keys: Vec<Key> = ids.iter().take(ROWS_AT_ONCE).flat_map(|id| Key::of_path(id)).collect();
    Ok(catalog.rows_of(&keys).await?.into_iter().map(Row::from).collect())
}
