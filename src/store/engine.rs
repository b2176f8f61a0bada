//! What an engine does for those who write: small steps, each for a list of rows, in one transaction.
//!
//! What is to be written is decided above, in `catalog::recording`; an engine only has to keep what README.md beside
//! this file lists.

use std::collections::HashSet;

use app::model::{
    Difference, Field, Key, Manifest, Recorded, RepeatableRequest, Resource, ResourceType, RuntimeNode, Scope, State,
    Timestamp,
};
use async_trait::async_trait;

use super::{Numbered, StoreError};

/// The differences of one observation, ready to be added to the change log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// The number of the last difference; those before it have the numbers below.
    pub seq: i64,
    /// The number of the Resource.
    pub number: i64,
    /// When it was observed.
    pub at: Timestamp,
    /// The differences, in the order of [`app::model::Field::ALL`]; at least one.
    pub differences: Vec<Difference>,
}

impl LogRow {
    /// Whether a Resource's life begins or ends with one of the differences.
    #[must_use]
    pub fn tells_of_life(&self) -> bool {
        self.differences.iter().any(|(field, ..)| matches!(field, Field::Created | Field::Deleted))
    }
}

/// By how much the count of a type and State changes.
pub type CountChange<'c> = (&'c ResourceType, &'c State, i64);

/// A transaction that writes. Nobody else writes until it ends, and nobody sees anything of it before it is committed.
/// One that is dropped leaves no trace.
#[async_trait]
pub trait WriteTransaction: Send {
    /// The number of a source, which is made known if it is new; notes that it reported at a moment, unless it did so
    /// later already.
    ///
    /// # Errors
    /// When the database fails, as every method here.
    async fn source(&mut self, name: &str, reported_at: Timestamp) -> Result<i64, StoreError>;

    /// The number of the newest lease of a source; 0 when there was none.
    async fn last_lease(&mut self, source: i64) -> Result<i64, StoreError>;

    /// The highest number of a Resource; 0 when there is none.
    async fn last_number(&mut self) -> Result<i64, StoreError>;

    /// The last entry of the change log; 0 for an empty one.
    async fn last_seq(&mut self) -> Result<i64, StoreError>;

    /// The Resources with these keys, each with the place of its key in the list; unknown keys are left out.
    async fn load(&mut self, keys: &[&Key]) -> Result<Vec<(usize, Numbered)>, StoreError>;

    /// The Resources with these numbers, in the order asked for; unknown numbers are left out.
    async fn load_numbers(&mut self, numbers: &[i64]) -> Result<Vec<Numbered>, StoreError>;

    /// The runtime nodes of these Resources, each with the number of its own, by number and name.
    async fn load_nodes(&mut self, numbers: &[i64]) -> Result<Vec<(i64, RuntimeNode)>, StoreError>;

    /// Writes Resources whole, new ones and known ones. The key of a known one never changes.
    async fn upsert(&mut self, resources: &[(i64, &Resource)]) -> Result<(), StoreError>;

    /// Writes only when and by whom the parts of known Resources were observed.
    async fn touch(&mut self, resources: &[(i64, &Resource)]) -> Result<(), StoreError>;

    /// Adds to the change log what a source reported, in the order of `seq`.
    async fn append(&mut self, source: i64, rows: &[LogRow]) -> Result<(), StoreError>;

    /// Keeps manifests in place of those that were there.
    async fn keep_manifests(&mut self, manifests: &[(i64, &Manifest)]) -> Result<(), StoreError>;

    /// Keeps what a bundle holds, in place of what it held.
    async fn keep_parts(&mut self, bundle: i64, parts: &[Key]) -> Result<(), StoreError>;

    /// Keeps runtime nodes, in place of those of the same names of the same Resources.
    async fn keep_nodes(&mut self, nodes: &[(i64, &RuntimeNode)]) -> Result<(), StoreError>;

    /// Removes runtime nodes, each named by the number of its Resource and its name.
    async fn forget_nodes(&mut self, nodes: &[(i64, &str)]) -> Result<(), StoreError>;

    /// How many ended nodes are kept of a Resource: what [`super::Store::keep_ended_nodes`] was told last, or
    /// [`app::model::ENDED_NODES_KEPT`].
    async fn ended_nodes_kept(&mut self) -> Result<usize, StoreError>;

    /// Notes which Resources a source reported, and when last.
    async fn sight(&mut self, source: i64, sightings: &[(i64, Timestamp)]) -> Result<(), StoreError>;

    /// Moves the counts of types and States.
    async fn count(&mut self, changes: &[CountChange<'_>]) -> Result<(), StoreError>;

    /// How many live Resources of a scope a source has ever reported.
    async fn sighted(&mut self, source: i64, scope: &Scope) -> Result<u64, StoreError>;

    /// The live Resources of a scope that a source has ever reported, but for the listed ones, by number.
    async fn missing(&mut self, source: i64, scope: &Scope, listed: &HashSet<i64>) -> Result<Vec<i64>, StoreError>;

    /// Keeps what a request did that was received at a moment, in place of what is known of its key.
    async fn keep_answer(
        &mut self,
        request: &RepeatableRequest,
        at: Timestamp,
        answer: &Recorded,
    ) -> Result<(), StoreError>;

    /// Ends the transaction. When this returns, what was written outlives the machine.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
