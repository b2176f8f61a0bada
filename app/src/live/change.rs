//! The events of the stream.

use serde::Deserialize;

use crate::model::{Key, ResourceType};

/// A change of a Resource, as the stream has it. What else an event says is not needed: pages ask for the Resource.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct ChangeEvent {
    /// The place in the change log.
    pub(crate) seq: i64,
    #[serde(rename = "type")]
    resource_type: ResourceType,
    workspace: Option<String>,
    name: String,
}

impl ChangeEvent {
    /// Reads the data of an event.
    pub(super) fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The Resource.
    pub(crate) fn key(&self) -> Key {
        Key { resource_type: self.resource_type.clone(), workspace: self.workspace.clone(), name: self.name.clone() }
    }
}

/// What changed since pages were notified last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Changes {
    /// These Resources.
    Of(Vec<ChangeEvent>),
    /// Anything: the stream was interrupted, or too much came at once.
    Anything,
}

impl Changes {
    /// Whether they concern a Resource.
    pub(crate) fn concern(&self, wanted: impl Fn(&Key) -> bool) -> bool {
        match self {
            Self::Of(events) => events.iter().any(|event| wanted(&event.key())),
            Self::Anything => true,
        }
    }

    /// The entry of the change log that an answer must have reached to show those of some Resources; 0 where that is
    /// not known. Other changes do not count: an answer that they do not concern may be older.
    pub(crate) fn last_seq(&self, wanted: impl Fn(&Key) -> bool) -> i64 {
        match self {
            Self::Of(events) => {
                events.iter().filter(|event| wanted(&event.key())).map(|event| event.seq).max().unwrap_or_default()
            }
            Self::Anything => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_as_the_feed_writes_them() {
        let json = r#"{"seq":7,"at":"2025-11-20T12:00:00Z","type":"service","workspace":"public","name":"orders-api","id":"service:v1:orders-api:public","field":"message","from":null,"to":"two\nlines","source":"poller"}"#;
        let event = ChangeEvent::parse(json).expect("an event");
        assert_eq!(event.seq, 7);
        assert_eq!(event.key().path(), "/resources/services/public.orders-api");
        assert_eq!(ChangeEvent::parse("{}"), None);
    }

    #[test]
    fn an_interruption_concerns_everybody() {
        assert!(Changes::Anything.concern(|_| false));
        assert!(!Changes::Of(Vec::new()).concern(|_| true));
    }
}
