//! Runtime nodes: the rows of the Runtime tab (domain.md 4).

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::time::Timestamp;
use super::word::open_word;

open_word! {
    /// What a node does (domain.md 2.2: pod phases and what the Runtime tab shows).
    NodeStatus {
        /// At work.
        Running = "running",
        /// Ended well.
        Succeeded = "succeeded",
        /// Ended badly.
        Failed = "failed",
        /// Waiting to start.
        Pending = "pending",
        /// Stopped before its end.
        Aborted = "aborted",
        /// Gone.
        Deleted = "deleted",
        /// Nobody has said.
        Unknown = "unknown",
    }
}

impl NodeStatus {
    /// True when the node will not change any more.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Aborted | Self::Deleted)
    }
}

/// One runtime node, usually a pod.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuntimeNode {
    /// The name; one Resource never has two nodes of one name.
    pub name: String,
    /// The pod behind it, where it has another name.
    pub pod: Option<String>,
    /// `pod-deployment`, `pod-flare` ...
    pub kind: Option<String>,
    /// The workspace it runs in; a depot's is `user-system`.
    pub workspace: Option<String>,
    /// The data plane it runs on.
    pub data_plane: Option<String>,
    /// What it does.
    pub status: NodeStatus,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it began to run.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl RuntimeNode {
    /// A node of which only name and status are known.
    #[must_use]
    pub fn new(name: impl Into<String>, status: NodeStatus) -> Self {
        Self {
            name: name.into(),
            pod: None,
            kind: None,
            workspace: None,
            data_plane: None,
            status,
            created_at: None,
            started_at: None,
            ended_at: None,
        }
    }

    /// Milliseconds it has been running; `None` when it does not run or nobody said since when.
    #[must_use]
    pub fn uptime(&self, now: Timestamp) -> Option<i64> {
        (self.status == NodeStatus::Running)
            .then(|| self.started_at.or(self.created_at).map(|start| now.since(start)))
            .flatten()
    }
}

/// The ended nodes that are kept of a Resource where nothing else is set.
pub const ENDED_NODES_KEPT: usize = 200;

/// Puts a newer list of nodes upon an older one: listed nodes take the new values and keep what was not said again;
/// live nodes that are missing have ended; of the nodes that have ended the last `ended_kept` stay. Where a list names a
/// node twice, the last one counts. The result is in the order of names.
#[must_use]
pub fn merge_nodes(
    known: &[RuntimeNode],
    reported: &[RuntimeNode],
    at: Timestamp,
    ended_kept: usize,
) -> Vec<RuntimeNode> {
    let mut new: BTreeMap<&str, &RuntimeNode> = reported.iter().map(|node| (node.name.as_str(), node)).collect();
    let mut merged: Vec<RuntimeNode> = Vec::with_capacity(known.len().max(reported.len()));
    for old in known {
        let mut node = old.clone();
        match new.remove(old.name.as_str()) {
            Some(new) => {
                let keep = |newer: &Option<String>, older: Option<String>| newer.clone().or(older);
                node.pod = keep(&new.pod, node.pod);
                node.kind = keep(&new.kind, node.kind);
                node.workspace = keep(&new.workspace, node.workspace);
                node.data_plane = keep(&new.data_plane, node.data_plane);
                node.status = new.status.clone();
                node.created_at = new.created_at.or(node.created_at);
                node.started_at = new.started_at.or(node.started_at);
                node.ended_at = if new.status.has_ended() { new.ended_at.or(node.ended_at) } else { None };
            }
            None if !node.status.has_ended() => {
                node.status = NodeStatus::Deleted;
                node.ended_at = Some(at);
            }
            None => {}
        }
        merged.push(node);
    }
    merged.extend(new.into_values().cloned());
    forget_ended(&mut merged, ended_kept);
    merged.sort_by(|left, right| left.name.cmp(&right.name));
    merged
}

/// Leaves of the nodes that have ended those that did so last. One of which nobody knows when counts as long ago.
fn forget_ended(nodes: &mut Vec<RuntimeNode>, kept: usize) {
    let ended = nodes.iter().filter(|node| node.status.has_ended()).count();
    if ended <= kept {
        return;
    }
    let end = |node: &RuntimeNode| node.ended_at.or(node.started_at).or(node.created_at);
    // The latest end first, and after them those that live.
    nodes.sort_by(|left, right| {
        let order = |node: &RuntimeNode| (!node.status.has_ended(), Reverse(end(node)));
        order(left).cmp(&order(right)).then_with(|| left.name.cmp(&right.name))
    });
    nodes.drain(kept..ended);
}

/// How many nodes are in which status: `2 running, 1 failed`; empty for no nodes.
#[must_use]
pub fn summarise_nodes(nodes: &[RuntimeNode]) -> String {
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for node in nodes {
        *counts.entry(node.status.as_str()).or_default() += 1;
    }
    counts.into_iter().map(|(status, count)| format!("{count} {status}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    #[test]
    fn ended_nodes_stay_and_vanished_ones_end() {
        let known = [
            RuntimeNode::new("a", NodeStatus::Running),
            RuntimeNode::new("b", NodeStatus::Failed),
            RuntimeNode { data_plane: Some("hub".into()), ..RuntimeNode::new("c", NodeStatus::Pending) },
        ];
        let reported = [RuntimeNode::new("c", NodeStatus::Running), RuntimeNode::new("d", NodeStatus::Pending)];
        let merged = merge_nodes(&known, &reported, NOW, 200);
        let statuses: Vec<_> = merged.iter().map(|node| (node.name.as_str(), node.status.as_str())).collect();
        assert_eq!(statuses, [("a", "deleted"), ("b", "failed"), ("c", "running"), ("d", "pending")]);
        assert_eq!(merged[0].ended_at, Some(NOW));
        assert_eq!(merged[2].data_plane.as_deref(), Some("hub"));
        assert_eq!(merge_nodes(&merged, &reported, Timestamp(2_000_000), 200), merged, "nothing new, nothing changed");
        assert_eq!(summarise_nodes(&merged), "1 deleted, 1 failed, 1 pending, 1 running");
    }

    #[test]
    fn the_nodes_that_ended_last_are_kept() {
        let node = |name: &str, status: NodeStatus, ended: Option<i64>| RuntimeNode {
            ended_at: ended.map(Timestamp),
            ..RuntimeNode::new(name, status)
        };
        let reported = [
            node("old", NodeStatus::Failed, Some(1)),
            node("unknown", NodeStatus::Succeeded, None),
            node("late", NodeStatus::Failed, Some(5)),
            node("runs", NodeStatus::Running, None),
        ];
        let names = |nodes: &[RuntimeNode]| nodes.iter().map(|node| node.name.clone()).collect::<Vec<_>>();
        let merged = merge_nodes(&[], &reported, NOW, 2);
        assert_eq!(names(&merged), ["late", "old", "runs"]);
        assert_eq!(merge_nodes(&merged, &reported, NOW, 2), merged, "what was forgotten is not new when told again");
        assert_eq!(names(&merge_nodes(&merged, &[], NOW, 1)), ["runs"], "it ended last");
        assert!(merge_nodes(&merged, &[], NOW, 0).is_empty());
    }

    #[test]
    fn a_node_that_is_listed_twice_is_as_the_last_one_says() {
        let twice = [RuntimeNode::new("a", NodeStatus::Running), RuntimeNode::new("a", NodeStatus::Failed)];
        let merged = merge_nodes(&[], &twice, NOW, 200);
        assert_eq!(merged, twice[1..]);
        assert_eq!(merge_nodes(&merged, &twice, NOW, 200), merged, "the same again changes nothing");
    }

    #[test]
    fn lists_of_many_nodes_are_merged_at_once() {
        let named = |round: usize| -> Vec<RuntimeNode> {
            (0..20_000).map(|number| RuntimeNode::new(format!("{round}-{number}"), NodeStatus::Running)).collect()
        };
        let began = std::time::Instant::now();
        let merged = merge_nodes(&named(1), &named(2), NOW, 200);
        assert_eq!(merged.len(), 20_200);
        // Comparing each with each takes minutes.
        assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
    }

    #[test]
    fn only_running_nodes_have_an_uptime() {
        let mut node = RuntimeNode::new("a", NodeStatus::Running);
        assert_eq!(node.uptime(NOW), None);
        node.created_at = Some(Timestamp(400_000));
        assert_eq!(node.uptime(NOW), Some(600_000));
        node.status = NodeStatus::Failed;
        assert_eq!(node.uptime(NOW), None);
    }
}
