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
}
