//! Whose health becomes another through time alone: the change log says nothing of it, so the index is asked.

use app::model::Timestamp;

use super::Index;

impl Index {
    /// The Resources whose health has become another since they were indexed through time alone, and that should be
    /// applied again: what was starting may be stuck, a planned run overdue. At most `limit`, those with the lowest
    /// numbers.
    #[must_use]
    pub fn due_for_review(&self, now: Timestamp, limit: usize) -> Vec<i64> {
        let view = self.view();
        let moments = view.tables.review_at.iter();
        let mut numbers: Vec<i64> =
            moments.filter(|(_, at)| **at <= now.0).map(|(number, _)| i64::from(*number)).collect();
        numbers.sort_unstable();
        numbers.truncate(limit);
        numbers
    }
}

#[cfg(test)]
mod tests {
    use app::model::{Aspect, Key, ListingQuery, OVERDUE_AFTER_MS, Resource, STUCK_AFTER_MS, Seen};

    use super::*;

    const NOW: Timestamp = Timestamp(1_760_000_000_000);

    fn resource(resource_type: &str, name: &str, runtime: &str, heard: Timestamp) -> Resource {
        let mut resource = Resource::new(Key::new(resource_type, Some("public"), name).expect("a key"), NOW);
        resource.status = Some("active".to_owned());
        resource.runtime = Some(runtime.to_owned());
        resource.runtime_since = Some(NOW);
        resource.observed.insert(Aspect::Runtime, Seen { at: heard, source: "poller".to_owned() });
        resource
    }

    fn found(index: &Index, health: &str) -> Vec<i64> {
        let query = ListingQuery::from_url(None, &format!("health={health}&sort=name"));
        index.search(&query, 10).expect("a page").numbers
    }

    #[test]
    fn what_becomes_stuck_or_overdue_with_time_is_found_as_that() {
        let index = Index::in_memory().expect("an index");
        let later = |wait: i64| Timestamp(NOW.0 + wait);
        let next = format!("next:{}", later(60_000));
        let mut resources = [
            (1, resource("service", "a-starting", "pending:0/1", NOW)),
            (2, resource("workflow", "b-planned", &next, NOW)),
            (3, resource("service", "c-running", "running:1", NOW)),
        ];
        index.apply(&resources, 1, NOW).expect("applied");
        let due = |now: Timestamp| index.due_for_review(now, 10);
        let review = |resources: &[(i64, Resource)], now: Timestamp| index.apply(resources, 1, now).expect("applied");
        assert!(due(later(STUCK_AFTER_MS - 1)).is_empty());
        assert_eq!(due(later(STUCK_AFTER_MS)), [1]);
        let now = later(60_000 + OVERDUE_AFTER_MS);
        assert_eq!(due(now), [1, 2]);
        assert_eq!(index.due_for_review(now, 1), [1]);

        review(&resources, now);
        assert_eq!((found(&index, "degraded"), found(&index, "unknown")), (vec![1], vec![2]));
        assert!(
            due(later(60_000 + 2 * OVERDUE_AFTER_MS - 1)).is_empty(),
            "who is not heard of is asked for more rarely"
        );

        // The same value, observed once more: no change of the log.
        resources[1].1.observed.insert(Aspect::Runtime, Seen { at: now, source: "poller".to_owned() });
        let now = later(60_000 + 2 * OVERDUE_AFTER_MS);
        assert_eq!(due(now), [2]);
        review(&resources, now);
        assert_eq!(found(&index, "degraded"), [1, 2]);
        assert!(due(later(i64::from(i32::MAX))).is_empty());
    }
}
