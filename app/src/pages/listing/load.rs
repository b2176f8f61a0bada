//! What a page of a listing shows: of one type or of all, with or without words.

use std::collections::BTreeMap;

use crate::api::ApiError;
use crate::catalog::{Catalog, PAGE_SIZE};
use crate::model::{Listing, ListingQuery, State, Timestamp};

/// What a listing page shows.
#[derive(Clone, Debug)]
pub(super) struct ListingPage {
    /// Rows, facets and neighbours.
    pub(super) listing: Listing,
    /// Counts per State of the whole type (or of all), for the chips in the header.
    pub(super) states: Vec<(State, u64)>,
    /// The moment ages are told from.
    pub(super) now: Timestamp,
}

/// A page of a listing. `types` is the segment of the path after `/resources`; empty for all.
///
/// # Errors
/// [`ApiError::NotFound`] for a type that is neither known nor in the catalog; else when store or index do not answer.
pub(super) async fn listing(catalog: &dyn Catalog, types: &str, query: &ListingQuery) -> Result<ListingPage, ApiError> {
    let counts = catalog.counts().await?;
    let states = match &query.resource_type {
        Some(resource_type) => match counts.of(resource_type) {
            Some(entry) => entry.states.clone(),
            None => {
                let near = catalog.near_matches(None, resource_type.as_str(), 5).await.unwrap_or_default();
                return Err(ApiError::NotFound { what: types.to_owned(), near });
            }
        },
        None => {
            let mut sums = BTreeMap::<(bool, State), u64>::new();
            for (state, count) in counts.types.iter().flat_map(|entry| &entry.states) {
                *sums.entry((*state == State::Deleted, state.clone())).or_default() += count;
            }
            sums.into_iter().map(|((_, state), count)| (state, count)).collect()
        }
    };
    let listing = catalog.listing(query, PAGE_SIZE).await?;
    Ok(ListingPage { listing, states, now: catalog.now() })
}
