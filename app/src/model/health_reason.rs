//! Why a Resource is as well as it is: the reasons, and the words for them, which pages, API and command line all take
//! from here.

use serde::{Deserialize, Serialize};

use super::time::{Timestamp, age_text};

/// Why a Resource is as well as it is. Few have named values: each that does costs the WebAssembly a reader of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HealthReason {
    /// It was deleted.
    Deleted,
    /// It failed while building.
    FailedBuilding,
    /// It failed after building.
    FailedAfterBuilding,
    /// It failed after building, and its runtime runs all the same.
    FailedButRuns,
    /// The platform reports an error and not at which stage.
    ErrorReported,
    /// The same, and its runtime runs all the same.
    ErrorReportedButRuns,
    /// The platform has not settled it yet; since when, where that is known.
    NotSettled(Option<Timestamp>),
    /// The same, and its runtime runs already.
    RunsNotSettled(Option<Timestamp>),
    /// Fewer replicas are ready than wanted.
    ReplicasMissing {
        /// How many are ready.
        ready: u32,
        /// How many are wanted.
        wanted: u32,
        /// Since when, where that is known.
        since: Option<Timestamp>,
    },
    /// Its runtime waits for something; since when, where that is known.
    RuntimePending(Option<Timestamp>),
    /// Its runtime failed.
    RuntimeFailed,
    /// Its last run failed.
    RunFailed,
    /// Its runtime has ended, and should not have.
    RuntimeEnded,
    /// Its last run was stopped before its end.
    RunAborted,
    /// It should run, and nobody has said whether it does.
    RuntimeNotReported,
    /// Its runtime is this word, which means nothing to Pharos.
    RuntimeNotUnderstood(String),
    /// No status says whether it is there.
    StatusNotKnown,
    /// It runs, as it should.
    Running,
    /// A run is under way.
    RunInProgress,
    /// Its Operator has it at work.
    AtWork,
    /// Its last run succeeded.
    RunSucceeded,
    /// It was set aside by hand.
    Paused,
    /// It waits for its next run, which starts then.
    NextRun(Timestamp),
    /// It waits for its next run, and nobody has said when that is.
    Waiting,
    /// Its next run should have started then; it may have, and nobody has said so yet.
    RunDue(Timestamp),
    /// Its next run was due then, and after that the platform still said that it was to come.
    RunOverdue(Timestamp),
    /// Its next run was due then, and nobody has reported its runtime since.
    RunNotReported(Timestamp),
    /// It is active, and no runtime is reported, as may be.
    NoRuntime,
    /// It is active, and its parts run in its stead.
    PartsRun,
    /// It is active, and nothing like it runs.
    NothingToRun,
}

/// The words of a reason: a text, and the moment that it ends with, if any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonWords {
    /// The text. Values in it stand in backticks.
    pub text: String,
    /// The moment after it.
    pub moment: Option<ReasonMoment>,
}

/// A moment at the end of a reason, and how it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonMoment {
    /// As `for 2 hours`.
    For(Timestamp),
    /// As `3 hours ago`.
    Ago(Timestamp),
    /// As the exact time.
    At(Timestamp),
}

impl HealthReason {
    /// The word for programs, which stays the same when the words for people change.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::FailedBuilding => "failed-building",
            Self::FailedAfterBuilding => "failed-after-building",
            Self::FailedButRuns => "failed-but-runs",
            Self::ErrorReported => "error-reported",
            Self::ErrorReportedButRuns => "error-reported-but-runs",
            Self::NotSettled(_) => "not-settled",
            Self::RunsNotSettled(_) => "runs-not-settled",
            Self::ReplicasMissing { .. } => "replicas-missing",
            Self::RuntimePending(_) => "runtime-pending",
            Self::RuntimeFailed => "runtime-failed",
            Self::RunFailed => "run-failed",
            Self::RuntimeEnded => "runtime-ended",
            Self::RunAborted => "run-aborted",
            Self::RuntimeNotReported => "runtime-not-reported",
            Self::RuntimeNotUnderstood(_) => "runtime-not-understood",
            Self::StatusNotKnown => "status-not-known",
            Self::Running => "running",
            Self::RunInProgress => "run-in-progress",
            Self::AtWork => "at-work",
            Self::RunSucceeded => "run-succeeded",
            Self::Paused => "paused",
            Self::NextRun(_) => "next-run",
            Self::Waiting => "waiting",
            Self::RunDue(_) => "run-due",
            Self::RunOverdue(_) => "run-overdue",
            Self::RunNotReported(_) => "run-not-reported",
            Self::NoRuntime => "no-runtime",
            Self::PartsRun => "parts-run",
            Self::NothingToRun => "nothing-to-run",
        }
    }

    /// The words for people.
    #[must_use]
    pub fn words(&self) -> ReasonWords {
        let text = match self {
            Self::Deleted => "Deleted; the last known values are kept",
            Self::FailedBuilding => "Failed while building: fix the manifest",
            Self::FailedAfterBuilding => "Failed after building: look at the runtime and what it depends on",
            Self::FailedButRuns => "Failed after building, but its runtime runs: look at what it depends on",
            Self::ErrorReported => "The platform reports an error, and not at which stage",
            Self::ErrorReportedButRuns => "The platform reports an error, and not at which stage; its runtime runs",
            Self::NotSettled(_) => "Not settled by the platform",
            Self::RunsNotSettled(_) => "Runs, but not settled by the platform",
            Self::ReplicasMissing { ready, wanted, since } => {
                let text = format!("{ready} of {wanted} replicas ready");
                return ReasonWords { text, moment: since.map(ReasonMoment::For) };
            }
            Self::RuntimePending(_) => "Its runtime is pending",
            Self::RuntimeFailed => "The runtime failed",
            Self::RunFailed => "The last run failed",
            Self::RuntimeEnded => "The runtime has ended, but should be running",
            Self::RunAborted => "The last run was aborted",
            Self::RuntimeNotReported => "Active; nobody has reported its runtime",
            Self::RuntimeNotUnderstood(word) => {
                let text = format!("Active; what its runtime `{word}` means is not known");
                return ReasonWords { text, moment: None };
            }
            Self::StatusNotKnown => "No status was reported that says whether it is there",
            Self::Running => "Active and running",
            Self::RunInProgress => "A run is in progress",
            Self::AtWork => "At work",
            Self::RunSucceeded => "Active; the last run succeeded",
            Self::Paused => "Paused",
            Self::NextRun(_) => "Next run on",
            Self::Waiting => "Waiting for the next run",
            Self::RunDue(_) => "Next run was due",
            Self::RunOverdue(_) => "Not started: the next run was due",
            Self::RunNotReported(_) => "Nothing reported since the next run was due",
            Self::NoRuntime => "Active; no runtime reported",
            Self::PartsRun => "Active; its parts run apart from it",
            Self::NothingToRun => "Active; nothing to run",
        };
        ReasonWords { text: text.to_owned(), moment: self.moment() }
    }

    fn moment(&self) -> Option<ReasonMoment> {
        match self {
            Self::NextRun(at) => Some(ReasonMoment::At(*at)),
            _ => self.due().map(ReasonMoment::Ago).or(self.waiting_since().map(ReasonMoment::For)),
        }
    }

    /// Since when it has been on its way up, for a reason that says so.
    pub(super) fn waiting_since(&self) -> Option<Timestamp> {
        match self {
            Self::NotSettled(since)
            | Self::RunsNotSettled(since)
            | Self::ReplicasMissing { since, .. }
            | Self::RuntimePending(since) => *since,
            _ => None,
        }
    }

    /// When a run should have started that is not known to have.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        match self {
            Self::RunDue(due) | Self::RunOverdue(due) | Self::RunNotReported(due) => Some(*due),
            _ => None,
        }
    }

    /// The whole sentence, with ages as they are at `now` and exact times in UTC.
    #[must_use]
    pub fn told(&self, now: Timestamp) -> String {
        let ReasonWords { text, moment } = self.words();
        match moment {
            None => text,
            Some(ReasonMoment::For(since)) => format!("{text} for {}", age_text(now.since(since))),
            Some(ReasonMoment::Ago(at)) => format!("{text} {}", at.relative_to(now)),
            Some(ReasonMoment::At(at)) => format!("{text} {}", at.exact()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_760_000_000_000);
    const HOUR_MS: i64 = 60 * 60 * 1_000;

    fn ago(hours: i64) -> Timestamp {
        Timestamp(NOW.0 - hours * HOUR_MS)
    }

    #[test]
    fn reasons_are_what_a_colleague_would_say() {
        for (reason, told) in [
            (
                HealthReason::ReplicasMissing { ready: 1, wanted: 2, since: Some(ago(2)) },
                "1 of 2 replicas ready for 2 hours",
            ),
            (HealthReason::ReplicasMissing { ready: 0, wanted: 1, since: None }, "0 of 1 replicas ready"),
            (HealthReason::RuntimePending(Some(NOW)), "Its runtime is pending for 1 second"),
            (HealthReason::RunsNotSettled(Some(ago(71))), "Runs, but not settled by the platform for 2 days"),
            (HealthReason::FailedAfterBuilding, "Failed after building: look at the runtime and what it depends on"),
            (HealthReason::FailedBuilding, "Failed while building: fix the manifest"),
            (HealthReason::NextRun(NOW), "Next run on 9 Oct 2025 08:53:20 UTC"),
            (HealthReason::RunDue(ago(0)), "Next run was due just now"),
            (HealthReason::RunOverdue(ago(3)), "Not started: the next run was due 3 hours ago"),
            (HealthReason::RunNotReported(ago(25)), "Nothing reported since the next run was due 1 day ago"),
            (HealthReason::RuntimeNotUnderstood("5m".to_owned()), "Active; what its runtime `5m` means is not known"),
        ] {
            assert_eq!(reason.told(NOW), told, "{}", reason.code());
        }
    }
}
