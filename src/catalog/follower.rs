//! Keeps the index up with the change log.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use app::model::{Aspect, Counts, Resource, ResourceType, Timestamp};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::{Clock, Progress};
use crate::index::{Index, IndexError};
use crate::store::{Changed, Numbered, Store, StoreError};

/// How often the change log is looked at for what other processes wrote.
const POLL_EVERY: Duration = Duration::from_millis(100);

/// How long to wait after a failure before trying again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How often Resources are looked at again whose health changes with time alone: what is starting becomes stuck, a
/// planned run overdue.
const REVIEW_EVERY: Duration = Duration::from_secs(15);

/// Entries of the change log that are taken at once.
const ENTRIES_AT_ONCE: usize = 20_000;

/// The most runtime nodes of one Resource that it is found by: the live ones and the newest ended ones.
const NODES_OF_ONE: usize = 1_000;

/// Resources that are read at once while the index is rebuilt, or looked at again.
const RESOURCES_AT_ONCE: usize = 5_000;

/// The task that follows the change log. It ends when dropped.
#[derive(Debug)]
pub struct Follower {
    task: JoinHandle<()>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Why the index could not be brought up to what is stored.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(#[from] StoreError),
    /// The index failed.
    #[error("the index failed: {0}")]
    Index(#[from] IndexError),
    /// The process is ending.
    #[error("the work was cancelled")]
    Cancelled(#[from] tokio::task::JoinError),
}

impl Follower {
    pub(super) fn start(
        store: Arc<dyn Store>,
        index: Arc<Index>,
        counts: Arc<RwLock<Counts>>,
        clock: Clock,
        progress: watch::Sender<Progress>,
        wake: Arc<Notify>,
    ) -> Self {
        let mut following = Following { store, index, counts, clock, progress };
        let task = tokio::spawn(async move {
            let mut reviewed = tokio::time::Instant::now();
            loop {
                let outcome = following.step(reviewed.elapsed() >= REVIEW_EVERY).await;
                if reviewed.elapsed() >= REVIEW_EVERY {
                    reviewed = tokio::time::Instant::now();
                }
                let pause = match outcome {
                    Ok(()) => POLL_EVERY,
                    Err(error) => {
                        tracing::error!(%error, "the index cannot follow the change log; it will try again");
                        RETRY_AFTER
                    }
                };
                tokio::select! {
                    () = wake.notified() => {}
                    () = tokio::time::sleep(pause) => {}
                }
            }
        });
        Self { task }
    }
}

struct Following {
    store: Arc<dyn Store>,
    index: Arc<Index>,
    counts: Arc<RwLock<Counts>>,
    clock: Clock,
    progress: watch::Sender<Progress>,
}

impl Following {
    async fn step(&mut self, review: bool) -> Result<(), FollowError> {
        if self.progress.borrow().rebuilding {
            self.rebuild().await?;
        }
        let stored = self.store.last_seq().await?;
        while self.known() != stored || self.index.seq() < stored {
            let indexed = self.index.seq();
            let changed = self.store.changed_after(indexed, ENTRIES_AT_ONCE).await?;
            if changed.lost {
                tracing::warn!(indexed, "the change log was pruned beyond what the index has");
                self.progress.send_modify(|progress| progress.rebuilding = true);
                self.rebuild().await?;
                continue;
            }
            if changed.seq <= indexed {
                self.tell_stored(stored, &changed).await?;
                break;
            }
            // Some of it may have been written just now.
            let stored = stored.max(changed.seq);
            self.tell_stored(stored, &changed).await?;
            self.index(changed).await?;
            if self.index.seq() >= stored {
                break;
            }
        }
        if review {
            self.review().await?;
        }
        Ok(())
    }

    /// The last entry of the log that readers have been told of.
    fn known(&self) -> i64 {
        self.progress.borrow().stored_seq
    }

    /// Tells readers that the store has changed, and what of it: before the index is told, so that nobody finds there
    /// what he takes for unchanged. `changed` is what the index does not have yet.
    async fn tell_stored(&self, stored: i64, changed: &Changed) -> Result<(), StoreError> {
        let known = self.known();
        if stored == known {
            return Ok(());
        }
        let counts = Counts::new(self.store.counts().await?);
        let are_new = {
            let mut current = self.counts.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            let are_new = *current != counts;
            *current = counts;
            are_new
        };
        let indexed = self.index.seq();
        let tells_all = indexed <= known && known < stored && !changed.more;
        self.progress.send_modify(|progress| {
            progress.stored_seq = stored;
            if tells_all {
                progress.revisions.stored(changed.types(), stored);
            } else {
                progress.revisions.all_changed(stored, indexed);
            }
            if are_new {
                progress.revisions.counted(stored);
            }
        });
        Ok(())
    }

    /// Brings what changed into the index, and tells readers.
    async fn index(&self, changed: Changed) -> Result<(), FollowError> {
        let types: HashSet<ResourceType> = changed.types().cloned().collect();
        apply(&self.store, &self.index, changed, (self.clock)()).await?;
        let indexed = self.index.seq();
        self.progress.send_modify(|progress| {
            progress.indexed_seq = indexed;
            progress.revisions.indexed(&types, indexed);
        });
        Ok(())
    }

    /// Evaluates again the health of what has become stuck or overdue through time alone.
    async fn review(&self) -> Result<(), FollowError> {
        let now = (self.clock)();
        let due = self.index.due_for_review(now, RESOURCES_AT_ONCE);
        if due.is_empty() {
            return Ok(());
        }
        let resources = with_nodes(&self.store, self.store.by_number(&due).await?).await?;
        let (index, seq) = (Arc::clone(&self.index), self.index.seq());
        tokio::task::spawn_blocking(move || index.apply(&resources, seq, now)).await??;
        Ok(())
    }

    async fn rebuild(&self) -> Result<(), FollowError> {
        let started = std::time::Instant::now();
        tracing::info!("the index is being rebuilt");
        rebuild(&self.store, &self.index, &self.clock).await?;
        let (resources, indexed_seq) = (self.index.len(), self.index.seq());
        tracing::info!(resources, took_ms = started.elapsed().as_millis(), "the index is rebuilt");
        self.progress.send_modify(|progress| {
            progress.rebuilding = false;
            progress.indexed_seq = indexed_seq;
            progress.revisions.all_changed(progress.stored_seq, indexed_seq);
        });
        Ok(())
    }
}

/// Fills an index anew with all that is stored. It can be searched meanwhile.
///
/// # Errors
/// When store or index fail.
pub async fn rebuild(store: &Arc<dyn Store>, index: &Arc<Index>, clock: &Clock) -> Result<(), FollowError> {
    // What changes while Resources are read is applied afterwards, from this entry on.
    let seq = store.last_seq().await?;
    index.begin_rebuild()?;
    let read = async |after: i64| with_nodes(store, store.all_after(after, RESOURCES_AT_ONCE).await?).await;
    let mut resources = read(0).await?;
    while let Some((last, ..)) = resources.last() {
        // The next Resources are read while these are written.
        let next = read(*last);
        let (appended, now) = (Arc::clone(index), clock());
        let append = tokio::task::spawn_blocking(move || appended.append(&resources, now));
        let (next, appended) = tokio::join!(next, append);
        appended??;
        resources = next?;
    }
    let index = Arc::clone(index);
    tokio::task::spawn_blocking(move || index.finish_rebuild(seq)).await??;
    Ok(())
}

/// Applies what is stored and not indexed yet, up to entry `seq` of the log.
///
/// # Errors
/// When store or index fail.
pub async fn catch_up(store: &Arc<dyn Store>, index: &Arc<Index>, clock: &Clock, seq: i64) -> Result<(), FollowError> {
    while index.seq() < seq {
        let mut changed = store.changed_after(index.seq(), ENTRIES_AT_ONCE).await?;
        if changed.lost {
            return rebuild(store, index, clock).await;
        }
        if changed.seq <= index.seq() {
            // A restore leaves a gap in the numbers.
            changed.seq = seq;
        }
        apply(store, index, changed, clock()).await?;
    }
    Ok(())
}

async fn apply(
    store: &Arc<dyn Store>,
    index: &Arc<Index>,
    changed: Changed,
    now: Timestamp,
) -> Result<(), FollowError> {
    let (index, seq) = (Arc::clone(index), changed.seq);
    let resources = with_nodes(store, changed.resources).await?;
    tokio::task::spawn_blocking(move || index.apply(&resources, seq, now)).await??;
    Ok(())
}

/// Resources with the names of their runtime nodes, where they ever had any. The names are read after the Resources, so
/// they may be newer: then a later entry of the log names the Resource again.
async fn with_nodes(
    store: &Arc<dyn Store>,
    resources: Vec<Numbered>,
) -> Result<Vec<(i64, Resource, Vec<String>)>, StoreError> {
    let have_nodes = |(_, resource): &&Numbered| resource.observed.contains_key(&Aspect::Nodes);
    let numbers: Vec<i64> = resources.iter().filter(have_nodes).map(|(number, _)| *number).collect();
    let mut names = HashMap::<i64, Vec<String>>::new();
    if !numbers.is_empty() {
        for (number, name) in store.node_names(&numbers, NODES_OF_ONE).await? {
            names.entry(number).or_default().push(name);
        }
    }
    let with_names = |(number, resource)| (number, resource, names.remove(&number).unwrap_or_default());
    Ok(resources.into_iter().map(with_names).collect())
}

#[cfg(test)]
mod tests {
    use app::catalog::{Catalog, Revision, RevisionScope};
    use app::model::{Key, Observation};
    use tempfile::TempDir;

    use super::*;
    use crate::catalog::Record;
    use crate::catalog::{LiveCatalog, system_clock};
    use crate::store::testing::{self, LISTER, active, batch, depot, sqlite, with_status};

    struct Followed {
        _folder: TempDir,
        store: Arc<dyn Store>,
        catalog: LiveCatalog,
        _follower: Follower,
    }

    impl Followed {
        /// A catalog with a Depot and a Service.
        async fn new() -> Self {
            let (folder, store) = sqlite().await;
            let store: Arc<dyn Store> = Arc::new(store);
            let index = Index::in_memory().expect("an index");
            let (catalog, follower) =
                LiveCatalog::start(Arc::clone(&store), index, false, system_clock()).await.expect("a catalog");
            let followed = Self { _folder: folder, store, catalog, _follower: follower };
            followed.record(vec![active(&depot("salesraw"), 1), active(&service(), 1)]).await;
            followed
        }

        async fn record(&self, observations: Vec<Observation>) {
            self.catalog.record(batch(LISTER, observations)).await.expect("recorded");
        }

        fn of(&self, types: &[&str]) -> Revision {
            self.catalog.revision(&RevisionScope::of_types(types.iter().map(|name| ResourceType::new(name))))
        }

        fn counts(&self) -> Revision {
            self.catalog.revision(&RevisionScope::counts())
        }

        fn everything(&self) -> Revision {
            self.catalog.revision(&RevisionScope::everything())
        }
    }

    fn service() -> Key {
        testing::service("orders-api")
    }

    #[tokio::test]
    async fn a_change_concerns_what_shows_its_type() {
        let followed = Followed::new().await;
        let before = (followed.of(&["depot"]), followed.of(&["service"]), followed.everything());
        let run = Observation { runtime: Some("running:1".to_owned()), ..active(&service(), 2) };
        followed.record(vec![run]).await;
        assert_eq!(followed.of(&["depot"]), before.0);
        assert_ne!(followed.of(&["service"]), before.1, "a writer reads its own write");
        assert_ne!(followed.of(&["depot", "service"]), before.0);
        assert_ne!(followed.everything(), before.2);
        let before = followed.of(&["depot"]);
        followed.record(vec![with_status(&depot("salesraw"), 3, "error")]).await;
        assert_ne!(followed.of(&["depot"]), before);
    }

    #[tokio::test]
    async fn the_counts_change_only_where_one_does() {
        let followed = Followed::new().await;
        let before = followed.counts();
        let owned = Observation { owner: Some("ada".to_owned()), ..active(&service(), 2) };
        followed.record(vec![owned]).await;
        assert_eq!(followed.counts(), before, "as many as before");
        followed.record(vec![with_status(&service(), 3, "error")]).await;
        let failed = followed.counts();
        assert_ne!(failed, before, "another State");
        followed.record(vec![active(&depot("lakehouse"), 4)]).await;
        assert_ne!(followed.counts(), failed, "one more");
    }

    #[tokio::test]
    async fn nothing_changes_where_nothing_did() {
        let followed = Followed::new().await;
        let before = (followed.of(&["depot"]), followed.counts(), followed.everything());
        followed.record(vec![active(&depot("salesraw"), 2)]).await;
        assert_eq!((followed.of(&["depot"]), followed.counts(), followed.everything()), before);
    }

    #[tokio::test]
    async fn what_another_process_wrote_is_noticed() {
        let followed = Followed::new().await;
        let before = (followed.of(&["depot"]), followed.of(&["service"]));
        let recorded = followed.store.record(&batch(LISTER, vec![with_status(&depot("salesraw"), 2, "error")])).await;
        recorded.expect("recorded");
        assert!(followed.catalog.caught_up(Duration::from_secs(10)).await);
        assert_ne!(followed.of(&["depot"]), before.0);
        assert_eq!(followed.of(&["service"]), before.1);
    }

    #[tokio::test]
    async fn every_change_is_told_in_the_store_before_it_is_in_the_index() {
        let (_folder, store) = sqlite().await;
        let store: Arc<dyn Store> = Arc::new(store);
        let (progress, receiver) = tokio::sync::watch::channel(Progress::default());
        let mut following = Following {
            store: Arc::clone(&store),
            index: Arc::new(Index::in_memory().expect("an index")),
            counts: Arc::default(),
            clock: system_clock(),
            progress,
        };
        store.record(&batch(LISTER, vec![active(&depot("salesraw"), 1)])).await.expect("recorded");
        let of_depots = || {
            let scope = RevisionScope::of_types([ResourceType::new("depot")]);
            receiver.borrow().revisions.of(&scope).expect("less than everything")
        };
        let before = of_depots();
        let changed = store.changed_after(0, ENTRIES_AT_ONCE).await.expect("the log");
        following.tell_stored(changed.seq, &changed).await.expect("told");
        let stored = of_depots();
        assert_eq!((receiver.borrow().indexed_seq, following.index.seq()), (0, 0));
        following.step(false).await.expect("followed");
        let indexed = of_depots();
        assert!(before != stored && stored != indexed);
        assert_eq!(receiver.borrow().indexed_seq, changed.seq);
        following.step(false).await.expect("followed");
        assert_eq!(of_depots(), indexed, "there is nothing more");
    }

    #[tokio::test]
    async fn an_index_that_missed_what_was_pruned_is_built_anew() {
        let (_folder, store) = sqlite().await;
        let store: Arc<dyn Store> = Arc::new(store);
        let index = Arc::new(Index::in_memory().expect("an index"));
        let record = async |status: &str, at: i64| {
            let seen = vec![with_status(&depot("salesraw"), at, status)];
            store.record(&batch(LISTER, seen)).await.expect("recorded").seq
        };
        let first = record("active", 1).await;
        catch_up(&store, &index, &system_clock(), first).await.expect("indexed");
        record("error", 2).await;
        store.record(&batch(LISTER, vec![active(&depot("lakehouse"), 1_000)])).await.expect("recorded");
        let (before, now) = (Timestamp(500), Timestamp(2_000));
        assert!(store.prune(0, before, now, 100).await.expect("pruned").removed > 0);
        let changed = store.changed_after(first, 10).await.expect("the log");
        assert!(changed.lost, "the error is in the log no more");
        let seq = store.last_seq().await.expect("the log");
        catch_up(&store, &index, &system_clock(), seq).await.expect("indexed");
        let failed = app::model::ListingQuery::from_url(None, "state=error");
        assert_eq!(index.search(&failed, 5).expect("a page").total, 1);
    }
}
