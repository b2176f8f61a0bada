//! What State and runtime were over the last hours, out of the change log.

use serde::{Deserialize, Serialize};

use super::change::{Change, Field};
use super::time::Timestamp;

/// How far back the history of a Resource goes, in milliseconds: 24 hours.
pub const HISTORY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A time during which a value stayed the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// When it began, or when the history begins.
    pub from: Timestamp,
    /// When it ended; the present for the last one.
    pub to: Timestamp,
    /// The value; `None` while there was none.
    pub value: Option<String>,
}

/// What a history is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Historic {
    /// The State.
    State,
    /// The runtime.
    Runtime,
}

/// The State of a Resource, or its runtime, over the [`HISTORY_MS`] before `now`: spans without a gap, the oldest first.
/// `changes` are the newest entries of its log; where they do not reach back that far (`is_whole` is false), the history
/// begins with the oldest of them. `current` is the value now.
#[must_use]
pub fn history(changes: &[Change], of: Historic, current: Option<&str>, is_whole: bool, now: Timestamp) -> Vec<Span> {
    let mut start = Timestamp(now.0.saturating_sub(HISTORY_MS));
    if let Some(oldest) = changes.iter().map(|change| change.at).min().filter(|_| !is_whole) {
        start = start.max(oldest);
    }
    let mut steps: Vec<(&Change, Option<&str>, Option<&str>)> = changes
        .iter()
        .filter(|change| change.at > start && change.at <= now)
        .filter_map(|change| {
            let (from, to) = (change.from.as_deref(), change.to.as_deref());
            let to = match (change.field, of) {
                (Field::Created, Historic::State) => to.or(Some("unknown")),
                (Field::Created, Historic::Runtime) => None,
                (Field::Deleted, Historic::State) => Some("deleted"),
                (Field::Status, Historic::State) | (Field::Runtime, Historic::Runtime) => to,
                _ => return None,
            };
            Some((change, from, to))
        })
        .collect();
    // A creation comes before what was seen at the same moment.
    steps.sort_by_key(|(change, ..)| (change.at, change.seq));
    let blank = |value: Option<&str>| value.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
    let mut spans: Vec<Span> = Vec::new();
    let mut push = |from: Timestamp, to: Timestamp, value: Option<String>| match spans.last_mut() {
        _ if from >= to => {}
        Some(last) if last.value == value => last.to = to,
        _ => spans.push(Span { from, to, value }),
    };
    let mut from = start;
    for (place, (change, before, _)) in steps.iter().enumerate() {
        // What it was before the first change only that change tells.
        let value = if place == 0 { *before } else { steps[place - 1].2 };
        push(from, change.at, blank(value));
        from = change.at;
    }
    push(from, now, blank(current));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Key;

    const NOW: Timestamp = Timestamp(100 * HISTORY_MS);
    const HOUR: i64 = 60 * 60 * 1_000;

    fn change(hours_ago: i64, field: Field, from: Option<&str>, to: Option<&str>) -> Change {
        Change {
            seq: 1_000 - hours_ago,
            at: Timestamp(NOW.0 - hours_ago * HOUR),
            key: Key::new("depot", None, "x").expect("a key"),
            field,
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            source: "test".to_owned(),
        }
    }

    fn told(spans: &[Span]) -> Vec<(i64, Option<&str>)> {
        spans.iter().map(|span| ((NOW.0 - span.from.0) / HOUR, span.value.as_deref())).collect()
    }

    #[test]
    fn a_value_that_did_not_change_is_one_span() {
        let old = [change(30, Field::Runtime, None, Some("running:1"))];
        assert_eq!(told(&history(&old, Historic::Runtime, Some("running:1"), true, NOW)), [(24, Some("running:1"))]);
        assert_eq!(told(&history(&[], Historic::State, Some("active"), true, NOW)), [(24, Some("active"))]);
    }

    #[test]
    fn each_change_begins_a_span_and_the_first_tells_what_was_before() {
        let changes = [
            change(2, Field::Runtime, Some("failed"), Some("running:1")),
            change(5, Field::Runtime, Some("running:1"), Some("failed")),
            change(5, Field::Status, Some("active"), Some("error")),
        ];
        let runtime = history(&changes, Historic::Runtime, Some("running:1"), true, NOW);
        assert_eq!(told(&runtime), [(24, Some("running:1")), (5, Some("failed")), (2, Some("running:1"))]);
        assert!(runtime.windows(2).all(|pair| pair[0].to == pair[1].from), "without a gap");
        assert_eq!(runtime.last().map(|span| span.to), Some(NOW));
        assert_eq!(
            told(&history(&changes, Historic::State, Some("error"), true, NOW)),
            [(24, Some("active")), (5, Some("error"))]
        );
    }

    #[test]
    fn before_it_was_created_there_was_nothing() {
        let changes = [change(3, Field::Created, None, Some("active"))];
        assert_eq!(
            told(&history(&changes, Historic::State, Some("active"), true, NOW)),
            [(24, None), (3, Some("active"))]
        );
        let gone = [change(3, Field::Deleted, Some("active"), None)];
        assert_eq!(
            told(&history(&gone, Historic::State, Some("deleted"), true, NOW)),
            [(24, Some("active")), (3, Some("deleted"))]
        );
    }

    #[test]
    fn a_log_that_does_not_reach_back_gives_a_shorter_history() {
        let changes =
            [change(1, Field::Runtime, Some("a"), Some("b")), change(2, Field::Runtime, Some("b"), Some("a"))];
        assert_eq!(
            told(&history(&changes, Historic::Runtime, Some("b"), false, NOW)),
            [(2, Some("a")), (1, Some("b"))]
        );
    }
}
