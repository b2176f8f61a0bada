//! An engine in memory, for the tests of other rooms and to show that the contract speaks of no engine.

mod reading;
mod rest;
mod writing;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use app::model::{Change, Key, Manifest, Resource, ResourceType, RuntimeNode, SourceRun, State, Timestamp};

use super::source_runs::Lease;
use super::{LogRow, Receipt, StoredToken, Timings};

/// All that is stored, at one moment. Copies are cheap enough for tests.
#[derive(Clone, Debug, Default)]
struct Tables {
    sources: Vec<Source>,
    resources: BTreeMap<i64, Resource>,
    numbers: BTreeMap<Key, i64>,
    manifests: BTreeMap<i64, Manifest>,
    nodes: BTreeMap<(i64, String), RuntimeNode>,
    /// What each bundle holds.
    parts: BTreeMap<i64, Vec<Key>>,
    /// By the last entry of each row, with the place of its source.
    log: BTreeMap<i64, (usize, LogRow)>,
    pruned: i64,
    ended_nodes: Option<u32>,
    sightings: BTreeMap<(usize, i64), Timestamp>,
    counts: BTreeMap<(ResourceType, State), i64>,
    /// By caller and key.
    answers: BTreeMap<(String, String), Receipt>,
    tokens: Vec<StoredToken>,
}

/// A source and its runs, the oldest first.
#[derive(Clone, Debug, Default)]
struct Source {
    name: String,
    reported_at: Option<Timestamp>,
    last_success_at: Option<Timestamp>,
    next_run_at: Option<Timestamp>,
    wait_until: Option<Timestamp>,
    held_until: Option<Timestamp>,
    holder: String,
    /// The number of the newest lease.
    lease: i64,
    failures: u32,
    runs: Vec<SourceRun>,
}

impl Tables {
    /// The place of a source, which is made known if it is new.
    fn source(&mut self, name: &str) -> usize {
        self.sources.iter().position(|source| source.name == name).unwrap_or_else(|| {
            self.sources.push(Source { name: name.to_owned(), ..Source::default() });
            self.sources.len() - 1
        })
    }

    /// The source of a lease, if that is the newest one.
    fn leased(&mut self, lease: &Lease) -> Option<&mut Source> {
        self.sources.iter_mut().find(|source| source.name == lease.source && source.lease == lease.number)
    }

    fn last_seq(&self) -> i64 {
        self.log.last_key_value().map_or(0, |(seq, _)| *seq)
    }

    /// The entries of a row of the log, in their order.
    fn entries(&self, source: usize, row: &LogRow) -> Vec<Change> {
        let Some(resource) = self.resources.get(&row.number) else { return Vec::new() };
        let first = row.seq - i64::try_from(row.differences.len()).unwrap_or_default() + 1;
        (first..)
            .zip(row.differences.clone())
            .map(|(seq, (field, from, to))| Change {
                seq,
                at: row.at,
                key: resource.key.clone(),
                field,
                from,
                to,
                source: self.sources[source].name.clone(),
            })
            .collect()
    }
}

/// A store in memory. What is read is one moment's; one writes at a time.
#[derive(Debug, Default)]
pub(crate) struct MemoryStore {
    tables: Arc<RwLock<Arc<Tables>>>,
    writing: Arc<tokio::sync::Mutex<()>>,
    timings: Timings,
}

impl MemoryStore {
    /// All that is stored now.
    fn now(&self) -> Arc<Tables> {
        Arc::clone(&self.tables.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn write(&self) -> writing::Writing {
        let turn = Arc::clone(&self.writing).lock_owned().await;
        writing::Writing::new(Tables::clone(&self.now()), Arc::clone(&self.tables), turn)
    }

    /// Changes all at once.
    async fn change<T>(&self, change: impl FnOnce(&mut Tables) -> T) -> T {
        let mut writing = self.write().await;
        let changed = change(writing.tables());
        writing.end();
        changed
    }
}
