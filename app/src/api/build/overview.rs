//! The overview: counts by type and State, what needs attention, what changed last.

use crate::api::{ApiError, OverviewView, Row};
use crate::catalog::Catalog;
use crate::model::{Change, Field, HealthLevel, ListingQuery};

/// Resources that need attention which have room.
const ATTENTION: usize = 10;

/// Changes that have room.
const CHANGES: usize = 15;

/// Longer values are cut here: the page of the Resource has all of it. In characters.
const VALUE_CHARACTERS: usize = 80;

/// # Errors
/// When store or index do not answer.
pub(in crate::api) async fn overview(catalog: &dyn Catalog) -> Result<OverviewView, ApiError> {
    let (attention, attention_total) = attention(catalog).await?;
    let types = catalog.counts().await?.types.into_iter().filter(|entry| entry.total() > 0).collect();
    let changes = catalog.newest_changes(CHANGES).await?;
    Ok(OverviewView { types, attention, attention_total, changes: changes.into_iter().map(shortened).collect() })
}

/// The Resources that need attention, the gravest first, and how many there are in all.
async fn attention(catalog: &dyn Catalog) -> Result<(Vec<Row>, u64), ApiError> {
    let (mut rows, mut total) = (Vec::new(), 0);
    for level in HealthLevel::NEEDING_ATTENTION {
        // The number is wanted even where there is no room for a row.
        let room = ATTENTION - rows.len();
        let listing = catalog.listing(&ListingQuery::of_health([level]), room.max(1)).await?;
        rows.extend(listing.rows.into_iter().take(room).map(Row::from));
        total += listing.total;
    }
    Ok((rows, total))
}

/// A change with as much of its values as is shown.
fn shortened(change: Change) -> Change {
    // Digests say nothing to people, but whether there was a manifest before does.
    let digest = change.field == Field::Manifest;
    let shorten = |text: Option<String>| {
        text.map(|text| match text.char_indices().nth(VALUE_CHARACTERS) {
            _ if digest => String::new(),
            Some((end, _)) => [&text[..end], "…"].concat(),
            None => text,
        })
    };
    Change { from: shorten(change.from), to: shorten(change.to), ..change }
}
