//! A change, ready to be sent.

use std::ops::Range;

use app::model::{Field, Key};
use bytes::Bytes;
use serde::Serialize;

use crate::store::Logged;

/// A change as it goes out: its text is written once and shared by all who get it.
#[derive(Clone, Debug)]
pub struct Event {
    /// The place in the log.
    pub seq: i64,
    /// The Resource.
    pub key: Key,
    /// What changed.
    pub field: Field,
    /// Who reported it.
    pub source: String,
    frame: Bytes,
    json: Range<usize>,
}

/// A change as programs read it.
#[derive(Serialize)]
struct Written<'e> {
    seq: i64,
    at: String,
    #[serde(rename = "type")]
    resource_type: &'e str,
    workspace: Option<&'e str>,
    name: &'e str,
    id: String,
    field: &'e str,
    from: Option<&'e str>,
    to: Option<&'e str>,
    source: &'e str,
}

/// The JSON object of a change.
#[must_use]
pub fn json(entry: &Logged) -> String {
    let change = &entry.change;
    let written = Written {
        seq: change.seq,
        at: change.at.to_rfc3339(),
        resource_type: change.key.resource_type.as_str(),
        workspace: change.key.workspace.as_deref(),
        name: &change.key.name,
        id: change.key.id(&entry.version).to_string(),
        field: change.field.as_str(),
        from: change.from.as_deref(),
        to: change.to.as_deref(),
        source: &change.source,
    };
    // Strings and numbers can always be written.
    serde_json::to_string(&written).unwrap_or_default()
}

impl Event {
    /// The event of an entry of the log.
    #[must_use]
    pub fn of(entry: &Logged) -> Self {
        let change = &entry.change;
        let head = format!("id: {}\nevent: change\ndata: ", change.seq);
        let json = json(entry);
        let place = head.len()..head.len() + json.len();
        Self {
            seq: change.seq,
            key: change.key.clone(),
            field: change.field,
            source: change.source.clone(),
            frame: Bytes::from(format!("{head}{json}\n\n")),
            json: place,
        }
    }

    /// The change as an event of a stream (`text/event-stream`).
    #[must_use]
    pub fn frame(&self) -> Bytes {
        self.frame.clone()
    }

    /// The change as a JSON object.
    #[must_use]
    pub fn json(&self) -> Bytes {
        self.frame.slice(self.json.clone())
    }

    /// How much memory it takes, near enough.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.frame.len() + self.key.name.len() + self.source.len() + 64
    }
}

#[cfg(test)]
mod tests {
    use app::model::{Change, Timestamp};

    use super::*;

    #[test]
    fn a_change_is_one_line_of_json_and_one_event() {
        let change = Change {
            seq: 7,
            at: Timestamp(1_763_640_000_000),
            key: Key::new("service", Some("public"), "orders-api").expect("a key"),
            field: Field::Message,
            from: None,
            to: Some("two\nlines".to_owned()),
            source: "poller".to_owned(),
        };
        let event = Event::of(&Logged { change, version: "v1".to_owned() });
        let json = r#"{"seq":7,"at":"2025-11-20T12:00:00Z","type":"service","workspace":"public","name":"orders-api","id":"service:v1:orders-api:public","field":"message","from":null,"to":"two\nlines","source":"poller"}"#;
        assert_eq!(event.json(), json);
        assert_eq!(event.frame(), format!("id: 7\nevent: change\ndata: {json}\n\n"));
    }
}
