//! The rows of tables: the shapes that answers and exports share.

use app::model::{Change, ListingRow, ResourceId, RuntimeNode, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::table::TableRow;

/// One Resource of a listing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ResourceRow {
    /// The type, as manifests write it.
    #[serde(rename = "type")]
    #[schema(example = "service")]
    resource_type: String,
    /// The version; empty when nobody said.
    version: String,
    /// The name.
    name: String,
    /// The workspace; `null` for Resources that live in none.
    workspace: Option<String>,
    /// The State: `active`, `error`, `pending`, `unknown`, `deleted`, or another word that was reported.
    state: String,
    /// The runtime as it was reported; empty for none, `null` when it is not known.
    runtime: Option<String>,
    /// The health: `healthy`, `scheduled`, `in-progress`, `starting`, `unknown`, `degraded`, `failed` or `deleted`.
    health: String,
    /// Why it is so, in a sentence.
    reason: String,
    /// The owner.
    owner: Option<String>,
    /// The source of a depot: `S3`, `SNOWFLAKE` ...
    depot_source: Option<String>,
    /// The tags.
    tags: Vec<String>,
    /// The description.
    description: Option<String>,
    /// When the platform created it, where that was said.
    #[schema(format = DateTime)]
    created: Option<String>,
    /// Since when the word of the runtime is what it is.
    #[schema(format = DateTime)]
    runtime_since: Option<String>,
    /// When something last changed.
    #[schema(format = DateTime)]
    updated: String,
    /// When it was last observed.
    #[schema(format = DateTime)]
    last_observed: Option<String>,
    /// The id as the platform prints it: `TYPE:VERSION:NAME[:WORKSPACE]`.
    #[schema(example = "service:v1:orders-api:public")]
    id: String,
}

impl TableRow for ResourceRow {
    const COLUMNS: &'static [&'static str] = &[
        "type",
        "version",
        "name",
        "workspace",
        "state",
        "runtime",
        "health",
        "reason",
        "owner",
        "depot_source",
        "tags",
        "description",
        "created",
        "runtime_since",
        "updated",
        "last_observed",
        "id",
    ];
}

impl ResourceRow {
    /// The row of a Resource, with ages as they are at `now`.
    pub(crate) fn of(row: ListingRow, now: Timestamp) -> Self {
        let id = ResourceId { key: row.key.clone(), version: row.version.clone() }.to_string();
        Self {
            id,
            resource_type: row.key.resource_type.as_str().to_owned(),
            version: row.version,
            name: row.key.name,
            workspace: row.key.workspace,
            state: row.state.as_str().to_owned(),
            runtime: (!row.runtime_unknown).then_some(row.runtime),
            health: row.health.level.as_str().to_owned(),
            reason: row.health.reason.told(now),
            owner: row.owner,
            depot_source: row.depot_source,
            tags: row.tags,
            description: row.description,
            created: row.created_at.map(Timestamp::to_rfc3339),
            runtime_since: row.runtime_since.map(Timestamp::to_rfc3339),
            updated: row.changed_at.to_rfc3339(),
            last_observed: row.observed_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// One runtime node, usually a pod.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NodeRow {
    /// The name; one Resource never has two nodes of one name.
    name: String,
    /// The pod behind it, where it has another name.
    pod: Option<String>,
    /// `pod-deployment`, `pod-flare` ...
    kind: Option<String>,
    /// The workspace it runs in.
    workspace: Option<String>,
    /// The data plane it runs on.
    data_plane: Option<String>,
    /// What it does: `running`, `succeeded`, `failed`, `pending`, `aborted`, `deleted`, `unknown`, or another word.
    status: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created: Option<String>,
    /// When it began to run.
    #[schema(format = DateTime)]
    started: Option<String>,
    /// When it ended.
    #[schema(format = DateTime)]
    ended: Option<String>,
}

impl TableRow for NodeRow {
    const COLUMNS: &'static [&'static str] =
        &["name", "pod", "kind", "workspace", "data_plane", "status", "created", "started", "ended"];
}

impl From<RuntimeNode> for NodeRow {
    fn from(node: RuntimeNode) -> Self {
        Self {
            name: node.name,
            pod: node.pod,
            kind: node.kind,
            workspace: node.workspace,
            data_plane: node.data_plane,
            status: node.status.as_str().to_owned(),
            created: node.created_at.map(Timestamp::to_rfc3339),
            started: node.started_at.map(Timestamp::to_rfc3339),
            ended: node.ended_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// One entry of the change log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ChangeRow {
    /// The place in the log; grows, never reused.
    seq: i64,
    /// When it was observed.
    #[schema(format = DateTime)]
    at: String,
    /// The type of the Resource.
    #[serde(rename = "type")]
    resource_type: String,
    /// The workspace of the Resource.
    workspace: Option<String>,
    /// The name of the Resource.
    name: String,
    /// What changed: `created`, `deleted`, `status`, `builder-stage`, `runtime`, `nodes`, `version`, `owner`,
    /// `description`, `tags`, `layer`, `source`, `manifest`, `counts`, `message`, `created-at` or `replicas`.
    field: String,
    /// The value before; `null` when there was none.
    from: Option<String>,
    /// The value after; `null` when there is none.
    to: Option<String>,
    /// Who reported it.
    source: String,
}

impl TableRow for ChangeRow {
    const COLUMNS: &'static [&'static str] =
        &["seq", "at", "type", "workspace", "name", "field", "from", "to", "source"];
}

impl From<Change> for ChangeRow {
    fn from(change: Change) -> Self {
        Self {
            seq: change.seq,
            at: change.at.to_rfc3339(),
            resource_type: change.key.resource_type.as_str().to_owned(),
            workspace: change.key.workspace,
            name: change.key.name,
            field: change.field.as_str().to_owned(),
            from: change.from,
            to: change.to,
            source: change.source,
        }
    }
}

#[cfg(test)]
mod tests {
    use app::model::{Field, Key, NodeStatus, Resource};

    use super::*;

    fn assert_columns<T: TableRow>(row: &T) {
        let json = serde_json::to_value(row).expect("JSON");
        let mut fields: Vec<_> = json.as_object().expect("an object").keys().cloned().collect();
        let mut columns: Vec<_> = T::COLUMNS.iter().map(ToString::to_string).collect();
        fields.sort();
        columns.sort();
        assert_eq!(fields, columns);
    }

    #[test]
    fn tables_have_a_column_for_every_field() {
        let key = Key::new("service", Some("public"), "orders-api").expect("a key");
        let resource = Resource::new(key.clone(), Timestamp(0));
        assert_columns(&ResourceRow::of(ListingRow::of(&resource, Timestamp(0)), Timestamp(0)));
        assert_columns(&NodeRow::from(RuntimeNode::new("x", NodeStatus::Running)));
        let change =
            Change { seq: 1, at: Timestamp(0), key, field: Field::Status, from: None, to: None, source: "test".into() };
        assert_columns(&ChangeRow::from(change));
    }

    #[test]
    fn no_runtime_is_not_an_unknown_runtime() {
        let key = Key::new("service", Some("public"), "orders-api").expect("a key");
        let mut resource = Resource::new(key, Timestamp(0));
        assert_eq!(ResourceRow::of(ListingRow::of(&resource, Timestamp(0)), Timestamp(0)).runtime, None);
        resource.runtime = Some(String::new());
        assert_eq!(ResourceRow::of(ListingRow::of(&resource, Timestamp(0)), Timestamp(0)).runtime.as_deref(), Some(""));
    }
}
