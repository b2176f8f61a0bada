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

#[derive(Debug, thiserror::Error)]
enum FollowError {
    #[error("the store failed: {0}")]
    Store(#[from] StoreError),
    #[error("the index failed: {0}")]
    Index(#[from] IndexError),
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
        while self.index.seq() < stored_seq {
            let changed = self.store.changed_after(self.index.seq(), ENTRIES_AT_ONCE).await?;
            let (index, now) = (Arc::clone(&self.index), (self.clock)());
            tokio::task::spawn_blocking(move || index.apply(&changed.resources, changed.seq, now)).await??;
            let indexed_seq = self.index.seq();
            self.progress.send_modify(|progress| progress.indexed_seq = indexed_seq);
        }
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
        // What changes while Resources are read is applied afterwards, from this entry on.
        let seq = self.store.last_seq().await?;
        let started = std::time::Instant::now();
        tracing::info!("the index is being rebuilt");
        self.index.begin_rebuild()?;
        let mut after = 0;
        loop {
            let resources = self.store.all_after(after, RESOURCES_AT_ONCE).await?;
            let Some((last, _)) = resources.last() else { break };
            after = *last;
            let (index, now) = (Arc::clone(&self.index), (self.clock)());
            tokio::task::spawn_blocking(move || index.append(&resources, now)).await??;
        }
        let index = Arc::clone(&self.index);
        tokio::task::spawn_blocking(move || index.finish_rebuild(seq)).await??;
        let resources = self.index.len();
        tracing::info!(resources, took_ms = started.elapsed().as_millis(), "the index is rebuilt");
        let indexed_seq = self.index.seq();
        self.progress.send_modify(|progress| {
            progress.rebuilding = false;
            progress.indexed_seq = indexed_seq;
        });
        Ok(())
    }
}
