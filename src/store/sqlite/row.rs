//! Rows as the domain's values, and back.

use app::model::{
    Change, Difference, Field, Key, NodeStatus, Resource, ResourceCounts, ResourceType, RuntimeNode, Timestamp,
};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::store::{Numbered, StoreError, differences, observed};

/// The columns that [`resource`] reads, in its order.
macro_rules! resource_columns {
    () => {
        "resource.number, resource.type, resource.workspace, resource.name, resource.version, resource.status, \
         resource.deleted, resource.state_since, resource.builder_stage, resource.runtime, resource.runtime_since, \
         resource.owner, resource.description, resource.tags, resource.layer, resource.depot_source, \
         resource.replicas, resource.cloud_kernel, resource.web_service, resource.operator_runtime, \
         resource.message, resource.created_at, resource.manifest_digest, resource.first_seen_at, \
         resource.changed_at, resource.observed, resource.state"
    };
}
pub(super) use resource_columns;

/// The place of the column `state`, for those who compare it with what it is derived from.
pub(super) const STATE_COLUMN: usize = 26;

/// How many columns [`resource_columns`] has: the place of the first column after them.
pub(super) const RESOURCE_COLUMNS: usize = 27;

fn moment(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp)
}

/// Reads a Resource.
pub(super) fn resource(row: &SqliteRow) -> Result<Numbered, StoreError> {
    let number: i64 = row.try_get(0)?;
    let observed_text: &str = row.try_get(25)?;
    let corrupt = |column: &str| StoreError::Corrupt(format!("the column `{column}` of Resource {number}"));
    let tags = match row.try_get::<Option<&str>, _>(13)? {
        None => Vec::new(),
        Some(text) => serde_json::from_str(text).map_err(|_| corrupt("tags"))?,
    };
    let resource = Resource {
        key: key(row, 1)?,
        version: row.try_get(4)?,
        status: row.try_get(5)?,
        deleted: row.try_get(6)?,
        state_since: moment(row.try_get(7)?),
        builder_stage: row.try_get(8)?,
        runtime: row.try_get(9)?,
        runtime_since: moment(row.try_get(10)?),
        owner: row.try_get(11)?,
        description: row.try_get(12)?,
        tags,
        layer: row.try_get(14)?,
        depot_source: row.try_get(15)?,
        replicas: row.try_get(16)?,
        counts: ResourceCounts {
            cloud_kernel: row.try_get(17)?,
            web_service: row.try_get(18)?,
            operator_runtime: row.try_get(19)?,
        },
        message: row.try_get(20)?,
        created_at: moment(row.try_get(21)?),
        manifest_digest: row.try_get(22)?,
        first_seen_at: Timestamp(row.try_get(23)?),
        changed_at: Timestamp(row.try_get(24)?),
        observed: observed::read(observed_text).ok_or_else(|| corrupt("observed"))?,
    };
    Ok((number, resource))
}

/// Reads type, workspace and name, which stand side by side from the column `from`.
pub(super) fn key(row: &SqliteRow, from: usize) -> Result<Key, StoreError> {
    let workspace: String = row.try_get(from + 1)?;
    Ok(Key {
        resource_type: ResourceType::new(row.try_get(from)?),
        workspace: (!workspace.is_empty()).then_some(workspace),
        name: row.try_get(from + 2)?,
    })
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

/// Reads the entries of a row of the log, in their order.
pub(super) fn changes(row: &SqliteRow) -> Result<Vec<Change>, StoreError> {
    let last: i64 = row.try_get(0)?;
    let at = Timestamp(row.try_get(1)?);
    let source: String = row.try_get(2)?;
    let found: Vec<Difference> = differences::read(row.try_get(3)?)
        .ok_or_else(|| StoreError::Corrupt(format!("the differences of change {last}")))?;
    let key = key(row, 4)?;
    let entries = found.len();
    Ok(found
        .into_iter()
        .zip((0..entries).rev())
        .map(|((field, from, to), before_last)| Change {
            seq: last - i64::try_from(before_last).unwrap_or_default(),
            at,
            key: key.clone(),
            field,
            from,
            to,
            source: source.clone(),
        })
        .collect())
}

/// Whether a Resource's life begins or ends with one of the differences.
pub(super) fn tells_of_life(found: &[Difference]) -> bool {
    found.iter().any(|(field, ..)| matches!(field, Field::Created | Field::Deleted))
}

/// Reads a runtime node: resource, name, pod, kind, workspace, `data_plane`, status and the three times.
pub(super) fn node(row: &SqliteRow) -> Result<(i64, RuntimeNode), StoreError> {
    let node = RuntimeNode {
        name: row.try_get(1)?,
        pod: row.try_get(2)?,
        kind: row.try_get(3)?,
        workspace: row.try_get(4)?,
        data_plane: row.try_get(5)?,
        status: NodeStatus::parse(row.try_get(6)?),
        created_at: moment(row.try_get(7)?),
        started_at: moment(row.try_get(8)?),
        ended_at: moment(row.try_get(9)?),
    };
    Ok((row.try_get(0)?, node))
}
