//! Whether a value can still be believed: fresh as long as its source keeps reporting.
//!
//! A source that is expected every so often is quiet once it has not been heard of for three of its intervals. A value
//! is stale when the source that told it last is quiet, and the value itself is as old. Sources without an interval,
//! such as what was imported by hand, are never expected and never quiet. What is deleted needs no further report.
//!
//! Staleness comes with time alone, so it is never stored: it is worked out whenever somebody looks.

use std::collections::BTreeMap;

use super::resource::{Aspect, Resource, Seen};
use super::time::Timestamp;

/// After how many intervals without a report a source is quiet.
pub const QUIET_AFTER_INTERVALS: i64 = 3;

/// An observation older than this looks old: a day, in milliseconds.
pub const OLD_AFTER_MS: i64 = 24 * 60 * 60 * 1_000;

/// The word of stale Resources in facets and addresses, as in `fresh=stale`.
pub const STALE: &str = "stale";

/// What a listing shows of a Resource, and so what makes its row stale.
pub const LISTED_ASPECTS: [Aspect; 3] = [Aspect::Presence, Aspect::Status, Aspect::Runtime];

/// How often a source is expected, and when it was last heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pulse {
    interval_ms: i64,
    heard_at: Option<Timestamp>,
}

/// What is known of the sources that are expected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Freshness {
    pulses: BTreeMap<String, Pulse>,
}

impl Freshness {
    /// Expects a source every `interval_ms`; it was last heard of at `heard_at`.
    #[must_use]
    pub fn expecting(mut self, source: &str, interval_ms: i64, heard_at: Option<Timestamp>) -> Self {
        self.pulses.insert(source.to_owned(), Pulse { interval_ms: interval_ms.max(1), heard_at });
        self
    }

    /// Whether a source has not been heard of for three intervals.
    #[must_use]
    pub fn is_quiet(&self, source: &str, now: Timestamp) -> bool {
        self.pulses.get(source).is_some_and(|pulse| pulse.heard_at.is_none_or(|heard| pulse.has_missed(heard, now)))
    }

    /// The sources that are quiet, by name.
    #[must_use]
    pub fn quiet(&self, now: Timestamp) -> Vec<String> {
        self.pulses.keys().filter(|source| self.is_quiet(source, now)).cloned().collect()
    }

    /// Whether a value that was last observed like this is stale.
    #[must_use]
    pub fn is_stale(&self, seen: &Seen, now: Timestamp) -> bool {
        self.is_quiet(&seen.source, now)
            && self.pulses.get(&seen.source).is_some_and(|pulse| pulse.has_missed(seen.at, now))
    }

    /// The parts of a Resource that are stale.
    #[must_use]
    pub fn stale_aspects(&self, resource: &Resource, now: Timestamp) -> Vec<Aspect> {
        if resource.deleted {
            return Vec::new();
        }
        let stale = resource.observed.iter().filter(|(_, seen)| self.is_stale(seen, now));
        stale.map(|(aspect, _)| *aspect).collect()
    }

    /// The oldest stale observation among those that a listing shows of a Resource; `None` when all are fresh.
    #[must_use]
    pub fn stale_row(&self, resource: &Resource, now: Timestamp) -> Option<Seen> {
        if resource.deleted {
            return None;
        }
        self.oldest_stale(&resource.observed, now)
    }

    /// The same for a live Resource of which only the observations are known.
    #[must_use]
    pub fn oldest_stale(&self, observed: &BTreeMap<Aspect, Seen>, now: Timestamp) -> Option<Seen> {
        let listed = LISTED_ASPECTS.iter().filter_map(|aspect| observed.get(aspect));
        listed.filter(|seen| self.is_stale(seen, now)).min_by_key(|seen| seen.at).cloned()
    }
}

impl Pulse {
    fn has_missed(&self, heard: Timestamp, now: Timestamp) -> bool {
        now.since(heard) > self.interval_ms.saturating_mul(QUIET_AFTER_INTERVALS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Key;

    const MINUTE: i64 = 60_000;

    fn seen(source: &str, minute: i64) -> Seen {
        Seen { at: Timestamp(minute * MINUTE), source: source.to_owned() }
    }

    fn resource(observed: &[(Aspect, Seen)]) -> Resource {
        let mut resource = Resource::new(Key::new("depot", None, "salesraw").expect("a key"), Timestamp(0));
        resource.observed = observed.iter().cloned().collect();
        resource
    }

    #[test]
    fn a_source_is_quiet_after_three_intervals_and_not_before() {
        let freshness = Freshness::default().expecting("depots", 5 * MINUTE, Some(Timestamp(0)));
        assert!(!freshness.is_quiet("depots", Timestamp(15 * MINUTE)));
        assert!(freshness.is_quiet("depots", Timestamp(15 * MINUTE + 1)));
        assert_eq!(freshness.quiet(Timestamp(16 * MINUTE)), ["depots"]);
        assert!(!freshness.is_quiet("import", Timestamp(i64::MAX)), "nobody expects it");
    }

    #[test]
    fn a_value_is_as_stale_as_the_source_that_told_it_last() {
        let freshness = Freshness::default().expecting("poller", MINUTE, Some(Timestamp(10 * MINUTE))).expecting(
            "lister",
            MINUTE,
            Some(Timestamp(99 * MINUTE)),
        );
        let now = Timestamp(100 * MINUTE);
        let resource = resource(&[
            (Aspect::Presence, seen("lister", 99)),
            (Aspect::Status, seen("lister", 99)),
            (Aspect::Runtime, seen("poller", 9)),
            (Aspect::Manifest, seen("import", 0)),
        ]);
        assert_eq!(freshness.stale_aspects(&resource, now), [Aspect::Runtime]);
        assert_eq!(freshness.stale_row(&resource, now), Some(seen("poller", 9)));
        let gone = Resource { deleted: true, ..resource };
        assert_eq!(freshness.stale_row(&gone, now), None, "what is gone is not waited for");
    }

    #[test]
    fn a_value_that_a_failing_source_still_told_is_fresh() {
        // The source may see some Resources and is refused others: its runs fail, and what it saw is new all the same.
        let freshness = Freshness::default().expecting("poller", MINUTE, Some(Timestamp(0)));
        let now = Timestamp(100 * MINUTE);
        assert!(!freshness.is_stale(&seen("poller", 99), now));
        assert!(freshness.is_stale(&seen("poller", 1), now));
    }

    #[test]
    fn what_a_row_does_not_show_does_not_make_it_stale() {
        let freshness = Freshness::default().expecting("folder", MINUTE, None);
        let manifest = resource(&[(Aspect::Manifest, seen("folder", 0)), (Aspect::Status, seen("import", 0))]);
        let now = Timestamp(100 * MINUTE);
        assert_eq!(freshness.stale_row(&manifest, now), None);
        assert_eq!(freshness.stale_aspects(&manifest, now), [Aspect::Manifest]);
    }
}
