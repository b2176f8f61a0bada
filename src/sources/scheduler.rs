//! Runs sources every so often, each on its own, never one of them twice at once.

use std::time::Duration;

use app::model::SourceRun;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::directory::Watcher;
use super::run::{Ran, Runner, later};
use super::schedule::pause;
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
    /// Runs every source at once, and then every so often. Sources that report by themselves are only waited for.
    #[must_use]
    pub fn start(sources: &[SourceSettings], runner: &Runner) -> Self {
        let (stopping, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for source in sources.iter().filter(|source| source.is_run()) {
            let task = Task { source: source.clone(), runner: runner.clone(), stopped: stopped.clone() };
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
}

impl Task {
    async fn run(self) {
        let mut watcher = match &self.source.kind {
            KindSettings::Directory(directory) => Watcher::start(directory.path.clone()),
            _ => Watcher::none(),
        };
        let mut failures = 0;
        let mut stopped = self.stopped.clone();
        loop {
            let ran = tokio::select! {
                ran = self.runner.run(&self.source) => ran,
                () = told(&mut stopped) => {
                    self.cut_off().await;
                    return;
                }
            };
            let pause = self.pause_after(&ran, &mut failures);
            let next = later((self.runner.clock)(), pause);
            // Whoever else runs it knows better when that will be.
            let planned = match ran {
                Ok(Ran::Busy) => Ok(()),
                _ => self.runner.store.plan_run(&self.source.name, Some(next)).await,
            };
            if let Err(error) = planned {
                tracing::error!(source = self.source.name, %error, "the next run of a source cannot be noted");
            }
            watcher.restart_if_lost();
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = watcher.changed() => {}
                () = told(&mut stopped) => {
                    self.unplan().await;
                    return;
                }
            }
        }
    }

    fn pause_after(&self, ran: &Result<Ran, StoreError>, failures: &mut u32) -> Duration {
        match ran {
            Ok(Ran::Ended { run: SourceRun { error, .. }, wait }) => {
                *failures = if error.is_some() { failures.saturating_add(1) } else { 0 };
                let interval = self.source.interval.unwrap_or(TRY_AGAIN);
                pause(interval, self.source.jitter, *failures, *wait, rand::random())
            }
            Ok(Ran::Busy) => {
                tracing::debug!(source = self.source.name, "a source is being run by somebody else");
                TRY_AGAIN
            }
            Err(error) => {
                tracing::error!(source = self.source.name, %error, "a source cannot be run; it will be tried again");
                TRY_AGAIN
            }
        }
    }

    async fn cut_off(&self) {
        if let Err(error) = self.runner.let_go(&self.source).await {
            tracing::warn!(source = self.source.name, %error, "a source could not be let go");
        }
        self.unplan().await;
    }

    async fn unplan(&self) {
        if let Err(error) = self.runner.store.plan_run(&self.source.name, None).await {
            tracing::warn!(source = self.source.name, %error, "the next run of a source cannot be taken back");
        }
    }
}

/// Waits until the end is near.
async fn told(stopped: &mut watch::Receiver<bool>) {
    // Whoever would tell is gone: that is the end as well.
    drop(stopped.wait_for(|stopped| *stopped).await);
}
