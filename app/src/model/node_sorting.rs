//! The order of the nodes on the Runtime tab.

use std::cmp::Ordering;

use super::node::{NodeStatus, RuntimeNode};
use super::time::Timestamp;

/// A column of the table of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeColumn {
    /// The name.
    Name,
    /// When it was made.
    Created,
    /// The workspace it runs in.
    Workspace,
    /// The data plane it runs on.
    DataPlane,
    /// What it does.
    Status,
    /// How long it has been running.
    Uptime,
}

impl NodeColumn {
    /// All, in the order of the screen.
    pub const ALL: [Self; 6] =
        [Self::Name, Self::Created, Self::Workspace, Self::DataPlane, Self::Status, Self::Uptime];

    /// The word in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Created => "created",
            Self::Workspace => "workspace",
            Self::DataPlane => "dataplane",
            Self::Status => "status",
            Self::Uptime => "uptime",
        }
    }

    /// The title of the column.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Created => "Created",
            Self::Workspace => "Workspace",
            Self::DataPlane => "Data plane",
            Self::Status => "Status",
            Self::Uptime => "Uptime",
        }
    }
}

/// What nodes are sorted by. The default puts the running ones first, then the newest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeSorting {
    /// The column, and whether from its end.
    pub by: Option<(NodeColumn, bool)>,
}

impl NodeSorting {
    /// Reads `created` or `-created`; anything else is the default.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (word, descending) = match text.strip_prefix('-') {
            Some(word) => (word, true),
            None => (text, false),
        };
        let column = NodeColumn::ALL.into_iter().find(|column| column.as_str() == word);
        Self { by: column.map(|column| (column, descending)) }
    }

    /// Puts nodes into the order. What is not known comes last in either direction.
    pub fn sort(self, nodes: &mut [RuntimeNode], now: Timestamp) {
        let Some((column, descending)) = self.by else {
            nodes.sort_by_key(|node| {
                (node.status != NodeStatus::Running, std::cmp::Reverse(node.created_at), node.name.clone())
            });
            return;
        };
        nodes.sort_by(|left, right| {
            let order = match column {
                NodeColumn::Name => directed(Some(&left.name), Some(&right.name), descending),
                NodeColumn::Created => directed(left.created_at, right.created_at, descending),
                NodeColumn::Workspace => directed(left.workspace.as_ref(), right.workspace.as_ref(), descending),
                NodeColumn::DataPlane => directed(left.data_plane.as_ref(), right.data_plane.as_ref(), descending),
                NodeColumn::Status => directed(Some(left.status.as_str()), Some(right.status.as_str()), descending),
                NodeColumn::Uptime => directed(left.uptime(now), right.uptime(now), descending),
            };
            order.then_with(|| left.name.cmp(&right.name))
        });
    }
}

fn directed<T: Ord>(left: Option<T>, right: Option<T>, descending: bool) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) if descending => right.cmp(&left),
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(10_000);

    fn node(name: &str, status: NodeStatus, created: Option<i64>, plane: Option<&str>) -> RuntimeNode {
        RuntimeNode {
            created_at: created.map(Timestamp),
            data_plane: plane.map(str::to_owned),
            ..RuntimeNode::new(name, status)
        }
    }

    fn sorted(sort: &str) -> Vec<String> {
        let mut nodes = [
            node("a", NodeStatus::Failed, Some(3_000), Some("hub")),
            node("b", NodeStatus::Running, Some(1_000), None),
            node("c", NodeStatus::Running, Some(2_000), Some("edge")),
            node("d", NodeStatus::Deleted, None, Some("hub")),
        ];
        NodeSorting::parse(sort).sort(&mut nodes, NOW);
        nodes.map(|node| node.name).to_vec()
    }

    #[test]
    fn the_running_and_newest_nodes_come_first() {
        assert_eq!(sorted(""), ["c", "b", "a", "d"]);
        assert_eq!(sorted("nonsense"), ["c", "b", "a", "d"]);
    }

    #[test]
    fn every_column_sorts_both_ways_with_the_unknown_last() {
        assert_eq!(sorted("created"), ["b", "c", "a", "d"]);
        assert_eq!(sorted("-created"), ["a", "c", "b", "d"]);
        assert_eq!(sorted("-name"), ["d", "c", "b", "a"]);
        assert_eq!(sorted("dataplane"), ["c", "a", "d", "b"]);
        assert_eq!(sorted("-dataplane"), ["a", "d", "c", "b"]);
        assert_eq!(sorted("uptime"), ["c", "b", "a", "d"]);
        assert_eq!(sorted("-uptime"), ["b", "c", "a", "d"]);
        assert_eq!(sorted("status"), ["d", "a", "b", "c"]);
    }
}
