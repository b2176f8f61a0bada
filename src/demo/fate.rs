//! How a Resource fares, and what sources say of it over time.

use app::model::{
    NodeStatus, Observation, ResourceCounts, Runtime, RuntimeDetail, RuntimeNode, RuntimeState, Timestamp,
    is_object_storage,
};

use super::dice::Dice;
use super::manifests::manifest;
use super::subject::Subject;

pub(super) const MINUTE: i64 = 60_000;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// How long after its creation the first run of a batch Resource ends.
const FIRST_RUN_ENDS: i64 = 6 * MINUTE;

/// The poller that asks the platform every few minutes.
pub(super) const POLLER: &str = "poros-poller";
/// Listings and manifests that people brought in with the command line.
pub(super) const IMPORT: &str = "ctl-import";
/// Reports of single values.
pub(super) const REPORTS: &str = "collated-reports";

/// How a Resource fares. `None` in the values stands for what is usual for its type.
#[derive(Clone, Debug, Default)]
pub(super) struct Fate {
    pub(super) status: Option<&'static str>,
    pub(super) stage: Option<&'static str>,
    pub(super) runtime: Option<String>,
    pub(super) message: Option<&'static str>,
    /// When it became so; before that all was well. `None`: it has been so from the start.
    pub(super) since: Option<Timestamp>,
    /// Whether the poller still looks at it; otherwise it was seen once.
    pub(super) polled: bool,
    /// Whether nobody has ever said its status.
    pub(super) silent: bool,
    pub(super) deleted_at: Option<Timestamp>,
    pub(super) created_again_at: Option<Timestamp>,
    /// Whether an older node, which failed, is still listed.
    pub(super) failed_node: bool,
}

/// What one source says.
pub(super) struct Told {
    pub(super) source: &'static str,
    pub(super) observation: Observation,
}

/// All that is said of a Resource, in order of time. `rich` adds what takes much room: manifest and nodes.
pub(super) fn tell(subject: &Subject, fate: &Fate, now: Timestamp, rich: bool, dice: &mut Dice) -> Vec<Told> {
    let mut told = Vec::with_capacity(3);
    // A batch Resource is first seen when its first run has ended.
    let noticed = if subject.type_name() == "workflow" { FIRST_RUN_ENDS + MINUTE } else { 8_000 };
    let created = Timestamp(subject.created_at.0 + noticed);
    let well = Fate { silent: fate.silent, ..Fate::default() };
    let changes_later = fate.since.is_some() || fate.deleted_at.is_some();
    let first = introduce(subject, if changes_later { &well } else { fate }, created, rich);
    // What is polled to this day was mostly found by the poller, too.
    let source = if fate.polled && dice.below(5) > 0 || fate.deleted_at.is_some() { POLLER } else { IMPORT };
    told.push(Told { source, observation: first });

    if let Some(at) = fate.deleted_at {
        let mut gone = Observation::new(subject.key.clone(), at);
        gone.deleted = true;
        gone.nodes = told[0].observation.nodes.is_some().then(Vec::new);
        told.push(Told { source: POLLER, observation: gone });
        match fate.created_again_at {
            Some(again) => {
                let mut observation = introduce(subject, fate, Timestamp(again.0 + noticed), rich);
                observation.created_at = Some(again);
                told.push(Told { source: POLLER, observation });
            }
            None => return told,
        }
    }
    if let Some(since) = fate.since {
        told.push(Told { source: REPORTS, observation: report(subject, fate, since, rich) });
    }
    if fate.polled {
        let at = Timestamp(now.0 - dice.span(5_000, 4 * MINUTE));
        let observation = report(subject, fate, at, rich);
        let earlier = told.last().map_or(created, |last| last.observation.at);
        if earlier < at {
            told.push(Told { source: POLLER, observation });
        }
    }
    told
}

/// The usual runtime of a Resource at a moment.
pub(super) fn usual_runtime(subject: &Subject, at: Timestamp) -> String {
    match subject.type_name() {
        "workflow" | "monitor" if subject.cron.is_some() => format!("next:{}", next_run(subject.cron, at)),
        "workflow" | "resource" => "succeeded".to_owned(),
        "service" | "worker" | "cluster" => match subject.replicas {
            Some(2) => "running:2".to_owned(),
            Some(3) => "running:3".to_owned(),
            _ => "running:1".to_owned(),
        },
        "depot" if subject.depot_source.is_some_and(is_object_storage) => "running:1".to_owned(),
        "pager" => "running".to_owned(),
        _ => String::new(),
    }
}

/// When a schedule is due next, well after `at`. Knows the schedules of this environment only.
fn next_run(cron: Option<&str>, at: Timestamp) -> Timestamp {
    let (every, offset) = match cron {
        Some("0 * * * *") => (HOUR, 0),
        Some("30 2 * * *") => (DAY, 2 * HOUR + 30 * MINUTE),
        // 1970-01-05 was a Monday.
        Some("0 6 * * 1") => (7 * DAY, 4 * DAY + 6 * HOUR),
        Some("*/2 * * * *") => (10 * MINUTE, 0),
        _ => (15 * MINUTE, 0),
    };
    Timestamp((at.0 + 6 * MINUTE - offset).div_euclid(every) * every + every + offset)
}

fn introduce(subject: &Subject, fate: &Fate, at: Timestamp, rich: bool) -> Observation {
    let mut observation = report(subject, fate, at, rich);
    observation.version = Some(subject.version.to_owned());
    observation.owner = Some(subject.owner.clone());
    observation.description.clone_from(&subject.description);
    observation.tags = Some(subject.tags());
    observation.layer = Some(subject.layer.to_owned());
    observation.depot_source = subject.depot_source.map(str::to_owned);
    observation.replicas = subject.replicas;
    observation.created_at = Some(subject.created_at);
    if rich {
        observation.manifest = Some(manifest(subject));
        observation.counts = Some(counts(subject));
    }
    observation
}

fn report(subject: &Subject, fate: &Fate, at: Timestamp, rich: bool) -> Observation {
    let mut observation = Observation::new(subject.key.clone(), at);
    if fate.silent {
        return observation;
    }
    observation.status = Some(fate.status.unwrap_or("active").to_owned());
    observation.builder_stage = Some(fate.stage.unwrap_or("building").to_owned());
    observation.message = fate.message.map(str::to_owned);
    let runtime = fate.runtime.clone().unwrap_or_else(|| usual_runtime(subject, at));
    if rich {
        let nodes = nodes(subject, fate, &runtime);
        observation.nodes = (!nodes.is_empty()).then_some(nodes);
    }
    observation.runtime = Some(runtime);
    observation
}

fn counts(subject: &Subject) -> ResourceCounts {
    let (cloud_kernel, web_service, operator_runtime) = match subject.type_name() {
        "depot" => (Some(1), Some(3), None),
        "instance-secret" | "monitor" | "pager" => (Some(1), Some(1), None),
        "lens" => (Some(2), None, Some(4)),
        "lakehouse" => (Some(1), None, Some(2)),
        "bundle" => (Some(1), None, u32::try_from(subject.names.len()).ok()),
        "compute" => (Some(1), None, None),
        _ => (Some(2), None, None),
    };
    ResourceCounts { cloud_kernel, web_service, operator_runtime }
}

fn nodes(subject: &Subject, fate: &Fate, runtime: &str) -> Vec<RuntimeNode> {
    let runs_in_nodes =
        matches!(subject.type_name(), "service" | "worker" | "cluster" | "depot" | "workflow" | "vulcan");
    let runtime = Runtime::parse(runtime);
    if !runs_in_nodes || runtime.is_none() {
        return Vec::new();
    }
    let statuses: Vec<NodeStatus> = match (&runtime.state, &runtime.detail) {
        (RuntimeState::Running, Some(RuntimeDetail::Ready(ready))) => {
            (0..*ready).map(|_| NodeStatus::Running).collect()
        }
        (RuntimeState::Pending, Some(RuntimeDetail::ReadyOf(ready, wanted))) => {
            (0..*wanted).map(|node| if node < *ready { NodeStatus::Running } else { NodeStatus::Pending }).collect()
        }
        (RuntimeState::Running, _) => vec![NodeStatus::Running],
        (RuntimeState::Pending, _) => vec![NodeStatus::Pending],
        (RuntimeState::Failed, _) => vec![NodeStatus::Failed],
        (RuntimeState::Aborted, _) => vec![NodeStatus::Aborted],
        (RuntimeState::Succeeded | RuntimeState::Next, _) => vec![NodeStatus::Succeeded],
        _ => vec![NodeStatus::Unknown],
    };
    let from = fate.since.or(fate.created_again_at).unwrap_or(subject.created_at);
    // What ended is told when it had ended, but what is new has to run first.
    let ended = if fate.since.is_some() { from } else { Timestamp(from.0 + FIRST_RUN_ENDS) };
    let mut nodes: Vec<RuntimeNode> = Vec::with_capacity(statuses.len() + 1);
    if fate.failed_node {
        let mut node = node(subject, 9, NodeStatus::Failed, from, Timestamp(from.0 - 2 * MINUTE));
        node.name = format!("{}-old-ss-0", subject.key.name);
        nodes.push(node);
    }
    for (place, status) in (0_u32..).zip(statuses) {
        nodes.push(node(subject, place, status, from, ended));
    }
    nodes
}

/// A node that has been running since `from`, or that has `ended`. Everything about it follows from these times, or
/// every poll would see another node.
fn node(subject: &Subject, place: u32, status: NodeStatus, from: Timestamp, ended: Timestamp) -> RuntimeNode {
    let mut letters = Dice::new(from.0.unsigned_abs(), u64::from(place) + 1);
    let name = &subject.key.name;
    let (name, kind) = match subject.type_name() {
        "depot" => (format!("{name}-ss-{place}"), "pod-statefulset"),
        "worker" => (format!("{name}-{:04x}-ss-{place}", letters.below(0x1_0000)), "pod-statefulset"),
        "workflow" => (format!("{name}-{:05x}-execute", letters.below(0x10_0000)), "pod-flare"),
        _ => {
            let (set, pod) = (letters.below(0x1_0000_0000), letters.below(0x10_0000));
            (format!("{name}-{:04x}-d-{set:08x}-{pod:05x}", set & 0xFFFF), "pod-deployment")
        }
    };
    let workspace =
        if subject.type_name() == "depot" { Some("user-system".to_owned()) } else { subject.key.workspace.clone() };
    let mut node = RuntimeNode::new(name, status);
    node.kind = Some(kind.to_owned());
    node.workspace = workspace;
    node.data_plane = Some("hub".to_owned());
    let made = if node.status.has_ended() {
        node.ended_at = Some(ended);
        Timestamp(ended.0 - letters.span(30_000, FIRST_RUN_ENDS))
    } else {
        from
    };
    node.created_at = Some(made);
    if node.status != NodeStatus::Pending {
        node.started_at = Some(Timestamp(made.0 + 4_000));
    }
    node
}
