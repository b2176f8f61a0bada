//! What the overview shows.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::encoding::Json;
use super::{ApiError, Current, Row};
use crate::model::{Change, Common, Health, Key, Summary, Timestamp, TypeCount};

/// What the overview shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewView {
    /// Counts per State, of the types that have Resources.
    pub types: Vec<TypeCount>,
    /// The Resources that are failed or degraded, many of them in groups: the failed ones first, of each the last changed
    /// first.
    pub attention: Vec<Attention>,
    /// How many Resources are failed or degraded in all.
    pub attention_total: u64,
    /// How the whole catalog is, in numbers.
    pub summary: Summary,
    /// The Resources that changed last, with their newest changes.
    pub changes: Vec<ResourceChanges>,
}

/// A Resource that needs attention, or several that have something in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// What they have in common; `None` for a single one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub common: Option<Common>,
    /// How the gravest of them is.
    pub health: Health,
    /// Since when the one that fell ill last is as it is.
    pub since: Timestamp,
    /// The first of them.
    pub keys: Vec<Key>,
    /// How many they are.
    pub count: u32,
    /// Whether there may be further ones.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_more: bool,
}

impl Attention {
    /// A single Resource.
    #[must_use]
    pub fn of(row: Row) -> Self {
        let since = row.health_since.unwrap_or(row.changed_at);
        Self { common: None, health: row.health, since, keys: vec![row.key], count: 1, has_more: false }
    }

    /// What tells it from the others.
    #[must_use]
    pub fn id(&self) -> String {
        match &self.common {
            Some(Common::Whole(whole)) => ["parts of ", &whole.path()].concat(),
            Some(Common::Cause(cause)) => [self.health.level.as_str(), " ", cause].concat(),
            None => self.keys.first().map(Key::path).unwrap_or_default(),
        }
    }
}

/// The newest changes of a Resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceChanges {
    /// The Resource.
    pub key: Key,
    /// When the newest one happened.
    pub at: Timestamp,
    /// Who reported it.
    pub source: String,
    /// The changes, the newest first; as many as have room.
    pub changes: Vec<Change>,
    /// How many further ones there are.
    pub more: u32,
}

/// Counts by type and State, what needs attention, what changed last.
///
/// # Errors
/// When store or index do not answer.
#[server(prefix = "/api/ui", endpoint = "overview", input = GetUrl, output = Json)]
pub async fn load_overview() -> Result<Current<OverviewView>, ApiError> {
    use super::build;

    let catalog = build::catalog()?;
    build::current(&*catalog, build::overview(&*catalog)).await
}
