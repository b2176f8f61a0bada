//! Recording a batch: the one way anything gets into the database.

use std::collections::{BTreeMap, HashMap, HashSet};

use app::model::{
    Batch, Difference, Field, Key, Manifest, Observation, Recorded, Resource, RuntimeNode, Scope, Timestamp,
};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, SqlitePool};

use super::bundles;
use super::read;
use super::row::tells_of_life;
use super::rows::{self, LogRow, ResourceRow};
use super::source_runs;
use crate::store::digest::digest;
use crate::store::{StoreError, differences, observed};

/// How many observations are worked on at a time: enough to read and write many rows with one statement, few enough to
/// let other tasks run in between and not to have a batch of a million in memory twice.
const AT_A_TIME: usize = 2_048;

/// The longest name of a source, in bytes.
const MAX_SOURCE_BYTES: usize = 64;

pub(super) async fn record(writer: &SqlitePool, batch: &Batch) -> Result<Recorded, StoreError> {
    check_source(&batch.source)?;
    // Taking the lock at once: a transaction that begins by reading could not become a writing one after another
    // process has written.
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let mut recording = Recording::begin(&mut transaction, batch).await?;
    let mut known = Vec::with_capacity(batch.complete.len());
    for scope in &batch.complete {
        known.push(recording.known(scope).await?);
    }
    for observations in batch.observations.chunks(AT_A_TIME) {
        recording.take_in(observations, Sighting::Reported).await?;
    }
    recording.recorded.read = batch.observations.len() as u64;
    recording.recorded.unchanged = recording.recorded.read - recording.recorded.changed;
    for (scope, known) in batch.complete.iter().zip(known) {
        let missing = recording.delete_missing(scope, batch.at).await?;
        // One of one is no sign of a listing gone wrong.
        if !batch.force && missing > 1 && missing * 2 > known {
            return Err(StoreError::WouldDeleteTooMuch { scope: scope.to_string(), missing, known });
        }
    }
    let recorded = recording.finish().await?;
    transaction.commit().await?;
    Ok(recorded)
}

pub(super) fn check_source(source: &str) -> Result<(), StoreError> {
    let refuse = |why: String| Err(StoreError::Invalid(why));
    if source.trim().is_empty() {
        return refuse("the name of the source is blank; give it one, such as `import`".to_owned());
    }
    if source.len() > MAX_SOURCE_BYTES {
        let start: String = source.chars().take(20).collect();
        return refuse(format!(
            "the name of the source, `{start}…`, has {} bytes; at most {MAX_SOURCE_BYTES} are allowed",
            source.len()
        ));
    }
    if source.contains(char::is_control) {
        return refuse(format!(
            "the name of the source, `{}`, holds a control character; use letters, digits and `-`",
            source.escape_debug()
        ));
    }
    Ok(())
}

/// Whether the source reported the Resources, or they follow from their absence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sighting {
    Reported,
    Missing,
}

/// A Resource that a batch is about, before and after.
struct Entry<'b> {
    number: i64,
    /// As it is stored; `None` for a new one.
    before: Option<Resource>,
    resource: Resource,
    /// Its nodes; loaded only where an observation has some.
    nodes: Vec<RuntimeNode>,
    nodes_before: Vec<RuntimeNode>,
    manifest: Option<&'b Manifest>,
    seen_at: Timestamp,
}

/// How the row of a Resource has to be written.
#[derive(PartialEq, Eq)]
enum Writing {
    Nothing,
    /// Only the times of observation moved on.
    Observed,
    Whole,
}

impl Entry<'_> {
    fn writing(&mut self) -> Writing {
        let Some(before) = &mut self.before else { return Writing::Whole };
        let observed_before = std::mem::take(&mut before.observed);
        let observed = std::mem::take(&mut self.resource.observed);
        let writing = if *before != self.resource {
            Writing::Whole
        } else if observed_before != observed {
            Writing::Observed
        } else {
            Writing::Nothing
        };
        self.resource.observed = observed;
        before.observed = observed_before;
        writing
    }
}

/// A transaction on its way.
struct Recording<'c, 'b> {
    connection: &'c mut SqliteConnection,
    batch: &'b Batch,
    source: i64,
    last_number: i64,
    /// By how much each count of type and State changes.
    counts: HashMap<(String, String), i64>,
    /// The Resources that the batch lists; kept only for complete listings.
    listed: HashSet<i64>,
    recorded: Recorded,
}

impl<'c, 'b> Recording<'c, 'b> {
    async fn begin(connection: &'c mut SqliteConnection, batch: &'b Batch) -> Result<Self, StoreError> {
        sqlx::query("INSERT INTO source (name) VALUES (?) ON CONFLICT (name) DO NOTHING")
            .bind(&batch.source)
            .execute(&mut *connection)
            .await?;
        let source = sqlx::query_scalar("SELECT number FROM source WHERE name = ?")
            .bind(&batch.source)
            .fetch_one(&mut *connection)
            .await?;
        source_runs::note_report(connection, source, batch.at).await?;
        let last_number =
            sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM resource").fetch_one(&mut *connection).await?;
        let seq = sqlx::query_scalar(read::LAST_SEQ).fetch_one(&mut *connection).await?;
        Ok(Self {
            connection,
            batch,
            source,
            last_number,
            counts: HashMap::new(),
            listed: HashSet::new(),
            recorded: Recorded { seq, ..Recorded::default() },
        })
    }

    /// Takes in observations, several of one Resource in their order, and writes what they changed.
    async fn take_in(&mut self, observations: &[Observation], sighting: Sighting) -> Result<(), StoreError> {
        let mut places: HashMap<&Key, usize> = HashMap::with_capacity(observations.len());
        let mut first: Vec<&Observation> = Vec::with_capacity(observations.len());
        for observation in observations {
            places.entry(&observation.key).or_insert_with(|| {
                first.push(observation);
                first.len() - 1
            });
        }
        let mut entries = self.load(&first).await?;
        self.load_nodes(&mut entries, observations, &places).await?;

        let mut log: Vec<LogRow> = Vec::new();
        for observation in observations {
            let entry = &mut entries[places[&observation.key]];
            entry.seen_at = entry.seen_at.max(observation.at);
            let digest = observation.manifest.as_ref().map(|manifest| digest(&manifest.text));
            let digest_before = entry.resource.manifest_digest.clone();
            let found = entry.resource.observe(observation, &self.batch.source, &mut entry.nodes, digest.as_deref());
            if found.is_empty() {
                continue;
            }
            // Not by the differences: those of a new Resource say no more than that it was created.
            if entry.resource.manifest_digest != digest_before {
                entry.manifest = observation.manifest.as_ref();
            }
            self.recorded.deleted += u64::from(found.iter().any(|(field, ..)| *field == Field::Deleted));
            if sighting == Sighting::Reported {
                self.recorded.changed += 1;
            }
            log.push(self.log_row(entry.number, observation.at, &found)?);
        }
        if !self.batch.complete.is_empty() {
            self.listed.extend(entries.iter().map(|entry| entry.number));
        }
        self.write(&mut entries, &log, sighting).await
    }

    fn log_row(&mut self, number: i64, at: Timestamp, found: &[Difference]) -> Result<LogRow, StoreError> {
        self.recorded.seq += i64::try_from(found.len()).unwrap_or_default();
        let differences = differences::write(found)
            .map_err(|error| StoreError::Invalid(format!("a change cannot be written: {error}")))?;
        Ok(LogRow { seq: self.recorded.seq, number, at, life: tells_of_life(found), differences })
    }

    /// What is stored of these Resources, or that they are new.
    async fn load<'o>(&mut self, first: &[&'o Observation]) -> Result<Vec<Entry<'o>>, StoreError> {
        let mut stored: Vec<Option<(i64, Resource)>> = Vec::new();
        stored.resize_with(first.len(), || None);
        for (place, found) in read::find_placed(self.connection, first.iter().map(|seen| &seen.key)).await? {
            stored[place] = Some(found);
        }
        let entry = |(seen, stored): (&&'o Observation, Option<(i64, Resource)>)| {
            let (number, before, resource) = match stored {
                Some((number, resource)) => (number, Some(resource.clone()), resource),
                None => {
                    self.last_number += 1;
                    (self.last_number, None, Resource::new(seen.key.clone(), seen.at))
                }
            };
            Entry {
                number,
                before,
                resource,
                nodes: Vec::new(),
                nodes_before: Vec::new(),
                manifest: None,
                seen_at: seen.at,
            }
        };
        Ok(first.iter().zip(stored).map(entry).collect())
    }

    async fn load_nodes(
        &mut self,
        entries: &mut [Entry<'_>],
        observations: &[Observation],
        places: &HashMap<&Key, usize>,
    ) -> Result<(), StoreError> {
        let wanted: BTreeMap<i64, usize> = observations
            .iter()
            .filter(|observation| observation.nodes.is_some())
            .map(|observation| places[&observation.key])
            .filter(|&place| entries[place].before.is_some())
            .map(|place| (entries[place].number, place))
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let numbers: Vec<i64> = wanted.keys().copied().collect();
        for (number, node) in read::nodes_of(self.connection, &numbers).await? {
            let entry = &mut entries[wanted[&number]];
            entry.nodes_before.push(node.clone());
            entry.nodes.push(node);
        }
        Ok(())
    }

    async fn write(&mut self, entries: &mut [Entry<'_>], log: &[LogRow], sighting: Sighting) -> Result<(), StoreError> {
        let writings: Vec<Writing> = entries.iter_mut().map(Entry::writing).collect();
        let mut whole: Vec<ResourceRow<'_>> = Vec::new();
        let mut touched: Vec<(i64, String)> = Vec::new();
        for (entry, writing) in entries.iter().zip(writings) {
            match writing {
                Writing::Nothing => {}
                Writing::Observed => touched.push((entry.number, observed::write(&entry.resource.observed))),
                Writing::Whole => {
                    let row = ResourceRow::new(entry.number, &entry.resource)?;
                    self.count(entry.before.as_ref(), &entry.resource, &row.state);
                    whole.push(row);
                }
            }
        }
        rows::write_resources(self.connection, &whole).await?;
        rows::write_observed(self.connection, &touched).await?;
        rows::write_log(self.connection, self.source, log).await?;
        let manifests: Vec<(i64, &Manifest)> =
            entries.iter().filter_map(|entry| Some((entry.number, entry.manifest?))).collect();
        rows::write_manifests(self.connection, &manifests).await?;
        for entry in entries.iter().filter(|entry| entry.resource.key.resource_type.as_str() == "bundle") {
            if let Some(manifest) = entry.manifest {
                bundles::write(self.connection, entry.number, &entry.resource.key, manifest).await?;
            }
        }
        let nodes: Vec<(i64, &RuntimeNode)> = entries
            .iter()
            .flat_map(|entry| {
                let is_new = |node: &&RuntimeNode| !entry.nodes_before.contains(node);
                entry.nodes.iter().filter(is_new).map(|node| (entry.number, node))
            })
            .collect();
        rows::write_nodes(self.connection, &nodes).await?;
        if sighting == Sighting::Reported {
            let sightings: Vec<(i64, Timestamp)> = entries.iter().map(|entry| (entry.number, entry.seen_at)).collect();
            rows::write_sightings(self.connection, self.source, &sightings).await?;
        }
        Ok(())
    }

    /// Notes how the counts change with a Resource.
    fn count(&mut self, before: Option<&Resource>, after: &Resource, state: &str) {
        let before = before.map(|resource| resource.state().as_str().to_owned());
        if before.as_deref() == Some(state) {
            return;
        }
        let resource_type = after.key.resource_type.as_str();
        if let Some(before) = before {
            *self.counts.entry((resource_type.to_owned(), before)).or_default() -= 1;
        }
        *self.counts.entry((resource_type.to_owned(), state.to_owned())).or_default() += 1;
    }

    /// How many live Resources the source has in the scope.
    async fn known(&mut self, scope: &Scope) -> Result<u64, StoreError> {
        let mut query = QueryBuilder::new("SELECT count(*)");
        push_seen_in_scope(&mut query, self.source, scope);
        let known: i64 = query.build_query_scalar().fetch_one(&mut *self.connection).await?;
        Ok(known.unsigned_abs())
    }

    /// Deletes what the source has in the scope and the batch does not list, and tells how many those were. What has
    /// been seen since the listing was made stays.
    async fn delete_missing(&mut self, scope: &Scope, at: Timestamp) -> Result<u64, StoreError> {
        let listed = serde_json::to_string(&self.listed)
            .map_err(|error| StoreError::Invalid(format!("the listing cannot be written: {error}")))?;
        let mut query = QueryBuilder::new("SELECT resource.number");
        push_seen_in_scope(&mut query, self.source, scope);
        query.push(" AND resource.number NOT IN (SELECT value FROM json_each(").push_bind(listed);
        query.push(")) ORDER BY resource.number");
        let missing: Vec<i64> = query.build_query_scalar().fetch_all(&mut *self.connection).await?;
        let before = self.recorded.deleted;
        for numbers in missing.chunks(AT_A_TIME) {
            let gone: Vec<Observation> = read::numbered(self.connection, numbers)
                .await?
                .into_iter()
                .map(|(_, resource)| Observation { deleted: true, ..Observation::new(resource.key, at) })
                .collect();
            self.take_in(&gone, Sighting::Missing).await?;
        }
        Ok(self.recorded.deleted - before)
    }

    async fn finish(self) -> Result<Recorded, StoreError> {
        let counts: Vec<(&(String, String), i64)> =
            self.counts.iter().filter(|&(_, &by)| by != 0).map(|(of, &by)| (of, by)).collect();
        rows::write_counts(self.connection, &counts).await?;
        Ok(self.recorded)
    }
}

/// From the live Resources of a scope that a source has ever reported. CROSS JOIN makes SQLite go through the scope.
fn push_seen_in_scope(query: &mut QueryBuilder<Sqlite>, source: i64, scope: &Scope) {
    query.push(" FROM resource CROSS JOIN sighting ON sighting.resource = resource.number AND sighting.source = ");
    query.push_bind(source);
    query.push(" WHERE resource.deleted = 0 AND resource.type = ").push_bind(scope.resource_type.as_str());
    if let Some(workspace) = &scope.workspace {
        query.push(" AND resource.workspace = ").push_bind(workspace.as_str());
    }
}

/// What looks for the Resources of a scope.
#[cfg(test)]
pub(super) fn statements() -> Vec<String> {
    ["service", "service:public"]
        .into_iter()
        .filter_map(Scope::parse)
        .map(|scope| {
            let mut query = QueryBuilder::new("SELECT resource.number");
            push_seen_in_scope(&mut query, 1, &scope);
            query.into_string()
        })
        .collect()
}
