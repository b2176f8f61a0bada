//! The catalog: store, index and follower behind the one door.

pub mod feed;
mod follower;
mod freshness;
mod recording;
pub mod retention;
mod revisions;
mod rows;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use app::catalog::{CHANGES_PAGE_SIZE, Catalog, CatalogError, Revision, RevisionScope};
use app::model::{
    Batch, Change, ChangePage, Counts, DetailSection, ExpectedSource, FacetName, FacetValue, IndexStatus, Key, Listing,
    ListingQuery, ListingRow, MAX_NAME_BYTES, Manifest, ManifestFacts, Neighbours, NodePage, Recorded,
    RepeatableRequest, Resource, ResourceDetail, ResourceType, SourceStatus, Suggestion, Summary, Timestamp,
    incarnations,
};
use async_trait::async_trait;
use tokio::sync::{Semaphore, watch};

use self::feed::{Feed, FeedReader};
pub use self::follower::{FollowError, Follower, catch_up, rebuild};
pub use self::freshness::FreshnessWatch;
pub use self::recording::Record;
#[cfg(test)]
pub(crate) use self::recording::digest;
use self::revisions::Revisions;
use self::rows::Rows;
use crate::index::{Index, IndexError};
use crate::store::{Detail, Store, StoreError};

/// How long a writer waits for the index to have what it wrote.
const READ_OWN_WRITE_WITHIN: Duration = Duration::from_secs(2);

/// How long a whole listing waits for the index to have what is stored.
const WHOLE_WITHIN: Duration = Duration::from_secs(10);

/// Whole listings that are put in order at once.
const ORDERED_AT_ONCE: usize = 2;

/// The longest text that `near_matches` looks at, in bytes.
const MAX_NEAR_BYTES: usize = 200;

/// The shortest text that is looked up as the name of a runtime node, in bytes.
const MIN_NODE_BYTES: usize = 4;

/// Tells the time: the system's in production, a fixed one in tests.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The system's clock.
#[must_use]
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    })
}

/// What the follower knows and readers ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    stored_seq: i64,
    indexed_seq: i64,
    rebuilding: bool,
    revisions: Revisions,
}

/// The catalog of a serving process.
pub struct LiveCatalog {
    store: Arc<dyn Store>,
    index: Arc<Index>,
    clock: Clock,
    counts: Arc<RwLock<Counts>>,
    progress: watch::Receiver<Progress>,
    wake: Arc<tokio::sync::Notify>,
    expected: Arc<freshness::Expectations>,
    feed: Arc<Feed>,
    rows: Rows,
    ordering: Semaphore,
    _reader: FeedReader,
}

impl LiveCatalog {
    /// Puts store and index behind one door and begins to follow the change log. The index catches up, or is rebuilt
    /// if `must_rebuild`, while the catalog already answers from what the index has.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn start(
        store: Arc<dyn Store>,
        index: Index,
        must_rebuild: bool,
        clock: Clock,
    ) -> Result<(Self, Follower), StoreError> {
        let index = Arc::new(index);
        let bounds = store.log_bounds().await?;
        // Not before the log: what was written in between would not be counted until something else is written.
        let counts = Arc::new(RwLock::new(Counts::new(store.counts().await?)));
        // An index that is ahead is of a later state of a database that was put back by hand; one from before what has
        // been pruned would never learn what that was.
        let rebuilding = must_rebuild || index.seq() > bounds.last || index.seq() < bounds.oldest;
        let revisions = Revisions::starting(bounds.last, index.seq());
        let progress = Progress { stored_seq: bounds.last, indexed_seq: index.seq(), rebuilding, revisions };
        let (sender, receiver) = watch::channel(progress);
        let wake = Arc::new(tokio::sync::Notify::new());
        let follower = Follower::start(
            Arc::clone(&store),
            Arc::clone(&index),
            Arc::clone(&counts),
            Arc::clone(&clock),
            sender,
            Arc::clone(&wake),
        );
        let (feed, reader) = Feed::start(Arc::clone(&store), receiver.clone(), bounds.last);
        let expected = Arc::default();
        let (rows, ordering) = (Rows::default(), Semaphore::new(ORDERED_AT_ONCE));
        let progress = receiver;
        let catalog =
            Self { store, index, clock, counts, progress, wake, expected, feed, rows, ordering, _reader: reader };
        Ok((catalog, follower))
    }

    /// The feed of all changes.
    #[must_use]
    pub fn feed(&self) -> Arc<Feed> {
        Arc::clone(&self.feed)
    }

    /// Expects reports of these sources, and tells whose values have become stale. To be called once.
    #[must_use]
    pub fn expect(&mut self, sources: Vec<ExpectedSource>) -> FreshnessWatch {
        self.expected = Arc::new(freshness::Expectations::of(sources));
        FreshnessWatch::start(
            Arc::clone(&self.store),
            Arc::clone(&self.index),
            Arc::clone(&self.clock),
            Arc::clone(&self.expected),
        )
    }

    /// Waits until the index has everything that is stored now, at most `within`. True when it has.
    pub async fn caught_up(&self, within: Duration) -> bool {
        let Ok(seq) = self.store.last_seq().await else { return false };
        self.wait_for(seq, within).await
    }

    async fn wait_for(&self, seq: i64, within: Duration) -> bool {
        self.wake.notify_one();
        let mut progress = self.progress.clone();
        tokio::time::timeout(within, progress.wait_for(|now| !now.rebuilding && now.indexed_seq >= seq))
            .await
            .is_ok_and(|waited| waited.is_ok())
    }

    async fn rows(&self, numbers: &[i64]) -> Result<Vec<Arc<Resource>>, CatalogError> {
        let seq = self.progress.borrow().stored_seq;
        Ok(self.rows.read(self.store.as_ref(), numbers, seq, self.now()).await?)
    }

    async fn offers(&self, numbers: &[i64]) -> Result<Vec<Suggestion>, CatalogError> {
        let now = self.now();
        let found = self.rows(numbers).await?;
        Ok(found
            .into_iter()
            .map(|resource| Suggestion {
                state: resource.state(),
                health: resource.health(now),
                key: resource.key.clone(),
            })
            .collect())
    }

    async fn parts(
        &self,
        resource: &Resource,
        content: Option<&serde_json::Value>,
    ) -> Result<Vec<ListingRow>, CatalogError> {
        let keys = ManifestFacts::parts(&resource.key, content);
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut rows = self.rows_of(&keys).await?;
        rows.sort_by(|left, right| left.key.cmp(&right.key));
        Ok(rows)
    }
}

/// A text that may be the whole name of a runtime node.
fn node_name(text: &str) -> Option<&str> {
    let name = text.trim();
    let parts = name.contains(|c: char| c.is_whitespace() || c == ':');
    (MIN_NODE_BYTES..=MAX_NAME_BYTES).contains(&name.len()).then_some(name).filter(|_| !parts)
}

#[async_trait]
impl Catalog for LiveCatalog {
    async fn record(&self, batch: Batch) -> Result<Recorded, CatalogError> {
        let recorded = self.store.record(&batch).await?;
        self.rows.written();
        self.wait_for(recorded.seq, READ_OWN_WRITE_WITHIN).await;
        Ok(recorded)
    }

    async fn record_once(&self, batch: Batch, request: &RepeatableRequest) -> Result<Recorded, CatalogError> {
        let recorded = self.store.record_once(&batch, request).await?;
        self.rows.written();
        self.wait_for(recorded.seq, READ_OWN_WRITE_WITHIN).await;
        Ok(recorded)
    }

    async fn listing(&self, query: &ListingQuery, limit: usize) -> Result<Listing, CatalogError> {
        let hits = self.index.search(query, limit)?;
        let (now, freshness) = (self.now(), self.expected.freshness());
        let rows = self.rows(&hits.numbers).await?;
        Ok(Listing {
            rows: rows.iter().map(|resource| ListingRow::with_freshness(resource, &freshness, now)).collect(),
            total: hits.total,
            before: hits.before,
            facets: hits.facets,
            next: hits.next,
            previous: hits.previous,
        })
    }

    async fn numbers(&self, query: &ListingQuery) -> Result<Vec<u32>, CatalogError> {
        let seq = self.store.last_seq().await?;
        if !self.wait_for(seq, WHOLE_WITHIN).await {
            return Err(CatalogError::Rebuilding);
        }
        // Putting a million in order takes memory for the while.
        let _turn = self.ordering.acquire().await.map_err(|_| CatalogError::Unavailable)?;
        let (index, query) = (Arc::clone(&self.index), query.clone());
        let numbers = tokio::task::spawn_blocking(move || index.everything(&query)).await;
        Ok(numbers.map_err(|error| {
            tracing::error!(%error, "a whole listing cannot be put in order");
            CatalogError::Internal
        })??)
    }

    async fn rows_by_number(&self, numbers: &[u32]) -> Result<Vec<ListingRow>, CatalogError> {
        let numbers: Vec<i64> = numbers.iter().copied().map(i64::from).collect();
        let (now, freshness) = (self.now(), self.expected.freshness());
        let rows = self.rows(&numbers).await?;
        Ok(rows.iter().map(|resource| ListingRow::with_freshness(resource, &freshness, now)).collect())
    }

    async fn suggestions(&self, text: &str, limit: usize) -> Result<Vec<Suggestion>, CatalogError> {
        let mut offers = self.offers(&self.index.suggest(text, limit)?).await?;
        if let Some(name) = node_name(text) {
            let holders = self.offers(&self.store.holders_of_node(name, limit).await?).await?;
            offers.retain(|offer| holders.iter().all(|holder| holder.key != offer.key));
            // The parts of a composite Resource are its nodes: who is named like that comes first.
            let named = offers.iter().take_while(|offer| offer.key.name.eq_ignore_ascii_case(name)).count();
            offers.splice(named..named, holders);
            offers.truncate(limit);
        }
        Ok(offers)
    }

    async fn values(
        &self,
        facet: FacetName,
        resource_type: Option<&ResourceType>,
        begun: &str,
        limit: usize,
    ) -> Result<Vec<FacetValue>, CatalogError> {
        Ok(self.index.values(facet, resource_type, begun, limit))
    }

    async fn near_matches(
        &self,
        resource_type: Option<&ResourceType>,
        name: &str,
        limit: usize,
    ) -> Result<Vec<Suggestion>, CatalogError> {
        if name.len() > MAX_NEAR_BYTES {
            return Ok(Vec::new());
        }
        self.offers(&self.index.near(resource_type, name, limit)?).await
    }

    async fn rows_of(&self, keys: &[Key]) -> Result<Vec<ListingRow>, CatalogError> {
        let (now, freshness) = (self.now(), self.expected.freshness());
        let mut rows: Vec<_> = self
            .store
            .find(keys)
            .await?
            .iter()
            .map(|(_, resource)| ListingRow::with_freshness(resource, &freshness, now))
            .collect();
        rows.sort_by_key(|row| keys.iter().position(|key| *key == row.key));
        Ok(rows)
    }

    async fn wholes_of(&self, keys: &[Key]) -> Result<Vec<(Key, Key)>, CatalogError> {
        let lenses: Vec<(&Key, Key)> =
            keys.iter().filter_map(|key| Some((key, ManifestFacts::lens_of(key)?))).collect();
        let wanted: Vec<Key> = lenses.iter().map(|(_, lens)| lens.clone()).collect();
        let known = self.store.find(&wanted).await?;
        let is_there = |lens: &Key| known.iter().any(|(_, found)| found.key == *lens && !found.deleted);
        let mut wholes: Vec<(Key, Key)> =
            lenses.into_iter().filter(|(_, lens)| is_there(lens)).map(|(part, lens)| (part.clone(), lens)).collect();
        wholes.extend(self.store.bundles_of(keys).await?);
        Ok(wholes)
    }

    async fn resource(&self, resource_type: &ResourceType, fqn: &str) -> Result<Option<ResourceDetail>, CatalogError> {
        let candidates = Key::candidates(resource_type, fqn);
        let Some(Detail { number, resource, content, lives, nodes, bundles }) = self.store.detail(&candidates).await?
        else {
            return Ok(None);
        };
        let facts = content.as_ref().map(|content| ManifestFacts::new(content, resource.key.resource_type.as_str()));
        let configurations = facts.map(|facts| facts.configurations()).unwrap_or_default();
        let sections = if configurations.is_empty() {
            Vec::new()
        } else {
            vec![DetailSection { title: "Configurations".to_owned(), fields: configurations }]
        };
        Ok(Some(ResourceDetail {
            health: resource.health(self.now()),
            incarnations: incarnations(&lives),
            strip: facts.map(|facts| facts.strip()).unwrap_or_default(),
            sections,
            excerpt: facts.map(|facts| facts.excerpt()).unwrap_or_default(),
            bundles,
            parts: self.parts(&resource, content.as_ref()).await?,
            has_manifest: content.is_some(),
            stale: self.expected.freshness().stale_aspects(&resource, self.now()),
            nodes: if resource.has_runtime_tab() { nodes } else { Vec::new() },
            number,
            resource,
        }))
    }

    async fn manifest(&self, number: i64) -> Result<Option<Manifest>, CatalogError> {
        Ok(self.store.manifest(number).await?)
    }

    async fn nodes(&self, number: i64, after: &str, limit: usize) -> Result<NodePage, CatalogError> {
        let mut nodes = self.store.nodes(number, after, limit.saturating_add(1)).await?;
        let more = nodes.len() > limit;
        nodes.truncate(limit);
        Ok(NodePage { after: nodes.last().filter(|_| more).map(|node| node.name.clone()), nodes })
    }

    async fn changes(&self, number: i64, before: Option<i64>) -> Result<ChangePage, CatalogError> {
        Ok(self.store.changes(number, before, CHANGES_PAGE_SIZE).await?)
    }

    async fn neighbours(&self, query: &ListingQuery, number: i64) -> Result<Neighbours, CatalogError> {
        let (previous, next) = self.index.neighbours(query, number)?;
        let numbers: Vec<i64> = previous.into_iter().chain(next).collect();
        let found = self.store.by_number(&numbers).await?;
        let named = |wanted: Option<i64>| {
            found.iter().find(|(number, _)| Some(*number) == wanted).map(|(_, resource)| resource.key.clone())
        };
        Ok(Neighbours { previous: named(previous), next: named(next) })
    }

    async fn newest_changes(&self, limit: usize) -> Result<Vec<Change>, CatalogError> {
        Ok(self.store.newest_changes(limit).await?)
    }

    async fn counts(&self) -> Result<Counts, CatalogError> {
        Ok(self.counts.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone())
    }

    async fn summary(&self) -> Result<Summary, CatalogError> {
        Ok(self.index.summary(self.now()))
    }

    async fn sources(&self) -> Result<Vec<SourceStatus>, CatalogError> {
        Ok(SourceStatus::all(self.expected.sources(), self.store.source_records().await?, self.now()))
    }

    async fn index_status(&self) -> IndexStatus {
        let (stored_seq, indexed_seq, rebuilding) = {
            let progress = self.progress.borrow();
            (progress.stored_seq, progress.indexed_seq, progress.rebuilding)
        };
        IndexStatus { stored_seq, indexed_seq, rebuilding, indexed: self.index.len() }
    }

    fn revision(&self, scope: &RevisionScope) -> Revision {
        let progress = self.progress.borrow();
        let mut hasher = DefaultHasher::new();
        let (stored, indexed) = (progress.stored_seq, progress.indexed_seq);
        if progress.rebuilding {
            // Whatever an answer shows, more of it is found from moment to moment.
            (stored, indexed, self.index.len()).hash(&mut hasher);
        } else {
            match progress.revisions.of(scope) {
                Some(changed) => changed.hash(&mut hasher),
                None => (stored, indexed).hash(&mut hasher),
            }
        }
        progress.rebuilding.hash(&mut hasher);
        Revision(hasher.finish())
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

impl From<StoreError> for CatalogError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable,
            StoreError::Invalid(reason) => Self::Invalid(reason),
            StoreError::LeaseLost(_) => Self::Invalid(error.to_string()),
            StoreError::WouldDeleteTooMuch { scope, missing, known } => {
                Self::WouldDeleteTooMuch { scope, missing, known }
            }
            StoreError::Open { .. } | StoreError::Corrupt(_) => {
                tracing::error!(%error, "the store failed");
                Self::Internal
            }
        }
    }
}

impl From<IndexError> for CatalogError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::BadCursor => {
                Self::Invalid("the address names a page that does not exist; start at the first page".to_owned())
            }
            error => {
                tracing::error!(%error, "the index failed");
                Self::Internal
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use app::model::{NodeStatus, Observation, RuntimeNode};

    use super::*;
    use crate::store::testing::{LISTER, active, batch, depot, service, sqlite};

    #[tokio::test]
    async fn what_is_copied_from_elsewhere_leads_to_its_resource() {
        let (_folder, store) = sqlite().await;
        let index = Index::in_memory().expect("an index");
        let (catalog, _follower) =
            LiveCatalog::start(Arc::new(store), index, false, system_clock()).await.expect("a catalog");
        let node = RuntimeNode {
            pod: Some("orders-x1f0-d-7c9d-abcde".to_owned()),
            ..RuntimeNode::new("orders-x1f0", NodeStatus::Running)
        };
        let part = RuntimeNode::new("orders-x1f0-d", NodeStatus::Running);
        let with = |key: Key, node: RuntimeNode| Observation { nodes: Some(vec![node]), ..active(&key, 1) };
        let seen = vec![
            with(service("orders"), node),
            with(service("sales-insights"), part),
            active(&service("orders-x1f0-d"), 2),
            active(&service("orders-x1f0-dashboard"), 2),
            active(&depot("lakehouse"), 2),
        ];
        catalog.record(batch(LISTER, seen)).await.expect("recorded");
        let offered = async |text: &str| {
            let offers = catalog.suggestions(text, 3).await.expect("suggestions");
            offers.into_iter().map(|offer| offer.key.name).collect::<Vec<_>>()
        };
        for (text, first) in [
            ("depot:v2alpha:lakehouse", "lakehouse"),
            ("public.orders", "orders"),
            ("dataos.public.orders", "orders"),
            ("orders-x1f0", "orders"),
            (" orders-x1f0-d-7c9d-abcde ", "orders"),
        ] {
            assert_eq!(offered(text).await.first().map(String::as_str), Some(first), "{text}");
        }
        assert_eq!(offered("orders-x1f0-d").await, ["orders-x1f0-d", "sales-insights", "orders-x1f0-dashboard"]);
        assert_eq!(offered("state:activ").await, Vec::<String>::new());
        let found = async |text: &str| {
            let query = ListingQuery { q: text.to_owned(), ..ListingQuery::default() };
            let listing = catalog.listing(&query, 9).await.expect("a listing");
            listing.rows.into_iter().map(|row| row.key.name).collect::<Vec<_>>()
        };
        assert_eq!(found("orders-x1f0-d-7c9d-abcde").await, ["orders"]);
        assert_eq!(found("orders-y2a1").await, Vec::<String>::new());
        let next = RuntimeNode::new("orders-y2a1", NodeStatus::Running);
        catalog
            .record(batch(LISTER, vec![Observation { at: Timestamp(3), ..with(service("orders"), next) }]))
            .await
            .expect("recorded");
        assert_eq!(found("orders-y2a1").await, ["orders"], "a new node is found as soon as it is recorded");
        assert_eq!(found("orders-x1f0-d-7c9d-abcde").await, ["orders"], "one that ended is still found");
        assert_eq!(found("orders-y2a1 -type:service").await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn a_whole_listing_is_refused_while_some_of_it_cannot_be_found() {
        let (_folder, store) = sqlite().await;
        store.record(&batch(LISTER, vec![active(&depot("lakehouse"), 1)])).await.expect("recorded");
        let index = Index::in_memory().expect("an index");
        let (catalog, follower) =
            LiveCatalog::start(Arc::new(store), index, true, system_clock()).await.expect("a catalog");
        // Nobody builds the index any more.
        drop(follower);
        let outcome = catalog.numbers(&ListingQuery::default()).await;
        assert!(matches!(outcome, Err(CatalogError::Rebuilding)), "{outcome:?}");
    }

    #[test]
    fn only_one_word_can_be_the_name_of_a_node() {
        assert_eq!(node_name(" orders-x1f0 "), Some("orders-x1f0"));
        for text in ["", "abc", "orders api", "state:error", &"x".repeat(300)] {
            assert_eq!(node_name(text), None, "{text}");
        }
    }
}
