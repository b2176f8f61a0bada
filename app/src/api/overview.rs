//! What the overview shows.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::encoding::Json;
use super::{ApiError, Current, Row};
use crate::model::{Change, TypeCount};

/// What the overview shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewView {
    /// Counts per State, of the types that have Resources.
    pub types: Vec<TypeCount>,
    /// The Resources that are failed or degraded: the failed ones first, of each the last changed first.
    pub attention: Vec<Row>,
    /// How many of those there are in all.
    pub attention_total: u64,
    /// The newest changes.
    pub changes: Vec<Change>,
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
