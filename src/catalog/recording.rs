//! Recording a batch: the one way anything gets into a store, whatever engine it has.
//!
//! What was observed is merged by newest with what is stored; what that changes goes into the change log and the
//! counts. A complete listing deletes what it lacks, unless that is more than a listing gone wrong would lack.

mod digest;
mod entry;
mod nul;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use app::model::{
    Batch, Difference, Field, Key, Manifest, ManifestFacts, Observation, Recorded, RepeatableRequest, Resource,
    ResourceType, RuntimeNode, Scope, State, Timestamp,
};
use async_trait::async_trait;

pub(crate) use self::digest::digest;
use self::entry::{Entry, Writing};
use self::nul::without_nul;
use crate::store::{LogRow, Store, StoreError, WriteTransaction, check_source};

/// How many observations are worked on at a time: enough to read and write many rows with one statement, few enough to
/// let other tasks run in between and not to have a batch of a million in memory twice.
const AT_A_TIME: usize = 2_048;

/// Stores that batches are recorded in: all of them.
#[async_trait]
pub trait Record {
    /// Records a batch in one transaction: Resources, change log, counts.
    ///
    /// # Errors
    /// When the batch is refused or the database fails; nothing is stored then.
    async fn record(&self, batch: &Batch) -> Result<Recorded, StoreError>;

    /// As [`Self::record`], and keeps in the same transaction what it did, as the answer to a request that may be
    /// repeated. The moment of the batch is the one at which the request was received.
    ///
    /// # Errors
    /// As [`Self::record`].
    async fn record_once(&self, batch: &Batch, request: &RepeatableRequest) -> Result<Recorded, StoreError>;
}

#[async_trait]
impl<S: Store + ?Sized> Record for S {
    async fn record(&self, batch: &Batch) -> Result<Recorded, StoreError> {
        self.timings().time("record", record(self, batch, None)).await
    }

    async fn record_once(&self, batch: &Batch, request: &RepeatableRequest) -> Result<Recorded, StoreError> {
        self.timings().time("record", record(self, batch, Some(request))).await
    }
}

async fn record<S: Store + ?Sized>(
    store: &S,
    batch: &Batch,
    request: Option<&RepeatableRequest>,
) -> Result<Recorded, StoreError> {
    check_source(&batch.source)?;
    let mut transaction = store.begin().await?;
    let mut recording = Recording::begin(transaction.as_mut(), batch).await?;
    if let Some(lease) = batch.lease
        && recording.transaction.last_lease(recording.source).await? != lease
    {
        return Err(StoreError::LeaseLost(batch.source.clone()));
    }
    let mut known = Vec::with_capacity(batch.complete.len());
    for scope in &batch.complete {
        known.push(recording.transaction.sighted(recording.source, scope).await?);
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
    if let Some(request) = request {
        transaction.keep_answer(request, batch.at, &recorded).await?;
    }
    transaction.commit().await?;
    Ok(recorded)
}

/// Whether the source reported the Resources, or they follow from their absence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sighting {
    Reported,
    Missing,
}

/// A batch on its way into a transaction.
struct Recording<'t, 'b> {
    transaction: &'t mut dyn WriteTransaction,
    batch: &'b Batch,
    source: i64,
    last_number: i64,
    /// How many ended nodes of a Resource are kept.
    ended_nodes: usize,
    /// By how much each count of type and State changes.
    counts: HashMap<(ResourceType, State), i64>,
    /// The Resources that the batch lists; kept only for complete listings.
    listed: HashSet<i64>,
    recorded: Recorded,
}

impl<'t, 'b> Recording<'t, 'b> {
    async fn begin(transaction: &'t mut dyn WriteTransaction, batch: &'b Batch) -> Result<Self, StoreError> {
        let source = transaction.source(&batch.source, batch.at).await?;
        let last_number = transaction.last_number().await?;
        let seq = transaction.last_seq().await?;
        let ended_nodes = transaction.ended_nodes_kept().await?;
        Ok(Self {
            transaction,
            batch,
            source,
            last_number,
            ended_nodes,
            counts: HashMap::new(),
            listed: HashSet::new(),
            recorded: Recorded { seq, ..Recorded::default() },
        })
    }

    /// Takes in observations, several of one Resource in their order, and writes what they changed.
    async fn take_in(&mut self, observations: &[Observation], sighting: Sighting) -> Result<(), StoreError> {
        let observations: Vec<Cow<'_, Observation>> = observations.iter().map(without_nul).collect();
        let mut places: HashMap<&Key, usize> = HashMap::with_capacity(observations.len());
        let mut first: Vec<&Observation> = Vec::with_capacity(observations.len());
        for observation in &observations {
            places.entry(&observation.key).or_insert_with(|| {
                first.push(observation);
                first.len() - 1
            });
        }
        let mut entries = self.load(&first).await?;
        self.load_nodes(&mut entries, &observations, &places).await?;

        let mut log: Vec<LogRow> = Vec::new();
        for observation in &observations {
            let entry = &mut entries[places[&observation.key]];
            entry.seen_at = entry.seen_at.max(observation.at);
            let digest = observation.manifest.as_ref().map(|manifest| digest(&manifest.text));
            let digest_before = entry.resource.manifest_digest.clone();
            let found = entry.resource.observe_keeping(
                self.ended_nodes,
                observation,
                &self.batch.source,
                &mut entry.nodes,
                digest.as_deref(),
            );
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
            let number = entry.number;
            log.push(self.log_row(number, observation.at, found));
        }
        if !self.batch.complete.is_empty() {
            self.listed.extend(entries.iter().map(|entry| entry.number));
        }
        self.write(&mut entries, &log, sighting).await
    }

    fn log_row(&mut self, number: i64, at: Timestamp, mut differences: Vec<Difference>) -> LogRow {
        differences.sort_by_key(|&(field, ..)| field);
        self.recorded.seq += i64::try_from(differences.len()).unwrap_or_default();
        LogRow { seq: self.recorded.seq, number, at, differences }
    }

    /// What is stored of these Resources, or that they are new.
    async fn load<'o>(&mut self, first: &[&'o Observation]) -> Result<Vec<Entry<'o>>, StoreError> {
        let keys: Vec<&Key> = first.iter().map(|seen| &seen.key).collect();
        let mut stored: Vec<Option<(i64, Resource)>> = Vec::new();
        stored.resize_with(first.len(), || None);
        for (place, found) in self.transaction.load(&keys).await? {
            stored[place] = Some(found);
        }
        let entry = |(seen, stored): (&&'o Observation, Option<(i64, Resource)>)| match stored {
            Some(stored) => Entry::known(stored, seen.at),
            None => {
                self.last_number += 1;
                Entry::new(self.last_number, seen.key.clone(), seen.at)
            }
        };
        Ok(first.iter().zip(stored).map(entry).collect())
    }

    async fn load_nodes(
        &mut self,
        entries: &mut [Entry<'_>],
        observations: &[Cow<'_, Observation>],
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
        for (number, node) in self.transaction.load_nodes(&numbers).await? {
            let entry = &mut entries[wanted[&number]];
            entry.nodes_before.push(node.clone());
            entry.nodes.push(node);
        }
        Ok(())
    }

    async fn write(&mut self, entries: &mut [Entry<'_>], log: &[LogRow], sighting: Sighting) -> Result<(), StoreError> {
        let writings: Vec<Writing> = entries.iter_mut().map(Entry::writing).collect();
        let mut whole: Vec<(i64, &Resource)> = Vec::new();
        let mut touched: Vec<(i64, &Resource)> = Vec::new();
        for (entry, writing) in entries.iter().zip(writings) {
            match writing {
                Writing::Nothing => {}
                Writing::Observed => touched.push((entry.number, &entry.resource)),
                Writing::Whole => {
                    self.count(entry.before.as_ref(), &entry.resource);
                    whole.push((entry.number, &entry.resource));
                }
            }
        }
        self.transaction.upsert(&whole).await?;
        self.transaction.touch(&touched).await?;
        self.transaction.append(self.source, log).await?;
        let manifests: Vec<(i64, &Manifest)> =
            entries.iter().filter_map(|entry| Some((entry.number, entry.manifest?))).collect();
        self.transaction.keep_manifests(&manifests).await?;
        for entry in entries.iter().filter(|entry| entry.resource.key.resource_type.as_str() == "bundle") {
            if let Some(manifest) = entry.manifest {
                let parts = ManifestFacts::parts(&entry.resource.key, Some(&manifest.content));
                self.transaction.keep_parts(entry.number, &parts).await?;
            }
        }
        let nodes: Vec<(i64, &RuntimeNode)> =
            entries.iter().flat_map(|entry| entry.changed_nodes().map(|node| (entry.number, node))).collect();
        self.transaction.keep_nodes(&nodes).await?;
        let forgotten: Vec<(i64, &str)> =
            entries.iter().flat_map(|entry| entry.forgotten_nodes().map(|name| (entry.number, name))).collect();
        self.transaction.forget_nodes(&forgotten).await?;
        if sighting == Sighting::Reported {
            let sightings: Vec<(i64, Timestamp)> = entries.iter().map(|entry| (entry.number, entry.seen_at)).collect();
            self.transaction.sight(self.source, &sightings).await?;
        }
        Ok(())
    }

    /// Notes how the counts change with a Resource.
    fn count(&mut self, before: Option<&Resource>, after: &Resource) {
        let state = after.state();
        let before = before.map(Resource::state);
        if before.as_ref() == Some(&state) {
            return;
        }
        let resource_type = &after.key.resource_type;
        if let Some(before) = before {
            *self.counts.entry((resource_type.clone(), before)).or_default() -= 1;
        }
        *self.counts.entry((resource_type.clone(), state)).or_default() += 1;
    }

    /// Deletes what the source has in the scope and the batch does not list, and tells how many those were. What has
    /// been seen since the listing was made stays.
    async fn delete_missing(&mut self, scope: &Scope, at: Timestamp) -> Result<u64, StoreError> {
        let missing = self.transaction.missing(self.source, scope, &self.listed).await?;
        let before = self.recorded.deleted;
        for numbers in missing.chunks(AT_A_TIME) {
            let gone: Vec<Observation> = self
                .transaction
                .load_numbers(numbers)
                .await?
                .into_iter()
                .map(|(_, resource)| Observation { deleted: true, ..Observation::new(resource.key, at) })
                .collect();
            self.take_in(&gone, Sighting::Missing).await?;
        }
        Ok(self.recorded.deleted - before)
    }

    async fn finish(self) -> Result<Recorded, StoreError> {
        let counts: Vec<_> = self
            .counts
            .iter()
            .filter(|&(_, &by)| by != 0)
            .map(|((resource_type, state), &by)| (resource_type, state, by))
            .collect();
        self.transaction.count(&counts).await?;
        Ok(self.recorded)
    }
}
