//! The index beside the store: what it says otherwise of a Resource, and whether its orders are in order.

use app::model::{Resource, Timestamp};

use super::row::Row;
use super::{Index, number_of};

/// What the columns hold, in their order, as problems name it.
const COLUMNS: [&str; super::column::COLUMNS] = ["type", "State", "runtime", "health", "workspace", "owner", "source"];

/// Something that the index says otherwise than the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The number of the Resource.
    pub number: i64,
    /// What of it.
    pub what: &'static str,
    /// What the index says.
    pub indexed: String,
    /// What the store says.
    pub stored: String,
}

impl Index {
    /// What the index says otherwise than these Resources of the store, at a moment. Health that time alone has changed,
    /// since what was starting is stuck now or a planned run is late, is no difference.
    #[must_use]
    pub fn differences<'r>(
        &self,
        resources: impl IntoIterator<Item = &'r (i64, Resource)>,
        now: Timestamp,
    ) -> Vec<Difference> {
        let view = self.view();
        let tables = &view.tables;
        let mut differences = Vec::new();
        for (number, resource) in resources {
            let mut differ = |what: &'static str, indexed: &str, stored: &str| {
                differences.push(Difference {
                    number: *number,
                    what,
                    indexed: indexed.to_owned(),
                    stored: stored.to_owned(),
                });
            };
            let Some(place) = number_of(*number).ok().filter(|place| tables.all.contains(*place)) else {
                differ("presence", "missing", "there");
                continue;
            };
            let row = Row::of(place, resource, now);
            if tables.name(place) != row.name.as_bytes() {
                differ("name", tables.name_text(place), &row.name);
            }
            let review_at = tables.review_at.get(&place).copied();
            let health = resource.health(now);
            let is_of_time = review_at.is_some() && (health.stuck || health.reason.due().is_some());
            for ((column, what), stored) in tables.columns.iter().zip(COLUMNS).zip(row.words()) {
                let indexed = column.word(place);
                if indexed != stored && !(what == "health" && is_of_time) {
                    differ(what, indexed.unwrap_or("none"), stored.unwrap_or("none"));
                }
            }
            let tags = &tables.tags;
            let mut indexed: Vec<&str> =
                tags.get(place).iter().map(|&tag| tags.dictionary.values[tag as usize].word.as_str()).collect();
            indexed.sort_unstable();
            if indexed != row.tags {
                differ("tags", &indexed.join(", "), &row.tags.join(", "));
            }
            if tables.live.contains(place) == resource.deleted {
                differ("presence", "deleted", "not deleted");
            }
            let changed_at = tables.changed_at.get(place as usize).copied().unwrap_or_default();
            if changed_at != row.changed_at {
                differ("time of change", &Timestamp(changed_at).to_rfc3339(), &Timestamp(row.changed_at).to_rfc3339());
            }
            // A later moment than the stored one comes from when it was last looked at; none would be for ever.
            if review_at.is_none()
                && let Some(stored) = row.review_at
            {
                differ("time of review", "none", &Timestamp(stored).to_rfc3339());
            }
        }
        differences
    }

    /// What is wrong with the orders that listings are sorted by; `None` when each has every Resource once, in its place.
    #[must_use]
    pub fn disorder(&self) -> Option<&'static str> {
        let view = self.view();
        let tables = &view.tables;
        let whole = |order: &[u32]| {
            order.len() as u64 == tables.all.len() && order.iter().all(|&number| tables.all.contains(number))
        };
        let by_change =
            |order: &[u32]| order.is_sorted_by(|&one, &next| tables.change_key(one) < tables.change_key(next));
        let of_types: usize = tables.by_change_of_type.iter().map(Vec::len).sum();
        if !whole(&tables.by_name) {
            Some("the order by name does not have every Resource")
        } else if !tables.by_name.is_sorted_by(|&one, &next| tables.name_key(one) < tables.name_key(next)) {
            Some("the order by name is wrong")
        } else if !tables.by_name.is_sorted_by_key(|&number| tables.labels[number as usize]) {
            Some("the labels of the order by name are wrong")
        } else if !whole(&tables.by_change) || of_types != tables.by_change.len() {
            Some("the order by change does not have every Resource")
        } else if !by_change(&tables.by_change) || !tables.by_change_of_type.iter().all(|order| by_change(order)) {
            Some("the order by change is wrong")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use app::model::Key;

    use super::*;

    const NOW: Timestamp = Timestamp(10_000_000);

    fn resources() -> Vec<(i64, Resource)> {
        let resource = |name: &str, at: i64| Resource {
            status: Some("active".to_owned()),
            runtime: Some("running:1".to_owned()),
            replicas: Some(1),
            owner: Some("ada".to_owned()),
            tags: vec!["gold".to_owned()],
            runtime_since: Some(NOW),
            ..Resource::new(Key::new("service", Some("public"), name).expect("a key"), Timestamp(at))
        };
        vec![(1, resource("orders", 5)), (2, resource("billing", 9)), (3, resource("crm", 7))]
    }

    #[test]
    fn an_index_of_what_is_stored_does_not_differ() {
        let index = Index::in_memory().expect("an index");
        index.apply(&resources(), 3, NOW).expect("applied");
        assert_eq!(index.differences(&resources(), NOW), []);
        assert_eq!(index.disorder(), None);
    }

    #[test]
    fn every_value_that_is_listed_is_compared() {
        let index = Index::in_memory().expect("an index");
        index.apply(&resources(), 3, NOW).expect("applied");
        let differs = |change: &dyn Fn(&mut Resource)| {
            let mut stored = resources();
            change(&mut stored[1].1);
            index.differences(&stored, NOW).into_iter().map(|found| (found.number, found.what)).collect::<Vec<_>>()
        };
        let started = [(2, "health"), (2, "time of review")];
        assert_eq!(differs(&|stored| stored.replicas = Some(3)), started);
        assert_eq!(differs(&|stored| stored.owner = None), [(2, "owner")]);
        assert_eq!(differs(&|stored| stored.tags.clear()), [(2, "tags")]);
        assert_eq!(differs(&|stored| stored.changed_at = Timestamp(1)), [(2, "time of change")]);
        assert_eq!(differs(&|stored| stored.deleted = true), [(2, "State"), (2, "health"), (2, "presence")]);
        let mut more = resources();
        more.push((4, more[0].1.clone()));
        assert_eq!(index.differences(&more, NOW)[0].what, "presence");
    }

    #[test]
    fn what_has_become_stuck_meanwhile_is_no_difference() {
        let index = Index::in_memory().expect("an index");
        let mut stored = resources();
        stored[0].1.replicas = Some(2);
        index.apply(&stored, 3, NOW).expect("applied");
        let later = Timestamp(NOW.0 + 2 * app::model::STUCK_AFTER_MS);
        assert!(stored[0].1.health(later).stuck);
        assert_eq!(index.differences(&stored, later), []);
    }

    #[test]
    fn an_order_that_is_wrong_is_told() {
        let index = Index::in_memory().expect("an index");
        index.apply(&resources(), 3, NOW).expect("applied");
        index.view_mut().tables.by_change.swap(0, 1);
        assert_eq!(index.disorder(), Some("the order by change is wrong"));
        index.view_mut().tables.by_name.pop();
        assert_eq!(index.disorder(), Some("the order by name does not have every Resource"));
    }
}
