//! How the sources are doing: what they are, and how their runs went.

use serde::{Deserialize, Serialize};

use super::freshness::Freshness;
use super::time::Timestamp;

/// How a source is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A program is run, and what it prints is read.
    Command,
    /// The platform's status and runtime reports are polled.
    Collated,
    /// A folder of manifests and saved listings is read.
    Directory,
    /// It reports by itself, as a client of the API.
    Push,
}

impl SourceKind {
    /// All.
    pub const ALL: [Self; 4] = [Self::Command, Self::Collated, Self::Directory, Self::Push];

    /// The word in `pharos.toml`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Collated => "collated",
            Self::Directory => "directory",
            Self::Push => "push",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A source that is configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedSource {
    /// Its name.
    pub name: String,
    /// How it is asked.
    pub kind: SourceKind,
    /// How often it is expected to report; `None` for whenever it likes.
    pub interval_ms: Option<i64>,
}

/// One run of a source, ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRun {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Observations that were stored.
    pub read: u64,
    /// Those that changed something.
    pub changed: u64,
    /// Resources that were deleted.
    pub deleted: u64,
    /// What went wrong, in words; `None` for a success.
    pub error: Option<String>,
}

impl SourceRun {
    /// How long it took, in milliseconds.
    #[must_use]
    pub fn took_ms(&self) -> i64 {
        self.ended_at.since(self.started_at)
    }
}

/// What is stored of a source, whether it is configured or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Its name.
    pub name: String,
    /// The moment of its latest batch, however that came.
    pub reported_at: Option<Timestamp>,
    /// The end of its last run that succeeded.
    pub last_success_at: Option<Timestamp>,
    /// When it will be asked next.
    pub next_run_at: Option<Timestamp>,
    /// Until when a run that is under way holds it.
    pub held_until: Option<Timestamp>,
    /// How many runs have failed since the last success.
    pub failures: u32,
    /// Its last run.
    pub last_run: Option<SourceRun>,
}

impl SourceRecord {
    /// When it was last heard of: the last success of a source that is run, else its latest batch.
    #[must_use]
    pub fn heard_at(&self) -> Option<Timestamp> {
        if self.last_run.is_some() { self.last_success_at } else { self.reported_at }
    }
}

/// A source as `pharos sources` and its page show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceStatus {
    /// What is stored of it.
    pub record: SourceRecord,
    /// How it is configured; `None` where it is not.
    pub expected: Option<ExpectedSource>,
    /// Whether a run is under way.
    pub running: bool,
    /// Whether it has not been heard of for three intervals.
    pub quiet: bool,
}

impl SourceStatus {
    /// Puts together what is configured, in its order, and what is stored; what is not configured comes last, by name.
    #[must_use]
    pub fn all(expected: &[ExpectedSource], records: Vec<SourceRecord>, now: Timestamp) -> Vec<Self> {
        let freshness = freshness_of(expected, &records);
        let mut records: Vec<_> = records;
        records.sort_by(|left, right| left.name.cmp(&right.name));
        let mut all = Vec::with_capacity(expected.len());
        let of = |record: SourceRecord, expected: Option<&ExpectedSource>| Self {
            running: record.held_until.is_some_and(|until| until > now),
            quiet: freshness.is_quiet(&record.name, now),
            expected: expected.cloned(),
            record,
        };
        for source in expected {
            let place = records.iter().position(|record| record.name == source.name);
            let record = place.map(|place| records.remove(place));
            let record = record.unwrap_or_else(|| SourceRecord { name: source.name.clone(), ..Default::default() });
            all.push(of(record, Some(source)));
        }
        all.extend(records.into_iter().map(|record| of(record, None)));
        all
    }

    /// How it is doing, in a word or two.
    #[must_use]
    pub fn state_text(&self) -> &'static str {
        let failed = self.record.last_run.as_ref().is_some_and(|run| run.error.is_some());
        match (self.running, failed, self.quiet, self.record.heard_at()) {
            (true, ..) => "running",
            (_, true, true, _) => "failing, stale",
            (_, true, ..) => "failing",
            (.., None) => "not heard of yet",
            (_, _, true, _) => "stale",
            _ => "current",
        }
    }
}

/// What is expected of the configured sources, and when they were last heard of.
#[must_use]
pub fn freshness_of(expected: &[ExpectedSource], records: &[SourceRecord]) -> Freshness {
    expected.iter().fold(Freshness::default(), |freshness, source| match source.interval_ms {
        None => freshness,
        Some(interval_ms) => {
            let record = records.iter().find(|record| record.name == source.name);
            freshness.expecting(&source.name, interval_ms, record.and_then(SourceRecord::heard_at))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(name: &str, interval_ms: Option<i64>) -> ExpectedSource {
        ExpectedSource { name: name.to_owned(), kind: SourceKind::Command, interval_ms }
    }

    #[test]
    fn configured_sources_come_first_and_in_their_order() {
        let records = ["import", "depots", "archive"].map(|name| SourceRecord {
            name: name.to_owned(),
            reported_at: Some(Timestamp(1_000)),
            ..SourceRecord::default()
        });
        let all = SourceStatus::all(
            &[expected("services", Some(1_000)), expected("depots", None)],
            records.to_vec(),
            Timestamp(60_000),
        );
        let names: Vec<_> = all.iter().map(|status| status.record.name.as_str()).collect();
        assert_eq!(names, ["services", "depots", "archive", "import"]);
        let states: Vec<_> = all.iter().map(SourceStatus::state_text).collect();
        assert_eq!(states, ["not heard of yet", "current", "current", "current"]);
    }

    #[test]
    fn a_source_that_is_run_is_heard_of_when_a_run_succeeds() {
        let mut record = SourceRecord {
            name: "depots".to_owned(),
            reported_at: Some(Timestamp(90_000)),
            last_success_at: Some(Timestamp(10_000)),
            last_run: Some(SourceRun { error: Some("it printed nothing".to_owned()), ..SourceRun::default() }),
            ..SourceRecord::default()
        };
        assert_eq!(record.heard_at(), Some(Timestamp(10_000)));
        let all = SourceStatus::all(&[expected("depots", Some(10_000))], vec![record.clone()], Timestamp(100_000));
        assert_eq!((all[0].quiet, all[0].state_text()), (true, "failing, stale"));
        record.last_run = None;
        assert_eq!(record.heard_at(), Some(Timestamp(90_000)), "whoever is never run is heard of when it reports");
    }
}
