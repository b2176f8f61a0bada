//! One Resource of the environment, before anything happens to it.

use app::model::{Key, Timestamp};

/// What a Resource is, apart from how it fares.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub(super) key: Key,
    pub(super) version: &'static str,
    pub(super) owner: String,
    pub(super) description: Option<String>,
    /// Tags that its owner gave it; the platform adds its own.
    pub(super) user_tags: Vec<String>,
    pub(super) layer: &'static str,
    pub(super) depot_source: Option<&'static str>,
    pub(super) replicas: Option<u32>,
    pub(super) created_at: Timestamp,
    /// Keys of Resources that its manifest names: the parts of a bundle, the depot of a lakehouse, the source of a lens.
    pub(super) names: Vec<Key>,
    /// The stack of a service, where it is not the usual one.
    pub(super) stack: Option<&'static str>,
    /// When a workflow or monitor runs.
    pub(super) cron: Option<&'static str>,
}

impl Subject {
    /// A Resource with the usual values of its type.
    pub(super) fn new(key: Key, owner: String, created_at: Timestamp) -> Self {
        let version = default_version(key.resource_type.as_str());
        let replicas = matches!(key.resource_type.as_str(), "service" | "worker" | "cluster").then_some(1);
        let layer = if matches!(key.resource_type.as_str(), "stack" | "compute" | "operator" | "grant") {
            "system"
        } else {
            "user"
        };
        Self {
            key,
            version,
            owner,
            description: None,
            user_tags: Vec::new(),
            layer,
            depot_source: None,
            replicas,
            created_at,
            names: Vec::new(),
            stack: None,
            cron: None,
        }
    }

    /// The type as a word.
    pub(super) fn type_name(&self) -> &str {
        self.key.resource_type.as_str()
    }

    /// All tags: its own, and those that the platform adds (domain.md 1.4).
    pub(super) fn tags(&self) -> Vec<String> {
        let mut tags = Vec::with_capacity(self.user_tags.len() + 4);
        tags.extend(self.user_tags.iter().cloned());
        tags.push("dataos:type:resource".to_owned());
        tags.push(format!("dataos:resource:{}", self.type_name()));
        tags.push(format!("dataos:layer:{}", self.layer));
        tags.push(match &self.key.workspace {
            Some(workspace) => format!("dataos:workspace:{workspace}"),
            None => "dataos:type:cluster-resource".to_owned(),
        });
        tags
    }
}

/// The version that most Resources of a type have (domain.md 1.1).
fn default_version(resource_type: &str) -> &'static str {
    match resource_type {
        "worker" | "volume" | "compute" | "bundle" => "v1beta",
        "lens" | "lakehouse" | "monitor" | "pager" | "stack" | "operator" | "grant" | "resource" | "vulcan" => {
            "v1alpha"
        }
        "depot" => "v2alpha",
        _ => "v1",
    }
}
