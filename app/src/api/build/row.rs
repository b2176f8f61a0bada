//! The row of a Resource.

use crate::api::Row;
use crate::model::{ListingRow, PLATFORM_TAG};

/// Tags that a row has room for.
const TAGS: usize = 3;

/// More of a description does not fit into its line.
const DESCRIPTION_CHARACTERS: usize = 140;

impl From<ListingRow> for Row {
    fn from(row: ListingRow) -> Self {
        let mut tags: Vec<String> = row.tags.into_iter().filter(|tag| !tag.starts_with(PLATFORM_TAG)).collect();
        let more_tags = tags.split_off(tags.len().min(TAGS));
        Self {
            key: row.key,
            state: row.state,
            runtime: row.runtime,
            runtime_unknown: row.runtime_unknown,
            health: row.health,
            owner: row.owner,
            tags,
            more_tags,
            depot_source: row.depot_source,
            description: beginning(row.description.as_deref().unwrap_or_default()),
            created_at: row.created_at,
            runtime_since: row.runtime_since,
            health_since: row.health_since,
            changed_at: row.changed_at,
            observed_at: row.observed_at,
            stale_since: row.stale.map(|seen| seen.at),
        }
    }
}

/// As much of a description as has room.
fn beginning(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(DESCRIPTION_CHARACTERS) {
        Some((end, _)) => [&text[..end], "…"].concat(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_cut_between_letters() {
        assert_eq!(beginning(" short "), "short");
        let long = "é".repeat(500);
        assert_eq!(beginning(&long).chars().count(), DESCRIPTION_CHARACTERS + 1);
    }
}
