//! One run of a source: read it, record what it says, keep how it went.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::catalog::{Catalog, CatalogError};
use app::model::{Batch, Recorded, SourceRun, Timestamp};

use super::SourceSettings;
use super::reading::{Reading, RunError, read};
use super::secret::without_secrets;
use crate::catalog::{Clock, Record};
use crate::store::{Store, StoreError};

/// How long a hold lasts without being renewed: so long a source rests after a crash in the middle of its run.
const HOLD: Duration = Duration::from_secs(30);

/// How often a hold is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(10);

/// Where observations go.
#[derive(Clone)]
pub enum Recorder {
    /// Through the catalog of a server, which waits until they can be found.
    Catalog(Arc<dyn Catalog>),
    /// Into the store, where no server is.
    Store(Arc<dyn Store>),
}

/// What became of the attempt to run a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ran {
    /// It was run. `wait` is the pause that the platform asked for.
    Ended {
        /// How it went.
        run: SourceRun,
        /// The pause.
        wait: Option<Duration>,
    },
    /// Somebody else is running it.
    Busy,
}

/// Runs sources.
#[derive(Clone)]
pub struct Runner {
    pub(super) store: Arc<dyn Store>,
    recorder: Recorder,
    pub(super) clock: Clock,
    force: bool,
    /// The sources that this one has hold of.
    held: Arc<Mutex<HashSet<String>>>,
}

impl Runner {
    /// Runs are kept in the store, observations go to the recorder.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, recorder: Recorder, clock: Clock) -> Self {
        Self { store, recorder, clock, force: false, held: Arc::default() }
    }

    /// The same, which lets complete listings delete more than half of their scope if so told.
    #[must_use]
    pub fn forcing(self, force: bool) -> Self {
        Self { force, ..self }
    }

    fn held(&self) -> MutexGuard<'_, HashSet<String>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a source once. When this is dropped on the way, the hold on the source ends by itself, or at once with
    /// [`Self::let_go`].
    ///
    /// # Errors
    /// When it cannot be written down how it went; whatever goes wrong with the source itself is in the run.
    pub async fn run(&self, settings: &SourceSettings) -> Result<Ran, StoreError> {
        let started_at = (self.clock)();
        if !self.store.hold_source(&settings.name, started_at, later(started_at, HOLD)).await? {
            return Ok(Ran::Busy);
        }
        self.held().insert(settings.name.clone());
        let (run, wait) = tokio::select! {
            done = self.attempt(settings, started_at) => done,
            never = self.renew(&settings.name) => match never {},
        };
        self.store.record_run(&settings.name, &run).await?;
        self.held().remove(&settings.name);
        match &run.error {
            None => tracing::info!(
                source = settings.name,
                read = run.read,
                changed = run.changed,
                deleted = run.deleted,
                took_ms = run.took_ms(),
                "a source was read"
            ),
            Some(error) => tracing::warn!(source = settings.name, error, "a source failed"),
        }
        Ok(Ran::Ended { run, wait })
    }

    /// Lets go of a source whose run was cut off; a source that somebody else holds stays held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn let_go(&self, settings: &SourceSettings) -> Result<(), StoreError> {
        let was_held = self.held().remove(&settings.name);
        if was_held { self.store.keep_hold(&settings.name, None).await } else { Ok(()) }
    }

    async fn attempt(&self, settings: &SourceSettings, started_at: Timestamp) -> (SourceRun, Option<Duration>) {
        let mut run = SourceRun { started_at, ..SourceRun::default() };
        let mut wait = None;
        match read(settings, started_at).await {
            Err(error) => {
                if let RunError::Wait(pause) = error {
                    wait = Some(pause);
                }
                run.error = Some(without_secrets(&error.to_string(), &[]));
            }
            Ok(reading) => {
                let fault = reading.fault_text().map(|text| without_secrets(&text, &[]));
                match self.record(settings, reading, started_at).await {
                    Err(error) => run.error = Some(error),
                    Ok(recorded) => {
                        run.read = recorded.read;
                        run.changed = recorded.changed;
                        run.deleted = recorded.deleted;
                        run.error = fault;
                    }
                }
            }
        }
        run.ended_at = (self.clock)().max(started_at);
        (run, wait)
    }

    async fn record(&self, settings: &SourceSettings, reading: Reading, at: Timestamp) -> Result<Recorded, String> {
        let batch = Batch {
            source: settings.name.clone(),
            at,
            observations: reading.observations,
            complete: reading.complete,
            force: self.force,
        };
        let recorded = match &self.recorder {
            Recorder::Catalog(catalog) => catalog.record(batch).await,
            Recorder::Store(store) => store.record(&batch).await.map_err(CatalogError::from),
        };
        recorded.map_err(|error| match error {
            CatalogError::WouldDeleteTooMuch { scope, missing, known } => format!(
                "the complete listing of `{scope}` lacks {missing} of {known} Resources, and nothing was stored; if that \
                 is right, run `pharos sync --source {} --once --force`",
                settings.name
            ),
            error => error.to_string(),
        })
    }

    async fn renew(&self, source: &str) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            let until = later((self.clock)(), HOLD);
            if let Err(error) = self.store.keep_hold(source, Some(until)).await {
                tracing::warn!(source, %error, "the hold on a source cannot be renewed");
            }
        }
    }
}

/// A moment some time after another.
pub(super) fn later(moment: Timestamp, by: Duration) -> Timestamp {
    Timestamp(moment.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
}
