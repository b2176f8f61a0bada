//! Runtime nodes: the rows of the Runtime tab (domain.md 4).

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

/// Puts a newer list of nodes upon an older one: listed nodes take the new values and keep what was not said again;
/// live nodes that are missing have ended; nodes that had ended stay.
#[must_use]
pub fn merge_nodes(known: &[RuntimeNode], reported: &[RuntimeNode], at: Timestamp) -> Vec<RuntimeNode> {
    let mut merged: Vec<RuntimeNode> = Vec::with_capacity(known.len().max(reported.len()));
    for old in known {
        let mut node = old.clone();
        match reported.iter().rev().find(|new| new.name == old.name) {
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
    for new in reported {
        if !merged.iter().any(|node| node.name == new.name) {
            merged.push(new.clone());
        }
    }
    merged.sort_by(|left, right| left.name.cmp(&right.name));
    merged
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
        let merged = merge_nodes(&known, &reported, NOW);
        let statuses: Vec<_> = merged.iter().map(|node| (node.name.as_str(), node.status.as_str())).collect();
        assert_eq!(statuses, [("a", "deleted"), ("b", "failed"), ("c", "running"), ("d", "pending")]);
        assert_eq!(merged[0].ended_at, Some(NOW));
        assert_eq!(merged[2].data_plane.as_deref(), Some("hub"));
        assert_eq!(merge_nodes(&merged, &reported, Timestamp(2_000_000)), merged, "nothing new, nothing changed");
        assert_eq!(summarise_nodes(&merged), "1 deleted, 1 failed, 1 pending, 1 running");
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
