//! The overview: counts by type and State, what needs attention, what changed last.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::encoding::Json;
use crate::model::{Change, Counts, ListingRow, Timestamp};

/// What the overview shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// Counts per type and State.
    pub counts: Counts,
    /// The Resources that are failed or degraded, the last changed first.
    pub attention: Vec<ListingRow>,
    /// How many there are of them in all.
    pub attention_total: u64,
    /// The newest changes.
    pub changes: Vec<Change>,
    /// The moment ages are told from.
    pub now: Timestamp,
}

/// The overview.
///
/// # Errors
/// When store or index do not answer.
#[server(prefix = "/api/ui", endpoint = "overview", input = GetUrl, output = Json)]
pub async fn load_overview() -> Result<Overview, ApiError> {
    overview_of().await.map_err(ApiError::with_status)
}

#[cfg(feature = "ssr")]
async fn overview_of() -> Result<Overview, ApiError> {
    use crate::model::{FacetName, HealthLevel, ListingQuery};

    let catalog = crate::catalog::catalog()?;
    let mut query = ListingQuery::default();
    for level in [HealthLevel::Failed, HealthLevel::Degraded] {
        query.filters.push((FacetName::Health, level.as_str().to_owned()));
    }
    let attention = catalog.listing(&query, 10).await?;
    Ok(Overview {
        counts: catalog.counts().await?,
        attention: attention.rows,
        attention_total: attention.total,
        changes: catalog.newest_changes(15).await?,
        now: catalog.now(),
    })
}
