//! The change log as a feed: what comes after an entry, and how far back the log goes.

use app::model::{Change, Timestamp};
use async_trait::async_trait;

use super::StoreError;

/// An entry of the log, and the version that its Resource has now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The entry.
    pub change: Change,
    /// The version, which the printed id needs.
    pub version: String,
}

/// How far the log goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogBounds {
    /// The smallest number that can be resumed after: everything later is still there.
    pub oldest: i64,
    /// The number of the last entry; 0 for an empty log.
    pub last: i64,
}

impl LogBounds {
    /// Whether everything after an entry is there, and the entry itself ever was.
    #[must_use]
    pub fn have(self, seq: i64) -> bool {
        (self.oldest..=self.last).contains(&seq)
    }
}

/// What follows an entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// The next entries, oldest first.
    Entries {
        /// The entries.
        entries: Vec<Logged>,
        /// Whether there are further ones.
        more: bool,
    },
    /// The log cannot tell: some of what followed has been pruned, or the entry never was.
    Gone(LogBounds),
}

/// What one step of pruning did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Rows of the log that were removed.
    pub removed: u64,
    /// The entry to go on after; `None` when there is nothing left that is old enough.
    pub next: Option<i64>,
}

/// The change log of all Resources, oldest first.
#[async_trait]
pub trait ChangeFeed: Send + Sync {
    /// Up to `limit` entries after entry `seq`, which may be any number, also one between the entries of one observation.
    ///
    /// # Errors
    /// When the database fails.
    async fn entries_after(&self, seq: i64, limit: usize) -> Result<Stretch, StoreError>;

    /// How far the log goes.
    ///
    /// # Errors
    /// When the database fails.
    async fn log_bounds(&self) -> Result<LogBounds, StoreError>;

    /// Looks at `rows` rows after entry `after` and removes those that were observed before `before`, up to the first
    /// that is younger. What tells of a creation or deletion stays, and so does the last row. A time later than `now`
    /// does not count as young: it comes from a clock that is wrong.
    ///
    /// # Errors
    /// When the database fails.
    async fn prune(&self, after: i64, before: Timestamp, now: Timestamp, rows: usize) -> Result<Pruned, StoreError>;
}
