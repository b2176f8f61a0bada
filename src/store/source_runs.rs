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

/// The log of the runs of sources.
#[async_trait]
pub trait SourceRuns: Send + Sync {
    /// Takes hold of a source until a moment, so that nobody else runs it, in this process or another. False when
    /// somebody else has it.
    ///
    /// # Errors
    /// When the database fails.
    async fn hold_source(&self, source: &str, now: Timestamp, until: Timestamp) -> Result<bool, StoreError>;

    /// Moves the end of a hold, or with `None` lets go of the source.
    ///
    /// # Errors
    /// When the database fails.
    async fn keep_hold(&self, source: &str, until: Option<Timestamp>) -> Result<(), StoreError>;

    /// Writes a run that ended into the log, and lets go of the source. Only the latest [`RUNS_KEPT`] are kept.
    ///
    /// # Errors
    /// When the database fails.
    async fn record_run(&self, source: &str, run: &SourceRun) -> Result<(), StoreError>;

    /// Notes when a source will be asked next; `None` for nobody knows.
    ///
    /// # Errors
    /// When the database fails.
    async fn plan_run(&self, source: &str, next: Option<Timestamp>) -> Result<(), StoreError>;

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
