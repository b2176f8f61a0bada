//! The only door to the data: what pages, API and command line may ask of the catalog.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;

use crate::model::{
    Batch, Change, ChangePage, Counts, FacetName, FacetValue, IndexStatus, Key, Listing, ListingQuery, ListingRow,
    Manifest, Neighbours, NodePage, Recorded, RepeatableRequest, ResourceDetail, ResourceType, SourceStatus,
    Suggestion, Summary, Timestamp,
};

/// Entries on a page of a change log.
pub const CHANGES_PAGE_SIZE: usize = 50;

/// Why the catalog could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The database cannot be reached now, or is busy for too long. Trying again may help.
    #[error("the database does not answer at the moment; try again in a while")]
    Unavailable,
    /// The index is being rebuilt, and what is asked for must be whole. Trying again helps.
    #[error("the index is being rebuilt, so some Resources would be missing; try again in a while")]
    Rebuilding,
    /// The request makes no sense: what is wrong with it, and what would be right.
    #[error("{0}")]
    Invalid(String),
    /// A complete listing would delete too much: which scope, how many of how many.
    #[error(
        "the complete listing of `{scope}` lacks {missing} of {known} Resources; if that is right, repeat with --force"
    )]
    WouldDeleteTooMuch {
        /// The scope.
        scope: String,
        /// How many would be deleted.
        missing: u64,
        /// How many live Resources the source has in the scope.
        known: u64,
    },
    /// Something broke inside; it was logged where it happened.
    #[error("something went wrong inside Pharos; its log has the details")]
    Internal,
}

/// Which Resources an answer is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subjects {
    /// Any of them.
    Everything,
    /// Those of some types only; without a type none.
    OfTypes(BTreeSet<ResourceType>),
}

/// What an answer is made from, and so which changes put it out of date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionScope {
    /// The Resources.
    pub subjects: Subjects,
    /// Whether it also tells how many there are of which type in which State.
    pub counts: bool,
}

impl RevisionScope {
    /// Made from anything: every change concerns it.
    #[must_use]
    pub fn everything() -> Self {
        Self { subjects: Subjects::Everything, counts: true }
    }

    /// Made from the Resources of some types.
    #[must_use]
    pub fn of_types(types: impl IntoIterator<Item = ResourceType>) -> Self {
        Self { subjects: Subjects::OfTypes(types.into_iter().collect()), counts: false }
    }

    /// Made from the counts alone.
    #[must_use]
    pub fn counts() -> Self {
        Self::of_types([]).with_counts()
    }

    /// The same, with the counts.
    #[must_use]
    pub fn with_counts(self) -> Self {
        Self { counts: true, ..self }
    }
}

/// Tells one state of what an answer is made from from every later one. It says nothing of the order of states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Revision(pub u64);

/// The catalog of Resources: the store is the truth, the index answers which and how many.
///
/// "Now" is the server's clock at the time of the call.
#[async_trait]
pub trait Catalog: Send + Sync {
    /// Records what a source saw, all of it or nothing.
    ///
    /// Returns when the index has it, or after a bounded wait, so that a writer reads its own write.
    ///
    /// # Errors
    /// When the batch is refused or the store fails; nothing is stored then.
    async fn record(&self, batch: Batch) -> Result<Recorded, CatalogError>;

    /// As [`Self::record`], and keeps in the same transaction what recording did, for when the request is repeated. The
    /// moment of the batch is the one at which the request was received first.
    ///
    /// # Errors
    /// As [`Self::record`].
    async fn record_once(&self, batch: Batch, request: &RepeatableRequest) -> Result<Recorded, CatalogError>;

    /// One page of a listing, with exact total and facet counts.
    ///
    /// # Errors
    /// [`CatalogError::Invalid`] for a cursor that is none.
    async fn listing(&self, query: &ListingQuery, limit: usize) -> Result<Listing, CatalogError>;

    /// The numbers of all Resources that a listing holds from where its query stands, in its order, once everything that
    /// is stored can be found. What comes, goes or moves afterwards does not change them.
    ///
    /// # Errors
    /// [`CatalogError::Invalid`] for a cursor that is none, [`CatalogError::Rebuilding`] while the index does
    /// not have all of them.
    async fn numbers(&self, query: &ListingQuery) -> Result<Vec<u32>, CatalogError>;

    /// The rows of Resources by [their numbers](Self::numbers), in that order.
    ///
    /// # Errors
    /// When the store fails.
    async fn rows_by_number(&self, numbers: &[u32]) -> Result<Vec<ListingRow>, CatalogError>;

    /// Resources to offer for a text being typed, the best first. A text that is an id, a name with its workspace, or
    /// the name of a runtime node leads to its Resource.
    ///
    /// # Errors
    /// When index or store fail.
    async fn suggestions(&self, text: &str, limit: usize) -> Result<Vec<Suggestion>, CatalogError>;

    /// Values of a facet to offer for one being typed, with how many Resources have them, or how many of a type: first
    /// the one that is typed in full, then those that begin so, then those that have it inside; the most frequent first.
    ///
    /// # Errors
    /// When the index fails.
    async fn values(
        &self,
        facet: FacetName,
        resource_type: Option<&ResourceType>,
        begun: &str,
        limit: usize,
    ) -> Result<Vec<FacetValue>, CatalogError>;

    /// Resources whose names are like a name that was not found, of the given type first.
    ///
    /// # Errors
    /// When index or store fail.
    async fn near_matches(
        &self,
        resource_type: Option<&ResourceType>,
        name: &str,
        limit: usize,
    ) -> Result<Vec<Suggestion>, CatalogError>;

    /// The rows of Resources, in the order of their keys. Keys of nothing in the catalog are left out.
    ///
    /// # Errors
    /// When the store fails.
    async fn rows_of(&self, keys: &[Key]) -> Result<Vec<ListingRow>, CatalogError>;

    /// What Resources are parts of: pairs of a part and the Lens or bundle that holds it, as far as the catalog has it and
    /// it is not deleted. Where a part is held by very many, not all of them.
    ///
    /// # Errors
    /// When the store fails.
    async fn wholes_of(&self, keys: &[Key]) -> Result<Vec<(Key, Key)>, CatalogError>;

    /// One Resource by type and the name of its URL (see [`Key::candidates`]); `None` when there is no such.
    ///
    /// # Errors
    /// When the store fails.
    async fn resource(&self, resource_type: &ResourceType, fqn: &str) -> Result<Option<ResourceDetail>, CatalogError>;

    /// The manifest of the Resource of a [number](ResourceDetail::number); `None` when none was reported.
    ///
    /// # Errors
    /// When the store fails.
    async fn manifest(&self, number: i64) -> Result<Option<Manifest>, CatalogError>;

    /// Up to `limit` runtime nodes of the Resource of a [number](ResourceDetail::number) by name, those that have ended too, after the name `after`.
    ///
    /// # Errors
    /// When the store fails.
    async fn nodes(&self, number: i64, after: &str, limit: usize) -> Result<NodePage, CatalogError>;

    /// The change log of the Resource of a [number](ResourceDetail::number), newest first, from before `before`.
    ///
    /// # Errors
    /// When the store fails.
    async fn changes(&self, number: i64, before: Option<i64>) -> Result<ChangePage, CatalogError>;

    /// The Resources before and after the one of a [number](ResourceDetail::number) in a listing.
    ///
    /// # Errors
    /// When index or store fail.
    async fn neighbours(&self, query: &ListingQuery, number: i64) -> Result<Neighbours, CatalogError>;

    /// The newest entries of the change log of all Resources, newest first.
    ///
    /// # Errors
    /// When the store fails.
    async fn newest_changes(&self, limit: usize) -> Result<Vec<Change>, CatalogError>;

    /// How many Resources of which type are in which State: maintained, not counted.
    ///
    /// # Errors
    /// When the store fails.
    async fn counts(&self) -> Result<Counts, CatalogError>;

    /// How the whole catalog is, in numbers.
    ///
    /// # Errors
    /// When the index fails.
    async fn summary(&self) -> Result<Summary, CatalogError>;

    /// How the sources are doing: the configured ones, then whoever else has reported.
    ///
    /// # Errors
    /// When the store fails.
    async fn sources(&self) -> Result<Vec<SourceStatus>, CatalogError>;

    /// How the index stands to the store.
    async fn index_status(&self) -> IndexStatus;

    /// The revision of what an answer is made from. Whoever keeps an answer asks before it is made: as long as the
    /// revision is the same, nothing that the answer shows has changed but ages, which go on by themselves.
    fn revision(&self, scope: &RevisionScope) -> Revision;

    /// The moment that ages and uptimes are told from.
    fn now(&self) -> Timestamp;
}

/// The catalog of this request.
///
/// # Errors
/// [`CatalogError::Unavailable`] where none was provided, as in the listing of routes at start-up.
pub fn catalog() -> Result<Arc<dyn Catalog>, CatalogError> {
    leptos::prelude::use_context::<Arc<dyn Catalog>>().ok_or(CatalogError::Unavailable)
}
