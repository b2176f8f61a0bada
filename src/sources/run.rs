//! One run of a source: read it, record what it says, keep how it went.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::catalog::{Catalog, CatalogError};
use app::model::{Batch, Recorded, SourceRun, Timestamp};

use super::reading::{Reading, RunError, read};
use super::secret::without_secrets;
use super::turns::Turns;
use super::{SourceLimits, SourceSettings};
use crate::catalog::{Clock, Record};
use crate::store::{Lease, Leasing, Store, StoreError};

/// How long a lease lasts without being renewed: so long a source rests after a crash in the middle of its run.
const LEASE: Duration = Duration::from_secs(30);

/// How often a lease is renewed.
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
    Busy {
        /// Who, in words.
        holder: String,
    },
    /// It was not run, since somebody else has run it since its plan was looked at.
    Overtaken,
    /// It was cut off and nothing of it is kept: its lease ran out, and somebody else has taken the source over.
    TakenOver,
}

/// Runs sources.
#[derive(Clone)]
pub struct Runner {
    pub(super) store: Arc<dyn Store>,
    recorder: Recorder,
    pub(super) clock: Clock,
    force: bool,
    turns: Turns,
    /// Who this is, in words.
    holder: Arc<str>,
    /// The leases that this one has, by source.
    leases: Arc<Mutex<HashMap<String, Lease>>>,
}

impl Runner {
    /// Runs are kept in the store, observations go to the recorder.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, recorder: Recorder, clock: Clock) -> Self {
        let turns = Turns::new(SourceLimits::default());
        let holder = format!("process {}", std::process::id()).into();
        Self { store, recorder, clock, force: false, turns, holder, leases: Arc::default() }
    }

    /// The same, which lets complete listings delete more than half of their scope if so told.
    #[must_use]
    pub fn forcing(self, force: bool) -> Self {
        Self { force, ..self }
    }

    /// The same, with other limits to what runs at a time.
    #[must_use]
    pub fn limited(self, limits: SourceLimits) -> Self {
        Self { turns: Turns::new(limits), ..self }
    }

    fn leases(&self) -> MutexGuard<'_, HashMap<String, Lease>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a source once, as soon as it is its turn. When this is dropped on the way, the lease of the source ends by
    /// itself, or at once with [`Self::let_go`].
    ///
    /// # Errors
    /// When it cannot be written down how it went; whatever goes wrong with the source itself is in the run.
    pub async fn run(&self, settings: &SourceSettings) -> Result<Ran, StoreError> {
        self.run_after(settings, None).await
    }

    /// As [`Self::run`], with `after` only if no lease was given out after the one with that number.
    pub(super) async fn run_after(&self, settings: &SourceSettings, after: Option<i64>) -> Result<Ran, StoreError> {
        let _turn = self.turns.take(settings.kind.most().map_or(0, |(most, _)| most)).await;
        let started_at = (self.clock)();
        let until = later(started_at, LEASE);
        let lease = match self.store.take_lease(&settings.name, &self.holder, started_at, until, after).await? {
            Leasing::Taken(lease) => lease,
            Leasing::Held { holder } => return Ok(Ran::Busy { holder }),
            Leasing::Overtaken => return Ok(Ran::Overtaken),
        };
        self.leases().insert(settings.name.clone(), lease.clone());
        let attempt = tokio::select! {
            done = self.attempt(settings, &lease, started_at) => Some(done),
            () = self.lost(&lease) => None,
        };
        let Some((run, wait)) = attempt else { return Ok(self.taken_over(settings)) };
        let wait_until = wait.map(|pause| later(run.ended_at, pause));
        if !self.store.record_run(&lease, &run, wait_until).await? {
            return Ok(self.taken_over(settings));
        }
        self.leases().remove(&settings.name);
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

    fn taken_over(&self, settings: &SourceSettings) -> Ran {
        self.leases().remove(&settings.name);
        tracing::warn!(source = settings.name, "the lease of a source ran out, and somebody else has taken it over");
        Ran::TakenOver
    }

    /// Lets go of a source whose run was cut off; a source that somebody else runs stays leased.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn let_go(&self, settings: &SourceSettings) -> Result<(), StoreError> {
        let lease = self.leases().remove(&settings.name);
        match lease {
            Some(lease) => self.store.release_lease(&lease).await,
            None => Ok(()),
        }
    }

    async fn attempt(
        &self,
        settings: &SourceSettings,
        lease: &Lease,
        started_at: Timestamp,
    ) -> (SourceRun, Option<Duration>) {
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
                match self.record(settings, lease, reading, started_at).await {
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

    async fn record(
        &self,
        settings: &SourceSettings,
        lease: &Lease,
        reading: Reading,
        at: Timestamp,
    ) -> Result<Recorded, String> {
        let batch = Batch {
            source: settings.name.clone(),
            at,
            observations: reading.observations,
            complete: reading.complete,
            force: self.force,
            lease: Some(lease.number),
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

    /// Renews a lease for as long as it is this one's, and returns when it is not any more.
    async fn lost(&self, lease: &Lease) {
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            match self.store.renew_lease(lease, later((self.clock)(), LEASE)).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(source = lease.source, %error, "the lease of a source cannot be renewed"),
            }
        }
    }
}

/// A moment some time after another.
pub(super) fn later(moment: Timestamp, by: Duration) -> Timestamp {
    Timestamp(moment.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::catalog::system_clock;
    use crate::sources::testing::{command, runner_on, runs_at_most};
    use crate::store::memory::MemoryStore;

    #[tokio::test]
    async fn a_run_whose_lease_ran_out_stores_nothing_and_releases_no_other_lease() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let runner = runner_on(&store);
        let slow = command("slow", "sleep 0.5; echo 'NAME | TYPE'; echo 'salesraw | depot'");
        let (late, taken) = tokio::join!(runner.run(&slow), async {
            while store.plan("slow").await.expect("a plan").held_until.is_none() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            // Its lease is over by a clock that is ahead, and it still runs.
            let now = later(system_clock()(), LEASE * 2);
            store.take_lease("slow", "another", now, later(now, LEASE), None).await.expect("an answer")
        });
        assert!(matches!(taken, Leasing::Taken(_)), "{taken:?}");
        assert_eq!(late.expect("an answer"), Ran::TakenOver);
        assert_eq!(store.last_seq().await.expect("an answer"), 0, "nothing of it is stored");
        assert_eq!(store.source_runs("slow", 10).await.expect("runs"), []);
        runner.let_go(&slow).await.expect("an answer");
        let busy = runner.run(&slow).await.expect("an answer");
        assert_eq!(busy, Ran::Busy { holder: "another".into() }, "the other one has it still");
    }

    #[tokio::test]
    async fn no_more_sources_run_at_a_time_than_may() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let runner = runner_on(&store).limited(SourceLimits { at_once: 2, ..SourceLimits::default() });
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log");
        let script = format!("echo + >> {0}; sleep 0.2; echo - >> {0}; echo 'NAME | TYPE'", log.display());
        let sources: Vec<_> = ["a", "b", "c", "d", "e"].map(|name| command(name, &script)).to_vec();
        let runs = futures::future::join_all(sources.iter().map(|source| runner.run(source))).await;
        assert!(runs.iter().all(|ran| matches!(ran, Ok(Ran::Ended { run, .. }) if run.error.is_none())), "{runs:?}");
        assert_eq!(runs_at_most(&std::fs::read_to_string(log).expect("a log")), 2);
    }
}
