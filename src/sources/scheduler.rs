//! Runs sources every so often, as their plans say, never one of them twice at once.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::directory::Watcher;
use super::run::{Ran, Runner};
use super::schedule::due;
use super::{KindSettings, SourceSettings};
use crate::store::StoreError;

/// How long to wait before trying again to run a source that somebody else is running, or when the store fails.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// The tasks that run sources. They end when it is dropped, at once; [`Self::stop`] ends them in good order.
#[derive(Debug)]
pub struct Scheduler {
    tasks: JoinSet<()>,
    stopping: watch::Sender<bool>,
}

impl Scheduler {
    /// Runs every source when it is due: at once where it was never run, else as long after its last run as its interval
    /// and its failures in a row say, whoever ran it. Folders are read at once, too. Sources that report by themselves are
    /// only waited for.
    #[must_use]
    pub fn start(sources: &[SourceSettings], runner: &Runner) -> Self {
        let (stopping, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for source in sources.iter().filter(|source| source.is_run()) {
            let task = Task {
                source: source.clone(),
                runner: runner.clone(),
                stopped: stopped.clone(),
                seen: AtomicI64::new(0),
            };
            tasks.spawn(task.run());
        }
        Self { tasks, stopping }
    }

    /// Stops: runs under way are cut off, programs are ended, and every source is let go.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

struct Task {
    source: SourceSettings,
    runner: Runner,
    stopped: watch::Receiver<bool>,
    /// The number of the newest lease that was seen.
    seen: AtomicI64,
}

/// What comes after a look at the plan.
struct Next {
    pause: Duration,
    /// Whether something has changed that is not read yet.
    is_changed: bool,
}

impl Task {
    async fn run(self) {
        let mut watcher = match &self.source.kind {
            KindSettings::Directory(directory) => Watcher::start(directory.path.clone()),
            _ => Watcher::none(),
        };
        // Nobody has watched the folder until now.
        let mut is_changed = matches!(self.source.kind, KindSettings::Directory(_));
        let mut stopped = self.stopped.clone();
        loop {
            let looked = tokio::select! {
                looked = self.look(is_changed) => looked,
                () = told(&mut stopped) => {
                    self.cut_off().await;
                    return;
                }
            };
            let next = looked.unwrap_or_else(|error| {
                tracing::error!(source = self.source.name, %error, "a source cannot be run; it will be tried again");
                Next { pause: TRY_AGAIN, is_changed }
            });
            is_changed = next.is_changed;
            watcher.restart_if_lost();
            tokio::select! {
                () = tokio::time::sleep(next.pause) => {}
                () = watcher.changed() => is_changed = true,
                () = told(&mut stopped) => {
                    self.unplan().await;
                    return;
                }
            }
        }
    }

    /// Runs the source if it is due, or notes when it will be. The plan is looked at anew each time, since others may run
    /// the source as well: together they ask it as often as one alone.
    async fn look(&self, is_changed: bool) -> Result<Next, StoreError> {
        let plan = self.runner.store.plan(&self.source.name).await?;
        self.seen.store(plan.lease, Ordering::Relaxed);
        let now = (self.runner.clock)();
        if plan.held_until.is_some_and(|until| until > now) {
            return Ok(Next { pause: TRY_AGAIN, is_changed });
        }
        let interval = self.source.interval.unwrap_or(TRY_AGAIN);
        let due = due(&plan, now, interval, self.source.jitter, rand::random());
        if due > now && !is_changed {
            if plan.next_run_at != Some(due) {
                self.runner.store.plan_run(&self.source.name, plan.lease, Some(due)).await?;
            }
            let pause = Duration::from_millis(due.since(now).unsigned_abs());
            return Ok(Next { pause, is_changed });
        }
        let at_once = Next { pause: Duration::ZERO, is_changed: false };
        Ok(match self.runner.run_after(&self.source, Some(plan.lease)).await? {
            Ran::Ended { .. } | Ran::Overtaken => at_once,
            Ran::Busy { holder } => {
                tracing::debug!(source = self.source.name, holder, "a source is being run by somebody else");
                Next { pause: TRY_AGAIN, is_changed }
            }
            Ran::TakenOver => Next { pause: TRY_AGAIN, is_changed },
        })
    }

    async fn cut_off(&self) {
        if let Err(error) = self.runner.let_go(&self.source).await {
            tracing::warn!(source = self.source.name, %error, "a source could not be let go");
        }
        self.unplan().await;
    }

    async fn unplan(&self) {
        let seen = self.seen.load(Ordering::Relaxed);
        if let Err(error) = self.runner.store.plan_run(&self.source.name, seen, None).await {
            tracing::warn!(source = self.source.name, %error, "the next run of a source cannot be taken back");
        }
    }
}

/// Waits until the end is near.
async fn told(stopped: &mut watch::Receiver<bool>) {
    // Whoever would tell is gone: that is the end as well.
    drop(stopped.wait_for(|stopped| *stopped).await);
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use app::model::SourceRun;

    use super::*;
    use crate::catalog::system_clock;
    use crate::sources::run::later;
    use crate::sources::testing::{command, runner_on};
    use crate::store::memory::MemoryStore;
    use crate::store::{Leasing, Store};

    const LISTING: &str = "echo 'NAME | TYPE'; echo 'salesraw | depot'";

    async fn runs(store: &Arc<dyn Store>, source: &str) -> usize {
        store.source_runs(source, 100).await.expect("runs").len()
    }

    /// Keeps a run that ended a while ago.
    async fn ran(store: &Arc<dyn Store>, source: &str, ago: Duration, error: Option<&str>) {
        let now = system_clock()();
        let ended_at = app::model::Timestamp(now.0 - i64::try_from(ago.as_millis()).expect("small"));
        let run = SourceRun { started_at: ended_at, ended_at, error: error.map(str::to_owned), ..SourceRun::default() };
        let leasing = store.take_lease(source, "a test", now, later(now, TRY_AGAIN), None).await.expect("an answer");
        let Leasing::Taken(lease) = leasing else { panic!("{leasing:?}") };
        assert!(store.record_run(&lease, &run, None).await.expect("an answer"));
    }

    #[tokio::test]
    async fn sources_go_on_with_their_plan_at_start_up() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let every = |name: &str, seconds| SourceSettings {
            interval: Some(Duration::from_secs(seconds)),
            ..command(name, LISTING)
        };
        ran(&store, "recent", Duration::from_secs(20), None).await;
        for _ in 0..4 {
            ran(&store, "failing", Duration::from_secs(20), Some("it is down")).await;
        }
        ran(&store, "overdue", Duration::from_secs(20), None).await;
        let sources = [every("recent", 60), every("failing", 10), every("overdue", 10), every("new", 60)];
        let scheduler = Scheduler::start(&sources, &runner_on(&store));
        let started = Instant::now();
        while runs(&store, "new").await < 1 || runs(&store, "overdue").await < 2 {
            assert!(started.elapsed() < Duration::from_secs(20), "in time");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(runs(&store, "recent").await, 1, "it was asked 20 seconds ago");
        assert_eq!(runs(&store, "failing").await, 4, "after four failures it is asked after 160 seconds");
        let next = store.plan("failing").await.expect("a plan").next_run_at.expect("it is noted");
        let left = next.since(system_clock()());
        assert!((100_000..=140_000).contains(&left), "{left}");
        scheduler.stop().await;
        assert_eq!(store.plan("failing").await.expect("a plan").next_run_at, None);
    }

    #[tokio::test]
    async fn two_that_run_a_source_ask_it_as_often_as_one_alone() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let source = command("shared", LISTING);
        let started = Instant::now();
        let both = [runner_on(&store), runner_on(&store)]
            .map(|runner| Scheduler::start(std::slice::from_ref(&source), &runner));
        while runs(&store, "shared").await < 4 {
            assert!(started.elapsed() < Duration::from_secs(60), "in time");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let took = started.elapsed();
        for scheduler in both {
            scheduler.stop().await;
        }
        assert!(took >= Duration::from_secs(3), "four runs, three intervals between them: {took:?}");
    }
}
