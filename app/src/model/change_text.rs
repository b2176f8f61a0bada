//! Changes in words.

use super::change::{Change, Field};
use super::runtime::{Runtime, RuntimeDetail};
use super::time::Timestamp;

impl Change {
    /// The change in a line: `Runtime: running:1 → failed`.
    #[must_use]
    pub fn told(&self) -> String {
        let value = |text: &Option<String>| match text.as_deref().map(str::trim) {
            None | Some("") => "none".to_owned(),
            // A run that is planned is told by its time, as times are shown.
            Some(text) if self.field == Field::Runtime => match Runtime::parse(text).detail {
                Some(RuntimeDetail::At(at)) => format!("next run {}", at.exact()),
                _ => text.to_owned(),
            },
            Some(text) => text.to_owned(),
        };
        match self.field {
            Field::Created if self.from.is_some() => "Created again".to_owned(),
            Field::Created => "Created".to_owned(),
            Field::Deleted => "Deleted".to_owned(),
            // Digests say nothing to people.
            Field::Manifest if self.from.is_some() => "Manifest changed".to_owned(),
            Field::Manifest => "Manifest added".to_owned(),
            // Values that are summed up may read the same before and after.
            field if self.from == self.to => format!("{} changed: {}", field.label(), value(&self.to)),
            Field::CreatedAt => format!("{}: {}", self.field.label(), moment(self.to.as_deref())),
            field if self.from.is_none() => format!("{}: {}", field.label(), value(&self.to)),
            field => format!("{}: {} → {}", field.label(), value(&self.from), value(&self.to)),
        }
    }
}

/// A time that was reported, as times are shown.
fn moment(text: Option<&str>) -> String {
    let text = text.unwrap_or_default();
    Timestamp::parse(text).map_or_else(|| text.to_owned(), Timestamp::exact)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Key;

    #[test]
    fn changes_are_told_in_a_line() {
        let told = |field: Field, from: Option<&str>, to: Option<&str>| {
            let change = Change {
                seq: 1,
                at: Timestamp(0),
                key: Key::new("depot", None, "sales").expect("a key"),
                field,
                from: from.map(str::to_owned),
                to: to.map(str::to_owned),
                source: "import".to_owned(),
            };
            change.told()
        };
        assert_eq!(told(Field::Runtime, Some("running:1"), Some("failed")), "Runtime: running:1 → failed");
        let planned = told(Field::Runtime, Some("succeeded"), Some("next:2026-11-30T06:00:00Z"));
        assert_eq!(planned, "Runtime: succeeded → next run 30 Nov 2026 06:00:00 UTC");
        assert_eq!(told(Field::Runtime, Some("failed"), Some("")), "Runtime: failed → none");
        assert_eq!(told(Field::Nodes, Some("1 failed"), Some("1 failed")), "Runtime nodes changed: 1 failed");
        assert_eq!(told(Field::Owner, None, Some("ada")), "Owner: ada");
        assert_eq!(told(Field::Manifest, Some("0a1b"), Some("2c3d")), "Manifest changed");
        let created = told(Field::CreatedAt, None, Some("2025-06-11T21:01:56Z"));
        assert!(created.ends_with("11 Jun 2025 21:01:56 UTC"), "{created}");
        assert_eq!(told(Field::Created, Some("deleted"), Some("active")), "Created again");
    }
}
