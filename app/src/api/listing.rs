//! A listing: of one type or of all, with or without words.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::encoding::Json;
use crate::model::{Listing, State, Timestamp};

/// What a listing page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingPage {
    /// Rows, facets and neighbours.
    pub listing: Listing,
    /// Counts per State of the whole type (or of all), for the chips in the header.
    pub states: Vec<(State, u64)>,
    /// The moment ages are told from.
    pub now: Timestamp,
}

/// A page of a listing. `types` is the segment of the path after `/resources` (empty for all), `query` the query
/// string as [`crate::model::ListingQuery::from_url`] reads it.
///
/// # Errors
/// [`ApiError::NotFound`] for a type that is neither known nor in the catalog; else when store or index do not answer.
#[server(prefix = "/api/ui", endpoint = "listing", input = GetUrl, output = Json)]
pub async fn load_listing(
    #[server(default)] types: String,
    #[server(default)] query: String,
) -> Result<ListingPage, ApiError> {
    listing_of(&types, &query).await.map_err(ApiError::with_status)
}

#[cfg(feature = "ssr")]
async fn listing_of(types: &str, query: &str) -> Result<ListingPage, ApiError> {
    use std::collections::BTreeMap;

    use crate::catalog::PAGE_SIZE;
    use crate::model::{ListingQuery, PLATFORM_TAG};

    let catalog = crate::catalog::catalog()?;
    let query = ListingQuery::from_url(Some(types), query);
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
    let mut listing = catalog.listing(&query, PAGE_SIZE).await?;
    for row in &mut listing.rows {
        // The platform's own tags repeat what the other columns say.
        row.tags.retain(|tag| !tag.starts_with(PLATFORM_TAG));
    }
    Ok(ListingPage { listing, states, now: catalog.now() })
}
