//! The few lines of a manifest that people look for.

use serde_json::Value;

use super::manifest::{ManifestFacts, ManifestField};

/// The most lines of an excerpt.
const LINES: usize = 8;

/// How deep values are looked for beyond those of the type.
const DEPTH: usize = 3;

/// The most letters of a value.
const LETTERS: usize = 100;

/// What people look for first in a manifest of a type, by path. `*` stands for any block that is named like the type of
/// the source or engine, which each has settings of its own.
fn looked_for(resource_type: &str) -> &'static [&'static str] {
    match resource_type {
        "depot" => &[
            "type",
            "external",
            "*.host",
            "*.port",
            "*.database",
            "*.url",
            "*.bucket",
            "*.account",
            "*.container",
            "*.relativePath",
            "*.format",
            "compute",
        ],
        "service" | "worker" => &[
            "stackSpec.image",
            "stack",
            "replicas",
            "autoScaling.minReplicas",
            "autoScaling.maxReplicas",
            "servicePort",
            "ingress.path",
            "compute",
        ],
        "workflow" => &["schedule.cron", "schedule.timezone", "schedule.concurrencyPolicy", "schedule.endOn", "dag"],
        "cluster" => &[
            "type",
            "*.replicas",
            "*.resources.requests.cpu",
            "*.resources.requests.memory",
            "*.resources.limits.cpu",
            "*.resources.limits.memory",
            "*.depots",
            "compute",
        ],
        "lens" => &["source.type", "source.name", "source.catalog", "repo.url", "repo.lensBaseDir", "compute"],
        "lakehouse" => &[
            "type",
            "iceberg.storage.depotName",
            "iceberg.storage.type",
            "iceberg.metastore.type",
            "iceberg.queryEngine.type",
            "compute",
        ],
        "monitor" => &["schedule", "type"],
        _ => &["type"],
    }
}

impl ManifestFacts<'_> {
    /// The first lines that people look for in the specification, each with its path as label: what is asked for most
    /// in its type, then what else has a value. Masked values are left out: they tell nothing.
    #[must_use]
    pub fn excerpt(&self) -> Vec<ManifestField> {
        let Some(body) = self.body() else { return Vec::new() };
        let own_block = self.text(&["type"]).and_then(|name| block_named(body, &name));
        let mut lines: Vec<ManifestField> = Vec::with_capacity(LINES);
        for path in looked_for(self.resource_type) {
            let path = match (path.strip_prefix("*."), &own_block) {
                (None, _) => (*path).to_owned(),
                (Some(rest), Some(block)) => format!("{block}.{rest}"),
                (Some(_), None) => continue,
            };
            let found = path.split('.').try_fold(body, |value, part| value.get(part));
            add(&mut lines, path, found.and_then(line));
        }
        for depth in 1..=DEPTH {
            further(body, "", depth, &mut lines);
        }
        lines
    }
}

/// The name of a block of the specification in its own spelling: `SNOWFLAKE` has the block `snowflake`.
fn block_named(body: &Value, name: &str) -> Option<String> {
    let mut blocks = body.as_object()?.iter().filter(|(_, value)| value.is_object());
    blocks.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(own, _)| own.clone())
}

/// Adds the values that lie `depth` blocks deep.
fn further(value: &Value, path: &str, depth: usize, lines: &mut Vec<ManifestField>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        if lines.len() == LINES {
            return;
        }
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if depth > 1 {
            further(value, &path, depth - 1, lines);
        } else if !value.is_array() {
            add(lines, path, line(value));
        }
    }
}

fn add(lines: &mut Vec<ManifestField>, label: String, value: Option<String>) {
    if let Some(value) = value
        && lines.len() < LINES
        && lines.iter().all(|line| line.label != label)
    {
        lines.push(ManifestField { label, value, link: None });
    }
}

/// A value in one line: a list as the names of what is in it.
fn line(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => {
            let text = text.trim();
            let first = text.lines().next().unwrap_or_default();
            if first.len() < text.len() { format!("{first} …") } else { first.to_owned() }
        }
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Array(items) => {
            let named = |item: &Value| match item {
                Value::Object(fields) => fields.get("name").or_else(|| fields.get("address")).and_then(line),
                Value::Array(_) => None,
                _ => line(item),
            };
            items.iter().filter_map(named).collect::<Vec<_>>().join(", ")
        }
        Value::Object(_) | Value::Null => return None,
    };
    let is_masked = text.chars().all(|letter| letter == '*');
    match text.char_indices().nth(LETTERS) {
        _ if is_masked => None,
        Some((end, _)) => Some(format!("{}…", &text[..end])),
        None => Some(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn excerpt(resource_type: &str, body: &Value) -> Vec<String> {
        let content = json!({ "name": "x", resource_type: body });
        let lines = ManifestFacts::new(&content, resource_type).excerpt();
        lines.into_iter().map(|line| format!("{}: {}", line.label, line.value)).collect()
    }

    #[test]
    fn each_type_tells_what_people_look_for() {
        let depot = json!({"type": "SNOWFLAKE", "external": true, "compute": "runnable-default",
            "snowflake": {"warehouse": "WH", "url": "acct.example.com", "database": "CRM", "account": "acct"},
            "secrets": [{"name": "crm-rw", "keys": ["crm-rw"]}]});
        assert_eq!(
            excerpt("depot", &depot),
            [
                "type: SNOWFLAKE",
                "external: true",
                "snowflake.database: CRM",
                "snowflake.url: acct.example.com",
                "snowflake.account: acct",
                "compute: runnable-default",
                "snowflake.warehouse: WH",
            ]
        );
        let service = json!({"title": "Orders", "replicas": 2, "servicePort": 8080, "stack": "container",
            "ingress": {"enabled": true, "path": "/orders"},
            "stackSpec": {"image": "example/orders:1.0.0", "environment": {"API_TOKEN": "***"}}});
        assert_eq!(
            excerpt("service", &service)[..5],
            [
                "stackSpec.image: example/orders:1.0.0",
                "stack: container",
                "replicas: 2",
                "servicePort: 8080",
                "ingress.path: /orders"
            ]
        );
        let workflow = json!({"schedule": {"cron": "*/15 * * * *", "timezone": "UTC"},
            "dag": [{"name": "load", "spec": {}}, {"name": "check"}]});
        assert_eq!(
            excerpt("workflow", &workflow),
            ["schedule.cron: */15 * * * *", "schedule.timezone: UTC", "dag: load, check"]
        );
        let cluster = json!({"type": "minerva", "minerva": {"replicas": 1,
            "resources": {"limits": {"memory": "4Gi"}}, "depots": [{"address": "dataos://lakehouse"}]}});
        assert_eq!(
            excerpt("cluster", &cluster),
            [
                "type: minerva",
                "minerva.replicas: 1",
                "minerva.resources.limits.memory: 4Gi",
                "minerva.depots: dataos://lakehouse"
            ]
        );
    }

    #[test]
    fn what_is_masked_stays_out() {
        let secret = json!({"type": "key-value", "acl": "r", "data": {"TOKEN": "***", "USER": "ada"}});
        assert_eq!(excerpt("instance-secret", &secret), ["type: key-value", "acl: r", "data.USER: ada"]);
    }

    #[test]
    fn long_values_and_many_are_cut() {
        let body = json!({"sql": "SELECT 1\nFROM x", "text": "é".repeat(500), "a": 1, "b": 2, "c": 3, "d": 4, "e": 5,
            "f": 6, "g": 7});
        let lines = excerpt("vulcan", &body);
        assert_eq!(lines.len(), LINES);
        let lines = excerpt("vulcan", &json!({"sql": "SELECT 1\nFROM x", "text": "é".repeat(500)}));
        assert_eq!(lines[0], "sql: SELECT 1 …");
        assert_eq!(lines[1].chars().count(), "text: ".len() + LETTERS + 1);
    }

    proptest! {
        #[test]
        fn any_specification_gives_few_lines(text in r#"[\[\]{}":,a-c0-9*. ]{0,60}"#) {
            let body = serde_json::from_str(&text).unwrap_or(json!({ "a": text }));
            prop_assert!(excerpt("depot", &body).len() <= LINES);
        }
    }
}
