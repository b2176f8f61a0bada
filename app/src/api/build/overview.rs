//! The overview: counts by type and State, what needs attention, what changed last.

use super::attention::attention;
use crate::api::{ApiError, OverviewView, ResourceChanges};
use crate::catalog::Catalog;
use crate::model::{Change, Field};

/// Resources with their newest changes that have room.
const CHANGED: usize = 10;

/// Changes that have room for each of them.
const CHANGES_OF_ONE: usize = 2;

/// How many of the newest entries of the change log are looked at for these.
const ENTRIES: usize = 150;

/// Longer values are cut here: the page of the Resource has all of it. In characters.
const VALUE_CHARACTERS: usize = 80;

/// # Errors
/// When store or index do not answer.
pub(in crate::api) async fn overview(catalog: &dyn Catalog) -> Result<OverviewView, ApiError> {
    let (attention, attention_total) = attention(catalog).await?;
    let types = catalog.counts().await?.types.into_iter().filter(|entry| entry.total() > 0).collect();
    let changes = by_resource(catalog.newest_changes(ENTRIES).await?);
    Ok(OverviewView { types, attention, attention_total, summary: catalog.summary().await?, changes })
}

/// The changes of each Resource together, those that happened last first: the log has them in the order they were
/// reported in.
fn by_resource(mut entries: Vec<Change>) -> Vec<ResourceChanges> {
    entries.sort_by_key(|change| std::cmp::Reverse((change.at, change.seq)));
    let mut changed: Vec<ResourceChanges> = Vec::new();
    for change in entries {
        let has_room = changed.len() < CHANGED;
        match changed.iter_mut().find(|other| other.key == change.key) {
            Some(own) if own.changes.len() < CHANGES_OF_ONE => own.changes.push(shortened(change)),
            Some(own) => own.more += 1,
            None if has_room => {
                let (key, at, source) = (change.key.clone(), change.at, change.source.clone());
                changed.push(ResourceChanges { key, at, source, changes: vec![shortened(change)], more: 0 });
            }
            None => {}
        }
    }
    changed
}

/// A change with as much of its values as is shown.
fn shortened(change: Change) -> Change {
    // Digests say nothing to people, but whether there was a manifest before does.
    let digest = change.field == Field::Manifest;
    let shorten = |text: Option<String>| {
        text.map(|text| match text.char_indices().nth(VALUE_CHARACTERS) {
            _ if digest => String::new(),
            Some((end, _)) => [&text[..end], "…"].concat(),
            None => text,
        })
    };
    Change { from: shorten(change.from), to: shorten(change.to), ..change }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Key, Timestamp};

    #[test]
    fn changes_are_told_by_resource_in_the_order_they_happened_in() {
        let change = |seq: i64, at: i64, name: &str| Change {
            seq,
            at: Timestamp(at),
            key: Key::new("depot", None, name).expect("a key"),
            field: Field::Runtime,
            from: None,
            to: Some(seq.to_string()),
            source: "import".to_owned(),
        };
        let told = by_resource(vec![change(5, 10, "b"), change(4, 30, "a"), change(3, 20, "a"), change(2, 5, "a")]);
        let names: Vec<_> = told.iter().map(|entry| (entry.key.name.as_str(), entry.at.0, entry.more)).collect();
        assert_eq!(names, [("a", 30, 1), ("b", 10, 0)], "an old change that was reported late is not the newest");
        assert_eq!(told[0].changes.iter().map(|change| change.seq).collect::<Vec<_>>(), [4, 3]);
    }
}
