//! A Resource in a row of a listing.

use serde::{Deserialize, Serialize};

use crate::model::{Health, Key, Runtime, State, Timestamp};

/// What a row shows of a Resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The Resource.
    pub key: Key,
    /// Its State.
    pub state: State,
    /// Its runtime as it was reported; empty for none.
    pub runtime: String,
    /// Whether a blank runtime means "not known" rather than "none".
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub runtime_unknown: bool,
    /// Its health.
    pub health: Health,
    /// Its owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Its first tags, without those of the platform.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The tags that have no room.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_tags: Vec<String>,
    /// The source of a depot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depot_source: Option<String>,
    /// The beginning of its description.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// When the platform created it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Since when the word of the runtime is what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime_since: Option<Timestamp>,
    /// Since when its health is what it is, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_since: Option<Timestamp>,
    /// When something last changed.
    pub changed_at: Timestamp,
    /// When it was last observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_at: Option<Timestamp>,
    /// When the oldest of what the row shows was observed, if that is stale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_since: Option<Timestamp>,
}

impl Row {
    /// The path of its page, which tells it from all others.
    #[must_use]
    pub fn id(&self) -> String {
        self.key.path()
    }

    /// The runtime, parsed.
    #[must_use]
    pub fn runtime(&self) -> Runtime {
        Runtime::parse(&self.runtime)
    }
}
