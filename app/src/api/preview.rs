//! What is shown of a Resource beside a listing.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::encoding::Json;
use super::{ApiError, Current, Row};
use crate::model::{Seen, Timestamp};

/// What is shown of a Resource beside a listing: a little of its page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewView {
    /// What its row shows.
    pub row: Row,
    /// Its version; empty when nobody said.
    pub version: String,
    /// Its failed runtime nodes: the first of them, whether or not the rest runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_nodes: Vec<String>,
    /// How many further ones there are.
    pub more_failed_nodes: u32,
    /// What the platform gives as the reason of an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The latest observation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Seen>,
    /// Its newest changes, each in a line.
    pub changes: Vec<(Timestamp, String)>,
}

/// A little of a Resource's page, by the segments of its path; `None` for one that is not in the catalog.
///
/// # Errors
/// When the store does not answer.
#[server(prefix = "/api/ui", endpoint = "preview", input = GetUrl, output = Json)]
pub async fn load_preview(
    #[server(default)] types: String,
    #[server(default)] fqn: String,
) -> Result<Current<Option<PreviewView>>, ApiError> {
    use super::build;

    let catalog = build::catalog()?;
    build::current(&*catalog, build::preview(&*catalog, &types, &fqn)).await
}
