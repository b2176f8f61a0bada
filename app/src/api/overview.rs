//! What the overview shows.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::encoding::Json;
use super::{ApiError, Current, Row};
use crate::model::{Change, Key, Summary, Timestamp, TypeCount};

/// What the overview shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewView {
    /// Counts per State, of the types that have Resources.
    pub types: Vec<TypeCount>,
    /// The Resources that are failed or degraded: the failed ones first, of each the last changed first.
    pub attention: Vec<Row>,
    /// How many of those there are in all.
    pub attention_total: u64,
    /// How the whole catalog is, in numbers.
    pub summary: Summary,
    /// The Resources that changed last, with their newest changes.
    pub changes: Vec<ResourceChanges>,
}

/// The newest changes of a Resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceChanges {
    /// The Resource.
    pub key: Key,
    /// When the newest one happened.
    pub at: Timestamp,
    /// Who reported it.
    pub source: String,
    /// The changes, the newest first; as many as have room.
    pub changes: Vec<Change>,
    /// How many further ones there are.
    pub more: u32,
}

/// Counts by type and State, what needs attention, what changed last.
///
/// # Errors
/// When store or index do not answer.
#[server(prefix = "/api/ui", endpoint = "overview", input = GetUrl, output = Json)]
pub async fn load_overview() -> Result<Current<OverviewView>, ApiError> {
    use super::build;

    let catalog = build::catalog()?;
    build::current(&*catalog, build::overview(&*catalog)).await
}
