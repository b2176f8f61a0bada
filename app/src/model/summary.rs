//! How the whole catalog is, in numbers.

use serde::{Deserialize, Serialize};

use super::health::HealthLevel;
use super::resource_type::ResourceType;

/// How many hours back changes are counted.
pub const SUMMARY_HOURS: usize = 24;

/// How many Resources of a type are how well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCount {
    /// The type.
    pub resource_type: ResourceType,
    /// Counts per level, from best to worst; without those of which there are none.
    pub levels: Vec<(HealthLevel, u64)>,
}

/// How the whole catalog is, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How well the Resources of each type are.
    pub health: Vec<HealthCount>,
    /// How many Resources show values that are stale.
    pub stale: u64,
    /// How many Resources changed for the last time in each of the last [`SUMMARY_HOURS`] hours, the newest hour last.
    pub changed: Vec<u64>,
}

impl Summary {
    /// How many Resources of all types are that well.
    #[must_use]
    pub fn of_level(&self, level: &HealthLevel) -> u64 {
        let counts = self.health.iter().flat_map(|count| &count.levels);
        counts.filter(|(own, _)| own == level).map(|(_, count)| count).sum()
    }

    /// How many Resources are how well that is none of `levels`: counts per level, from best to worst.
    #[must_use]
    pub fn other_than(&self, levels: &[HealthLevel]) -> Vec<(HealthLevel, u64)> {
        let mut others: Vec<(HealthLevel, u64)> = Vec::new();
        for (level, count) in self.health.iter().flat_map(|count| &count.levels) {
            if levels.contains(level) {
                continue;
            }
            match others.iter_mut().find(|(other, _)| other == level) {
                Some((_, sum)) => *sum += count,
                None => others.push((level.clone(), *count)),
            }
        }
        others.sort_by(|(left, _), (right, _)| left.cmp(right));
        others
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resource_is_counted_once() {
        let of = |resource_type: &str, levels: &[(HealthLevel, u64)]| HealthCount {
            resource_type: ResourceType::new(resource_type),
            levels: levels.to_vec(),
        };
        let summary = Summary {
            health: vec![
                of("service", &[(HealthLevel::Healthy, 7), (HealthLevel::Unknown, 2), (HealthLevel::Deleted, 1)]),
                of("workflow", &[(HealthLevel::Healthy, 3), (HealthLevel::Scheduled, 4), (HealthLevel::Unknown, 1)]),
            ],
            ..Summary::default()
        };
        let others = summary.other_than(&[HealthLevel::Healthy]);
        assert_eq!(others, [(HealthLevel::Scheduled, 4), (HealthLevel::Unknown, 3), (HealthLevel::Deleted, 1)]);
        let all: u64 = others.iter().map(|(_, count)| count).sum();
        assert_eq!(all + summary.of_level(&HealthLevel::Healthy), 18);
    }
}
