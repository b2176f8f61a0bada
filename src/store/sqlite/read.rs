//! Everything that only reads. Each query is answered by an index, so none grows with the database.
//!
//! Limits are cast: SQLite plans by the value of a limit that is a bare parameter, so it would parse and plan such a
//! statement anew each time, which takes longer than to run it.

use std::collections::HashSet;

use app::model::{Change, ChangePage, Field, Key, Manifest, ResourceType, RuntimeNode, State};
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, SqlitePool};

use super::row::{
    StoredChange, StoredNode, StoredResource, node_json, resource_json, select_changes, stored_workspace,
};
use super::{log_bounds, row};
use crate::store::{Changed, Detail, Numbered, Selection, StoreError};

/// How many Resources are read as one text. SQLite makes texts of up to 1 GB, and a Resource may take 300 kB.
const AT_ONCE: usize = 500;

/// How much is taken of a stretch of the log, in bytes of the Resources that changed. More would have to be held at once.
const STRETCH_BYTES: usize = 64 << 20;

/// The most entries one row of the log can hold: each field once.
const ENTRIES_PER_ROW: i64 = Field::ALL.len() as i64;

/// The creations and deletions that are kept in sight of a Resource.
const LIVES: usize = 200;

/// The bundles that a Resource tells it is in.
const BUNDLES: i64 = 100;

/// The most pairs of a Resource and a bundle that are read at once.
const HELD: i64 = 1_000;

/// CROSS JOIN makes SQLite go through the keys and look each up, whatever it thinks of the sizes.
const FIND: &str = concat!(
    "SELECT json_group_array(json_array(wanted.key, ",
    resource_json!(),
    ")) FROM json_each(?) AS wanted CROSS JOIN resource ON resource.type = wanted.value ->> 0 \
     AND resource.workspace = wanted.value ->> 1 AND resource.name = wanted.value ->> 2"
);

const BUNDLES_OF: &str = "SELECT json_group_array(json_array(holder.key, holder.workspace, holder.name)) FROM \
     (SELECT wanted.key, bundle.workspace, bundle.name FROM json_each(?) AS wanted \
     CROSS JOIN bundle_part AS part ON part.type = wanted.value ->> 0 \
     AND part.workspace = wanted.value ->> 1 AND part.name = wanted.value ->> 2 \
     CROSS JOIN resource AS bundle ON bundle.number = part.bundle AND bundle.deleted = 0 \
     LIMIT CAST(? AS BIGINT)) AS holder";

const BY_NUMBER: &str = concat!(
    "SELECT json_group_array(",
    resource_json!(),
    " ORDER BY wanted.key) FROM json_each(?) AS wanted CROSS JOIN resource ON resource.number = wanted.value"
);

const NODES: &str = concat!(
    "SELECT json_group_array(",
    node_json!(),
    " ORDER BY node.resource, node.name) \
     FROM json_each(?) AS wanted CROSS JOIN runtime_node AS node ON node.resource = wanted.value"
);

/// The live nodes come first, then those that ended last.
const NODE_NAMES: &str = "SELECT json_group_array(json_array(wanted.value, json((SELECT \
     json_group_array(json_array(newest.name, newest.pod)) FROM (SELECT node.name, node.pod FROM runtime_node AS node \
     WHERE node.resource = wanted.value ORDER BY node.status IN ('succeeded', 'failed', 'aborted', 'deleted'), \
     coalesce(node.ended_at, node.created_at, 0) DESC, node.name LIMIT CAST(? AS BIGINT)) AS newest)))) \
     FROM json_each(?) AS wanted";

/// The name of a runtime node, and of the pod behind it.
type NodeNames = (String, Option<String>);

const BY_NODE_NAME: &str =
    "SELECT DISTINCT resource FROM runtime_node WHERE name = ? ORDER BY resource LIMIT CAST(? AS BIGINT)";

const BY_POD: &str =
    "SELECT DISTINCT resource FROM runtime_node WHERE pod = ? ORDER BY resource LIMIT CAST(? AS BIGINT)";

/// All of it at once: each question on its own would cost more than its answer.
const DETAIL: &str = concat!(
    "SELECT ",
    resource_json!(),
    ", (SELECT manifest.content FROM manifest WHERE manifest.resource = resource.number), \
     (SELECT json_group_array(json_array(life.seq, life.at, source.name, life.differences) ORDER BY life.seq) FROM \
     (SELECT change.seq, change.at, change.source, change.differences FROM change \
     WHERE change.resource = resource.number AND change.life = 1 ORDER BY change.seq DESC LIMIT CAST(? AS BIGINT)) AS life \
     CROSS JOIN source ON source.number = life.source), \
     (SELECT json_group_array(",
    node_json!(),
    " ORDER BY node.name) FROM runtime_node AS node WHERE node.resource = resource.number), \
     (SELECT json_group_array(json_array(holder.workspace, holder.name)) FROM \
     (SELECT bundle.workspace, bundle.name FROM bundle_part AS part \
     CROSS JOIN resource AS bundle ON bundle.number = part.bundle WHERE part.type = resource.type \
     AND part.workspace = resource.workspace AND part.name = resource.name AND bundle.deleted = 0 \
     ORDER BY bundle.name LIMIT CAST(? AS BIGINT)) AS holder) \
     FROM json_each(?) AS wanted CROSS JOIN resource ON resource.type = wanted.value ->> 0 \
     AND resource.workspace = wanted.value ->> 1 AND resource.name = wanted.value ->> 2 \
     ORDER BY wanted.key LIMIT 1"
);

const CHANGES: &str = concat!(
    select_changes!(),
    "WHERE change.resource = ? AND change.seq < ? ORDER BY change.seq DESC LIMIT CAST(? AS BIGINT)"
);

const CHANGED_AFTER: &str = "SELECT seq, resource FROM change WHERE seq > ? ORDER BY seq LIMIT CAST(? AS BIGINT)";

const NEWEST: &str = concat!(select_changes!(), "ORDER BY change.seq DESC LIMIT CAST(? AS BIGINT)");

/// The statements above, and whether they may sort: only what is few by itself.
#[cfg(test)]
pub(super) fn statements() -> Vec<(String, bool)> {
    let sorting = [FIND, BUNDLES_OF, BY_NUMBER, NODES, NODE_NAMES, DETAIL].map(|sql| (sql.to_owned(), true));
    let ordered = [ALL_AFTER, CHANGED_AFTER, LAST_SEQ, CHANGES, NEWEST, BY_NODE_NAME, BY_POD, NODES_AFTER]
        .map(|sql| (sql.to_owned(), false));
    let mut statements: Vec<_> = sorting.into_iter().chain(ordered).collect();
    let word = || Some("x".to_owned());
    let service = ResourceType::new("service");
    let after = Key { resource_type: service.clone(), workspace: None, name: "x".to_owned() };
    for (workspace, owner, name) in [
        (None, None, None),
        (word(), None, None),
        (None, word(), None),
        (word(), word(), None),
        (None, None, word()),
        (word(), word(), word()),
    ] {
        let by_name = name.is_some();
        let selection = Selection { workspace, owner, name, ..Selection::default() };
        for after in [None, Some(&after)] {
            if by_name {
                statements.push((selecting(&selection, None, after, 9).into_string(), true));
            }
            statements.push((selecting(&selection, Some(&service), after, 9).into_string(), by_name));
        }
    }
    statements
}

pub(super) fn rows_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Invalid(format!("a name cannot be written: {error}")))
}

/// The Resources with these keys, each with the place of its key.
pub(super) async fn find_placed<'k>(
    connection: &mut SqliteConnection,
    keys: impl Iterator<Item = &'k Key>,
) -> Result<Vec<(usize, Numbered)>, StoreError> {
    let keys: Vec<&Key> = keys.collect();
    let mut all = Vec::with_capacity(keys.len());
    for (part, keys) in keys.chunks(AT_ONCE).enumerate() {
        let keys = keys_as_json(keys.iter().copied())?;
        let found: String = sqlx::query_scalar(FIND).bind(keys).fetch_one(&mut *connection).await?;
        for (place, stored) in row::read::<Vec<(usize, StoredResource<'_>)>>(&found)? {
            all.push((part * AT_ONCE + place, stored.numbered()?));
        }
    }
    Ok(all)
}

fn keys_as_json<'k>(keys: impl Iterator<Item = &'k Key>) -> Result<String, StoreError> {
    let keys: Vec<_> = keys.map(|key| (key.resource_type.as_str(), stored_workspace(key), key.name.as_str())).collect();
    json(&keys)
}

pub(super) async fn detail(readers: &SqlitePool, keys: &[Key]) -> Result<Option<Detail>, StoreError> {
    let lives = rows_of(LIVES);
    let found = sqlx::query(DETAIL).bind(lives).bind(BUNDLES).bind(keys_as_json(keys.iter())?);
    let Some(found) = found.fetch_optional(readers).await? else { return Ok(None) };
    let (number, resource) = row::resource(found.try_get(0)?)?;
    let content = match found.try_get::<Option<&str>, _>(1)? {
        Some(content) => Some(manifest_content(number, content)?),
        None => None,
    };
    let mut lives = Vec::new();
    for stored in row::read::<Vec<StoredChange<'_>>>(found.try_get(2)?)? {
        let of_life = |change: &Change| matches!(change.field, Field::Created | Field::Deleted);
        lives.extend(stored.entries(&resource.key)?.into_iter().filter(of_life));
    }
    lives.drain(..lives.len().saturating_sub(LIVES));
    let nodes: Vec<StoredNode<'_>> = row::read(found.try_get(3)?)?;
    let bundles: Vec<(String, String)> = row::read(found.try_get(4)?)?;
    Ok(Some(Detail {
        number,
        content,
        lives,
        nodes: nodes.into_iter().map(|node| node.numbered().1).collect(),
        bundles: bundles.into_iter().map(|(workspace, name)| row::key("bundle", workspace, name)).collect(),
        resource,
    }))
}

fn manifest_content(number: i64, content: &str) -> Result<serde_json::Value, StoreError> {
    serde_json::from_str(content).map_err(|_| StoreError::Corrupt(format!("the manifest of Resource {number}")))
}

pub(super) async fn find(readers: &SqlitePool, keys: &[Key]) -> Result<Vec<Numbered>, StoreError> {
    let mut connection = readers.acquire().await?;
    Ok(find_placed(&mut connection, keys.iter()).await?.into_iter().map(|(_, found)| found).collect())
}

pub(super) async fn bundles_of(readers: &SqlitePool, keys: &[Key]) -> Result<Vec<(Key, Key)>, StoreError> {
    let held = sqlx::query_scalar(BUNDLES_OF).bind(keys_as_json(keys.iter())?).bind(HELD);
    let held: String = held.fetch_one(readers).await?;
    let held: Vec<(usize, String, String)> = row::read(&held)?;
    let pair = |(place, workspace, name): (usize, String, String)| {
        Some((keys.get(place)?.clone(), row::key("bundle", workspace, name)))
    };
    Ok(held.into_iter().filter_map(pair).collect())
}

pub(super) async fn by_number(readers: &SqlitePool, numbers: &[i64]) -> Result<Vec<Numbered>, StoreError> {
    numbered(&mut *readers.acquire().await?, numbers).await
}

/// The Resources with these numbers, in their order.
pub(super) async fn numbered(connection: &mut SqliteConnection, numbers: &[i64]) -> Result<Vec<Numbered>, StoreError> {
    let mut all = Vec::with_capacity(numbers.len());
    for numbers in numbers.chunks(AT_ONCE) {
        numbered_at_once(connection, numbers, &mut all).await?;
    }
    Ok(all)
}

/// Adds the Resources with these numbers, and tells how long their text was.
async fn numbered_at_once(
    connection: &mut SqliteConnection,
    numbers: &[i64],
    all: &mut Vec<Numbered>,
) -> Result<usize, StoreError> {
    let found: String = sqlx::query_scalar(BY_NUMBER).bind(json(&numbers)?).fetch_one(connection).await?;
    for stored in row::read::<Vec<StoredResource<'_>>>(&found)? {
        all.push(stored.numbered()?);
    }
    Ok(found.len())
}

pub(super) async fn holders_of_node(readers: &SqlitePool, name: &str, limit: usize) -> Result<Vec<i64>, StoreError> {
    let mut connection = readers.acquire().await?;
    let mut holders: Vec<i64> = Vec::new();
    for statement in [BY_NODE_NAME, BY_POD] {
        let found: Vec<i64> =
            sqlx::query_scalar(statement).bind(name).bind(rows_of(limit)).fetch_all(&mut *connection).await?;
        holders.extend(found);
    }
    holders.sort_unstable();
    holders.dedup();
    holders.truncate(limit);
    Ok(holders)
}

pub(super) async fn node_names(
    readers: &SqlitePool,
    numbers: &[i64],
    limit: usize,
) -> Result<Vec<(i64, String)>, StoreError> {
    let mut names = Vec::new();
    for part in numbers.chunks(AT_ONCE) {
        let found = sqlx::query_scalar(NODE_NAMES).bind(rows_of(limit)).bind(json(&part)?);
        let found: String = found.fetch_one(readers).await?;
        let resources: Vec<(i64, Vec<NodeNames>)> = row::read(&found)?;
        for (number, (name, pod)) in
            resources.into_iter().flat_map(|(number, nodes)| nodes.into_iter().map(move |node| (number, node)))
        {
            names.extend(pod.filter(|pod| *pod != name).map(|pod| (number, pod)));
            names.push((number, name));
        }
    }
    Ok(names)
}

pub(super) async fn select(
    readers: &SqlitePool,
    selection: &Selection,
    after: Option<&Key>,
    limit: usize,
) -> Result<Vec<Numbered>, StoreError> {
    let mut connection = readers.acquire().await?;
    let types = match (&selection.resource_type, &selection.name) {
        (Some(wanted), _) => vec![Some(wanted.clone())],
        // A name picks few rows by itself.
        (None, Some(_)) => vec![None],
        // The order begins with the type, so each type is a stretch of an index of its own.
        (None, None) => all_types(&mut connection).await?.into_iter().map(Some).collect(),
    };
    let mut found = Vec::new();
    for resource_type in types {
        let remaining = limit - found.len();
        if remaining == 0 {
            break;
        }
        if let (Some(resource_type), Some(after)) = (&resource_type, after)
            && *resource_type < after.resource_type
        {
            continue;
        }
        let mut query = selecting(selection, resource_type.as_ref(), after, remaining);
        for stored in query.build_query_scalar::<String>().fetch_all(&mut *connection).await? {
            found.push(row::resource(&stored)?);
        }
    }
    Ok(found)
}

/// The query of one type, or of all of them by name.
fn selecting(
    selection: &Selection,
    resource_type: Option<&ResourceType>,
    after: Option<&Key>,
    limit: usize,
) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(concat!("SELECT ", resource_json!(), " FROM resource WHERE TRUE"));
    if let Some(resource_type) = resource_type {
        query.push(" AND type = ").push_bind(resource_type.as_str());
    }
    for (column, value) in [("workspace", &selection.workspace), ("name", &selection.name), ("owner", &selection.owner)]
    {
        if let Some(value) = value {
            query.push(format_args!(" AND {column} = ")).push_bind(value.as_str());
        }
    }
    if !selection.include_deleted {
        query.push(" AND deleted = 0");
    }
    match (resource_type, after) {
        (Some(resource_type), Some(after)) if *resource_type == after.resource_type => {
            query.push(" AND (workspace, name) > (").push_bind(stored_workspace(after));
            query.push(", ").push_bind(after.name.as_str()).push(")");
        }
        (Some(_), _) | (None, None) => {}
        (None, Some(after)) => {
            query.push(" AND (type, workspace, name) > (").push_bind(after.resource_type.as_str());
            query.push(", ").push_bind(stored_workspace(after));
            query.push(", ").push_bind(after.name.as_str()).push(")");
        }
    }
    query.push(" ORDER BY type, workspace, name LIMIT CAST(").push_bind(rows_of(limit)).push(" AS BIGINT)");
    query
}

async fn all_types(connection: &mut SqliteConnection) -> Result<Vec<ResourceType>, StoreError> {
    let words: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT type FROM state_count ORDER BY type").fetch_all(connection).await?;
    Ok(words.iter().map(|word| ResourceType::new(word)).collect())
}

pub(super) const ALL_AFTER: &str =
    concat!("SELECT ", resource_json!(), " FROM resource WHERE number > ? ORDER BY number LIMIT CAST(? AS BIGINT)");

pub(super) async fn all_after(readers: &SqlitePool, after: i64, limit: usize) -> Result<Vec<Numbered>, StoreError> {
    let rows: Vec<String> = sqlx::query_scalar(ALL_AFTER).bind(after).bind(rows_of(limit)).fetch_all(readers).await?;
    rows.iter().map(|stored| row::resource(stored)).collect()
}

pub(super) async fn changed_after(readers: &SqlitePool, seq: i64, limit: usize) -> Result<Changed, StoreError> {
    let mut connection = readers.acquire().await?;
    let wanted = limit.max(1);
    let mut rows: Vec<(i64, i64)> = sqlx::query_as(CHANGED_AFTER)
        .bind(seq)
        .bind(rows_of(wanted.saturating_add(1)))
        .fetch_all(&mut *connection)
        .await?;
    // Looked at after the log: what was pruned before that is known by now.
    let lost = !log_bounds::bounds(&mut connection).await?.have(seq);
    let mut more = rows.len() > wanted;
    rows.truncate(wanted);
    let mut covered = seq;
    let (mut resources, mut seen, mut bytes) = (Vec::new(), HashSet::new(), 0);
    for part in rows.chunks(AT_ONCE) {
        if bytes >= STRETCH_BYTES {
            more = true;
            break;
        }
        let mut numbers: Vec<i64> =
            part.iter().map(|&(_, number)| number).filter(|number| seen.insert(*number)).collect();
        numbers.sort_unstable();
        // Read after the log, so a Resource may be newer than the entries: then a later entry names it again.
        bytes += numbered_at_once(&mut connection, &numbers, &mut resources).await?;
        covered = part.last().map_or(covered, |&(last, _)| last);
    }
    Ok(Changed { resources, seq: covered, more, lost })
}

/// A restored database goes on beyond all numbers of the one that it takes the place of.
pub(super) const LAST_SEQ: &str = "SELECT max(coalesce((SELECT max(seq) FROM change), 0), \
     coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'restored_seq'), 0))";

pub(super) async fn last_seq(readers: &SqlitePool) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar(LAST_SEQ).fetch_one(readers).await?)
}

const NODES_AFTER: &str = concat!(
    "SELECT ",
    node_json!(),
    " FROM runtime_node AS node WHERE node.resource = ? AND node.name > ? ORDER BY node.name LIMIT CAST(? AS BIGINT)"
);

pub(super) async fn nodes(
    readers: &SqlitePool,
    number: i64,
    after: &str,
    limit: usize,
) -> Result<Vec<RuntimeNode>, StoreError> {
    let found: Vec<String> =
        sqlx::query_scalar(NODES_AFTER).bind(number).bind(after).bind(rows_of(limit)).fetch_all(readers).await?;
    found.iter().map(|node| Ok(row::read::<StoredNode<'_>>(node)?.numbered().1)).collect()
}

/// The nodes of these Resources, with their numbers, by name.
pub(super) async fn nodes_of(
    connection: &mut SqliteConnection,
    numbers: &[i64],
) -> Result<Vec<(i64, RuntimeNode)>, StoreError> {
    let mut all = Vec::new();
    for numbers in numbers.chunks(AT_ONCE) {
        let found: String = sqlx::query_scalar(NODES).bind(json(&numbers)?).fetch_one(&mut *connection).await?;
        all.extend(row::read::<Vec<StoredNode<'_>>>(&found)?.into_iter().map(StoredNode::numbered));
    }
    Ok(all)
}

pub(super) async fn manifest(readers: &SqlitePool, number: i64) -> Result<Option<Manifest>, StoreError> {
    let found: Option<(String, String)> = sqlx::query_as("SELECT text, content FROM manifest WHERE resource = ?")
        .bind(number)
        .fetch_optional(readers)
        .await?;
    found.map(|(text, content)| Ok(Manifest { text, content: manifest_content(number, &content)? })).transpose()
}

pub(super) async fn changes(
    readers: &SqlitePool,
    number: i64,
    before: Option<i64>,
    limit: usize,
) -> Result<ChangePage, StoreError> {
    let before = before.unwrap_or(i64::MAX);
    // A row is known by its last entry, which may lie beyond `before` while others do not.
    let rows = sqlx::query(CHANGES)
        .bind(number)
        .bind(before.saturating_add(ENTRIES_PER_ROW))
        .bind(rows_of(limit).saturating_add(ENTRIES_PER_ROW + 1))
        .fetch_all(readers)
        .await?;
    let mut changes = Vec::new();
    for row in &rows {
        changes.extend(row::changes(row)?.into_iter().rev().filter(|change| change.seq < before));
    }
    let more = changes.len() > limit;
    changes.truncate(limit);
    Ok(ChangePage { before: changes.last().filter(|_| more).map(|change| change.seq), changes })
}

pub(super) async fn newest_changes(readers: &SqlitePool, limit: usize) -> Result<Vec<Change>, StoreError> {
    let rows = sqlx::query(NEWEST).bind(rows_of(limit)).fetch_all(readers).await?;
    let mut changes = Vec::new();
    for row in &rows {
        changes.extend(row::changes(row)?.into_iter().rev());
    }
    changes.truncate(limit);
    Ok(changes)
}

pub(super) async fn counts(readers: &SqlitePool) -> Result<Vec<(ResourceType, State, u64)>, StoreError> {
    let rows: Vec<(String, String, i64)> =
        sqlx::query_as("SELECT type, state, resources FROM state_count WHERE resources > 0 ORDER BY type, state")
            .fetch_all(readers)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(word, state, count)| (ResourceType::new(&word), State::parse(&state), count.unsigned_abs()))
        .collect())
}
