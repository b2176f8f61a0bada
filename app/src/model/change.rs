//! One entry of the change log.

use serde::{Deserialize, Serialize};

use super::key::Key;
use super::time::Timestamp;

/// What changed of a Resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// It was seen for the first time, or again after a deletion.
    Created,
    /// It was deleted.
    Deleted,
    /// The Aggregate Status.
    Status,
    /// The Builder Stage.
    BuilderStage,
    /// The runtime.
    Runtime,
    /// The nodes of the runtime.
    Nodes,
    /// The version.
    Version,
    /// The owner.
    Owner,
    /// The description.
    Description,
    /// The tags.
    Tags,
    /// The layer.
    Layer,
    /// The source of a depot.
    Source,
    /// The manifest.
    Manifest,
    /// The counts of kernel, web service and operator resources.
    Counts,
    /// What the platform gave as the reason of an error.
    Message,
    /// The time of creation that the platform reports.
    CreatedAt,
    /// How many replicas are wanted.
    Replicas,
}

impl Field {
    /// All fields, in the order they are recorded in.
    pub const ALL: [Self; 17] = [
        Self::Created,
        Self::Deleted,
        Self::Status,
        Self::BuilderStage,
        Self::Runtime,
        Self::Nodes,
        Self::Version,
        Self::Owner,
        Self::Description,
        Self::Tags,
        Self::Layer,
        Self::Source,
        Self::Manifest,
        Self::Counts,
        Self::Message,
        Self::CreatedAt,
        Self::Replicas,
    ];

    /// The word in the database and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Deleted => "deleted",
            Self::Status => "status",
            Self::BuilderStage => "builder-stage",
            Self::Runtime => "runtime",
            Self::Nodes => "nodes",
            Self::Version => "version",
            Self::Owner => "owner",
            Self::Description => "description",
            Self::Tags => "tags",
            Self::Layer => "layer",
            Self::Source => "source",
            Self::Manifest => "manifest",
            Self::Counts => "counts",
            Self::Message => "message",
            Self::CreatedAt => "created-at",
            Self::Replicas => "replicas",
        }
    }

    /// Reads the word of the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == text)
    }

    /// The name on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Deleted => "Deleted",
            Self::Status => "Aggregate status",
            Self::BuilderStage => "Builder stage",
            Self::Runtime => "Runtime",
            Self::Nodes => "Runtime nodes",
            Self::Version => "Version",
            Self::Owner => "Owner",
            Self::Description => "Description",
            Self::Tags => "Tags",
            Self::Layer => "Layer",
            Self::Source => "Depot source",
            Self::Manifest => "Manifest",
            Self::Counts => "Resource counts",
            Self::Message => "Message",
            Self::CreatedAt => "Creation time",
            Self::Replicas => "Replicas",
        }
    }
}

/// One change of one Resource. The log of these is what everything else is derived from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The place in the log; grows, never reused.
    pub seq: i64,
    /// When it was observed.
    pub at: Timestamp,
    /// The Resource.
    pub key: Key,
    /// What changed.
    pub field: Field,
    /// The value before; `None` when there was none.
    pub from: Option<String>,
    /// The value after; `None` when there is none.
    pub to: Option<String>,
    /// Who reported it.
    pub source: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_read_back_by_its_word() {
        for field in Field::ALL {
            assert_eq!(Field::parse(field.as_str()), Some(field));
        }
    }
}
