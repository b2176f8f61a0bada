//! The shapes of answers. They only describe: the texts of changes are written once, when they happen.

use utoipa::ToSchema;

/// A page of the changes of the whole catalog.
#[derive(ToSchema)]
#[schema(as = ChangesPage)]
#[allow(dead_code, reason = "it only describes what `json` writes")]
pub(super) struct Page {
    /// The changes, oldest first.
    changes: Vec<FeedChange>,
    /// What to pass as `after` for what follows.
    next: i64,
    /// Whether there is more now.
    more: bool,
}

/// A change, as the feed tells it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it only describes what `feed::json` writes")]
struct FeedChange {
    /// The place in the log; grows, never reused.
    seq: i64,
    /// When it was observed.
    #[schema(format = DateTime)]
    at: String,
    /// The type of the Resource.
    r#type: String,
    /// The workspace of the Resource.
    #[schema(required = true)]
    workspace: Option<String>,
    /// The name of the Resource.
    name: String,
    /// The id of the Resource: `TYPE:VERSION:NAME[:WORKSPACE]`.
    #[schema(example = "service:v1:orders-api:public")]
    id: String,
    /// What changed: `created`, `deleted`, `status`, `builder-stage`, `runtime`, `nodes`, `version`, `owner`,
    /// `description`, `tags`, `layer`, `source`, `manifest`, `counts`, `message`, `created-at` or `replicas`.
    field: String,
    /// The value before; `null` when there was none.
    #[schema(required = true)]
    from: Option<String>,
    /// The value after; `null` when there is none.
    #[schema(required = true)]
    to: Option<String>,
    /// Who reported it.
    source: String,
}

#[cfg(test)]
mod tests {
    use app::model::{Change, Field, Key, Timestamp};
    use serde_json::Value;

    use super::super::json;
    use crate::catalog::feed::{Event, FeedPage};
    use crate::http::api::document;
    use crate::store::Logged;

    fn assert_described(schema: &str, value: &Value) {
        let schema = &document()["components"]["schemas"][schema];
        let mut described: Vec<&String> = schema["properties"].as_object().expect("properties").keys().collect();
        let mut written: Vec<&String> = value.as_object().expect("an object").keys().collect();
        described.sort();
        written.sort();
        assert_eq!(described, written);
        assert_eq!(schema["required"].as_array().map(Vec::len), Some(written.len()), "every field is always there");
    }

    #[test]
    fn pages_have_the_fields_that_are_described() {
        let key = Key::new("depot", None, "crm").expect("a key");
        let change =
            Change { seq: 7, at: Timestamp(0), key, field: Field::Status, from: None, to: None, source: "test".into() };
        let event = Event::of(&Logged { change, version: "v1".to_owned() });
        let page = FeedPage { events: vec![event.into()], next: 7, more: false };
        let page: Value = serde_json::from_slice(&json(&page)).expect("JSON");
        assert_described("ChangesPage", &page);
        assert_described("FeedChange", &page["changes"][0]);
    }
}
