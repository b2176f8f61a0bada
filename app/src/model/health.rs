//! Is it working? One pure function, with a reason a person can act on (design.md 3, domain.md 2.3 and 2.5).

use serde::{Deserialize, Serialize};

use super::health_reason::HealthReason;
use super::resource::{Aspect, Resource};
use super::resource_type::RuntimeKind;
use super::runtime::{Runtime, RuntimeDetail, RuntimeState};
use super::time::Timestamp;
use super::word::{BuilderStage, State, open_word};

/// How long something may be starting before it counts as stuck: 10 minutes, in milliseconds.
pub const STUCK_AFTER_MS: i64 = 10 * 60 * 1_000;

/// The word for what has been starting for too long, as in `health=stuck`: a part of what is degraded.
pub const STUCK: &str = "stuck";

/// How long after a planned start nobody need have said that a run began: 10 minutes, in milliseconds.
pub const OVERDUE_AFTER_MS: i64 = 10 * 60 * 1_000;

open_word! {
    /// How well a Resource is, from best to worst.
    HealthLevel {
        /// There and working.
        Healthy = "healthy",
        /// Waiting for its schedule.
        Scheduled = "scheduled",
        /// A run is under way.
        InProgress = "in-progress",
        /// On its way up.
        Starting = "starting",
        /// Not known.
        Unknown = "unknown",
        /// There, but not as it should be.
        Degraded = "degraded",
        /// Broken.
        Failed = "failed",
        /// Deleted: out of scope.
        Deleted = "deleted",
    }
}

impl HealthLevel {
    /// Those that somebody should look at, the gravest first.
    pub const NEEDING_ATTENTION: [Self; 2] = [Self::Failed, Self::Degraded];

    /// Whether somebody should look.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        Self::NEEDING_ATTENTION.contains(self)
    }

    /// The name on the screen.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Healthy => "Healthy",
            Self::Scheduled => "Scheduled",
            Self::InProgress => "In progress",
            Self::Starting => "Starting",
            Self::Unknown => "Unknown",
            Self::Degraded => "Degraded",
            Self::Failed => "Failed",
            Self::Deleted => "Deleted",
            Self::Other(word) => word,
        }
    }

    fn severity(&self) -> u8 {
        match self {
            Self::Deleted => 0,
            Self::Healthy => 1,
            Self::Scheduled => 2,
            Self::InProgress => 3,
            Self::Starting => 4,
            Self::Unknown | Self::Other(_) => 5,
            Self::Degraded => 6,
            Self::Failed => 7,
        }
    }
}

/// The health of a Resource and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// How well.
    pub level: HealthLevel,
    /// Why.
    pub reason: HealthReason,
    /// True when it has been starting for too long.
    pub stuck: bool,
}

impl Health {
    fn new(level: HealthLevel, reason: HealthReason) -> Self {
        Self { level, reason, stuck: false }
    }

    /// The word on the screen.
    #[must_use]
    pub fn word(&self) -> &str {
        if self.stuck { "Stuck" } else { self.level.label() }
    }

    /// When it becomes another one through time alone, and should be worked out again; `None` for never.
    #[must_use]
    pub fn review_at(&self, now: Timestamp) -> Option<Timestamp> {
        let after = |at: Timestamp, wait: i64| Timestamp(at.0.saturating_add(wait));
        match &self.reason {
            HealthReason::NextRun(due) | HealthReason::RunDue(due) => Some(after(*due, OVERDUE_AFTER_MS)),
            // The same value observed once more makes it overdue and is no change in the log. It is looked for ever more
            // rarely, so that a source that has stopped costs little.
            HealthReason::RunNotReported(due) => Some(after(now, now.since(*due))),
            reason if self.level == HealthLevel::Starting => {
                reason.waiting_since().map(|since| after(since, STUCK_AFTER_MS))
            }
            _ => None,
        }
    }
}

impl Resource {
    /// The health at a moment.
    #[must_use]
    pub fn health(&self, now: Timestamp) -> Health {
        health(self, now)
    }
}

/// The health of a Resource at a moment.
#[must_use]
pub fn health(resource: &Resource, now: Timestamp) -> Health {
    use HealthReason::{
        Deleted, ErrorReported, ErrorReportedButRuns, FailedAfterBuilding, FailedBuilding, FailedButRuns, NotSettled,
        RunsNotSettled, StatusNotKnown,
    };
    let state = resource.state();
    if state == State::Deleted {
        return Health::new(HealthLevel::Deleted, Deleted);
    }
    let stage = resource.builder_stage.as_deref().map(BuilderStage::parse);
    let runtime = resource.runtime();
    if stage == Some(BuilderStage::Error) {
        return Health::new(HealthLevel::Failed, FailedBuilding);
    }
    let runs = runtime.state == RuntimeState::Running;
    if state == State::Error {
        let reason = match stage {
            Some(BuilderStage::Building | BuilderStage::Complete) if runs => FailedButRuns,
            Some(BuilderStage::Building | BuilderStage::Complete) => FailedAfterBuilding,
            _ if runs => ErrorReportedButRuns,
            _ => ErrorReported,
        };
        return Health::new(HealthLevel::Failed, reason);
    }
    if state == State::Active || runtime.state == RuntimeState::Failed {
        return by_runtime(resource, &runtime, now);
    }
    if state == State::Pending {
        let since = resource.state_since;
        return starting(if runs { RunsNotSettled(since) } else { NotSettled(since) }, now);
    }
    Health::new(HealthLevel::Unknown, StatusNotKnown)
}

/// Since when a Resource is as well as `health` says, as far as that is known: since its State or, where that decides,
/// its runtime is what it is; since a run was due that is not known to have started.
#[must_use]
pub fn health_since(resource: &Resource, health: &Health) -> Option<Timestamp> {
    if let Some(due) = health.reason.due() {
        return Some(due);
    }
    let stage = resource.builder_stage.as_deref().map(BuilderStage::parse);
    let state = resource.state();
    let failed_while_building = stage == Some(BuilderStage::Error);
    let by_runtime = state == State::Active || resource.runtime().state == RuntimeState::Failed;
    if by_runtime && !failed_while_building && !matches!(state, State::Deleted | State::Error) {
        resource.runtime_since.or(resource.state_since)
    } else {
        resource.state_since
    }
}

fn by_runtime(resource: &Resource, runtime: &Runtime, now: Timestamp) -> Health {
    use HealthReason::{
        AtWork, NextRun, NoRuntime, NothingToRun, PartsRun, Paused, ReplicasMissing, RunAborted, RunFailed,
        RunInProgress, RunSucceeded, Running, RuntimeEnded, RuntimeFailed, RuntimeNotReported, RuntimeNotUnderstood,
        RuntimePending, Waiting,
    };
    let since = resource.runtime_since.or(resource.state_since);
    let kind = resource.key.resource_type.runtime_kind(resource.depot_source.as_deref());
    let batch = matches!(kind, Some(RuntimeKind::Batch | RuntimeKind::Scheduled));
    let (level, reason) = match &runtime.state {
        RuntimeState::None => match kind {
            Some(RuntimeKind::LongRunning) if resource.key.resource_type.as_str() != "depot" => {
                (HealthLevel::Unknown, RuntimeNotReported)
            }
            Some(RuntimeKind::Managed | RuntimeKind::LongRunning | RuntimeKind::Batch | RuntimeKind::Scheduled) => {
                (HealthLevel::Healthy, NoRuntime)
            }
            Some(RuntimeKind::Parts) => (HealthLevel::Healthy, PartsRun),
            Some(RuntimeKind::Static) | None => (HealthLevel::Healthy, NothingToRun),
        },
        RuntimeState::Running if batch => (HealthLevel::InProgress, RunInProgress),
        RuntimeState::Running => match (runtime.detail.as_ref(), resource.replicas) {
            (Some(&RuntimeDetail::Ready(ready)), Some(wanted)) if ready < wanted => {
                return starting(ReplicasMissing { ready, wanted, since }, now);
            }
            _ => (HealthLevel::Healthy, Running),
        },
        RuntimeState::Failed => (HealthLevel::Failed, if batch { RunFailed } else { RuntimeFailed }),
        RuntimeState::InProgress => (HealthLevel::InProgress, AtWork),
        RuntimeState::Succeeded => match kind {
            Some(RuntimeKind::LongRunning) => (HealthLevel::Degraded, RuntimeEnded),
            _ => (HealthLevel::Healthy, RunSucceeded),
        },
        RuntimeState::Next => match runtime.detail {
            Some(RuntimeDetail::At(at)) if at <= now => late(resource, at, now),
            Some(RuntimeDetail::At(at)) => (HealthLevel::Scheduled, NextRun(at)),
            _ => (HealthLevel::Scheduled, Waiting),
        },
        RuntimeState::Pending => {
            return match runtime.detail {
                Some(RuntimeDetail::ReadyOf(ready, wanted)) => starting(ReplicasMissing { ready, wanted, since }, now),
                _ => starting(RuntimePending(since), now),
            };
        }
        RuntimeState::Aborted => (HealthLevel::Degraded, RunAborted),
        RuntimeState::Paused => (HealthLevel::Scheduled, Paused),
        RuntimeState::Other(word) => (HealthLevel::Unknown, RuntimeNotUnderstood(word.clone())),
    };
    Health::new(level, reason)
}

fn starting(reason: HealthReason, now: Timestamp) -> Health {
    let waited = reason.waiting_since().map_or(0, |since| now.since(since));
    let stuck = waited >= STUCK_AFTER_MS;
    Health { level: if stuck { HealthLevel::Degraded } else { HealthLevel::Starting }, reason, stuck }
}

/// What a next run is that lies in the past. A catalog lags behind the platform (domain.md 4), so for a while the run is
/// taken to have started. After that it depends on who is late. Where the platform was still heard to plan the run after
/// it was due, the schedule does not work, and somebody should look. Where nothing has been heard since, the run may
/// well have succeeded while its source has stopped: one source that is away must not make every Workflow degraded.
fn late(resource: &Resource, due: Timestamp, now: Timestamp) -> (HealthLevel, HealthReason) {
    let heard_after = resource.observed.get(&Aspect::Runtime).is_some_and(|seen| seen.at > due);
    match now.since(due) {
        ..OVERDUE_AFTER_MS => (HealthLevel::Scheduled, HealthReason::RunDue(due)),
        _ if heard_after => (HealthLevel::Degraded, HealthReason::RunOverdue(due)),
        _ => (HealthLevel::Unknown, HealthReason::RunNotReported(due)),
    }
}

/// The worst health among the parts of a composite Resource; `None` when it has no live parts.
#[must_use]
pub fn worst_of_parts<'a>(parts: impl IntoIterator<Item = &'a Health>) -> Option<&'a Health> {
    parts.into_iter().filter(|part| part.level != HealthLevel::Deleted).max_by_key(|part| part.level.severity())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Key, Seen};

    const NOW: Timestamp = Timestamp(1_760_000_000_000);

    fn resource(resource_type: &str, status: &str, stage: Option<&str>, runtime: Option<&str>) -> Resource {
        let workspace = (ResourceTypeLevel(resource_type).is_workspace()).then_some("public");
        let mut resource = Resource::new(Key::new(resource_type, workspace, "x").expect("a key"), Timestamp(0));
        resource.status = Some(status.to_owned());
        resource.builder_stage = stage.map(str::to_owned);
        resource.runtime = runtime.map(str::to_owned);
        resource.runtime_since = Some(Timestamp(NOW.0 - 60_000));
        resource.state_since = Some(Timestamp(NOW.0 - 60_000));
        resource
    }

    struct ResourceTypeLevel<'a>(&'a str);
    impl ResourceTypeLevel<'_> {
        fn is_workspace(&self) -> bool {
            crate::model::ResourceType::new(self.0).level() == Some(crate::model::Level::Workspace)
        }
    }

    #[test]
    fn follows_the_rules_of_the_platform() {
        use HealthLevel::{Degraded, Failed, Healthy, InProgress, Scheduled, Starting, Unknown};
        for (resource_type, status, stage, runtime, level) in [
            ("service", "active", Some("building"), Some("running:1"), Healthy),
            ("workflow", "active", None, Some("succeeded"), Healthy),
            ("workflow", "active", None, Some("running"), InProgress),
            ("workflow", "active", None, Some("next:2025-10-09T09:00:00Z"), Scheduled),
            ("workflow", "active", None, Some("next:tomorrow"), Scheduled),
            ("workflow", "active", None, Some("failed"), Failed),
            ("service", "active", None, Some("succeeded"), Degraded),
            ("service", "active", None, Some("pending:0/1"), Starting),
            ("service", "error", Some("building"), Some("running:1"), Failed),
            ("service", "error", Some("error"), None, Failed),
            ("service", "active", Some("error"), Some("running:1"), Failed),
            ("cluster", "pending", None, Some("running:1"), Starting),
            ("secret", "active", None, Some(""), Healthy),
            ("depot", "active", None, None, Healthy),
            ("resource", "active", None, Some("inprogress"), InProgress),
            ("lens", "active", None, Some(""), Healthy),
            ("service", "warning", None, Some("running:1"), Unknown),
            ("worker", "active", None, Some("mystery"), Unknown),
        ] {
            let found = health(&resource(resource_type, status, stage, runtime), NOW);
            assert_eq!(found.level, level, "{resource_type} {status} {stage:?} {runtime:?}: {}", found.reason.code());
        }
    }

    #[test]
    fn says_where_it_broke() {
        let built = health(&resource("lens", "error", Some("building"), None), NOW);
        assert_eq!(built.reason, HealthReason::FailedAfterBuilding);
        let unbuilt = health(&resource("lens", "error", Some("error"), None), NOW);
        assert_eq!(unbuilt.reason, HealthReason::FailedBuilding);
    }

    #[test]
    fn what_starts_for_too_long_is_stuck() {
        let mut service = resource("service", "active", None, Some("pending:0/1"));
        assert!(!health(&service, NOW).stuck);
        service.runtime_since = Some(Timestamp(NOW.0 - STUCK_AFTER_MS));
        let found = health(&service, NOW);
        assert_eq!((found.level, found.stuck), (HealthLevel::Degraded, true));
        service.runtime = Some("running:1".into());
        service.replicas = Some(3);
        assert!(health(&service, NOW).stuck, "fewer replicas than wanted");
    }

    #[test]
    fn a_next_run_in_the_past_is_overdue_where_the_platform_still_plans_it() {
        let minutes_ago = |minutes: i64| Timestamp(NOW.0 - minutes * 60_000);
        let planned = |due: i64, heard: i64| {
            let next = format!("next:{}", minutes_ago(due));
            let mut workflow = resource("workflow", "active", None, Some(&next));
            let seen = Seen { at: minutes_ago(heard), source: "poller".to_owned() };
            workflow.observed.insert(Aspect::Runtime, seen);
            let found = health(&workflow, NOW);
            (found.level.clone(), found.reason.code(), found.review_at(NOW), health_since(&workflow, &found))
        };
        let due_at = |minutes: i64| Some(minutes_ago(minutes));
        for (due, heard, level, code, review_at) in [
            (-30, 1, HealthLevel::Scheduled, "next-run", due_at(-40)),
            (9, 20, HealthLevel::Scheduled, "run-due", due_at(-1)),
            (9, 1, HealthLevel::Scheduled, "run-due", due_at(-1)),
            (10, 1, HealthLevel::Degraded, "run-overdue", None),
            (10, 11, HealthLevel::Unknown, "run-not-reported", due_at(-10)),
            (180, 200, HealthLevel::Unknown, "run-not-reported", due_at(-180)),
            (180, 2, HealthLevel::Degraded, "run-overdue", None),
        ] {
            let since = if due > 0 { due_at(due) } else { due_at(1) };
            assert_eq!(planned(due, heard), (level, code, review_at, since), "due {due}, heard {heard} minutes ago");
        }
    }

    #[test]
    fn what_starts_is_looked_at_again_when_it_would_be_stuck() {
        let service = resource("service", "active", None, Some("pending:0/1"));
        let since = service.runtime_since.expect("since when");
        assert_eq!(health(&service, NOW).review_at(NOW), Some(Timestamp(since.0 + STUCK_AFTER_MS)));
        let later = Timestamp(since.0 + STUCK_AFTER_MS);
        assert_eq!(health(&service, later).review_at(later), None, "it stays stuck");
        let running = resource("service", "active", None, Some("running:1"));
        assert_eq!(health(&running, NOW).review_at(NOW), None);
    }

    #[test]
    fn the_worst_part_stands_for_all() {
        let parts = ["running:1", "failed", "pending:0/1"]
            .map(|runtime| health(&resource("service", "active", None, Some(runtime)), NOW));
        assert_eq!(worst_of_parts(&parts).map(|part| part.level.clone()), Some(HealthLevel::Failed));
        assert_eq!(worst_of_parts(&[]), None);
    }
}
