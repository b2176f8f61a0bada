//! The differences of one observation, as one JSON object: from a field to its new value, or to old and new value.

use std::collections::BTreeMap;

use app::model::{Difference, Field};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Step<T> {
    To(Option<T>),
    FromTo(Option<T>, Option<T>),
}

/// Writes the text. A field stands in it once: an observation changes each at most once.
pub(crate) fn write(differences: &[Difference]) -> Result<String, serde_json::Error> {
    let steps: BTreeMap<&str, Step<&str>> = differences
        .iter()
        .map(|(field, from, to)| {
            let step = match from {
                None => Step::To(to.as_deref()),
                Some(from) => Step::FromTo(Some(from.as_str()), to.as_deref()),
            };
            (field.as_str(), step)
        })
        .collect();
    serde_json::to_string(&steps)
}

/// Reads the text, in the order of [`Field::ALL`]; `None` when it is not of the form that [`write`] writes.
pub(crate) fn read(text: &str) -> Option<Vec<Difference>> {
    let steps: BTreeMap<String, Step<String>> = serde_json::from_str(text).ok()?;
    let mut differences = Vec::with_capacity(steps.len());
    for (word, step) in steps {
        let (from, to) = match step {
            Step::To(to) => (None, to),
            Step::FromTo(from, to) => (from, to),
        };
        differences.push((Field::parse(&word)?, from, to));
    }
    differences.sort_by_key(|&(field, ..)| field);
    Some(differences)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_difference_is_read_back() {
        let some = |text: &str| Some(text.to_owned());
        let differences = vec![
            (Field::Created, None, some("active")),
            (Field::Status, some("error"), some("a \"quoted\" word\n")),
            (Field::Owner, some("ada"), None),
            (Field::Message, None, None),
        ];
        let text = write(&differences).expect("JSON");
        assert!(text.contains(r#""created":"active""#), "{text}");
        assert_eq!(read(&text), Some(differences));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "[]", r#"{"colour":"red"}"#, r#"{"status":1}"#] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
