//! What the page of a Resource shows: itself, its manifest, its change log.

use crate::api::ApiError;
use crate::catalog::Catalog;
use crate::model::{ChangePage, Key, ListingQuery, Neighbours, ResourceDetail, ResourceType, Timestamp};

/// What the page of a Resource shows, whatever its tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ResourcePage {
    /// The Resource.
    pub(super) detail: ResourceDetail,
    /// Its neighbours in the listing one came from.
    pub(super) neighbours: Neighbours,
    /// The moment ages are told from.
    pub(super) now: Timestamp,
}

/// What the Manifest tab shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ManifestPage {
    /// The text, of a long one its first [`SHOWN_LINES`] lines; `None` when no manifest was reported.
    pub(super) text: Option<String>,
    /// How many lines it has in all.
    pub(super) lines: u32,
}

/// How many lines of a manifest its page shows. The rest would be more than a browser lays out quickly or a person
/// reads; it can be downloaded.
pub(super) const SHOWN_LINES: usize = 2_000;

/// A Resource by the segments of its path.
///
/// # Errors
/// [`ApiError::NotFound`] with Resources of a similar name; else when the store does not answer.
async fn found(catalog: &dyn Catalog, types: &str, fqn: &str) -> Result<ResourceDetail, ApiError> {
    let resource_type = ResourceType::from_slug(types);
    match catalog.resource(&resource_type, fqn).await? {
        Some(detail) => Ok(detail),
        None => {
            let name = fqn.rsplit_once('.').map_or(fqn, |(_, name)| name);
            let near = catalog.near_matches(Some(&resource_type), name, 5).await.unwrap_or_default();
            Err(ApiError::NotFound { what: fqn.to_owned(), near })
        }
    }
}

/// What the page of a Resource shows on any tab. `from` is the address of the listing one came from, or empty.
///
/// # Errors
/// As [`found`].
pub(super) async fn resource(
    catalog: &dyn Catalog,
    types: &str,
    fqn: &str,
    from: &str,
) -> Result<ResourcePage, ApiError> {
    let detail = found(catalog, types, fqn).await?;
    let neighbours = match ListingQuery::from_address(from) {
        Some(query) => catalog.neighbours(&query, &detail.resource.key).await?,
        None => Neighbours::default(),
    };
    Ok(ResourcePage { detail, neighbours, now: catalog.now() })
}

/// The manifest of a Resource.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn manifest(catalog: &dyn Catalog, key: &Key) -> Result<ManifestPage, ApiError> {
    let manifest = catalog.manifest(key).await?;
    Ok(shown(manifest.map(|manifest| manifest.text)))
}

/// What is shown of a manifest's text.
fn shown(text: Option<String>) -> ManifestPage {
    let Some(mut text) = text else { return ManifestPage { text: None, lines: 0 } };
    let lines = text.lines().count();
    if lines > SHOWN_LINES
        && let Some((end, _)) = text.match_indices('\n').nth(SHOWN_LINES - 1)
    {
        text.truncate(end + 1);
    }
    ManifestPage { text: Some(text), lines: u32::try_from(lines).unwrap_or(u32::MAX) }
}

/// The change log of a Resource, newest first; `before` is the `seq` to continue before, 0 for the newest.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn changes(catalog: &dyn Catalog, key: &Key, before: i64) -> Result<ChangePage, ApiError> {
    Ok(catalog.changes(key, (before > 0).then_some(before)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_manifests_are_cut_at_a_line() {
        let long = "key: value\n".repeat(SHOWN_LINES + 5);
        let page = shown(Some(long));
        assert_eq!(page.text.map(|text| text.lines().count()), Some(SHOWN_LINES));
        assert_eq!(page.lines, 2_005);
        let page = shown(Some("key: value".to_owned()));
        assert_eq!((page.text.as_deref(), page.lines), (Some("key: value"), 1));
        assert_eq!(shown(None), ManifestPage { text: None, lines: 0 });
    }
}
