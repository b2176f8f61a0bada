//! The page of a Resource: what its tabs share, and each tab.

use super::details::fields;
use crate::api::resource::{Facts, ResourceActivity, ResourceStatus};
use crate::api::{ApiError, DetailsView, ManifestView, ResourceView, Row};
use crate::catalog::Catalog;
use crate::model::{
    ChangePage, Historic, ListingQuery, ListingRow, Neighbours, NodeStatus, Resource, ResourceDetail, ResourceType,
    RuntimeNode, Timestamp, health_since, history, worst_of_parts,
};

/// How many lines of a manifest its page shows. The rest would be more than a browser lays out quickly or a person
/// reads; it can be downloaded.
const SHOWN_LINES: usize = 2_000;

/// A Resource by the segments of its path.
///
/// # Errors
/// [`ApiError::NotFound`] with Resources of a similar name; else when the store does not answer.
pub(super) async fn found(catalog: &dyn Catalog, types: &str, fqn: &str) -> Result<ResourceDetail, ApiError> {
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

/// What header and tabs share. `from` is the address of the listing one came from, or empty.
///
/// # Errors
/// As [`found`].
pub(in crate::api) async fn resource(
    catalog: &dyn Catalog,
    types: &str,
    fqn: &str,
    from: &str,
) -> Result<ResourceView, ApiError> {
    let detail = found(catalog, types, fqn).await?;
    let neighbours = match ListingQuery::from_address(from) {
        Some(query) => catalog.neighbours(&query, detail.number).await?,
        None => Neighbours::default(),
    };
    let log = catalog.changes(detail.number, None).await?;
    Ok(view(detail, neighbours, &log, catalog.now()))
}

fn view(detail: ResourceDetail, neighbours: Neighbours, log: &ChangePage, now: Timestamp) -> ResourceView {
    let status = status(&detail);
    let activity = activity(&detail, log, now);
    let resource = detail.resource;
    ResourceView {
        id: resource.id().to_string(),
        status,
        description: resource.description.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned),
        has_runtime: resource.has_runtime_tab(),
        facts: Facts {
            observed: resource.last_seen().cloned(),
            version: resource.version,
            owner: resource.owner.filter(|owner| !owner.is_empty()),
            created_at: resource.created_at,
            first_seen_at: resource.first_seen_at,
            changed_at: resource.changed_at,
        },
        tags: resource.tags,
        neighbours,
        parts: detail.parts.into_iter().map(|part| part.key).collect(),
        activity,
        key: resource.key,
    }
}

fn activity(detail: &ResourceDetail, log: &ChangePage, now: Timestamp) -> ResourceActivity {
    let resource = &detail.resource;
    let is_whole = log.before.is_none();
    let state = resource.state();
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let is_well = |node: &&RuntimeNode| matches!(node.status, NodeStatus::Running | NodeStatus::Succeeded);
    let mut runtime = if resource.has_runtime_tab() {
        history(&log.changes, Historic::Runtime, resource.runtime.as_deref(), is_whole, now)
    } else {
        Vec::new()
    };
    // A strip of nothing tells nothing.
    if runtime.iter().all(|span| span.value.is_none()) {
        runtime.clear();
    }
    ResourceActivity {
        state: history(&log.changes, Historic::State, Some(state.as_str()), is_whole, now),
        runtime,
        events: count(log.changes.len()),
        more_events: !is_whole,
        nodes: (count(detail.nodes.iter().filter(is_well).count()), count(detail.nodes.len())),
    }
}

/// Failed nodes that a header has room for.
const FAILED_NODES: usize = 3;

pub(super) fn status(detail: &ResourceDetail) -> ResourceStatus {
    let resource = &detail.resource;
    let deleted_at = resource
        .deleted
        .then(|| detail.incarnations.first().and_then(|life| life.deleted_at).or(resource.state_since))
        .flatten();
    let worst = worst_of_parts(detail.parts.iter().map(|part| &part.health));
    let worst_part = worst.and_then(|worst| {
        let part = detail.parts.iter().find(|part| std::ptr::eq(&part.health, worst))?;
        Some((part.key.clone(), worst.clone()))
    });
    let mut failed_nodes: Vec<String> =
        detail.nodes.iter().filter(|node| node.status == NodeStatus::Failed).map(|node| node.name.clone()).collect();
    let more_failed_nodes = u32::try_from(failed_nodes.len().saturating_sub(FAILED_NODES)).unwrap_or(u32::MAX);
    failed_nodes.truncate(FAILED_NODES);
    ResourceStatus {
        since: health_since(resource, &detail.health),
        failed_nodes,
        more_failed_nodes,
        state: resource.state(),
        deleted_at,
        health: detail.health.clone(),
        worst_part,
        message: resource.message.clone(),
    }
}

/// The Details tab.
///
/// # Errors
/// As [`found`].
pub(in crate::api) async fn details(catalog: &dyn Catalog, types: &str, fqn: &str) -> Result<DetailsView, ApiError> {
    let detail = found(catalog, types, fqn).await?;
    let fields = fields(&detail);
    let parts = parts(&detail.resource, detail.parts);
    Ok(DetailsView {
        fields,
        sections: detail.sections,
        excerpt: detail.excerpt,
        parts,
        lifecycle: detail.incarnations,
    })
}

/// The parts of a Resource that has some, by its type or in fact.
fn parts(resource: &Resource, parts: Vec<ListingRow>) -> Option<Vec<Row>> {
    (resource.key.resource_type.is_composite() || !parts.is_empty()).then(|| parts.into_iter().map(Row::from).collect())
}

/// The change log, newest first; `before` is the `seq` to continue before, 0 for the newest.
///
/// # Errors
/// As [`found`].
pub(in crate::api) async fn changes(
    catalog: &dyn Catalog,
    types: &str,
    fqn: &str,
    before: i64,
) -> Result<ChangePage, ApiError> {
    let detail = found(catalog, types, fqn).await?;
    Ok(catalog.changes(detail.number, (before > 0).then_some(before)).await?)
}

/// The manifest.
///
/// # Errors
/// As [`found`].
pub(in crate::api) async fn manifest(catalog: &dyn Catalog, types: &str, fqn: &str) -> Result<ManifestView, ApiError> {
    let ResourceDetail { number, resource, .. } = found(catalog, types, fqn).await?;
    let manifest = catalog.manifest(number).await?;
    let (text, lines) = shown(manifest.map(|manifest| manifest.text));
    Ok(ManifestView { key: Some(resource.key), text, lines })
}

/// What is shown of a manifest's text, and how many lines it has in all.
fn shown(text: Option<String>) -> (Option<String>, u32) {
    let Some(mut text) = text else { return (None, 0) };
    let lines = text.lines().count();
    if lines > SHOWN_LINES
        && let Some((end, _)) = text.match_indices('\n').nth(SHOWN_LINES - 1)
    {
        text.truncate(end + 1);
    }
    (Some(text), u32::try_from(lines).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_manifests_are_cut_at_a_line() {
        let (text, lines) = shown(Some("key: value\n".repeat(SHOWN_LINES + 5)));
        assert_eq!(text.map(|text| text.lines().count()), Some(SHOWN_LINES));
        assert_eq!(lines, 2_005);
        assert_eq!(shown(Some("key: value".to_owned())), (Some("key: value".to_owned()), 1));
        assert_eq!(shown(None), (None, 0));
    }
}
