//! How sources are doing: their runs, and who is at it.

use std::collections::BTreeMap;

use app::model::{Aspect, Seen, SourceRecord, SourceRun, Timestamp};
use async_trait::async_trait;

use super::StoreError;

/// Runs that are kept of each source.
pub const RUNS_KEPT: usize = 50;

/// The longest name of a source, in bytes.
const MAX_SOURCE_BYTES: usize = 64;

/// Whether something can be the name of a source.
///
/// # Errors
/// [`StoreError::Invalid`] with what is wrong.
pub fn check_source(source: &str) -> Result<(), StoreError> {
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

/// A live Resource, and when and by whom each part of it was last observed.
pub type Observed = (i64, BTreeMap<Aspect, Seen>);

/// The right to run a source, until it ends or another one is given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The source.
    pub source: String,
    /// Its number among all leases of the source. What is done under one that is not the newest has no effect.
    pub number: i64,
}

/// What became of the attempt to take a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leasing {
    /// It was taken.
    Taken(Lease),
    /// Somebody else has one that has not ended.
    Held {
        /// Who, in words.
        holder: String,
    },
    /// Somebody else has had one since the moment that was asked about.
    Overtaken,
}

/// What is known of when a source should be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The number of its newest lease; 0 for none.
    pub lease: i64,
    /// Until when that one is held.
    pub held_until: Option<Timestamp>,
    /// When it will be asked next, as somebody has noted.
    pub next_run_at: Option<Timestamp>,
    /// Before when the platform does not want to be asked.
    pub wait_until: Option<Timestamp>,
    /// How many runs have failed since the last success.
    pub failures: u32,
    /// When its last run ended.
    pub last_ended_at: Option<Timestamp>,
}

/// The log of the runs of sources.
#[async_trait]
pub trait SourceRuns: Send + Sync {
    /// Takes a lease of a source until a moment, so that nobody else runs it, in this process or another. With `after`
    /// only if that is still the number of its newest lease.
    ///
    /// # Errors
    /// When the database fails.
    async fn take_lease(
        &self,
        source: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
        after: Option<i64>,
    ) -> Result<Leasing, StoreError>;

    /// Moves the end of a lease. False when it is not the newest any more.
    ///
    /// # Errors
    /// When the database fails.
    async fn renew_lease(&self, lease: &Lease, until: Timestamp) -> Result<bool, StoreError>;

    /// Ends a lease. Nothing happens when it is not the newest any more.
    ///
    /// # Errors
    /// When the database fails.
    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError>;

    /// Writes a run that ended into the log with the moment until which the platform asked to wait, and ends the lease.
    /// Only the latest [`RUNS_KEPT`] are kept. False, and nothing is written, when the lease is not the newest any more.
    ///
    /// # Errors
    /// When the database fails.
    async fn record_run(
        &self,
        lease: &Lease,
        run: &SourceRun,
        wait_until: Option<Timestamp>,
    ) -> Result<bool, StoreError>;

    /// What is known of when a source should be asked.
    ///
    /// # Errors
    /// When the database fails.
    async fn plan(&self, source: &str) -> Result<Plan, StoreError>;

    /// Notes when a source will be asked next; `None` for nobody knows. Nothing happens when another lease than number
    /// `lease` is the newest: whoever took that one knows better.
    ///
    /// # Errors
    /// When the database fails.
    async fn plan_run(&self, source: &str, lease: i64, next: Option<Timestamp>) -> Result<(), StoreError>;

    /// What is known of every source, by name.
    ///
    /// # Errors
    /// When the database fails.
    async fn source_records(&self) -> Result<Vec<SourceRecord>, StoreError>;

    /// The latest runs of a source, newest first.
    ///
    /// # Errors
    /// When the database fails.
    async fn source_runs(&self, source: &str, limit: usize) -> Result<Vec<SourceRun>, StoreError>;

    /// Up to `limit` live Resources with numbers above `after` that a source has ever reported, by number, and when
    /// each part of them was observed.
    ///
    /// # Errors
    /// When the database fails.
    async fn reported_by(&self, source: &str, after: i64, limit: usize) -> Result<Vec<Observed>, StoreError>;
}
