//! The one reader of the database that fills the ring.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::ring::{MAX_EVENTS, Ring};
use super::{Event, Feed, Progress};
use crate::store::{StoreError, Stretch};

/// How long to wait after a failure before trying again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Changes that are read at once.
const ENTRIES_AT_ONCE: usize = 1_024;

/// The task that fills the feed. It ends when dropped.
#[derive(Debug)]
pub struct FeedReader {
    task: JoinHandle<()>,
}

impl Drop for FeedReader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FeedReader {
    pub(super) fn start(feed: Arc<Feed>, mut progress: watch::Receiver<Progress>) -> Self {
        let task = tokio::spawn(async move {
            while let Some(seq) = next_target(&mut progress, feed.newest()).await {
                if let Err(error) = feed.advance(seq).await {
                    tracing::error!(%error, "the feed cannot follow the change log; it will try again");
                    tokio::time::sleep(RETRY_AFTER).await;
                }
            }
        });
        Self { task }
    }
}

/// Waits until something is stored after `newest`. The index may not have it yet: pages say up to which entry they are
/// current. `None` when the catalog has ended.
async fn next_target(progress: &mut watch::Receiver<Progress>, newest: i64) -> Option<i64> {
    Some(progress.wait_for(|now| now.stored_seq > newest).await.ok()?.stored_seq)
}

impl Feed {
    /// Reads on up to an entry, and tells all who follow.
    async fn advance(&self, seq: i64) -> Result<(), StoreError> {
        let mut newest = self.newest();
        let room = i64::try_from(MAX_EVENTS).unwrap_or(i64::MAX);
        if seq - newest > room {
            // Most of it would not stay, so followers read it from the database.
            newest = seq - room;
            *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Ring::after(newest);
        }
        while newest < seq {
            match self.store.entries_after(newest, ENTRIES_AT_ONCE).await? {
                Stretch::Entries { entries, .. } => {
                    let Some(last) = entries.last().map(|entry| entry.change.seq) else { break };
                    let events: Vec<_> = entries.iter().map(|entry| Arc::new(Event::of(entry))).collect();
                    self.ring.write().unwrap_or_else(PoisonError::into_inner).push(events);
                    newest = last;
                }
                Stretch::Gone(bounds) => {
                    newest = bounds.last;
                    *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Ring::after(newest);
                }
            }
            self.newest.send_replace(newest);
        }
        Ok(())
    }
}
