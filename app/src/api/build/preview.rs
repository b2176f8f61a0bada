//! What is shown of a Resource beside a listing.

use super::resource::status;
use crate::api::resource::ResourceStatus;
use crate::api::{ApiError, PreviewView, Row};
use crate::catalog::Catalog;
use crate::model::{Change, ResourceType};

/// Changes that have room.
const CHANGES: usize = 5;

/// Longer lines are cut here: the page of the Resource has all of it. In characters.
const LINE_CHARACTERS: usize = 160;

/// A little of a Resource's page; `None` for one that is not in the catalog.
///
/// # Errors
/// When the store does not answer.
pub(in crate::api) async fn preview(
    catalog: &dyn Catalog,
    types: &str,
    fqn: &str,
) -> Result<Option<PreviewView>, ApiError> {
    let Some(detail) = catalog.resource(&ResourceType::from_slug(types), fqn).await? else { return Ok(None) };
    let key = detail.resource.key.clone();
    let Some(row) = catalog.rows_of(std::slice::from_ref(&key)).await?.pop() else { return Ok(None) };
    let log = catalog.changes(detail.number, None).await?;
    let ResourceStatus { failed_nodes, more_failed_nodes, message, .. } = status(&detail);
    Ok(Some(PreviewView {
        row: Row::from(row),
        observed: detail.resource.last_seen().cloned(),
        version: detail.resource.version,
        failed_nodes,
        more_failed_nodes,
        message,
        changes: log.changes.iter().take(CHANGES).map(|change| (change.at, line(change))).collect(),
    }))
}

fn line(change: &Change) -> String {
    let text = change.told();
    match text.char_indices().nth(LINE_CHARACTERS) {
        Some((end, _)) => [&text[..end], "…"].concat(),
        None => text,
    }
}
