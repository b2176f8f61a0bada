//! Watches which sources have gone quiet, and tells the index whose values are stale.
//!
//! What a page shows of a Resource is worked out when it is shown. Only the filter needs to know all stale Resources
//! beforehand: they are looked for when a source goes quiet, and again every while as long as one is, since others may
//! report the same Resources.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use app::model::{ExpectedSource, Freshness, Timestamp, freshness_of};
use tokio::task::JoinHandle;

use super::Clock;
use crate::index::Index;
use crate::store::{Store, StoreError};

/// How often the sources are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often stale Resources are looked for again while a source is quiet, at most.
const SEARCH_EVERY: Duration = Duration::from_secs(30);

/// Searching takes at most one part in so many of the time.
const SHARE: u32 = 100;

/// Resources that are looked at together.
const AT_ONCE: usize = 10_000;

/// The sources that are expected, and when they were last heard of.
#[derive(Debug, Default)]
pub(super) struct Expectations {
    sources: Vec<ExpectedSource>,
    freshness: RwLock<Arc<Freshness>>,
}

impl Expectations {
    pub(super) fn of(sources: Vec<ExpectedSource>) -> Self {
        Self { sources, freshness: RwLock::default() }
    }

    pub(super) fn sources(&self) -> &[ExpectedSource] {
        &self.sources
    }

    pub(super) fn freshness(&self) -> Arc<Freshness> {
        Arc::clone(&self.freshness.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The task that watches the sources. It ends when dropped.
#[derive(Debug)]
pub struct FreshnessWatch {
    task: Option<JoinHandle<()>>,
}

impl Drop for FreshnessWatch {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl FreshnessWatch {
    pub(super) fn start(
        store: Arc<dyn Store>,
        index: Arc<Index>,
        clock: Clock,
        expectations: Arc<Expectations>,
    ) -> Self {
        // Where nobody is expected nobody can be late.
        if expectations.sources.iter().all(|source| source.interval_ms.is_none()) {
            return Self { task: None };
        }
        let mut watching = Watching { store, index, clock, expectations, quiet: Vec::new(), search_after: None };
        let task = tokio::spawn(async move {
            loop {
                if let Err(error) = watching.look().await {
                    tracing::error!(%error, "cannot tell which values are stale; it will be tried again");
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        });
        Self { task: Some(task) }
    }
}

struct Watching {
    store: Arc<dyn Store>,
    index: Arc<Index>,
    clock: Clock,
    expectations: Arc<Expectations>,
    quiet: Vec<String>,
    search_after: Option<Instant>,
}

impl Watching {
    async fn look(&mut self) -> Result<(), StoreError> {
        let now = (self.clock)();
        let freshness = freshness_of(&self.expectations.sources, &self.store.source_records().await?);
        let quiet = freshness.quiet(now);
        let freshness = Arc::new(freshness);
        *self.expectations.freshness.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&freshness);
        let due = !quiet.is_empty() && self.search_after.is_none_or(|after| Instant::now() >= after);
        if quiet == self.quiet && !due {
            return Ok(());
        }
        let started = Instant::now();
        let stale = stale(&*self.store, &freshness, &quiet, now).await?;
        if quiet != self.quiet {
            tracing::info!(quiet = quiet.join(", "), stale = stale.len(), "which sources are quiet has changed");
        }
        self.index.set_stale(stale);
        self.search_after = Some(Instant::now() + SEARCH_EVERY.max(started.elapsed() * SHARE));
        self.quiet = quiet;
        Ok(())
    }
}

/// The numbers of the Resources whose rows are stale: among those that quiet sources have ever reported.
async fn stale(
    store: &dyn Store,
    freshness: &Freshness,
    quiet: &[String],
    now: Timestamp,
) -> Result<Vec<i64>, StoreError> {
    let mut stale = Vec::new();
    for source in quiet {
        let mut after = 0;
        loop {
            let reported = store.reported_by(source, after, AT_ONCE).await?;
            let Some((last, _)) = reported.last() else { break };
            after = *last;
            let is_stale = |(number, observed)| freshness.oldest_stale(&observed, now).map(|_| number);
            stale.extend(reported.into_iter().filter_map(is_stale));
        }
    }
    Ok(stale)
}
