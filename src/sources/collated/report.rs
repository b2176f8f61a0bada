//! What the reports say, put together: one observation for each Resource and moment.

use std::collections::BTreeMap;

use app::model::{Key, Observation, ResourceId, State, Timestamp};
use serde_json::Value;

use super::Report;
use crate::config::quoted;
use crate::masking::mask_observation;
use crate::sources::reading::{Reading, RunError};

/// The most Resources that are read in one run.
const MAX_RESOURCES: usize = 1_000_000;

/// One page of a report.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Page {
    pub(super) items: Vec<Value>,
    pub(super) page: Option<u64>,
    pub(super) total_pages: u64,
    /// How many items there are on all pages.
    pub(super) total_records: Option<u64>,
}

impl Page {
    /// Reads the body of an answer; the error says what is wrong with it.
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        let mut body: Value =
            serde_json::from_slice(body).map_err(|error| format!("is not the JSON of a report: {error}"))?;
        let number = |name: &str| body.get(name).and_then(Value::as_u64);
        let (page, total_pages, total_records) = (number("page"), number("total_pages"), number("total_records"));
        let items = match body.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) => items,
            // How the platform says that there is nothing.
            Some(Value::Null) => Vec::new(),
            _ => return Err("is not a report: it has no `items`".to_owned()),
        };
        Ok(Self { items, page, total_pages: total_pages.unwrap_or(1), total_records })
    }
}

/// Puts reports together.
pub(super) struct Merging {
    now: Timestamp,
    /// By Resource and moment, so that what was observed at different times stays apart.
    observations: BTreeMap<(Key, Timestamp), Observation>,
    faults: Vec<String>,
}

impl Merging {
    pub(super) fn new(now: Timestamp) -> Self {
        Self { now, observations: BTreeMap::new(), faults: Vec::new() }
    }

    /// Notes what could not be read.
    pub(super) fn fault(&mut self, fault: String) {
        self.faults.push(fault);
    }

    /// Takes a page in.
    pub(super) fn take_in(&mut self, report: Report, items: &[Value]) -> Result<(), RunError> {
        for item in items {
            if let Err(fault) = self.item(report, item) {
                self.faults.push(fault);
            }
        }
        if self.observations.len() > MAX_RESOURCES {
            return Err(RunError::Failed(format!(
                "there are reports of more than {MAX_RESOURCES} Resources; divide the ids among several sources"
            )));
        }
        Ok(())
    }

    fn item(&mut self, report: Report, item: &Value) -> Result<(), String> {
        let Some(text) = item.get("id").and_then(Value::as_str) else {
            return Err(format!("an item of the {} report has no `id`", report.as_str()));
        };
        let id = ResourceId::parse(text).map_err(|error| format!("an item has an id that is none: {error}"))?;
        let Some(observations) = item.get("observations").and_then(Value::as_array) else {
            return Err(format!("the {} report of {} has no `observations`", report.as_str(), quoted(text)));
        };
        // Others, such as the runs of a workflow, come along with these.
        for observed in observations.iter().filter(|seen| is_of(report, seen)) {
            let Some(value) = observed.get("value").and_then(raw) else { continue };
            let when = observed.get("when").and_then(Value::as_str).and_then(Timestamp::parse);
            // A clock that is ahead must not keep what is seen later from counting.
            let at = when.map_or(self.now, |when| when.min(self.now));
            let entry =
                self.observations.entry((id.key.clone(), at)).or_insert_with(|| Observation::new(id.key.clone(), at));
            entry.version = Some(id.version.clone()).filter(|version| !version.is_empty());
            match report {
                // What is deleted keeps the last status that was reported while it lived.
                Report::Status if State::parse(&value) == State::Deleted => entry.deleted = true,
                Report::Status => entry.status = Some(value),
                Report::Runtime => entry.runtime = Some(value),
            }
        }
        Ok(())
    }

    pub(super) fn into_reading(self) -> Reading {
        let mut observations: Vec<Observation> = self.observations.into_values().collect();
        // What the runtime was does not bring back what is deleted.
        let told = |seen: &&Observation| seen.deleted || seen.status.is_some();
        let gone: BTreeMap<Key, bool> =
            observations.iter().filter(told).map(|seen| (seen.key.clone(), seen.deleted)).collect();
        for seen in &mut observations {
            seen.deleted |= seen.status.is_none() && gone.get(&seen.key) == Some(&true);
            mask_observation(seen);
        }
        Reading { observations, complete: Vec::new(), faults: self.faults }
    }
}

/// Whether an observation is what a report is about. `state` is what some call the status.
fn is_of(report: Report, observed: &Value) -> bool {
    let kind = observed.get("type").and_then(Value::as_str).unwrap_or(report.as_str());
    kind == report.as_str() || (report == Report::Status && kind == "state")
}

/// A value as it was sent: a text as it is, anything else as JSON. `None` when nothing is said.
fn raw(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp(1_780_000_000_000);

    fn item(kind: &str, when: &str, value: &Value) -> Value {
        json!({ "id": "service:v1:orders-api:public",
                "observations": [{ "type": kind, "when": when, "value": value }] })
    }

    fn merged(items: &[(Report, Value)]) -> Reading {
        let mut merging = Merging::new(NOW);
        for (report, item) in items {
            merging.take_in(*report, std::slice::from_ref(item)).expect("few");
        }
        merging.into_reading()
    }

    #[test]
    fn status_and_runtime_of_one_moment_are_one_observation() {
        let when = "2025-08-11T11:12:33Z";
        let read = merged(&[
            (Report::Status, item("status", when, &json!("active"))),
            (Report::Runtime, item("runtime", when, &json!("pending:0/1"))),
        ]);
        assert_eq!(read.observations.len(), 1);
        let seen = &read.observations[0];
        assert_eq!((seen.status.as_deref(), seen.runtime.as_deref()), (Some("active"), Some("pending:0/1")));
        assert_eq!(Some(seen.at), Timestamp::parse(when));
        assert_eq!(seen.version.as_deref(), Some("v1"));
    }

    #[test]
    fn what_was_seen_at_two_moments_stays_apart() {
        let read = merged(&[
            (Report::Status, item("status", "2025-08-11T11:12:33Z", &json!("active"))),
            (Report::Runtime, item("runtime", "2025-08-11T11:15:00Z", &json!("running:1"))),
        ]);
        assert_eq!(read.observations.len(), 2);
        assert_eq!(read.observations[0].runtime, None, "not said then");
    }

    #[test]
    fn values_that_are_no_texts_are_kept_as_they_are() {
        for (value, kept) in [
            (json!({"phase": "failed", "n": 1}), Some(r#"{"n":1,"phase":"failed"}"#)),
            (json!([1, "a"]), Some(r#"[1,"a"]"#)),
            (json!(7), Some("7")),
            (json!(true), Some("true")),
            (json!(""), Some("")),
        ] {
            let read = merged(&[(Report::Runtime, item("runtime", "2025-08-11T11:15:00Z", &value))]);
            assert_eq!(read.observations[0].runtime.as_deref(), kept, "{value}");
        }
        let nothing = merged(&[(Report::Runtime, item("runtime", "2025-08-11T11:15:00Z", &Value::Null))]);
        assert_eq!(nothing.observations, [], "nothing is said");
    }

    #[test]
    fn a_deleted_resource_is_deleted_whatever_its_runtime_was() {
        let read = merged(&[
            (Report::Status, item("status", "2025-08-11T11:00:00Z", &json!("deleted"))),
            (Report::Runtime, item("runtime", "2025-08-11T11:15:00Z", &json!("running:1"))),
        ]);
        assert!(read.observations.iter().all(|seen| seen.deleted && seen.status.is_none()));
    }

    #[test]
    fn clocks_that_are_ahead_or_unreadable_mean_now() {
        for when in ["2999-01-01T00:00:00Z", "yesterday"] {
            let read = merged(&[(Report::Status, item("status", when, &json!("active")))]);
            assert_eq!(read.observations[0].at, NOW, "{when}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_told_and_the_rest_goes_in() {
        let read = merged(&[
            (Report::Status, json!({ "id": "nonsense", "observations": [] })),
            (Report::Status, json!({ "observations": [] })),
            (Report::Status, json!({ "id": "depot:v1:x" })),
            (
                Report::Status,
                json!({ "id": "workflow:v1:w:public",
                "observations": [{ "type": "workflow-runs", "when": "x", "value": [] }] }),
            ),
            (Report::Status, item("status", "2025-08-11T11:00:00Z", &json!("active"))),
        ]);
        assert_eq!((read.observations.len(), read.faults.len()), (1, 3), "{:?}", read.faults);
    }

    #[test]
    fn a_page_is_a_page() {
        let page = Page::read(br#"{"items":[1],"page":2,"size":20,"total_pages":3,"total_records":41}"#);
        let third = Page { items: vec![json!(1)], page: Some(2), total_pages: 3, total_records: Some(41) };
        assert_eq!(page, Ok(third));
        let nothing = Page { items: vec![], page: None, total_pages: 1, total_records: None };
        assert_eq!(Page::read(br#"{"items":null}"#), Ok(nothing));
        for body in ["", "<html>", "[]", "{}", r#"{"items":{}}"#] {
            assert!(Page::read(body.as_bytes()).is_err(), "{body}");
        }
    }
}
