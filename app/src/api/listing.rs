//! What a page of a listing shows.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::encoding::Json;
use super::{ApiError, Current, Row, UnknownValue};
use crate::model::{Cursor, Facet, State};

/// What a page of a listing shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingView {
    /// The rows.
    pub rows: Vec<Row>,
    /// How many Resources match in all.
    pub total: u64,
    /// How many of them come before the first row; `None` where those are too many to count.
    pub before: Option<u64>,
    /// How many Resources of the type (or of all types) are in which State, whatever else the listing is narrowed by.
    pub states: Vec<(State, u64)>,
    /// What it can be narrowed by, with counts.
    pub facets: Vec<Facet>,
    /// The values that are asked for and that no Resource has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<UnknownValue>,
    /// The place after the last row, if there are more.
    pub next: Option<Cursor>,
    /// The place before the first row, if there are more.
    pub previous: Option<Cursor>,
}

/// A page of a listing. `types` is the segment of the path after `/resources`, empty for all types; `query` is the
/// query string.
///
/// # Errors
/// [`ApiError::NotFound`] for a type that is neither known nor in the catalog, [`ApiError::Invalid`] for a cursor that
/// is none; else when store or index do not answer.
#[server(prefix = "/api/ui", endpoint = "listing", input = GetUrl, output = Json)]
pub async fn load_listing(
    #[server(default)] types: String,
    #[server(default)] query: String,
) -> Result<Current<ListingView>, ApiError> {
    use super::build;

    let catalog = build::catalog()?;
    build::current(&*catalog, build::listing(&*catalog, &types, &query)).await
}

/// How many rows are asked for at once: their ids stand in the address of the request, which servers bound.
pub const ROWS_AT_ONCE: usize = 25;

/// The rows of Resources by the paths of their pages, at most [`ROWS_AT_ONCE`]. Those that are not in
/// the catalog are left out.
///
/// # Errors
/// When the store does not answer.
#[server(prefix = "/api/ui", endpoint = "rows", input = GetUrl, output = Json)]
pub async fn load_rows(#[server(default)] ids: Vec<String>) -> Result<Current<Vec<Row>>, ApiError> {
    use super::build;

    let catalog = build::catalog()?;
    build::current(&*catalog, build::rows(&*catalog, &ids)).await
}
