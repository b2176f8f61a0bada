//! What the index keeps of a Resource.

use app::model::{Resource, Timestamp};
use serde::{Deserialize, Serialize};

use super::tables::COLUMNS;

/// What the index keeps of a Resource, apart from the words of its description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    /// Its number in the store.
    pub(super) number: u32,
    /// Its name, lower-cased.
    pub(super) name: String,
    /// Its type.
    pub(super) resource_type: String,
    /// Its workspace.
    pub(super) workspace: Option<String>,
    /// The word of its State.
    pub(super) state: String,
    /// The word of its runtime.
    pub(super) runtime: String,
    /// The word of its health at the time of indexing.
    pub(super) health: String,
    /// Its owner.
    pub(super) owner: Option<String>,
    /// The source of a depot, upper-cased.
    pub(super) source: Option<String>,
    /// Its tags, sorted.
    pub(super) tags: Vec<String>,
    /// When something last changed, in milliseconds.
    pub(super) changed_at: i64,
    /// When its health becomes another through time alone, in milliseconds, if it does.
    pub(super) review_at: Option<i64>,
}

impl Row {
    /// What is kept of a Resource at a moment.
    pub(super) fn of(number: u32, resource: &Resource, now: Timestamp) -> Self {
        let said =
            |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let health = resource.health(now);
        let mut tags: Vec<String> =
            resource.tags.iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
        tags.sort_unstable();
        tags.dedup();
        Self {
            number,
            name: resource.key.name.to_lowercase(),
            resource_type: resource.key.resource_type.as_str().to_owned(),
            workspace: said(&resource.key.workspace),
            state: resource.state().as_str().to_owned(),
            runtime: resource.runtime().state.as_str().to_owned(),
            health: health.level.as_str().to_owned(),
            owner: said(&resource.owner),
            source: said(&resource.depot_source).map(|source| source.to_uppercase()),
            tags,
            changed_at: resource.changed_at.0,
            review_at: health.review_at(now).map(|at| at.0),
        }
    }

    /// The values of the facets that have one, in the order of their columns.
    pub(super) fn words(&self) -> [Option<&str>; COLUMNS] {
        [
            Some(self.resource_type.as_str()),
            Some(self.state.as_str()),
            Some(self.runtime.as_str()),
            Some(self.health.as_str()),
            self.workspace.as_deref(),
            self.owner.as_deref(),
            self.source.as_deref(),
        ]
    }
}

/// The text searched after the name: description, owner and tags, lower-cased.
pub(super) fn further_text(resource: &Resource) -> String {
    let mut text = String::new();
    for part in resource.description.iter().chain(&resource.owner).chain(&resource.tags) {
        text.push_str(part);
        text.push('\n');
    }
    text.to_lowercase()
}
