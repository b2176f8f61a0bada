//! The change feed: one reader of the database for all who follow the catalog.
//!
//! The newest changes wait in memory, each once and ready to be sent, however many follow. Whoever is further behind
//! reads pages of the database until caught up, so a slow follower costs no more memory than a quick one.

mod event;
mod filter;
mod reader;
mod ring;
mod subscription;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use app::catalog::CatalogError;
use tokio::sync::{Semaphore, watch};

pub use self::event::{Event, json};
pub use self::filter::ChangeFilter;
pub use self::reader::FeedReader;
use self::ring::Ring;
pub use self::subscription::Subscription;
use super::Progress;
use crate::store::{LogBounds, Store, StoreError, Stretch};

/// How many changes are taken from the ring or the database at a time.
const AT_ONCE: usize = 256;

/// How many changes one page looks at, at most, in search of what a filter lets through.
const LOOKED_AT: usize = 20_000;

/// How many followers may read the database at a time; the others wait their turn.
const PAGES_AT_A_TIME: usize = 2;

/// Why the feed cannot tell what follows.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The log does not have what follows the given entry.
    #[error(
        "the changes after {seq} are not there: the log can be followed from {} to {}; read what you follow anew, and \
         go on after {}", bounds.oldest, bounds.last, bounds.last
    )]
    Gone {
        /// The entry.
        seq: i64,
        /// What the log has.
        bounds: LogBounds,
    },
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl From<StoreError> for FeedError {
    fn from(error: StoreError) -> Self {
        Self::Catalog(error.into())
    }
}

/// A page of changes.
#[derive(Clone, Debug)]
pub struct FeedPage {
    /// The changes, oldest first.
    pub events: Vec<Arc<Event>>,
    /// The entry to go on after.
    pub next: i64,
    /// Whether there is more after it now.
    pub more: bool,
}

/// The feed of all changes.
pub struct Feed {
    store: Arc<dyn Store>,
    ring: RwLock<Ring>,
    /// The last entry that the ring has.
    newest: watch::Sender<i64>,
    pages: Semaphore,
    subscribers: AtomicUsize,
    delivered: AtomicU64,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Feed").field("newest", &self.newest()).finish_non_exhaustive()
    }
}

impl Feed {
    /// A feed that begins after the entry `seq`, and the reader that keeps it up; it ends when dropped.
    pub(super) fn start(
        store: Arc<dyn Store>,
        progress: watch::Receiver<Progress>,
        seq: i64,
    ) -> (Arc<Self>, FeedReader) {
        let feed = Arc::new(Self {
            store,
            ring: RwLock::new(Ring::after(seq)),
            newest: watch::Sender::new(seq),
            pages: Semaphore::new(PAGES_AT_A_TIME),
            subscribers: AtomicUsize::new(0),
            delivered: AtomicU64::new(0),
        });
        let reader = FeedReader::start(Arc::clone(&feed), progress);
        (feed, reader)
    }

    /// The last entry that followers have been told of.
    #[must_use]
    pub fn newest(&self) -> i64 {
        *self.newest.borrow()
    }

    /// How many follow now.
    #[must_use]
    pub fn subscribers(&self) -> usize {
        self.subscribers.load(Ordering::Relaxed)
    }

    /// How many changes have been handed to followers, each counted for every follower.
    #[must_use]
    pub fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    /// How far the log goes.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn bounds(&self) -> Result<LogBounds, CatalogError> {
        Ok(self.store.log_bounds().await?)
    }

    /// Up to `limit` changes after an entry that a filter lets through. A page that had to look at too many without
    /// finding enough ends early, with `more` set.
    ///
    /// # Errors
    /// [`FeedError::Gone`], or when the store fails.
    pub async fn page(&self, after: i64, limit: usize, filter: &ChangeFilter) -> Result<FeedPage, FeedError> {
        let mut page = FeedPage { events: Vec::new(), next: after, more: true };
        let mut looked_at = 0;
        while page.more && page.events.len() < limit && looked_at < LOOKED_AT {
            // Without a filter every change counts, so no more are taken than are wanted.
            let at_once = if filter.is_empty() { limit - page.events.len() } else { AT_ONCE };
            let (events, more) = self.after(page.next, at_once).await?;
            page.more = more;
            looked_at += events.len();
            for event in events {
                if page.events.len() == limit {
                    page.more = true;
                    break;
                }
                page.next = event.seq;
                if filter.lets_through(&event) {
                    page.events.push(event);
                }
            }
        }
        Ok(page)
    }

    /// Follows the changes after an entry, or those to come.
    ///
    /// # Errors
    /// [`FeedError::Gone`], or when the store fails.
    pub async fn subscribe(
        self: &Arc<Self>,
        after: Option<i64>,
        filter: ChangeFilter,
    ) -> Result<Subscription, FeedError> {
        let seq = match after {
            Some(seq) if self.has(seq) => seq,
            // What others wrote a moment ago may not have been noticed here yet.
            after => {
                let bounds = self.bounds().await?;
                let seq = after.unwrap_or(bounds.last);
                if !bounds.have(seq) {
                    return Err(FeedError::Gone { seq, bounds });
                }
                seq
            }
        };
        Ok(Subscription::new(Arc::clone(self), seq, filter))
    }

    fn has(&self, seq: i64) -> bool {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).has(seq)
    }

    /// Up to `limit` changes after an entry, and whether there are more: from memory, or else from the database.
    async fn after(&self, seq: i64, limit: usize) -> Result<(Vec<Arc<Event>>, bool), FeedError> {
        if let Some(found) = self.ring.read().unwrap_or_else(PoisonError::into_inner).read(seq, limit) {
            return Ok(found);
        }
        let _turn = self.pages.acquire().await.map_err(|_| CatalogError::Unavailable)?;
        match self.store.entries_after(seq, limit.min(AT_ONCE)).await? {
            Stretch::Entries { entries, more } => {
                Ok((entries.iter().map(|entry| Arc::new(Event::of(entry))).collect(), more))
            }
            Stretch::Gone(bounds) => Err(FeedError::Gone { seq, bounds }),
        }
    }
}
