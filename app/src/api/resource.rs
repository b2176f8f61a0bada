//! What the page of a Resource shows: what all its tabs share, and each tab.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use reactive_stores::{Patch, Store};
use serde::{Deserialize, Serialize};

use super::encoding::Json;
use super::{ApiError, Current, Row};
use crate::model::{
    ChangePage, DetailSection, Health, Incarnation, Key, ManifestField, Neighbours, RuntimeNode, Seen, Span, State,
    Timestamp,
};

/// What header and tabs of a Resource share. Its parts are patched one by one where the Resource changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Store, Patch)]
pub struct ResourceView {
    /// The Resource.
    #[patch(|this, new| *this = new)]
    pub key: Key,
    /// The id as the platform prints it.
    pub id: String,
    /// Whether it is there and working.
    #[patch(|this, new| *this = new)]
    pub status: ResourceStatus,
    /// What it is for.
    pub description: Option<String>,
    /// What is known of it whatever its type.
    #[patch(|this, new| *this = new)]
    pub facts: Facts,
    /// Its tags.
    #[patch(|this, new| *this = new)]
    pub tags: Vec<String>,
    /// Its neighbours in the listing one came from.
    #[patch(|this, new| *this = new)]
    pub neighbours: Neighbours,
    /// Whether it has a Runtime tab.
    pub has_runtime: bool,
    /// The Resources it is made of, as far as the catalog has them.
    #[patch(|this, new| *this = new)]
    pub parts: Vec<Key>,
    /// What is known of it over time.
    #[patch(|this, new| *this = new)]
    pub activity: ResourceActivity,
}

/// What is known of a Resource over time, and how much of it there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceActivity {
    /// Its State over the last 24 hours.
    pub state: Vec<Span>,
    /// Its runtime over the last 24 hours; empty for a Resource that has none.
    pub runtime: Vec<Span>,
    /// How many entries its change log has, as far as they are counted.
    pub events: u32,
    /// Whether it has more than those.
    pub more_events: bool,
    /// How many of its runtime nodes are running or have succeeded, and how many there are.
    pub nodes: (u32, u32),
}

/// Whether a Resource is there and working, and why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceStatus {
    /// Its State.
    pub state: State,
    /// When it was deleted, if it is.
    pub deleted_at: Option<Timestamp>,
    /// Its health.
    pub health: Health,
    /// The part of a composite Resource that is worst off.
    pub worst_part: Option<(Key, Health)>,
    /// Since when its health is what it is, where that is known.
    pub since: Option<Timestamp>,
    /// Its failed runtime nodes: the first of them, whether or not the rest runs.
    pub failed_nodes: Vec<String>,
    /// How many further ones there are.
    pub more_failed_nodes: u32,
    /// What the platform gives as the reason of an error.
    pub message: Option<String>,
}

/// What is known of every Resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Its version; empty when nobody said.
    pub version: String,
    /// Its owner.
    pub owner: Option<String>,
    /// When the platform created it.
    pub created_at: Option<Timestamp>,
    /// When it was first seen.
    pub first_seen_at: Timestamp,
    /// When something last changed.
    pub changed_at: Timestamp,
    /// The latest observation.
    pub observed: Option<Seen>,
}

/// What the Details tab shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailsView {
    /// Labels and values, in the order of the type.
    pub fields: Vec<DetailField>,
    /// Further sections, from the manifest.
    pub sections: Vec<DetailSection>,
    /// The lines of the manifest's specification that people look for, each with its path as label.
    pub excerpt: Vec<ManifestField>,
    /// The parts of a composite Resource; `None` for one that has none by its type.
    pub parts: Option<Vec<Row>>,
    /// Its lifecycle events: each creation with its deletion, newest first.
    pub lifecycle: Vec<Incarnation>,
}

/// A label with its value, and when that was observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailField {
    /// The label.
    pub label: String,
    /// The value.
    pub value: DetailValue,
    /// When and by whom it was last observed.
    pub seen: Option<Seen>,
    /// Whether it was observed much earlier than the rest.
    pub is_old: bool,
    /// Whether it is stale.
    pub is_stale: bool,
}

/// A value of the Details tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DetailValue {
    /// Text.
    Text(String),
    /// A State.
    State(State),
    /// A runtime as it was reported.
    Runtime(String),
    /// Names, and the pages they lead to.
    Links(Vec<(String, String)>),
    /// It is not there, and why.
    Missing(String),
}

/// What the Runtime tab shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuntimeView {
    /// The Resource; `None` only before there is an answer.
    pub key: Option<Key>,
    /// The runtime as it was reported; `None` when nobody did.
    pub runtime: Option<String>,
    /// Since when its word is what it is.
    pub since: Option<Timestamp>,
    /// When and by whom it was last observed.
    pub seen: Option<Seen>,
    /// Whether it failed while building, so that nothing of it can run.
    pub failed_building: bool,
    /// The nodes that are shown, in their order.
    pub nodes: Vec<RuntimeNode>,
    /// How many nodes there are in all.
    pub nodes_total: u32,
    /// How many of all nodes are in which status.
    pub statuses: Vec<(String, u32)>,
    /// How many of all nodes are on which data plane.
    pub data_planes: Vec<(String, u32)>,
    /// The parts of a composite Resource; `None` for one that has none by its type.
    pub parts: Option<Vec<Row>>,
}

/// What the Manifest tab shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestView {
    /// The Resource; `None` only before there is an answer.
    pub key: Option<Key>,
    /// The text, of a long one its first lines; `None` when no manifest was reported.
    pub text: Option<String>,
    /// How many lines it has in all.
    pub lines: u32,
}

/// A Resource by the segments of its path. `from` is the address of the listing one came from, or empty.
///
/// # Errors
/// [`ApiError::NotFound`] with Resources of a similar name; else when the store does not answer.
#[server(prefix = "/api/ui", endpoint = "resource", input = GetUrl, output = Json)]
pub async fn load_resource(
    #[server(default)] types: String,
    #[server(default)] fqn: String,
    #[server(default)] from: String,
) -> Result<Current<ResourceView>, ApiError> {
    use super::build;

    let catalog = build::catalog()?;
    build::current(&*catalog, build::resource(&*catalog, &types, &fqn, &from)).await
}

/// The Details tab of a Resource.
///
/// # Errors
/// As [`load_resource`].
#[server(prefix = "/api/ui", endpoint = "details", input = GetUrl, output = Json)]
pub async fn load_details(
    #[server(default)] types: String,
    #[server(default)] fqn: String,
) -> Result<Current<DetailsView>, ApiError> {
    use super::build;

    let catalog = build::catalog()?;
    build::current(&*catalog, build::details(&*catalog, &types, &fqn)).await
}

/// The Runtime tab of a Resource: its nodes in the order `sort`, those with `q` in their names, of one `status` and of
/// one `data_plane`, where these are not empty.
///
/// # Errors
/// As [`load_resource`]; [`ApiError::NotFound`] also for a Resource that has no such tab.
#[server(prefix = "/api/ui", endpoint = "runtime", input = GetUrl, output = Json)]
pub async fn load_runtime(
    #[server(default)] types: String,
    #[server(default)] fqn: String,
    #[server(default)] q: String,
    #[server(default)] sort: String,
    #[server(default)] status: String,
    #[server(default)] data_plane: String,
) -> Result<Current<RuntimeView>, ApiError> {
    use super::build::{self, NodeFilter};

    let catalog = build::catalog()?;
    build::current(&*catalog, build::runtime(&*catalog, &types, &fqn, NodeFilter { q, sort, status, data_plane })).await
}

/// The Events tab of a Resource: its change log, newest first. `before` is the `seq` to continue before, 0 for the
/// newest.
///
/// # Errors
/// As [`load_resource`].
#[server(prefix = "/api/ui", endpoint = "changes", input = GetUrl, output = Json)]
pub async fn load_changes(
    #[server(default)] types: String,
    #[server(default)] fqn: String,
    #[server(default)] before: i64,
) -> Result<Current<ChangePage>, ApiError> {
    use super::build;

    let catalog = build::catalog()?;
    build::current(&*catalog, build::changes(&*catalog, &types, &fqn, before)).await
}

/// The Manifest tab of a Resource.
///
/// # Errors
/// As [`load_resource`].
#[server(prefix = "/api/ui", endpoint = "manifest", input = GetUrl, output = Json)]
pub async fn load_manifest(
    #[server(default)] types: String,
    #[server(default)] fqn: String,
) -> Result<Current<ManifestView>, ApiError> {
    use super::build;

    let catalog = build::catalog()?;
    build::current(&*catalog, build::manifest(&*catalog, &types, &fqn)).await
}
