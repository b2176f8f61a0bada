//! How the whole catalog is, in numbers. What is counted is counted already, or found by halving: the cost grows with the
//! number of types, not of Resources.

use app::model::{FacetName, HealthCount, HealthLevel, ResourceType, STALE, SUMMARY_HOURS, Summary, Timestamp};

use super::Index;
use super::tables::Tables;

const HOUR_MS: i64 = 60 * 60 * 1_000;

impl Index {
    /// How the whole catalog is at a moment.
    #[must_use]
    pub fn summary(&self, now: Timestamp) -> Summary {
        let view = self.view();
        let tables = &view.tables;
        let stale = tables.dictionary(FacetName::Fresh).values.iter().find(|value| value.word == STALE);
        Summary {
            health: health(tables),
            stale: stale.map_or(0, |value| value.members.len()),
            changed: changed(tables, now),
        }
    }
}

fn health(tables: &Tables) -> Vec<HealthCount> {
    let mut levels: Vec<_> = tables
        .dictionary(FacetName::Health)
        .values
        .iter()
        .map(|value| (HealthLevel::parse(&value.word), &value.members))
        .collect();
    levels.sort_by(|(left, _), (right, _)| left.cmp(right));
    let types = tables.dictionary(FacetName::Type).values.iter().filter(|value| value.count > 0);
    types
        .map(|value| HealthCount {
            resource_type: ResourceType::new(&value.word),
            levels: levels
                .iter()
                .map(|(level, members)| (level.clone(), value.members.intersection_len(members)))
                .filter(|(_, count)| *count > 0)
                .collect(),
        })
        .collect()
}

fn changed(tables: &Tables, now: Timestamp) -> Vec<u64> {
    let since = |at: i64| {
        let is_after = |&number: &u32| tables.changed_at.get(number as usize).is_some_and(|changed| *changed > at);
        tables.by_change.partition_point(is_after)
    };
    let ago = |hours: usize| now.0.saturating_sub(HOUR_MS.saturating_mul(hours as i64));
    (0..SUMMARY_HOURS).rev().map(|hours| (since(ago(hours + 1)) - since(ago(hours))) as u64).collect()
}

#[cfg(test)]
mod tests {
    use app::model::{Key, Resource};

    use super::*;

    #[test]
    fn resources_are_counted_by_type_and_health_and_by_the_hour_of_their_last_change() {
        let now = Timestamp(100 * HOUR_MS);
        let index = Index::in_memory().expect("an index");
        let resource = |name: &str, types: &str, hours: i64, runtime: &str| {
            let at = Timestamp(now.0 - hours * HOUR_MS - 1);
            let mut resource = Resource::new(Key::new(types, Some("public"), name).expect("a key"), at);
            resource.status = Some("active".to_owned());
            resource.runtime = Some(runtime.to_owned());
            resource
        };
        let resources = [
            (1, resource("a", "service", 0, "running:1")),
            (2, resource("b", "service", 0, "failed")),
            (3, resource("c", "worker", 23, "failed")),
            (4, resource("d", "worker", 24, "running:1")),
        ];
        index.apply(&resources, 1, now).expect("applied");
        let summary = index.summary(now);
        assert_eq!((summary.changed[0], summary.changed[23]), (1, 2));
        assert_eq!(summary.changed.iter().sum::<u64>(), 3, "what is older is not counted");
        assert_eq!(summary.of_level(&HealthLevel::Failed), 2);
        let services = summary.health.iter().find(|count| count.resource_type.as_str() == "service");
        let expected = [(HealthLevel::Healthy, 1), (HealthLevel::Failed, 1)];
        assert_eq!(services.map(|count| count.levels.as_slice()), Some(expected.as_slice()));
    }
}
