//! The fields of the Details tab.

use crate::api::resource::{DetailField, DetailValue};
use crate::model::{Aspect, Key, Level, ManifestField, OLD_AFTER_MS, Resource, ResourceDetail, RuntimeKind};

/// All fields of a Resource.
pub(super) fn fields(detail: &ResourceDetail) -> Vec<DetailField> {
    let resource = &detail.resource;
    // Reports that say less than others leave single values behind: those look old, the page as a whole does not.
    let latest = resource.last_seen().map(|seen| seen.at);
    strip(resource, &detail.strip)
        .into_iter()
        .chain(bundles(&detail.bundles))
        .map(|Cell { label, value, aspect }| {
            let seen = resource.observed.get(&aspect).cloned();
            let is_old = seen.as_ref().zip(latest).is_some_and(|(seen, latest)| latest.since(seen.at) > OLD_AFTER_MS);
            let is_stale = seen.is_some() && detail.stale.contains(&aspect);
            DetailField { label, value, seen, is_old, is_stale }
        })
        .collect()
}

/// One label and value.
struct Cell {
    label: String,
    value: DetailValue,
    /// What was observed to know it.
    aspect: Aspect,
}

/// Something that is not there, and why.
fn missing(why: &str) -> DetailValue {
    DetailValue::Missing(why.to_owned())
}

/// The fields in the order that the type has them in (domain.md 4).
fn strip(resource: &Resource, manifest: &[ManifestField]) -> Vec<Cell> {
    let resource_type = &resource.key.resource_type;
    let name = resource_type.as_str();
    let mut cells = Vec::with_capacity(16);
    let mut add = |label: &str, value: DetailValue, aspect: Aspect| {
        cells.push(Cell { label: label.to_owned(), value, aspect });
    };
    let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty()).map(DetailValue::Text);
    let field = |field: &ManifestField| Cell {
        label: field.label.clone(),
        value: match &field.link {
            Some(link) => DetailValue::Links(vec![(field.value.clone(), link.clone())]),
            None => DetailValue::Text(field.value.clone()),
        },
        aspect: Aspect::Manifest,
    };

    if name == "depot" {
        add("Type", text(&resource.depot_source).unwrap_or(missing("not known")), Aspect::Source);
    }
    // What tells most about a thing of this type comes before the general fields.
    let leading: &[&str] = match name {
        "cluster" => &["Engine"],
        _ => &[],
    };
    let after_version: &[&str] = match name {
        "compute" => &["Data plane"],
        "stack" => &["Reconciler", "Secret projection type", "Stack version", "Flavour"],
        _ => &[],
    };
    let named =
        |labels: &'static [&'static str]| manifest.iter().filter(|field| labels.contains(&field.label.as_str()));
    cells.extend(named(leading).map(field));

    let mut add = |label: &str, value: DetailValue, aspect: Aspect| {
        cells.push(Cell { label: label.to_owned(), value, aspect });
    };
    match &resource.key.workspace {
        Some(workspace) => add("Workspace", DetailValue::Text(workspace.clone()), Aspect::Presence),
        None => {
            if let Some(layer) = text(&resource.layer) {
                add("Layer", layer, Aspect::Layer);
            } else if resource_type.level() == Some(Level::Instance) && name != "instance-secret" {
                add("Layer", missing("not known"), Aspect::Layer);
            }
        }
    }
    let version = Some(resource.version.clone());
    add("Version", text(&version).unwrap_or(missing("not known")), Aspect::Version);
    cells.extend(named(after_version).map(field));

    let mut add = |label: &str, value: DetailValue, aspect: Aspect| {
        cells.push(Cell { label: label.to_owned(), value, aspect });
    };
    add("State", DetailValue::State(resource.state()), Aspect::Presence);
    add("Aggregate status", text(&resource.status).unwrap_or(missing("not reported")), Aspect::Status);
    if let Some(runtime) = runtime_value(resource) {
        add("Runtime state", runtime, Aspect::Runtime);
    }
    if let Some(stage) = text(&resource.builder_stage) {
        add("Builder stage", stage, Aspect::BuilderStage);
    }
    cells.extend(
        manifest
            .iter()
            .filter(|field| {
                let label = field.label.as_str();
                !leading.contains(&label) && !after_version.contains(&label)
            })
            .map(field),
    );
    let counts = &resource.counts;
    for (label, count) in [
        ("Cloud kernel resource count", counts.cloud_kernel),
        ("Web service resource count", counts.web_service),
        ("Operator runtime resource count", counts.operator_runtime),
    ] {
        if let Some(count) = count {
            cells.push(Cell {
                label: label.to_owned(),
                value: DetailValue::Text(count.to_string()),
                aspect: Aspect::Counts,
            });
        }
    }
    cells
}

/// The bundles that hold the Resource (domain.md 1.2).
fn bundles(bundles: &[Key]) -> Option<Cell> {
    let links = bundles.iter().map(|bundle| (bundle.name.clone(), bundle.path())).collect();
    (!bundles.is_empty()).then(|| Cell {
        label: format!("Bundles ({})", bundles.len()),
        value: DetailValue::Links(links),
        aspect: Aspect::Presence,
    })
}

/// The runtime as the strip shows it; `None` where there is nothing to say, since nothing of this kind ever runs.
/// "There is none" and "nobody said" are two things.
fn runtime_value(resource: &Resource) -> Option<DetailValue> {
    let runtime = resource.runtime();
    if !runtime.is_none() {
        return Some(DetailValue::Runtime(runtime.raw));
    }
    match resource.key.resource_type.runtime_kind(resource.depot_source.as_deref()) {
        Some(RuntimeKind::Static | RuntimeKind::Parts) => None,
        _ if resource.runtime.is_some() => Some(missing("none")),
        _ => Some(missing("not known")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ManifestFacts, ResourceCounts, Timestamp};
    use serde_json::{Value as Json, json};

    fn labels(resource: &Resource, content: &Json) -> Vec<String> {
        let fields = ManifestFacts::new(content, resource.key.resource_type.as_str()).strip();
        strip(resource, &fields).into_iter().map(|cell| cell.label).collect()
    }

    fn resource(resource_type: &str, workspace: Option<&str>) -> Resource {
        let mut resource = Resource::new(Key::new(resource_type, workspace, "x").expect("a key"), Timestamp(0));
        resource.version = "v1".to_owned();
        resource.status = Some("active".to_owned());
        resource.builder_stage = Some("building".to_owned());
        resource
    }

    #[test]
    fn each_type_has_its_fields_in_its_order() {
        let mut service = resource("service", Some("public"));
        service.runtime = Some("running:1".to_owned());
        let content = json!({"service": {"servicePort": 8080, "replicas": 1, "stack": "container",
            "compute": "runnable-default", "runAsUser": "ada"}});
        assert_eq!(
            labels(&service, &content),
            [
                "Workspace",
                "Version",
                "State",
                "Aggregate status",
                "Runtime state",
                "Builder stage",
                "Service port",
                "Replicas",
                "Stack",
                "Compute",
                "Run as user"
            ]
        );

        let mut depot = resource("depot", None);
        depot.depot_source = Some("SNOWFLAKE".to_owned());
        depot.layer = Some("user".to_owned());
        depot.counts = ResourceCounts { cloud_kernel: Some(1), web_service: Some(3), operator_runtime: None };
        assert_eq!(
            labels(&depot, &Json::Null),
            [
                "Type",
                "Layer",
                "Version",
                "State",
                "Aggregate status",
                "Builder stage",
                "Cloud kernel resource count",
                "Web service resource count"
            ]
        );
        depot.depot_source = Some("S3".to_owned());
        assert!(labels(&depot, &Json::Null).contains(&"Runtime state".to_owned()));

        let cluster = resource("cluster", Some("public"));
        assert_eq!(labels(&cluster, &json!({"cluster": {"type": "minerva"}}))[..2], ["Engine", "Workspace"]);

        let compute = resource("compute", None);
        assert_eq!(
            labels(&compute, &json!({"compute": {"dataplane": "hub"}})),
            ["Layer", "Version", "Data plane", "State", "Aggregate status", "Builder stage"]
        );
        let secret = resource("instance-secret", None);
        assert_eq!(labels(&secret, &Json::Null), ["Version", "State", "Aggregate status", "Builder stage"]);
    }

    #[test]
    fn no_runtime_is_not_an_unknown_one() {
        let mut service = resource("service", Some("public"));
        assert_eq!(runtime_value(&service), Some(missing("not known")));
        service.runtime = Some(String::new());
        assert_eq!(runtime_value(&service), Some(missing("none")));
        assert_eq!(runtime_value(&resource("secret", Some("public"))), None);
        assert_eq!(runtime_value(&resource("lens", Some("public"))), None);
    }
}
