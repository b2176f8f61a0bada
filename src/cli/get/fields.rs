//! A Resource as named values, for programs: those of a row of the API.

use app::model::{ListingRow, Resource, Timestamp};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::http::api::{ResourceRow, TableRow as _};

/// The named values of a Resource, in the order of the columns of the API's tables, whether they come from a database or
/// from a server.
#[derive(Clone, Debug, PartialEq)]
pub struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    /// The values of a Resource, with its health at `now`.
    #[must_use]
    pub fn of(resource: &Resource, now: Timestamp) -> Self {
        match serde_json::to_value(ResourceRow::of(ListingRow::of(resource, now), now)) {
            Ok(Value::Object(row)) => Self::of_row(row),
            _ => Self(Vec::new()),
        }
    }

    /// The values of a row that a server listed.
    pub(super) fn of_row(mut row: Map<String, Value>) -> Self {
        let value = |name: &&'static str| (*name, row.remove(*name).unwrap_or_default());
        Self(ResourceRow::COLUMNS.iter().map(value).collect())
    }

    /// The values of a Resource that a server told alone, which says more.
    pub(super) fn of_detail(mut detail: Map<String, Value>) -> Self {
        if let Some(Value::Object(mut health)) = detail.remove("health") {
            detail.insert("health".to_owned(), health.remove("level").unwrap_or_default());
            detail.insert("reason".to_owned(), health.remove("reason").unwrap_or_default());
        }
        if let Some(Value::Object(aspects)) = detail.remove("observed") {
            let last = aspects.values().filter_map(|seen| seen["at"].as_str()).max();
            detail.insert("last_observed".to_owned(), last.into());
        }
        Self::of_row(detail)
    }

    /// Name and value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    /// The text of a value; empty where it has none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(other, _)| *other == name).and_then(|(_, value)| value.as_str()).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_resource_has_one_shape_wherever_it_comes_from() {
        let key = app::model::Key::new("service", Some("public"), "orders-api").expect("a key");
        let mut resource = Resource::new(key, Timestamp(1_000));
        resource.version = "v1".to_owned();
        let stored = Fields::of(&resource, Timestamp(2_000));
        assert_eq!(stored.text("id"), "service:v1:orders-api:public");
        assert_eq!(stored.text("updated"), "1970-01-01T00:00:01Z");
        let names: Vec<&str> = stored.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ResourceRow::COLUMNS);
        let row = stored.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect::<Map<_, _>>();
        assert_eq!(Fields::of_row(row.clone()), stored);
        let mut alone = row;
        alone.insert("health".to_owned(), json!({"level": stored.text("health"), "reason": stored.text("reason")}));
        alone.insert("observed".to_owned(), json!({}));
        alone.insert("layer".to_owned(), json!("user"));
        assert_eq!(Fields::of_detail(alone), stored);
    }
}
