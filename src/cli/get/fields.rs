//! A Resource as named values, for programs.

use app::model::{Resource, Timestamp};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

/// The named values of a Resource, in their order. The names are stable; new ones may come.
///
/// | name | value |
/// | --- | --- |
/// | `id` | `TYPE:VERSION:NAME[:WORKSPACE]` |
/// | `type`, `version`, `name`, `workspace` | its parts; `workspace` is null for instance-level Resources |
/// | `state` | `active`, `error`, `pending`, `unknown`, `deleted` or another word reported |
/// | `status`, `builder_stage`, `runtime`, `message` | as last reported, null when nobody said |
/// | `health`, `health_reason` | how it is now, and why |
/// | `owner`, `description`, `tags`, `layer`, `depot_source`, `replicas` | as last reported |
/// | `created_at` | when the platform created it |
/// | `first_seen_at`, `updated_at` | when it was first seen, and when something last changed |
/// | `last_observed_at`, `last_observed_by` | the last observation of anything about it |
///
/// Times are RFC 3339 in UTC.
#[derive(Clone, Debug)]
pub struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    /// The values of a Resource, with its health at `now`.
    #[must_use]
    pub fn of(resource: &Resource, now: Timestamp) -> Self {
        let health = resource.health(now);
        let seen = resource.last_seen();
        let time = |at: Option<Timestamp>| at.map_or(Value::Null, |at| Value::String(at.to_rfc3339()));
        Self(vec![
            ("id", json!(resource.id().to_string())),
            ("type", json!(resource.key.resource_type.as_str())),
            ("version", json!(resource.version)),
            ("name", json!(resource.key.name)),
            ("workspace", json!(resource.key.workspace)),
            ("state", json!(resource.state().as_str())),
            ("status", json!(resource.status)),
            ("builder_stage", json!(resource.builder_stage)),
            ("runtime", json!(resource.runtime)),
            ("message", json!(resource.message)),
            ("health", json!(health.level.as_str())),
            ("health_reason", json!(health.reason.told(now))),
            ("owner", json!(resource.owner)),
            ("description", json!(resource.description)),
            ("tags", json!(resource.tags)),
            ("layer", json!(resource.layer)),
            ("depot_source", json!(resource.depot_source)),
            ("replicas", json!(resource.replicas)),
            ("created_at", time(resource.created_at)),
            ("first_seen_at", time(Some(resource.first_seen_at))),
            ("updated_at", time(Some(resource.changed_at))),
            ("last_observed_at", time(seen.map(|seen| seen.at))),
            ("last_observed_by", json!(seen.map(|seen| seen.source.as_str()))),
        ])
    }

    /// Name and value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
