//! What needs attention, in groups.

use crate::api::{ApiError, Attention, Row};
use crate::catalog::Catalog;
use crate::model::{Ailing, AttentionGroup, HealthLevel, Key, ListingQuery, group_attention};

/// Entries that have room.
const ENTRIES: usize = 10;

/// Resources of each level that are looked at for these, those that changed last.
const LOOKED_AT: usize = 100;

/// Resources that a group has room for.
const NAMED: usize = 3;

/// What needs attention, the gravest first, and how many Resources that are in all.
///
/// # Errors
/// When store or index do not answer.
pub(super) async fn attention(catalog: &dyn Catalog) -> Result<(Vec<Attention>, u64), ApiError> {
    let (mut rows, mut total, mut partly_seen) = (Vec::new(), 0, Vec::new());
    for level in HealthLevel::NEEDING_ATTENTION {
        let listing = catalog.listing(&ListingQuery::of_health([level.clone()]), LOOKED_AT).await?;
        if listing.total > listing.rows.len() as u64 {
            partly_seen.push(level);
        }
        rows.extend(listing.rows.into_iter().map(Row::from));
        total += listing.total;
    }
    let keys: Vec<Key> = rows.iter().map(|row| row.key.clone()).collect();
    let wholes = catalog.wholes_of(&keys).await?;
    Ok((entries(&rows, &wholes, &partly_seen), total))
}

/// The entries of Resources. `wholes` are parts with what they are parts of; `partly_seen` are the levels of which there
/// are further Resources.
fn entries(rows: &[Row], wholes: &[(Key, Key)], partly_seen: &[HealthLevel]) -> Vec<Attention> {
    let ailing: Vec<Ailing> = rows
        .iter()
        .map(|row| Ailing {
            health: row.health.clone(),
            wholes: wholes.iter().filter(|(part, _)| *part == row.key).map(|(_, whole)| whole.clone()).collect(),
        })
        .collect();
    let entry = |AttentionGroup { common, members }: AttentionGroup| {
        let members: Vec<&Row> = members.into_iter().filter_map(|at| rows.get(at)).collect();
        let first = Attention::of((*members.first()?).clone());
        let since = members.iter().map(|row| row.health_since.unwrap_or(row.changed_at)).max();
        Some(Attention {
            since: since.unwrap_or(first.since),
            keys: members.iter().take(NAMED).map(|row| row.key.clone()).collect(),
            count: u32::try_from(members.len()).unwrap_or(u32::MAX),
            has_more: common.is_some() && members.iter().any(|row| partly_seen.contains(&row.health.level)),
            common,
            ..first
        })
    };
    group_attention(&ailing).into_iter().filter_map(entry).take(ENTRIES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Common, Health, HealthReason, ListingRow, Resource, Timestamp};

    fn row(name: &str, reason: HealthReason, since: i64) -> Row {
        let key = Key::new("service", Some("public"), name).expect("a key");
        let health = Health { level: HealthLevel::Failed, reason, stuck: false };
        let row = Row::from(ListingRow::of(&Resource::new(key, Timestamp(0)), Timestamp(0)));
        Row { health, health_since: Some(Timestamp(since)), ..row }
    }

    #[test]
    fn a_group_counts_all_and_names_the_first_and_tells_when_the_last_one_failed() {
        let rows: Vec<Row> = (0..5).map(|at| row(&format!("s{at}"), HealthReason::RuntimeFailed, at)).collect();
        let [group] = entries(&rows, &[], &[]).try_into().expect("one entry");
        assert_eq!(group.common, Some(Common::Cause("The runtime failed".to_owned())));
        assert_eq!((group.count, group.keys.len(), group.since), (5, NAMED, Timestamp(4)));
        assert!(!group.has_more);
        let [group] = entries(&rows, &[], &[HealthLevel::Failed]).try_into().expect("one entry");
        assert!(group.has_more, "not all that failed were looked at");
    }

    #[test]
    fn parts_of_a_lens_are_one_entry_and_others_stay_single() {
        let rows =
            ["sales-api", "other", "sales-router", "sales-iris"].map(|name| row(name, HealthReason::RuntimeFailed, 1));
        let lens = Key::new("lens", Some("public"), "sales").expect("a key");
        let wholes: Vec<_> = [0, 2, 3].map(|at: usize| (rows[at].key.clone(), lens.clone())).to_vec();
        let entries = entries(&rows, &wholes, &[HealthLevel::Failed]);
        assert_eq!(entries.iter().map(|entry| entry.count).collect::<Vec<_>>(), [3, 1]);
        assert_eq!(entries[0].common, Some(Common::Whole(lens)));
        assert_eq!(entries[1].id(), "/resources/services/public.other");
        assert!(!entries[1].has_more, "a single one is all there is of it");
    }
}
