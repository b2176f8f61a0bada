//! An observation as it goes over the wire.

use app::model::{Key, Level, NodeStatus, Observation, ResourceCounts, ResourceId, RuntimeNode, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::ingest::{self, ReadOptions};
use crate::masking::{mask_observation, masked};

/// The longest short text, in characters.
const SHORT: usize = 300;

/// The longest description or message, in characters.
const LONG: usize = 20_000;

/// The most tags and nodes of an observation.
const MAX_TAGS: usize = 200;
const MAX_NODES: usize = 1_000;

/// What was seen of one Resource at one moment. What is absent or `null` is not said; an empty text or list says that
/// there is none. Says which Resource by `id`, or by `type`, `name` and `workspace`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Observation)]
pub(super) struct WireObservation {
    /// The id as the platform prints it: `TYPE:VERSION:NAME[:WORKSPACE]`.
    #[schema(example = "service:v1:orders-api:public", max_length = 1000)]
    id: Option<String>,
    /// The type, as manifests write it.
    #[serde(rename = "type")]
    #[schema(example = "service", min_length = 1, max_length = 253, pattern = r"^[^\s/:\\]+$")]
    resource_type: Option<String>,
    /// The workspace, where the type has workspaces.
    #[schema(example = "public", max_length = 253)]
    workspace: Option<String>,
    /// The name.
    #[schema(example = "orders-api", min_length = 1, max_length = 253, pattern = r"^[^\s/:\\]+$")]
    name: Option<String>,
    /// When it was seen; the moment of the request unless said. A moment in the future counts as that of the request.
    #[schema(format = DateTime, example = "2025-11-20T12:00:00Z")]
    at: Option<String>,
    /// Whether the Resource was seen to be gone.
    deleted: Option<bool>,
    /// The version.
    #[schema(example = "v1", max_length = 300)]
    version: Option<String>,
    /// The status that the platform reports: `active`, `error`, `pending` ...
    #[schema(example = "active", max_length = 300)]
    status: Option<String>,
    /// The Builder Stage: `building`, `error`, `complete` ...
    #[schema(example = "building", max_length = 300)]
    builder_stage: Option<String>,
    /// The runtime: `running:1`, `pending:0/1`, `next:2025-11-20T13:00:00Z` ...; empty for none.
    #[schema(example = "running:1", max_length = 300)]
    runtime: Option<String>,
    /// The runtime nodes: all of them.
    #[schema(max_items = 1000)]
    nodes: Option<Vec<WireNode>>,
    /// The owner.
    #[schema(max_length = 300)]
    owner: Option<String>,
    /// The description.
    #[schema(max_length = 20000)]
    description: Option<String>,
    /// The tags: all of them.
    #[schema(max_items = 200)]
    tags: Option<Vec<String>>,
    /// `user` or `system`.
    #[schema(max_length = 300)]
    layer: Option<String>,
    /// The source of a depot: `S3`, `SNOWFLAKE` ...
    #[schema(max_length = 300)]
    depot_source: Option<String>,
    /// How many replicas are wanted.
    #[schema(minimum = 0, maximum = 4294967295u32)]
    replicas: Option<u32>,
    /// The manifest: its text as YAML or JSON, or its content. Secrets are masked before it is stored; what it says is
    /// taken where the observation does not say it itself.
    manifest: Option<WireManifest>,
    /// How many things the platform made for it.
    counts: Option<WireCounts>,
    /// Why the platform reports an error.
    #[schema(max_length = 20000)]
    message: Option<String>,
    /// When the platform created the Resource.
    #[schema(format = DateTime)]
    created: Option<String>,
}

/// A manifest: its text, or its content.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged, expecting = "expected the text of a manifest, or its content as an object")]
#[schema(as = ObservedManifest)]
enum WireManifest {
    /// YAML or JSON.
    Text(String),
    /// The content.
    #[schema(value_type = Object)]
    Content(Map<String, Value>),
}

/// One runtime node that was seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ObservedNode)]
struct WireNode {
    /// The name.
    #[schema(min_length = 1, max_length = 300)]
    name: String,
    /// What it does: `running`, `succeeded`, `failed`, `pending` ...
    #[schema(max_length = 300)]
    status: String,
    /// The pod behind it, where it has another name.
    #[schema(max_length = 300)]
    pod: Option<String>,
    /// `pod-deployment`, `pod-flare` ...
    #[schema(max_length = 300)]
    kind: Option<String>,
    /// The workspace it runs in.
    #[schema(max_length = 300)]
    workspace: Option<String>,
    /// The data plane it runs on.
    #[schema(max_length = 300)]
    data_plane: Option<String>,
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

/// How many things the platform made for a Resource.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ObservedCounts)]
struct WireCounts {
    /// Cloud Kernel Resource Count.
    #[schema(minimum = 0, maximum = 4294967295u32)]
    cloud_kernel: Option<u32>,
    /// `WebService` Resource Count.
    #[schema(minimum = 0, maximum = 4294967295u32)]
    web_service: Option<u32>,
    /// Operator Runtime Resource Count.
    #[schema(minimum = 0, maximum = 4294967295u32)]
    operator_runtime: Option<u32>,
}

/// A field that is wrong, and how.
pub(super) type FieldFault = (String, String);

/// Reads one observation. `now` is the moment of the request, `source` who reports.
///
/// # Errors
/// Every field that is wrong.
pub(super) fn read(text: &str, source: &str, now: Timestamp) -> Result<Observation, Vec<FieldFault>> {
    let wire =
        serde_json::from_str::<WireObservation>(text).map_err(|error| without_secrets(type_faults(text, &error)))?;
    let mut checked = Checked { now, faults: Vec::new() };
    let observation = checked.observation(wire, source);
    match observation {
        Some(mut observation) if checked.faults.is_empty() => {
            mask_observation(&mut observation);
            Ok(observation)
        }
        _ => Err(without_secrets(checked.faults)),
    }
}

/// Faults as they may be told: what they quote may hold a secret, and errors end up in logs.
fn without_secrets(faults: Vec<FieldFault>) -> Vec<FieldFault> {
    faults.into_iter().map(|(field, detail)| (masked(field), masked(detail))).collect()
}

/// What is wrong with the types of fields, one by one: reading the whole stops at the first.
fn type_faults(text: &str, error: &serde_json::Error) -> Vec<FieldFault> {
    let whole = |error: &serde_json::Error| (String::new(), without_place(&error.to_string()));
    let Ok(fields) = serde_json::from_str::<Map<String, Value>>(text) else { return vec![whole(error)] };
    let mut faults = Vec::new();
    for (name, value) in fields {
        let field = Value::Object(Map::from_iter([(name.clone(), value)]));
        if let Err(error) = serde_path_to_error::deserialize::<_, WireObservation>(field) {
            let path = error.path().to_string();
            let path = if path == "." || !path.starts_with(&name) { name } else { path };
            faults.push((path, without_place(&error.into_inner().to_string())));
        }
    }
    if faults.is_empty() { vec![whole(error)] } else { faults }
}

/// The place within one observation says nothing to who sent many.
fn without_place(message: &str) -> String {
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message).to_owned()
}

struct Checked {
    now: Timestamp,
    faults: Vec<FieldFault>,
}

impl Checked {
    fn fault(&mut self, field: &str, detail: impl Into<String>) {
        self.faults.push((field.to_owned(), detail.into()));
    }

    fn text(&mut self, field: &str, value: Option<String>, longest: usize) -> Option<String> {
        let value = value?;
        let length = value.chars().count();
        if length > longest {
            self.fault(field, format!("it has {length} characters; at most {longest} are stored"));
        }
        Some(value)
    }

    fn moment(&mut self, field: &str, value: Option<&String>) -> Option<Timestamp> {
        let value = value?;
        let moment = Timestamp::parse(value);
        if moment.is_none() {
            let shown: String = value.chars().take(60).collect();
            self.fault(field, format!("`{shown}` is no time; write it as in `2025-11-20T12:00:00Z`"));
        }
        moment
    }

    fn key(&mut self, wire: &WireObservation) -> Option<(Key, Option<String>)> {
        if let Some(id) = &wire.id {
            let also = [("type", wire.resource_type.is_some()), ("name", wire.name.is_some())];
            let also = also.into_iter().chain([("workspace", wire.workspace.is_some())]);
            for (field, _) in also.filter(|(_, said)| *said) {
                self.fault(field, "`id` says it already; leave one of them out");
            }
            return match ResourceId::parse(id) {
                Ok(parsed) => Some((parsed.key, (!parsed.version.is_empty()).then_some(parsed.version))),
                Err(error) => {
                    self.fault("id", error.to_string());
                    None
                }
            };
        }
        for (field, value) in [("type", &wire.resource_type), ("name", &wire.name), ("workspace", &wire.workspace)] {
            match value {
                None if field != "workspace" => self.fault(field, "it is missing; say `type` and `name`, or `id`"),
                Some(value) if value.trim() != value => self.fault(field, "it begins or ends with a blank"),
                _ => {}
            }
        }
        let (resource_type, name) = (wire.resource_type.as_ref()?, wire.name.as_ref()?);
        match Key::new(resource_type, wire.workspace.as_deref(), name) {
            Ok(key) => Some((key, None)),
            Err(error) => {
                let message = error.to_string();
                let named = ["workspace", "type"].into_iter().find(|part| message.starts_with(&format!("the {part} ")));
                self.fault(named.unwrap_or("name"), message);
                None
            }
        }
    }

    fn observation(&mut self, wire: WireObservation, source: &str) -> Option<Observation> {
        let key = self.key(&wire);
        let at = self.moment("at", wire.at.as_ref()).unwrap_or(self.now).min(self.now);
        let created_at = self.moment("created", wire.created.as_ref());
        let (key, id_version) = match key {
            Some((key, version)) => (Some(key), version),
            None => (None, None),
        };
        if let Some(key) = &key
            && key.workspace.is_none()
            && key.resource_type.level() == Some(Level::Workspace)
        {
            self.fault("workspace", format!("it is missing; every `{}` lives in a workspace", key.resource_type));
        }
        let manifest = match (wire.manifest, &key) {
            (Some(manifest), Some(key)) => self.manifest(manifest, key, source, at),
            _ => None,
        };
        let tags = wire.tags.map(|tags| {
            if tags.len() > MAX_TAGS {
                self.fault("tags", format!("there are {}; at most {MAX_TAGS} are stored", tags.len()));
            }
            let checked = tags.into_iter().take(MAX_TAGS).enumerate();
            checked.filter_map(|(place, tag)| self.text(&format!("tags[{place}]"), Some(tag), SHORT)).collect()
        });
        let nodes = wire.nodes.map(|nodes| {
            if nodes.len() > MAX_NODES {
                self.fault("nodes", format!("there are {}; at most {MAX_NODES} are stored", nodes.len()));
            }
            let checked = nodes.into_iter().take(MAX_NODES).enumerate();
            checked.map(|(place, node)| self.node(place, node)).collect::<Vec<_>>()
        });
        if let Some(nodes) = &nodes {
            let mut names = std::collections::HashSet::new();
            for (place, node) in nodes.iter().enumerate() {
                if !names.insert(node.name.as_str()) {
                    self.faults.push((format!("nodes[{place}].name"), "another node has this name".to_owned()));
                }
            }
        }
        let said = Observation {
            deleted: wire.deleted.unwrap_or_default(),
            version: self.text("version", wire.version.or(id_version), SHORT),
            status: self.text("status", wire.status, SHORT),
            builder_stage: self.text("builder_stage", wire.builder_stage, SHORT),
            runtime: self.text("runtime", wire.runtime, SHORT),
            nodes,
            owner: self.text("owner", wire.owner, SHORT),
            description: self.text("description", wire.description, LONG),
            tags,
            layer: self.text("layer", wire.layer, SHORT),
            depot_source: self.text("depot_source", wire.depot_source, SHORT),
            replicas: wire.replicas,
            counts: wire.counts.map(|counts| ResourceCounts {
                cloud_kernel: counts.cloud_kernel,
                web_service: counts.web_service,
                operator_runtime: counts.operator_runtime,
            }),
            message: self.text("message", wire.message, LONG),
            created_at,
            ..Observation::new(key?, at)
        };
        Some(match manifest {
            Some(manifest) => completed(said, manifest),
            None => said,
        })
    }

    fn node(&mut self, place: usize, wire: WireNode) -> RuntimeNode {
        let field = |name: &str| format!("nodes[{place}].{name}");
        if wire.name.trim().is_empty() {
            self.fault(&field("name"), "it is blank");
        }
        let status = self.text(&field("status"), Some(wire.status), SHORT).unwrap_or_default();
        RuntimeNode {
            name: self.text(&field("name"), Some(wire.name), SHORT).unwrap_or_default(),
            pod: self.text(&field("pod"), wire.pod, SHORT),
            kind: self.text(&field("kind"), wire.kind, SHORT),
            workspace: self.text(&field("workspace"), wire.workspace, SHORT),
            data_plane: self.text(&field("data_plane"), wire.data_plane, SHORT),
            status: NodeStatus::parse(&status),
            created_at: self.moment(&field("created"), wire.created.as_ref()),
            started_at: self.moment(&field("started"), wire.started.as_ref()),
            ended_at: self.moment(&field("ended"), wire.ended.as_ref()),
        }
    }

    fn manifest(&mut self, manifest: WireManifest, key: &Key, source: &str, at: Timestamp) -> Option<Observation> {
        let text = match manifest {
            WireManifest::Text(text) => text,
            WireManifest::Content(content) => format!("{:#}\n", Value::Object(content)),
        };
        let workspace = key.workspace.as_deref().unwrap_or_default();
        match ingest::read_manifest(&text, &ReadOptions { source, at, file: "manifest", workspace }) {
            Ok(observation) if observation.key == *key => Some(observation),
            Ok(observation) => {
                self.fault("manifest", format!("it is the manifest of `{}`, not of `{key}`", observation.key));
                None
            }
            Err(refusal) => {
                let detail = format!("line {}: found `{}`, expected {}", refusal.line, refusal.found, refusal.expected);
                self.fault("manifest", detail);
                None
            }
        }
    }
}

/// An observation with what its manifest says where it does not say it itself.
fn completed(said: Observation, manifest: Observation) -> Observation {
    Observation {
        version: said.version.or(manifest.version),
        status: said.status.or(manifest.status),
        builder_stage: said.builder_stage.or(manifest.builder_stage),
        runtime: said.runtime.or(manifest.runtime),
        owner: said.owner.or(manifest.owner),
        description: said.description.or(manifest.description),
        tags: said.tags.or(manifest.tags),
        layer: said.layer.or(manifest.layer),
        depot_source: said.depot_source.or(manifest.depot_source),
        replicas: said.replicas.or(manifest.replicas),
        manifest: manifest.manifest,
        counts: said.counts.or(manifest.counts),
        message: said.message.or(manifest.message),
        created_at: said.created_at.or(manifest.created_at),
        ..said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_763_640_000_000);

    fn observed(text: &str) -> Observation {
        read(text, "test", NOW).unwrap_or_else(|faults| panic!("{text}: {faults:?}"))
    }

    fn fields(text: &str) -> Vec<String> {
        read(text, "test", NOW).expect_err(text).into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn what_is_absent_is_not_said() {
        let seen = observed(r#"{"type": "Service", "workspace": "public", "name": "orders-api", "status": "active"}"#);
        let key = Key::new("service", Some("public"), "orders-api").expect("a key");
        assert_eq!(seen, Observation { status: Some("active".into()), ..Observation::new(key, NOW) });
        let seen = observed(r#"{"id": "depot:v2:salesraw", "runtime": "", "owner": null}"#);
        assert_eq!((seen.version.as_deref(), seen.runtime.as_deref(), seen.owner), (Some("v2"), Some(""), None));
    }

    #[test]
    fn a_clock_that_is_fast_cannot_write_into_the_future() {
        assert_eq!(observed(r#"{"id": "depot:v1:a", "at": "2999-01-01T00:00:00Z"}"#).at, NOW);
        assert_eq!(observed(r#"{"id": "depot:v1:a", "at": "1970-01-01T00:00:01Z"}"#).at, Timestamp(1_000));
    }

    #[test]
    fn every_field_that_is_wrong_is_named() {
        let text = r#"{"type": "service", "name": "a b", "at": "noon", "statsu": "active", "replicas": -1}"#;
        assert_eq!(fields(text), ["replicas", "statsu"], "what cannot be read at all comes first");
        assert_eq!(fields(r#"{"type": "service", "name": "a b", "at": "noon"}"#), ["name", "at"]);
        assert_eq!(fields(r#"{"type": "service", "name": "a"}"#), ["workspace"]);
        assert_eq!(fields(r#"{"status": "active"}"#), ["type", "name"]);
        assert_eq!(fields(r#"{"id": "depot:v1:a", "name": "a"}"#), ["name"]);
        assert_eq!(fields(r#"{"type": "depot", "name": " a"}"#), ["name"]);
        let nodes =
            r#"{"id": "depot:v1:a", "nodes": [{"name": "x", "status": "running"}, {"name": "x", "status": 5}]}"#;
        assert_eq!(fields(nodes), ["nodes[1].status"]);
        let nodes = r#"{"id": "depot:v1:a", "nodes": [{"name": "x", "status": ""}, {"name": "x", "status": "failed", "ended": "now"}]}"#;
        assert_eq!(fields(nodes), ["nodes[1].ended", "nodes[1].name"]);
        assert_eq!(fields("[]"), [""]);
        let long = format!(r#"{{"id": "depot:v1:a", "owner": "{}"}}"#, "x".repeat(301));
        assert_eq!(fields(&long), ["owner"]);
    }

    #[test]
    fn secrets_of_manifests_are_masked() {
        let text = r#"{"id": "instance-secret:v1:a", "status": "active", "manifest":
            "name: a\nversion: v1\ntype: instance-secret\ndescription: keys\ninstance-secret:\n  data:\n    password: hunter22\n"}"#;
        let seen = observed(text);
        let manifest = seen.manifest.expect("a manifest");
        assert!(!manifest.text.contains("hunter22") && !manifest.content.to_string().contains("hunter22"));
        assert_eq!(seen.description.as_deref(), Some("keys"), "what the manifest says is taken");
        let content = r#"{"id": "instance-secret:v1:a", "manifest": {"name": "a", "version": "v1",
            "type": "instance-secret", "instance-secret": {"data": {"password": "hunter22"}}}}"#;
        assert!(!observed(content).manifest.expect("a manifest").text.contains("hunter22"));
    }

    #[test]
    fn secrets_in_texts_and_nodes_are_masked_and_not_repeated_by_faults() {
        let seen = observed(
            r#"{"id": "service:v1:a:public", "message": "postgres://ada:hunter22@db/x refused",
                "description": "PASSWORD=hunter22", "tags": ["token=hunter22", "sales"],
                "nodes": [{"name": "a --password hunter22", "status": "failed", "pod": "curl -u ada:hunter22"}]}"#,
        );
        assert!(!format!("{seen:?}").contains("hunter22"), "{seen:?}");
        assert_eq!(seen.message.as_deref(), Some("postgres://ada:***@db/x refused"));
        for text in [
            r#"{"id": "service:v1:a:public", "at": "password=hunter22"}"#,
            r#"{"id": "service:v1:a:public", "replicas": "password=hunter22"}"#,
        ] {
            let faults = read(text, "test", NOW).expect_err("refused");
            assert!(!format!("{faults:?}").contains("hunter22"), "{faults:?}");
        }
    }

    #[test]
    fn a_manifest_is_of_the_resource_it_comes_with() {
        assert_eq!(fields(r#"{"id": "depot:v1:a", "manifest": "name: b\nversion: v1\ntype: depot\n"}"#), ["manifest"]);
        assert_eq!(fields(r#"{"id": "depot:v1:a", "manifest": "- no manifest"}"#), ["manifest"]);
        let two = r#"{"id": "depot:v1:a", "manifest": "name: a\nversion: v1\ntype: depot\n---\nname: b\nversion: v1\ntype: depot\n"}"#;
        assert_eq!(fields(two), ["manifest"]);
        let workspace = r#"{"type": "service", "workspace": "sandbox", "name": "a", "manifest": "name: a\nversion: v1\ntype: service\n"}"#;
        assert_eq!(observed(workspace).key.workspace.as_deref(), Some("sandbox"));
    }
}
