//! One Resource: its page, its manifest, its change log.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::encoding::Json;
use crate::model::{ChangePage, Neighbours, ResourceDetail, Timestamp};

/// What the page of a Resource shows, whatever its tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourcePage {
    /// The Resource.
    pub detail: ResourceDetail,
    /// Its neighbours in the listing one came from.
    pub neighbours: Neighbours,
    /// The moment ages are told from.
    pub now: Timestamp,
}

/// What the Manifest tab shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestPage {
    /// The text, of a long one its first [`SHOWN_LINES`] lines; `None` when no manifest was reported.
    pub text: Option<String>,
    /// How many lines it has in all.
    pub lines: u32,
}

/// How many lines of a manifest its page shows. The rest would be more than a browser lays out quickly or a person
/// reads; it can be downloaded.
pub const SHOWN_LINES: usize = 2_000;

/// A Resource by the segments of its path. `from` is the address of the listing one came from (path and query), or
/// empty.
///
/// # Errors
/// [`ApiError::NotFound`] with Resources of a similar name; else when the store does not answer.
#[server(prefix = "/api/ui", endpoint = "resource", input = GetUrl, output = Json)]
pub async fn load_resource(
    #[server(default)] types: String,
    #[server(default)] fqn: String,
    #[server(default)] from: String,
) -> Result<ResourcePage, ApiError> {
    resource_of(&types, &fqn, &from).await.map_err(ApiError::with_status)
}

/// The manifest of a Resource by the segments of its path.
///
/// # Errors
/// As [`load_resource`].
#[server(prefix = "/api/ui", endpoint = "manifest", input = GetUrl, output = Json)]
pub async fn load_manifest(
    #[server(default)] types: String,
    #[server(default)] fqn: String,
) -> Result<ManifestPage, ApiError> {
    manifest_of(&types, &fqn).await.map_err(ApiError::with_status)
}

/// The change log of a Resource by the segments of its path, newest first; `before` is the `seq` to continue before,
/// 0 for the newest.
///
/// # Errors
/// As [`load_resource`].
#[server(prefix = "/api/ui", endpoint = "changes", input = GetUrl, output = Json)]
pub async fn load_changes(
    #[server(default)] types: String,
    #[server(default)] fqn: String,
    #[server(default)] before: i64,
) -> Result<ChangePage, ApiError> {
    changes_of(&types, &fqn, before).await.map_err(ApiError::with_status)
}

#[cfg(feature = "ssr")]
async fn found(types: &str, fqn: &str) -> Result<ResourceDetail, ApiError> {
    use crate::model::ResourceType;

    let catalog = crate::catalog::catalog()?;
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

#[cfg(feature = "ssr")]
async fn resource_of(types: &str, fqn: &str, from: &str) -> Result<ResourcePage, ApiError> {
    use crate::model::ListingQuery;

    let catalog = crate::catalog::catalog()?;
    let detail = found(types, fqn).await?;
    let neighbours = match ListingQuery::from_address(from) {
        Some(query) => catalog.neighbours(&query, &detail.resource.key).await?,
        None => Neighbours::default(),
    };
    Ok(ResourcePage { detail, neighbours, now: catalog.now() })
}

#[cfg(feature = "ssr")]
async fn manifest_of(types: &str, fqn: &str) -> Result<ManifestPage, ApiError> {
    let detail = found(types, fqn).await?;
    let manifest = crate::catalog::catalog()?.manifest(&detail.resource.key).await?;
    Ok(shown(manifest.map(|manifest| manifest.text)))
}

/// What is shown of a manifest's text.
#[cfg(feature = "ssr")]
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

#[cfg(feature = "ssr")]
async fn changes_of(types: &str, fqn: &str, before: i64) -> Result<ChangePage, ApiError> {
    let detail = found(types, fqn).await?;
    Ok(crate::catalog::catalog()?.changes(&detail.resource.key, (before > 0).then_some(before)).await?)
}

#[cfg(all(test, feature = "ssr"))]
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
