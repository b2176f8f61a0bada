//! Keeps the index up with the change log.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use app::model::Counts;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::{Clock, Progress};
use crate::index::{Index, IndexError};
use crate::store::{Store, StoreError};

/// How often the change log is looked at for what other processes wrote.
const POLL_EVERY: Duration = Duration::from_millis(100);

/// How long to wait after a failure before trying again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How often Resources that are starting are looked at again, since waiting alone makes them stuck.
const REVIEW_EVERY: Duration = Duration::from_secs(15);

/// Entries of the change log that are taken at once.
const ENTRIES_AT_ONCE: usize = 20_000;

/// Resources that are read at once while the index is rebuilt.
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
        let stored_seq = self.store.last_seq().await?;
        if stored_seq != self.progress.borrow().stored_seq {
            let counts = Counts::new(self.store.counts().await?);
            *self.counts.write().unwrap_or_else(std::sync::PoisonError::into_inner) = counts;
            self.progress.send_modify(|progress| progress.stored_seq = stored_seq);
        }
        let progress = &self.progress;
        catch_up(&self.store, &self.index, &self.clock, stored_seq, |seq| {
            progress.send_modify(|progress| progress.indexed_seq = seq);
        })
        .await?;
        if review {
            self.review().await?;
        }
        Ok(())
    }

    /// Evaluates again the health of what is starting and has been for too long now.
    async fn review(&self) -> Result<(), FollowError> {
        let now = (self.clock)();
        let due = self.index.starting_before(app::model::Timestamp(now.0 - app::model::STUCK_AFTER_MS));
        if due.is_empty() {
            return Ok(());
        }
        let resources = self.store.by_number(&due).await?;
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
    let mut resources = store.all_after(0, RESOURCES_AT_ONCE).await?;
    while let Some((last, _)) = resources.last() {
        // The next Resources are read while these are written.
        let next = store.all_after(*last, RESOURCES_AT_ONCE);
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

/// Applies what is stored and not indexed yet, up to entry `seq` of the log; tells each step.
///
/// # Errors
/// When store or index fail.
pub async fn catch_up(
    store: &Arc<dyn Store>,
    index: &Arc<Index>,
    clock: &Clock,
    seq: i64,
    mut step: impl FnMut(i64),
) -> Result<(), FollowError> {
    while index.seq() < seq {
        let changed = store.changed_after(index.seq(), ENTRIES_AT_ONCE).await?;
        let (applied, now) = (Arc::clone(index), clock());
        tokio::task::spawn_blocking(move || applied.apply(&changed.resources, changed.seq, now)).await??;
        step(index.seq());
    }
    Ok(())
}
