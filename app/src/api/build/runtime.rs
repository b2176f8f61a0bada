//! The Runtime tab.

use std::collections::BTreeMap;

use super::resource::found;
use crate::api::{ApiError, Row, RuntimeView};
use crate::catalog::Catalog;
use crate::model::{Aspect, BuilderStage, NodeSorting, RuntimeNode};

/// Which nodes are shown, and how they are sorted. What is empty lets all through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::api) struct NodeFilter {
    /// A part of the name, or of the name of the pod.
    pub(in crate::api) q: String,
    /// The order.
    pub(in crate::api) sort: String,
    /// The status.
    pub(in crate::api) status: String,
    /// The data plane.
    pub(in crate::api) data_plane: String,
}

impl NodeFilter {
    fn lets_through(&self, node: &RuntimeNode) -> bool {
        let chosen = |filter: &str, value: &str| filter.is_empty() || filter == value;
        let named = self.q.trim().to_lowercase();
        [Some(&node.name), node.pod.as_ref()].into_iter().flatten().any(|name| name.to_lowercase().contains(&named))
            && chosen(&self.status, node.status.as_str())
            && chosen(&self.data_plane, node.data_plane.as_deref().unwrap_or_default())
    }
}

/// The Runtime tab with the nodes that `filter` lets through.
///
/// # Errors
/// As [`found`]; [`ApiError::NotFound`] also for a Resource that has no such tab.
pub(in crate::api) async fn runtime(
    catalog: &dyn Catalog,
    types: &str,
    fqn: &str,
    filter: NodeFilter,
) -> Result<RuntimeView, ApiError> {
    let detail = found(catalog, types, fqn).await?;
    let resource = detail.resource;
    if !resource.has_runtime_tab() {
        return Err(ApiError::NotFound { what: format!("{fqn}/runtime"), near: Vec::new() });
    }
    let mut nodes: Vec<RuntimeNode> = detail.nodes.iter().filter(|node| filter.lets_through(node)).cloned().collect();
    NodeSorting::parse(&filter.sort).sort(&mut nodes, catalog.now());
    let parts = resource.key.resource_type.is_composite().then(|| detail.parts.into_iter().map(Row::from).collect());
    let stage = resource.builder_stage.as_deref().map(BuilderStage::parse);
    Ok(RuntimeView {
        nodes,
        nodes_total: u32::try_from(detail.nodes.len()).unwrap_or(u32::MAX),
        statuses: counted(detail.nodes.iter().map(|node| node.status.as_str())),
        data_planes: counted(detail.nodes.iter().filter_map(|node| node.data_plane.as_deref())),
        since: resource.runtime_since.filter(|_| !resource.runtime().is_none()),
        seen: resource.observed.get(&Aspect::Runtime).cloned(),
        failed_building: stage == Some(BuilderStage::Error) && resource.runtime().is_none(),
        runtime: resource.runtime,
        parts,
        key: Some(resource.key),
    })
}

/// How often each value occurs.
fn counted<'a>(values: impl Iterator<Item = &'a str>) -> Vec<(String, u32)> {
    let mut counts = BTreeMap::<&str, u32>::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts.into_iter().map(|(value, count)| (value.to_owned(), count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NodeStatus;

    #[test]
    fn nodes_are_found_by_a_part_of_their_name_and_by_all_that_is_chosen() {
        let node = |name: &str, status, data_plane: &str| RuntimeNode {
            data_plane: Some(data_plane.to_owned()),
            ..RuntimeNode::new(name, status)
        };
        let nodes = [
            node("orders-api-Main", NodeStatus::Running, "hub"),
            node("orders-api-old", NodeStatus::Failed, "hub"),
            RuntimeNode { pod: Some("pod-main-7".to_owned()), ..node("x", NodeStatus::Running, "edge") },
        ];
        let found = |q: &str, status: &str, data_plane: &str| {
            let [q, status, data_plane] = [q, status, data_plane].map(str::to_owned);
            let filter = NodeFilter { q, status, data_plane, ..NodeFilter::default() };
            nodes.iter().filter(|node| filter.lets_through(node)).map(|node| node.name.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(found("", "", ""), ["orders-api-Main", "orders-api-old", "x"]);
        assert_eq!(found(" main ", "", ""), ["orders-api-Main", "x"], "in any case, and the pod behind it");
        assert_eq!(found("", "failed", ""), ["orders-api-old"]);
        assert_eq!(found("main", "running", "edge"), ["x"]);
        assert!(found("main", "failed", "").is_empty());
    }
}
