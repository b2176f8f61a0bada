//! Rows as the domain's values, and back.

use std::borrow::Cow;

use app::model::{Change, Difference, Key, NodeStatus, Resource, ResourceCounts, ResourceType, RuntimeNode, Timestamp};
use serde::Deserialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::store::{Numbered, StoreError, differences, observed};

/// A Resource as a JSON array, which [`resource`] reads: one value instead of 27, each of which would be handed from
/// the engine's thread to the reader's on its own.
macro_rules! resource_json {
    () => {
        "json_array(resource.number, resource.type, resource.workspace, resource.name, resource.version, \
         resource.status, resource.deleted, resource.state_since, resource.builder_stage, resource.runtime, \
         resource.runtime_since, resource.owner, resource.description, resource.tags, resource.layer, \
         resource.depot_source, resource.replicas, resource.cloud_kernel, resource.web_service, \
         resource.operator_runtime, resource.message, resource.created_at, resource.manifest_digest, \
         resource.first_seen_at, resource.changed_at, resource.observed)"
    };
}
pub(super) use resource_json;

/// A Resource as it is stored, in the order of [`resource_json`].
#[derive(Deserialize)]
pub(super) struct StoredResource<'a> {
    number: i64,
    #[serde(borrow)]
    resource_type: Cow<'a, str>,
    workspace: String,
    name: String,
    version: String,
    status: Option<String>,
    deleted: i64,
    state_since: Option<i64>,
    builder_stage: Option<String>,
    runtime: Option<String>,
    runtime_since: Option<i64>,
    owner: Option<String>,
    description: Option<String>,
    #[serde(borrow)]
    tags: Option<Cow<'a, str>>,
    layer: Option<String>,
    depot_source: Option<String>,
    replicas: Option<u32>,
    cloud_kernel: Option<u32>,
    web_service: Option<u32>,
    operator_runtime: Option<u32>,
    message: Option<String>,
    created_at: Option<i64>,
    manifest_digest: Option<String>,
    first_seen_at: i64,
    changed_at: i64,
    #[serde(borrow)]
    observed: Cow<'a, str>,
}

/// Reads what a statement gave as JSON.
pub(super) fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Corrupt(format!("a row that cannot be read ({error})")))
}

/// Reads a Resource.
pub(super) fn resource(json: &str) -> Result<Numbered, StoreError> {
    read::<StoredResource<'_>>(json)?.numbered()
}

fn moment(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp)
}

impl StoredResource<'_> {
    /// The Resource and its number.
    pub(super) fn numbered(self) -> Result<Numbered, StoreError> {
        let number = self.number;
        let corrupt = |column: &str| StoreError::Corrupt(format!("the column `{column}` of Resource {number}"));
        let tags = match self.tags {
            None => Vec::new(),
            Some(text) => serde_json::from_str(&text).map_err(|_| corrupt("tags"))?,
        };
        let resource = Resource {
            key: key(&self.resource_type, self.workspace, self.name),
            version: self.version,
            status: self.status,
            deleted: self.deleted != 0,
            state_since: moment(self.state_since),
            builder_stage: self.builder_stage,
            runtime: self.runtime,
            runtime_since: moment(self.runtime_since),
            owner: self.owner,
            description: self.description,
            tags,
            layer: self.layer,
            depot_source: self.depot_source,
            replicas: self.replicas,
            counts: ResourceCounts {
                cloud_kernel: self.cloud_kernel,
                web_service: self.web_service,
                operator_runtime: self.operator_runtime,
            },
            message: self.message,
            created_at: moment(self.created_at),
            manifest_digest: self.manifest_digest,
            first_seen_at: Timestamp(self.first_seen_at),
            changed_at: Timestamp(self.changed_at),
            observed: observed::read(&self.observed).ok_or_else(|| corrupt("observed"))?,
        };
        Ok((number, resource))
    }
}

/// A key as it is stored.
pub(super) fn key(resource_type: &str, workspace: String, name: String) -> Key {
    Key {
        resource_type: ResourceType::new(resource_type),
        workspace: Some(workspace).filter(|name| !name.is_empty()),
        name,
    }
}

/// The workspace as it is stored: empty for none.
pub(super) fn stored_workspace(key: &Key) -> &str {
    key.workspace.as_deref().unwrap_or_default()
}

/// The columns that [`changes`] reads, in its order, and further ones, with the tables they come from. CROSS JOIN makes
/// SQLite begin with the log, whose order is asked for.
macro_rules! select_changes_and {
    ($further:literal) => {
        concat!(
            "SELECT change.seq, change.at, source.name, change.differences, resource.type, resource.workspace, \
             resource.name",
            $further,
            " FROM change CROSS JOIN source ON source.number = change.source \
             CROSS JOIN resource ON resource.number = change.resource "
        )
    };
}
pub(super) use select_changes_and;

/// The columns that [`changes`] reads, with the tables they come from.
macro_rules! select_changes {
    () => {
        $crate::store::sqlite::row::select_changes_and!("")
    };
}
pub(super) use select_changes;

/// How many columns [`changes`] reads: the place of the first further one.
pub(super) const CHANGE_COLUMNS: usize = 7;

/// A row of the log without the Resource that it is about.
#[derive(Deserialize)]
pub(super) struct StoredChange<'a> {
    /// The number of its last entry.
    seq: i64,
    at: i64,
    source: String,
    #[serde(borrow)]
    differences: Cow<'a, str>,
}

impl StoredChange<'_> {
    /// The entries of the row, in their order.
    pub(super) fn entries(self, key: &Key) -> Result<Vec<Change>, StoreError> {
        let found: Vec<Difference> = differences::read(&self.differences)
            .ok_or_else(|| StoreError::Corrupt(format!("the differences of change {}", self.seq)))?;
        let entries = found.len();
        Ok(found
            .into_iter()
            .zip((0..entries).rev())
            .map(|((field, from, to), before_last)| Change {
                seq: self.seq - i64::try_from(before_last).unwrap_or_default(),
                at: Timestamp(self.at),
                key: key.clone(),
                field,
                from,
                to,
                source: self.source.clone(),
            })
            .collect())
    }
}

/// Reads the entries of a row of the log, in their order.
pub(super) fn changes(row: &SqliteRow) -> Result<Vec<Change>, StoreError> {
    let differences: &str = row.try_get(3)?;
    let stored = StoredChange {
        seq: row.try_get(0)?,
        at: row.try_get(1)?,
        source: row.try_get(2)?,
        differences: differences.into(),
    };
    stored.entries(&key(row.try_get(4)?, row.try_get(5)?, row.try_get(6)?))
}

/// A runtime node as a JSON array, which [`StoredNode`] reads.
macro_rules! node_json {
    () => {
        "json_array(node.resource, node.name, node.pod, node.kind, node.workspace, node.data_plane, node.status, \
         node.created_at, node.started_at, node.ended_at)"
    };
}
pub(super) use node_json;

/// A runtime node as it is stored, in the order of [`node_json`].
#[derive(Deserialize)]
pub(super) struct StoredNode<'a> {
    resource: i64,
    name: String,
    pod: Option<String>,
    kind: Option<String>,
    workspace: Option<String>,
    data_plane: Option<String>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    created_at: Option<i64>,
    started_at: Option<i64>,
    ended_at: Option<i64>,
}

impl StoredNode<'_> {
    /// The node, with the number of its Resource.
    pub(super) fn numbered(self) -> (i64, RuntimeNode) {
        let node = RuntimeNode {
            name: self.name,
            pod: self.pod,
            kind: self.kind,
            workspace: self.workspace,
            data_plane: self.data_plane,
            status: NodeStatus::parse(&self.status),
            created_at: moment(self.created_at),
            started_at: moment(self.started_at),
            ended_at: moment(self.ended_at),
        };
        (self.resource, node)
    }
}
