//! One who follows.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::watch;

use super::{AT_ONCE, ChangeFilter, Event, Feed, FeedError};

/// A place in the feed that moves on as it is read.
#[derive(Debug)]
pub struct Subscription {
    feed: Arc<Feed>,
    filter: ChangeFilter,
    after: i64,
    newest: watch::Receiver<i64>,
}

impl Subscription {
    pub(super) fn new(feed: Arc<Feed>, after: i64, filter: ChangeFilter) -> Self {
        feed.subscribers.fetch_add(1, Ordering::Relaxed);
        let newest = feed.newest.subscribe();
        Self { feed, filter, after, newest }
    }

    /// The entry up to which everything has been told, or was not wanted.
    #[must_use]
    pub fn after(&self) -> i64 {
        self.after
    }

    /// Waits for the next changes: at least one, oldest first. Nothing is lost when the waiting is given up.
    ///
    /// # Errors
    /// [`FeedError::Gone`] when the log was pruned faster than it was read, or when the store fails.
    pub async fn next(&mut self) -> Result<Vec<Arc<Event>>, FeedError> {
        loop {
            if self.after >= *self.newest.borrow_and_update() {
                // The sender lives as long as the feed, which is held here.
                let _ = self.newest.changed().await;
                continue;
            }
            let (mut events, _) = self.feed.after(self.after, AT_ONCE).await?;
            let Some(last) = events.last() else {
                // Only a ring that was filled anew can be empty here; there is nothing to wait for.
                tokio::task::yield_now().await;
                continue;
            };
            self.after = last.seq;
            events.retain(|event| self.filter.lets_through(event));
            if !events.is_empty() {
                self.feed.delivered.fetch_add(events.len() as u64, Ordering::Relaxed);
                return Ok(events);
            }
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.feed.subscribers.fetch_sub(1, Ordering::Relaxed);
    }
}
