//! The truth: what was observed, kept in SQL.

#[cfg(test)]
mod contract;
mod copies;
mod database;
mod differences;
mod engine;
mod feed;
mod idempotency;
#[cfg(test)]
pub(crate) mod memory;
mod observed;
mod reports;
pub mod source_runs;
mod sqlite;
#[cfg(test)]
pub(crate) mod testing;
mod timings;
mod tokens;

use std::sync::Arc;

use app::model::{Change, ChangePage, Key, Manifest, Resource, ResourceType, RuntimeNode, State};
use async_trait::async_trait;

pub use copies::{BackupError, Copied};
pub use database::{DEFAULT_URL, Database};
pub use engine::{CountChange, LogRow, WriteTransaction};
pub use feed::{ChangeFeed, LogBounds, Logged, Pruned, Stretch};
pub use idempotency::{Idempotency, KEEP_ANSWERS_MS, MAX_KEPT_ANSWERS, Receipt};
pub use reports::{IdPattern, MAX_REPORTED, Matched, Reports};
pub use source_runs::{Lease, Leasing, Plan, SourceRuns, check_source};
pub use timings::{Histograms, OperationLabel, Timings};
pub use tokens::{NewToken, StoredToken, Tokens};

/// A Resource and its number in the store: dense from 1, never reused.
pub type Numbered = (i64, Resource);

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be opened: which, and why.
    #[error("cannot open the database `{url}`: {reason}")]
    Open {
        /// The database, without secrets.
        url: String,
        /// Why, and what to do.
        reason: String,
    },
    /// The database is busy or gone.
    #[error("the database does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row does not say what it should.
    #[error("the database holds something unexpected: {0}")]
    Corrupt(String),
    /// The batch cannot be stored as it is: what is wrong and what would be right.
    #[error("{0}")]
    Invalid(String),
    /// What was read under a lease came after somebody else had taken the next one.
    #[error("the source `{0}` has been taken over by another Pharos meanwhile, so nothing was stored")]
    LeaseLost(String),
    /// A complete listing would delete too much.
    #[error("the complete listing of `{scope}` lacks {missing} of {known} Resources")]
    WouldDeleteTooMuch {
        /// The scope.
        scope: String,
        /// How many would be deleted.
        missing: u64,
        /// How many live Resources the source has in the scope.
        known: u64,
    },
}

/// What a command-line listing asks for. `None` asks for any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The type.
    pub resource_type: Option<ResourceType>,
    /// The workspace.
    pub workspace: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The owner.
    pub owner: Option<String>,
    /// Whether deleted Resources are wanted too.
    pub include_deleted: bool,
}

/// A Resource with all that is kept beside it, but for the text of its manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    /// Its number.
    pub number: i64,
    /// The Resource.
    pub resource: Resource,
    /// What its manifest says; `None` when none was reported.
    pub content: Option<serde_json::Value>,
    /// Its creations and deletions, oldest first, at most the newest 200.
    pub lives: Vec<Change>,
    /// Its runtime nodes, by name.
    pub nodes: Vec<RuntimeNode>,
    /// The bundles that hold it and are not deleted, by name, at most 100.
    pub bundles: Vec<Key>,
}

/// A stretch of the change log, as Resources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changed {
    /// The Resources that changed, each once, as they are now.
    pub resources: Vec<Numbered>,
    /// The last entry of the log that is covered.
    pub seq: i64,
    /// Whether there are entries after it.
    pub more: bool,
    /// Whether something of what followed has been pruned: what changed then is not told here, so that everything has to
    /// be read anew.
    pub lost: bool,
}

impl Changed {
    /// The types of what changed, as often as there are Resources of them.
    pub fn types(&self) -> impl Iterator<Item = &ResourceType> {
        self.resources.iter().map(|(_, resource)| &resource.key.resource_type)
    }
}

/// What `pharos check` found in the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Resources looked at.
    pub resources: u64,
    /// One line per thing that was wrong, in words.
    pub problems: Vec<String>,
    /// Whether what was wrong has been mended.
    pub mended: bool,
}

/// Storage of Resources, their manifests and nodes, and the change log. One process writes at a time; reads see whole
/// batches only.
#[async_trait]
pub trait Store: ChangeFeed + Idempotency + Reports + SourceRuns + Tokens + Send + Sync {
    /// Begins a transaction that writes, once nobody else does.
    ///
    /// # Errors
    /// When the database fails.
    async fn begin(&self) -> Result<Box<dyn WriteTransaction>, StoreError>;

    /// Sets how many ended runtime nodes are kept of a Resource, whoever writes. Those beyond go when the nodes of their
    /// Resource are reported the next time.
    ///
    /// # Errors
    /// When the database fails.
    async fn keep_ended_nodes(&self, kept: u32) -> Result<(), StoreError>;

    /// Whether the database can be written, as far as anybody knows: after something could not be, it is tried.
    async fn can_write(&self) -> bool;

    /// The Resources with these keys, in no particular order; unknown keys are left out.
    ///
    /// # Errors
    /// When the database fails.
    async fn find(&self, keys: &[Key]) -> Result<Vec<Numbered>, StoreError>;

    /// The first of these keys that is known, with all that its page is made of.
    ///
    /// # Errors
    /// When the database fails.
    async fn detail(&self, keys: &[Key]) -> Result<Option<Detail>, StoreError>;

    /// Which bundles that are not deleted hold these Resources: pairs of a Resource and a bundle, at most 1,000.
    ///
    /// # Errors
    /// When the database fails.
    async fn bundles_of(&self, keys: &[Key]) -> Result<Vec<(Key, Key)>, StoreError>;

    /// The Resources with these numbers, in the order asked for; unknown numbers are left out.
    ///
    /// # Errors
    /// When the database fails.
    async fn by_number(&self, numbers: &[i64]) -> Result<Vec<Numbered>, StoreError>;

    /// The numbers of up to `limit` Resources with a runtime node, or the pod behind one, of exactly this name.
    ///
    /// # Errors
    /// When the database fails.
    async fn holders_of_node(&self, name: &str, limit: usize) -> Result<Vec<i64>, StoreError>;

    /// Up to `limit` runtime nodes of a Resource with names after `after`, by name.
    ///
    /// # Errors
    /// When the database fails.
    async fn nodes(&self, number: i64, after: &str, limit: usize) -> Result<Vec<RuntimeNode>, StoreError>;

    /// The names of the runtime nodes of these Resources and of the pods behind them, each with the number of its
    /// Resource: of each the live nodes and the newest ended ones, together at most `limit` nodes.
    ///
    /// # Errors
    /// When the database fails.
    async fn node_names(&self, numbers: &[i64], limit: usize) -> Result<Vec<(i64, String)>, StoreError>;

    /// Up to `limit` selected Resources after `after`, in the order of type, workspace and name.
    ///
    /// # Errors
    /// When the database fails.
    async fn select(
        &self,
        selection: &Selection,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<Numbered>, StoreError>;

    /// Up to `limit` Resources with numbers above `after`, by number.
    ///
    /// # Errors
    /// When the database fails.
    async fn all_after(&self, after: i64, limit: usize) -> Result<Vec<Numbered>, StoreError>;

    /// The Resources that changed after entry `seq` of the log, within the next `limit` entries, or fewer of them where
    /// the Resources are large.
    ///
    /// # Errors
    /// When the database fails.
    async fn changed_after(&self, seq: i64, limit: usize) -> Result<Changed, StoreError>;

    /// The last entry of the change log; 0 for an empty one.
    ///
    /// # Errors
    /// When the database fails.
    async fn last_seq(&self) -> Result<i64, StoreError>;

    /// The manifest of a Resource.
    ///
    /// # Errors
    /// When the database fails.
    async fn manifest(&self, number: i64) -> Result<Option<Manifest>, StoreError>;

    /// Up to `limit` changes of a Resource, newest first, from before entry `before`.
    ///
    /// # Errors
    /// When the database fails.
    async fn changes(&self, number: i64, before: Option<i64>, limit: usize) -> Result<ChangePage, StoreError>;

    /// The newest changes of all Resources, newest first.
    ///
    /// # Errors
    /// When the database fails.
    async fn newest_changes(&self, limit: usize) -> Result<Vec<Change>, StoreError>;

    /// How many Resources of which type are in which State; maintained, not counted.
    ///
    /// # Errors
    /// When the database fails.
    async fn counts(&self) -> Result<Vec<(ResourceType, State, u64)>, StoreError>;

    /// A random word that tells this database from any other, so that a foreign index is recognised.
    fn identity(&self) -> &str;

    /// How long its operations took.
    fn timings(&self) -> &Timings;

    /// Compares counts and rows, and mends them if asked to.
    ///
    /// # Errors
    /// When the database fails.
    async fn check(&self, mend: bool) -> Result<CheckReport, StoreError>;

    /// Writes what is pending and closes the connections.
    async fn close(&self);
}

/// Opens the database that a URL names, creates it if there is none, and brings it up to date.
///
/// # Errors
/// [`StoreError::Open`] with the reason and what to do.
pub async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    Database::named(url)?.open().await
}
