//! What the overview shows: counts by type and State, what needs attention, what changed last.

use crate::api::ApiError;
use crate::catalog::Catalog;
use crate::model::{Change, Counts, FacetName, HealthLevel, ListingQuery, ListingRow, Timestamp};

/// What the overview shows.
#[derive(Clone, Debug)]
pub(super) struct Overview {
    /// Counts per type and State.
    pub(super) counts: Counts,
    /// The Resources that are failed or degraded, the last changed first.
    pub(super) attention: Vec<ListingRow>,
    /// How many there are of them in all.
    pub(super) attention_total: u64,
    /// The newest changes.
    pub(super) changes: Vec<Change>,
    /// The moment ages are told from.
    pub(super) now: Timestamp,
}

/// # Errors
/// When store or index do not answer.
pub(super) async fn overview(catalog: &dyn Catalog) -> Result<Overview, ApiError> {
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
