//! Is it working? One pure function, with a reason a person can act on (design.md 3, domain.md 2.3 and 2.5).

use serde::{Deserialize, Serialize};

use super::resource::Resource;
use super::resource_type::RuntimeKind;
use super::runtime::{Runtime, RuntimeDetail, RuntimeState};
use super::time::{Timestamp, duration_text};
use super::word::{BuilderStage, State, open_word};

/// How long something may be starting before it counts as stuck: 10 minutes, in milliseconds.
pub const STUCK_AFTER_MS: i64 = 10 * 60 * 1_000;

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
    /// Why, in a sentence.
    pub reason: String,
    /// True when it has been starting for too long.
    pub stuck: bool,
}

impl Health {
    /// The word on the screen.
    #[must_use]
    pub fn word(&self) -> &str {
        if self.stuck { "Stuck" } else { self.level.label() }
    }
}

/// The health of a Resource at a moment.
#[must_use]
pub fn health(resource: &Resource, now: Timestamp) -> Health {
    let say = |level: HealthLevel, reason: &str| Health { level, reason: reason.to_owned(), stuck: false };
    let state = resource.state();
    if state == State::Deleted {
        return say(HealthLevel::Deleted, "It was deleted; the last known values are kept.");
    }
    let stage = resource.builder_stage.as_deref().map(BuilderStage::parse);
    let runtime = resource.runtime();
    if stage == Some(BuilderStage::Error) {
        return say(HealthLevel::Failed, "It failed while building: the manifest needs fixing.");
    }
    if state == State::Error {
        let mut reason = match stage {
            Some(BuilderStage::Building | BuilderStage::Complete) => {
                "It failed after building: look at the runtime or at causes outside.".to_owned()
            }
            _ => "The platform reports an error; the builder stage would tell whether it failed while building."
                .to_owned(),
        };
        if runtime.state == RuntimeState::Running {
            reason.push_str(" Its runtime still runs.");
        }
        return say(HealthLevel::Failed, &reason);
    }
    if state == State::Active || runtime.state == RuntimeState::Failed {
        return by_runtime(resource, &runtime, now);
    }
    if state == State::Pending {
        let reason = if runtime.state == RuntimeState::Running {
            "It runs, but the platform has not settled it yet"
        } else {
            "The platform has not settled it yet"
        };
        return starting(reason, resource.state_since, now);
    }
    say(HealthLevel::Unknown, "Nobody has reported a status that says whether it is there.")
}

/// Since when a Resource is as well as it is, as far as that is known: since its State or, where that decides, its
/// runtime is what it is.
#[must_use]
pub fn health_since(resource: &Resource) -> Option<Timestamp> {
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
    let since = resource.runtime_since.or(resource.state_since);
    let say = |level: HealthLevel, reason: &str| Health { level, reason: reason.to_owned(), stuck: false };
    let kind = resource.key.resource_type.runtime_kind(resource.depot_source.as_deref());
    let batch = matches!(kind, Some(RuntimeKind::Batch | RuntimeKind::Scheduled));
    match &runtime.state {
        RuntimeState::None => match kind {
            Some(RuntimeKind::LongRunning) if resource.key.resource_type.as_str() != "depot" => {
                say(HealthLevel::Unknown, "It is active; its runtime is not known.")
            }
            Some(RuntimeKind::Managed | RuntimeKind::LongRunning | RuntimeKind::Batch | RuntimeKind::Scheduled) => {
                say(HealthLevel::Healthy, "It is active; no runtime is reported.")
            }
            Some(RuntimeKind::Parts) => say(HealthLevel::Healthy, "It is active; its parts run apart from it."),
            Some(RuntimeKind::Static) | None => say(HealthLevel::Healthy, "It is active and does not run."),
        },
        RuntimeState::Running if batch => say(HealthLevel::InProgress, "A run is in progress."),
        RuntimeState::Running => match (runtime.detail.as_ref(), resource.replicas) {
            (Some(RuntimeDetail::Ready(ready)), Some(wanted)) if *ready < wanted => {
                starting(&format!("{ready} of {wanted} replicas are ready"), since, now)
            }
            _ => say(HealthLevel::Healthy, "It is active and running."),
        },
        RuntimeState::Failed => say(HealthLevel::Failed, "The runtime failed."),
        RuntimeState::InProgress => say(HealthLevel::InProgress, "It is at work."),
        RuntimeState::Succeeded => match kind {
            Some(RuntimeKind::LongRunning) => {
                say(HealthLevel::Degraded, "Its runtime has ended, but it should be running.")
            }
            _ => say(HealthLevel::Healthy, "It is active and its last run succeeded."),
        },
        RuntimeState::Next => match &runtime.detail {
            Some(RuntimeDetail::At(at)) => say(HealthLevel::Scheduled, &format!("The next run starts {}.", at.exact())),
            _ => say(HealthLevel::Scheduled, "It waits for its next run."),
        },
        RuntimeState::Pending => match &runtime.detail {
            Some(RuntimeDetail::ReadyOf(ready, wanted)) => {
                starting(&format!("{ready} of {wanted} replicas are ready"), since, now)
            }
            _ => starting("Its runtime is pending", since, now),
        },
        RuntimeState::Aborted => say(HealthLevel::Degraded, "Its last run was aborted."),
        RuntimeState::Paused => say(HealthLevel::Scheduled, "It is paused."),
        RuntimeState::Other(word) => {
            say(HealthLevel::Unknown, &format!("It is active; what the runtime `{word}` means is not known."))
        }
    }
}

fn starting(what: &str, since: Option<Timestamp>, now: Timestamp) -> Health {
    let waited = since.map_or(0, |since| now.since(since));
    if waited >= STUCK_AFTER_MS {
        Health {
            level: HealthLevel::Degraded,
            reason: format!("{what}, for {}: it is stuck.", duration_text(waited)),
            stuck: true,
        }
    } else {
        Health { level: HealthLevel::Starting, reason: format!("{what}: it is starting."), stuck: false }
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
    use crate::model::Key;

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
            ("workflow", "active", None, Some("next:2025-07-28T10:18:00Z"), Scheduled),
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
            assert_eq!(found.level, level, "{resource_type} {status} {stage:?} {runtime:?}: {}", found.reason);
        }
    }

    #[test]
    fn says_where_it_broke() {
        let built = health(&resource("lens", "error", Some("building"), None), NOW);
        assert!(built.reason.contains("after building"), "{}", built.reason);
        let unbuilt = health(&resource("lens", "error", Some("error"), None), NOW);
        assert!(unbuilt.reason.contains("manifest needs fixing"), "{}", unbuilt.reason);
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
    fn the_worst_part_stands_for_all() {
        let parts = ["running:1", "failed", "pending:0/1"]
            .map(|runtime| health(&resource("service", "active", None, Some(runtime)), NOW));
        assert_eq!(worst_of_parts(&parts).map(|part| part.level.clone()), Some(HealthLevel::Failed));
        assert_eq!(worst_of_parts(&[]), None);
    }
}
