//! What the index keeps of a Resource.

use std::collections::BTreeSet;

use app::model::{Resource, Timestamp};
use serde::{Deserialize, Serialize};

use super::column::COLUMNS;

/// What is indexed: a Resource and its number, and the names of its runtime nodes where it has any.
pub trait Indexed {
    /// The number of the Resource.
    fn number(&self) -> i64;
    /// The Resource.
    fn resource(&self) -> &Resource;
    /// The names by which its runtime nodes are found.
    fn nodes(&self) -> &[String];
}

impl Indexed for (i64, Resource) {
    fn number(&self) -> i64 {
        self.0
    }

    fn resource(&self) -> &Resource {
        &self.1
    }

    fn nodes(&self) -> &[String] {
        &[]
    }
}

impl Indexed for (i64, Resource, Vec<String>) {
    fn number(&self) -> i64 {
        self.0
    }

    fn resource(&self) -> &Resource {
        &self.1
    }

    fn nodes(&self) -> &[String] {
        &self.2
    }
}

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
    /// Whether it has been starting for too long at that time.
    pub(super) stuck: bool,
    /// Its owner.
    pub(super) owner: Option<String>,
    /// The source of a depot, upper-cased.
    pub(super) source: Option<String>,
    /// Its tags, sorted.
    pub(super) tags: Vec<String>,
    /// The sources that reported what is known of it, sorted.
    pub(super) reporters: Vec<String>,
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
        let reporters: BTreeSet<&str> = resource.observed.values().map(|seen| seen.source.as_str()).collect();
        Self {
            number,
            name: resource.key.name.to_lowercase(),
            resource_type: resource.key.resource_type.as_str().to_owned(),
            workspace: said(&resource.key.workspace),
            state: resource.state().as_str().to_owned(),
            runtime: resource.runtime().state.as_str().to_owned(),
            health: health.level.as_str().to_owned(),
            stuck: health.stuck,
            owner: said(&resource.owner),
            source: said(&resource.depot_source).map(|source| source.to_uppercase()),
            tags,
            reporters: reporters.into_iter().map(str::to_owned).collect(),
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

/// The text searched after the name: description, owner, tags, message and version, lower-cased.
pub(super) fn further_text(resource: &Resource) -> String {
    let mut text = String::new();
    let said = resource.description.iter().chain(&resource.owner).chain(&resource.tags).chain(&resource.message);
    for part in said.chain([&resource.version]).filter(|part| !part.is_empty()) {
        text.push_str(part);
        text.push('\n');
    }
    text.to_lowercase()
}
