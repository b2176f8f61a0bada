//! What a manifest tells beyond its text (domain.md 1.4, 1.5 and 4).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::key::Key;

/// What the names of a Lens's Services end in.
const LENS_SERVICES: [&str; 4] = ["api", "router", "iris", "metric"];

/// What the name of its Worker ends in.
const LENS_WORKER: &str = "worker";

/// A manifest as it was reported, with secrets masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The text, comments included.
    pub text: String,
    /// Its content as JSON; `Null` when the text could not be parsed (templates).
    pub content: Value,
}

/// One label and value of the strip on the Details tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestField {
    /// The label.
    pub label: String,
    /// The value.
    pub value: String,
    /// The page of the Resource that the value names.
    pub link: Option<String>,
}

/// A titled list of labels and values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailSection {
    /// The title; empty for the strip on top.
    pub title: String,
    /// The fields, in the order of domain.md 4.
    pub fields: Vec<ManifestField>,
}

/// Reads facts out of the content of a manifest. Every look-up is lenient: what is not there is not shown.
#[derive(Clone, Copy, Debug)]
pub struct ManifestFacts<'a> {
    content: &'a Value,
    pub(super) resource_type: &'a str,
}

impl<'a> ManifestFacts<'a> {
    /// Facts of one manifest.
    #[must_use]
    pub fn new(content: &'a Value, resource_type: &'a str) -> Self {
        Self { content, resource_type }
    }

    /// The block that holds the specification: under the type's own name, or `spec`.
    #[must_use]
    pub fn body(&self) -> Option<&'a Value> {
        self.content.get(self.resource_type).or_else(|| self.content.get("spec")).filter(|body| body.is_object())
    }

    /// A value of the body by its path, as text.
    #[must_use]
    pub fn text(&self, path: &[&str]) -> Option<String> {
        let mut value = self.body()?;
        for part in path {
            value = value.get(part)?;
        }
        match value {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// The source of a depot, upper-cased: `S3`, `SNOWFLAKE`.
    #[must_use]
    pub fn depot_source(&self) -> Option<String> {
        (self.resource_type == "depot").then(|| self.text(&["type"])).flatten().map(|source| source.to_uppercase())
    }

    /// How many replicas are wanted. With automatic scaling only the minimum can be counted on.
    #[must_use]
    pub fn replicas(&self) -> Option<u32> {
        let path: &[&str] = match self.resource_type {
            "cluster" => match self.text(&["type"]).as_deref() {
                Some("themis") => &["themis", "replicas"],
                _ => &["minerva", "replicas"],
            },
            "service" if self.text(&["autoScaling", "enabled"]).as_deref() == Some("true") => {
                &["autoScaling", "minReplicas"]
            }
            "service" | "worker" => &["replicas"],
            _ => return None,
        };
        self.text(path)?.parse().ok()
    }

    /// The keys of the Resources that a composite Resource is made of, whether they exist or not (domain.md 1.2).
    #[must_use]
    pub fn parts(key: &Key, content: Option<&Value>) -> Vec<Key> {
        let workspace = key.workspace.as_deref();
        let made =
            |resource_type: &str, workspace: Option<&str>, name: &str| Key::new(resource_type, workspace, name).ok();
        match key.resource_type.as_str() {
            "lens" => LENS_SERVICES
                .iter()
                .filter_map(|suffix| made("service", workspace, &format!("{}-{suffix}", key.name)))
                .chain(made("worker", workspace, &format!("{}-{LENS_WORKER}", key.name)))
                .collect(),
            "lakehouse" => {
                let storage = content
                    .and_then(|content| content.pointer("/lakehouse/iceberg/storage/depotName"))
                    .and_then(Value::as_str)
                    .unwrap_or(&key.name);
                made("depot", None, storage).into_iter().chain(made("cluster", workspace, &key.name)).collect()
            }
            "bundle" => content
                .and_then(|content| content.pointer("/bundle/resources"))
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|part| {
                    let spec = part.get("spec").unwrap_or(part);
                    let text = |name: &str| spec.get(name).or_else(|| part.get(name)).and_then(Value::as_str);
                    made(text("type")?, text("workspace").or(workspace), text("name")?)
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The Lens that a Resource is a part of by its name, whether it exists or not; the other way round of [`Self::parts`].
    #[must_use]
    pub fn lens_of(key: &Key) -> Option<Key> {
        let (name, suffix) = key.name.rsplit_once('-')?;
        let is_part = match key.resource_type.as_str() {
            "service" => LENS_SERVICES.contains(&suffix),
            "worker" => suffix == LENS_WORKER,
            _ => false,
        };
        is_part.then(|| Key::new("lens", key.workspace.as_deref(), name).ok()).flatten()
    }

    /// The fields of the strip that come from the manifest, in order, as label and path.
    #[must_use]
    pub fn strip(&self) -> Vec<ManifestField> {
        let mut fields = Vec::new();
        let mut add = |label: &str, value: Option<String>, link: Option<String>| {
            if let Some(value) = value {
                fields.push(ManifestField { label: label.to_owned(), value, link });
            }
        };
        let link_to = |resource_type: &str, name: Option<&String>| {
            name.and_then(|name| Key::new(resource_type, None, name).ok()).map(|key| key.path())
        };
        let compute = self.text(&["compute"]);
        let compute_link = link_to("compute", compute.as_ref());
        match self.resource_type {
            "service" | "worker" => {
                add("Service port", self.text(&["servicePort"]), None);
                add("Replicas", self.text(&["replicas"]), None);
                add("Stack", self.text(&["stack"]), None);
            }
            "cluster" => add("Engine", self.text(&["type"]), None),
            "compute" => add("Data plane", self.text(&["dataplane"]), None),
            "stack" => {
                add("Reconciler", self.text(&["reconciler"]), None);
                add("Secret projection type", self.text(&["secretProjection", "type"]), None);
                add("Stack version", self.text(&["version"]), None);
                add("Flavour", self.text(&["flavor"]).or_else(|| self.text(&["flavour"])), None);
            }
            "lakehouse" => {
                let depot = self.text(&["iceberg", "storage", "depotName"]);
                let link = link_to("depot", depot.as_ref());
                add("Depot", depot, link);
                add("Query engine", self.text(&["iceberg", "queryEngine", "type"]), None);
            }
            "volume" => {
                add("Size", self.text(&["size"]), None);
                add("Access mode", self.text(&["accessMode"]), None);
            }
            "workflow" => {
                add("Title", self.text(&["title"]), None);
                add("Schedule", self.text(&["schedule", "cron"]), None);
            }
            "monitor" => add("Schedule", self.text(&["schedule"]), None),
            "resource" => add("Operator", self.text(&["operator"]), None),
            _ => {}
        }
        if self.resource_type != "compute" {
            add("Compute", compute, compute_link);
        }
        let run_as = self
            .text(&["runAsUser"])
            .or_else(|| self.content.get("runAsUser").and_then(Value::as_str).map(str::to_owned));
        add("Run as user", run_as, None);
        fields
    }

    /// Requests, limits, ingress and scaling, for the Configurations section.
    #[must_use]
    pub fn configurations(&self) -> Vec<ManifestField> {
        let engine = self.text(&["type"]);
        let at = |path: &[&str]| {
            self.text(path).or_else(|| {
                let mut nested = vec![engine.as_deref()?];
                nested.extend(path);
                self.text(&nested)
            })
        };
        [
            ("Requests cpu", at(&["resources", "requests", "cpu"])),
            ("Requests memory", at(&["resources", "requests", "memory"])),
            ("Limits cpu", at(&["resources", "limits", "cpu"])),
            ("Limits memory", at(&["resources", "limits", "memory"])),
            ("Ingress", self.text(&["ingress", "enabled"])),
            ("Ingress path", self.text(&["ingress", "path"])),
            ("Automatic scaling", self.text(&["autoScaling", "enabled"])),
            ("Minimum replicas", self.text(&["autoScaling", "minReplicas"])),
            ("Maximum replicas", self.text(&["autoScaling", "maxReplicas"])),
            ("Log level", self.text(&["logLevel"])),
        ]
        .into_iter()
        .filter_map(|(label, value)| Some(ManifestField { label: label.to_owned(), value: value?, link: None }))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_body_is_found_under_the_type_or_spec() {
        let own = json!({"service": {"replicas": 2, "stack": "container"}});
        assert_eq!(ManifestFacts::new(&own, "service").replicas(), Some(2));
        let spec = json!({"spec": {"compute": "runnable-default"}});
        assert_eq!(ManifestFacts::new(&spec, "vulcan").text(&["compute"]).as_deref(), Some("runnable-default"));
        assert!(ManifestFacts::new(&json!("text"), "service").strip().is_empty());
    }

    #[test]
    fn automatic_scaling_promises_only_its_minimum() {
        let content = json!({"service": {"replicas": 5, "autoScaling": {"enabled": true, "minReplicas": 1}}});
        assert_eq!(ManifestFacts::new(&content, "service").replicas(), Some(1));
    }

    #[test]
    fn the_depot_source_is_told_in_one_spelling() {
        let content = json!({"depot": {"type": "snowflake"}});
        assert_eq!(ManifestFacts::new(&content, "depot").depot_source().as_deref(), Some("SNOWFLAKE"));
    }

    #[test]
    fn a_lens_has_its_services_and_worker_as_parts() {
        let lens = Key::new("lens", Some("public"), "sales").expect("a key");
        let parts: Vec<_> = ManifestFacts::parts(&lens, None).iter().map(ToString::to_string).collect();
        assert!(parts.contains(&"service public.sales-api".to_owned()));
        assert!(parts.contains(&"worker public.sales-worker".to_owned()));
        for part in ManifestFacts::parts(&lens, None) {
            assert_eq!(ManifestFacts::lens_of(&part).as_ref(), Some(&lens), "{part}");
        }
        let other = Key::new("service", Some("public"), "sales-worker").expect("a key");
        assert_eq!(ManifestFacts::lens_of(&other), None);
    }

    #[test]
    fn links_lead_to_the_compute() {
        let content = json!({"worker": {"compute": "runnable-default", "runAsUser": "ada"}});
        let strip = ManifestFacts::new(&content, "worker").strip();
        let compute = strip.iter().find(|field| field.label == "Compute").expect("a compute");
        assert_eq!(compute.link.as_deref(), Some("/resources/computes/runnable-default"));
    }
}
