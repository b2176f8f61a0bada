//! The statements that write, each for a list of rows.

use app::model::{Manifest, Resource, RuntimeNode, Timestamp};
use sqlx::{Arguments, SqliteConnection};

use super::bulk::Bulk;
use super::row::stored_workspace;
use crate::store::{CountChange, LogRow, StoreError, differences, observed};

const RESOURCES: Bulk = Bulk {
    start: "INSERT INTO resource (number, type, workspace, name, version, status, deleted, state, state_since, \
            builder_stage, runtime, runtime_since, owner, description, tags, layer, depot_source, replicas, \
            cloud_kernel, web_service, operator_runtime, message, created_at, manifest_digest, first_seen_at, \
            changed_at, observed) VALUES",
    columns: 27,
    end: "ON CONFLICT (number) DO UPDATE SET version = excluded.version, status = excluded.status, \
          deleted = excluded.deleted, state = excluded.state, state_since = excluded.state_since, \
          builder_stage = excluded.builder_stage, runtime = excluded.runtime, \
          runtime_since = excluded.runtime_since, owner = excluded.owner, description = excluded.description, \
          tags = excluded.tags, layer = excluded.layer, depot_source = excluded.depot_source, \
          replicas = excluded.replicas, cloud_kernel = excluded.cloud_kernel, web_service = excluded.web_service, \
          operator_runtime = excluded.operator_runtime, message = excluded.message, \
          created_at = excluded.created_at, manifest_digest = excluded.manifest_digest, \
          first_seen_at = excluded.first_seen_at, changed_at = excluded.changed_at, observed = excluded.observed",
};

pub(super) async fn write_resources(
    connection: &mut SqliteConnection,
    rows: &[(i64, &Resource)],
) -> Result<(), StoreError> {
    let millis = |moment: Option<Timestamp>| moment.map(|moment| moment.0);
    RESOURCES
        .run(connection, rows, |values, (number, resource)| {
            let tags = match resource.tags.as_slice() {
                [] => None,
                tags => Some(serde_json::to_string(tags)?),
            };
            values.add(*number)?;
            values.add(resource.key.resource_type.as_str())?;
            values.add(stored_workspace(&resource.key))?;
            values.add(resource.key.name.as_str())?;
            values.add(resource.version.as_str())?;
            values.add(resource.status.as_deref())?;
            values.add(resource.deleted)?;
            values.add(resource.state().as_str())?;
            values.add(millis(resource.state_since))?;
            values.add(resource.builder_stage.as_deref())?;
            values.add(resource.runtime.as_deref())?;
            values.add(millis(resource.runtime_since))?;
            values.add(resource.owner.as_deref())?;
            values.add(resource.description.as_deref())?;
            values.add(tags)?;
            values.add(resource.layer.as_deref())?;
            values.add(resource.depot_source.as_deref())?;
            values.add(resource.replicas)?;
            values.add(resource.counts.cloud_kernel)?;
            values.add(resource.counts.web_service)?;
            values.add(resource.counts.operator_runtime)?;
            values.add(resource.message.as_deref())?;
            values.add(millis(resource.created_at))?;
            values.add(resource.manifest_digest.as_deref())?;
            values.add(resource.first_seen_at.0)?;
            values.add(resource.changed_at.0)?;
            values.add(observed::write(&resource.observed))
        })
        .await?;
    Ok(())
}

const OBSERVED: Bulk = Bulk {
    start: "UPDATE resource SET observed = touched.column2 FROM (VALUES",
    columns: 2,
    end: ") AS touched WHERE resource.number = touched.column1",
};

/// Writes new times of observation of Resources that did not change.
pub(super) async fn write_observed(
    connection: &mut SqliteConnection,
    rows: &[(i64, &Resource)],
) -> Result<(), StoreError> {
    OBSERVED
        .run(connection, rows, |values, (number, resource)| {
            values.add(*number)?;
            values.add(observed::write(&resource.observed))
        })
        .await?;
    Ok(())
}

const LOG: Bulk =
    Bulk { start: "INSERT INTO change (seq, resource, at, source, life, differences) VALUES", columns: 6, end: "" };

pub(super) async fn write_log(
    connection: &mut SqliteConnection,
    source: i64,
    rows: &[LogRow],
) -> Result<(), StoreError> {
    LOG.run(connection, rows, |values, row| {
        values.add(row.seq)?;
        values.add(row.number)?;
        values.add(row.at.0)?;
        values.add(source)?;
        values.add(row.tells_of_life())?;
        values.add(differences::write(&row.differences)?)
    })
    .await?;
    Ok(())
}

const MANIFESTS: Bulk = Bulk {
    start: "INSERT INTO manifest (resource, text, content) VALUES",
    columns: 3,
    end: "ON CONFLICT (resource) DO UPDATE SET text = excluded.text, content = excluded.content",
};

pub(super) async fn write_manifests(
    connection: &mut SqliteConnection,
    rows: &[(i64, &Manifest)],
) -> Result<(), StoreError> {
    MANIFESTS
        .run(connection, rows, |values, (number, manifest)| {
            values.add(*number)?;
            values.add(manifest.text.as_str())?;
            values.add(manifest.content.to_string())
        })
        .await?;
    Ok(())
}

const NODES: Bulk = Bulk {
    start: "INSERT INTO runtime_node (resource, name, pod, kind, workspace, data_plane, status, created_at, \
            started_at, ended_at) VALUES",
    columns: 10,
    end: "ON CONFLICT (resource, name) DO UPDATE SET pod = excluded.pod, kind = excluded.kind, \
          workspace = excluded.workspace, data_plane = excluded.data_plane, status = excluded.status, \
          created_at = excluded.created_at, started_at = excluded.started_at, ended_at = excluded.ended_at",
};

const FORGOTTEN: Bulk =
    Bulk { start: "DELETE FROM runtime_node WHERE (resource, name) IN (VALUES", columns: 2, end: ")" };

/// Removes nodes.
pub(super) async fn remove_nodes(connection: &mut SqliteConnection, rows: &[(i64, &str)]) -> Result<(), StoreError> {
    FORGOTTEN
        .run(connection, rows, |values, (number, name)| {
            values.add(*number)?;
            values.add(*name)
        })
        .await?;
    Ok(())
}

/// Writes new and changed nodes.
pub(super) async fn write_nodes(
    connection: &mut SqliteConnection,
    rows: &[(i64, &RuntimeNode)],
) -> Result<(), StoreError> {
    let millis = |moment: Option<Timestamp>| moment.map(|moment| moment.0);
    NODES
        .run(connection, rows, |values, (number, node)| {
            values.add(*number)?;
            values.add(node.name.as_str())?;
            values.add(node.pod.as_deref())?;
            values.add(node.kind.as_deref())?;
            values.add(node.workspace.as_deref())?;
            values.add(node.data_plane.as_deref())?;
            values.add(node.status.as_str())?;
            values.add(millis(node.created_at))?;
            values.add(millis(node.started_at))?;
            values.add(millis(node.ended_at))
        })
        .await?;
    Ok(())
}

const SIGHTINGS: Bulk = Bulk {
    start: "INSERT INTO sighting (source, resource, at) VALUES",
    columns: 3,
    end: "ON CONFLICT (source, resource) DO UPDATE SET at = excluded.at WHERE excluded.at > sighting.at",
};

pub(super) async fn write_sightings(
    connection: &mut SqliteConnection,
    source: i64,
    rows: &[(i64, Timestamp)],
) -> Result<(), StoreError> {
    SIGHTINGS
        .run(connection, rows, |values, (number, at)| {
            values.add(source)?;
            values.add(*number)?;
            values.add(at.0)
        })
        .await?;
    Ok(())
}

const COUNTS: Bulk = Bulk {
    start: "INSERT INTO state_count (type, state, resources) VALUES",
    columns: 3,
    end: "ON CONFLICT (type, state) DO UPDATE SET resources = state_count.resources + excluded.resources",
};

/// Moves the counts of types and States by so much.
pub(super) async fn write_counts(
    connection: &mut SqliteConnection,
    rows: &[CountChange<'_>],
) -> Result<(), StoreError> {
    COUNTS
        .run(connection, rows, |values, (resource_type, state, by)| {
            values.add(resource_type.as_str())?;
            values.add(state.as_str())?;
            values.add(*by)
        })
        .await?;
    Ok(())
}
