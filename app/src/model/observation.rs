//! What sources report, and what became of it.

use serde::{Deserialize, Serialize};

use super::key::Key;
use super::manifest::Manifest;
use super::node::RuntimeNode;
use super::resource_type::ResourceType;
use super::time::Timestamp;

/// The lengths of the platform's lists of created things (domain.md 2.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceCounts {
    /// Cloud Kernel Resource Count.
    pub cloud_kernel: Option<u32>,
    /// `WebService` Resource Count.
    pub web_service: Option<u32>,
    /// Operator Runtime Resource Count.
    pub operator_runtime: Option<u32>,
}

/// What one source says of one Resource at one moment. `None` means "not said", never "empty":
/// an empty text, list or runtime says that there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The Resource.
    pub key: Key,
    /// When it was observed.
    pub at: Timestamp,
    /// Whether the Resource was seen to be gone.
    #[serde(default)]
    pub deleted: bool,
    /// The version.
    pub version: Option<String>,
    /// The status the platform reports (Aggregate Status), raw.
    pub status: Option<String>,
    /// The Builder Stage, raw.
    pub builder_stage: Option<String>,
    /// The runtime, raw; empty for none.
    pub runtime: Option<String>,
    /// The nodes of the runtime: the whole list.
    pub nodes: Option<Vec<RuntimeNode>>,
    /// The owner.
    pub owner: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The tags.
    pub tags: Option<Vec<String>>,
    /// `user` or `system`.
    pub layer: Option<String>,
    /// The source of a depot: `S3`, `SNOWFLAKE` ...
    pub depot_source: Option<String>,
    /// How many replicas are wanted.
    pub replicas: Option<u32>,
    /// The manifest.
    pub manifest: Option<Manifest>,
    /// The counts of created things.
    pub counts: Option<ResourceCounts>,
    /// Why the platform reports an error.
    pub message: Option<String>,
    /// When the platform created the Resource.
    pub created_at: Option<Timestamp>,
}

impl Observation {
    /// An observation that says nothing yet but that the Resource is there.
    #[must_use]
    pub fn new(key: Key, at: Timestamp) -> Self {
        Self {
            key,
            at,
            deleted: false,
            version: None,
            status: None,
            builder_stage: None,
            runtime: None,
            nodes: None,
            owner: None,
            description: None,
            tags: None,
            layer: None,
            depot_source: None,
            replicas: None,
            manifest: None,
            counts: None,
            message: None,
            created_at: None,
        }
    }
}

/// What a complete listing is complete for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// The type.
    pub resource_type: ResourceType,
    /// The workspace; `None` for all of them.
    pub workspace: Option<String>,
}

impl Scope {
    /// Reads `TYPE` or `TYPE:WORKSPACE`; `None` when the type is blank or there are more parts.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (resource_type, workspace) = match text.split_once(':') {
            Some((resource_type, workspace)) => (resource_type, Some(workspace.trim())),
            None => (text, None),
        };
        let valid = !resource_type.trim().is_empty()
            && workspace.is_none_or(|workspace| !workspace.is_empty() && !workspace.contains(':'));
        valid.then(|| Self { resource_type: ResourceType::new(resource_type), workspace: workspace.map(str::to_owned) })
    }

    /// Whether a Resource lies in it.
    #[must_use]
    pub fn covers(&self, key: &Key) -> bool {
        key.resource_type == self.resource_type
            && self.workspace.as_deref().is_none_or(|workspace| key.workspace.as_deref() == Some(workspace))
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.resource_type)?;
        match &self.workspace {
            Some(workspace) => write!(formatter, ":{workspace}"),
            None => Ok(()),
        }
    }
}

/// Observations that are stored together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Who reports.
    pub source: String,
    /// The moment of the report: the time of the deletions that follow from `complete`.
    pub at: Timestamp,
    /// What was seen.
    pub observations: Vec<Observation>,
    /// The scopes of which `observations` is all there is.
    pub complete: Vec<Scope>,
    /// Whether to accept a complete listing that would delete more than half of its scope.
    pub force: bool,
    /// The number of the lease under which the source was run: the batch is refused once a later one was given out.
    pub lease: Option<i64>,
}

/// A request that has its effect once, however often it is repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatableRequest {
    /// Who asks: keys of one never meet those of another.
    pub caller: String,
    /// The key that the caller gave it.
    pub key: String,
    /// Tells the request from any other: a digest of what it asks.
    pub request: String,
}

/// What recording a batch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Observations in the batch.
    pub read: u64,
    /// Observations that changed something.
    pub changed: u64,
    /// Observations that changed nothing.
    pub unchanged: u64,
    /// Resources that were deleted, whether said so or missing from a complete listing.
    pub deleted: u64,
    /// The last entry of the change log.
    pub seq: i64,
}

impl Recorded {
    /// Adds up what several batches did.
    pub fn add(&mut self, other: Self) {
        self.read += other.read;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.deleted += other.deleted;
        self.seq = self.seq.max(other.seq);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_as_typed() {
        assert_eq!(Scope::parse("Depot").map(|scope| scope.to_string()).as_deref(), Some("depot"));
        assert_eq!(Scope::parse("service:public").map(|scope| scope.to_string()).as_deref(), Some("service:public"));
        for text in ["", ":public", "service:", "a:b:c"] {
            assert_eq!(Scope::parse(text), None, "{text}");
        }
    }
}
