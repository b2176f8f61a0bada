//! The newest changes, in memory.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Event;

/// How many changes are kept.
pub(super) const MAX_EVENTS: usize = 4_096;

/// What they may take together, in bytes.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// All changes after one entry of the log up to another.
pub(super) struct Ring {
    events: VecDeque<Arc<Event>>,
    /// Everything after this entry is here.
    after: i64,
    /// The last entry that is here.
    end: i64,
    bytes: usize,
}

impl Ring {
    /// An empty ring, to which comes what follows an entry.
    pub(super) fn after(seq: i64) -> Self {
        Self { events: VecDeque::new(), after: seq, end: seq, bytes: 0 }
    }

    /// Whether what follows an entry is here.
    pub(super) fn has(&self, seq: i64) -> bool {
        (self.after..=self.end).contains(&seq)
    }

    /// Adds the next changes, and lets the oldest go where there is no room for them.
    pub(super) fn push(&mut self, events: impl IntoIterator<Item = Arc<Event>>) {
        for event in events {
            self.bytes += event.bytes();
            self.end = event.seq;
            self.events.push_back(event);
        }
        while self.events.len() > MAX_EVENTS || (self.bytes > MAX_BYTES && self.events.len() > 1) {
            let Some(oldest) = self.events.pop_front() else { break };
            self.after = oldest.seq;
            self.bytes -= oldest.bytes();
        }
    }

    /// Up to `limit` changes after an entry, and whether there are more; `None` when not all that follows it is here.
    pub(super) fn read(&self, seq: i64, limit: usize) -> Option<(Vec<Arc<Event>>, bool)> {
        if !self.has(seq) {
            return None;
        }
        let from = self.events.partition_point(|event| event.seq <= seq);
        let events: Vec<_> = self.events.range(from..).take(limit).cloned().collect();
        let more = from + events.len() < self.events.len();
        Some((events, more))
    }
}

#[cfg(test)]
mod tests {
    use app::model::{Change, Field, Key, Timestamp};

    use super::*;
    use crate::store::Logged;

    fn event(seq: i64, length: usize) -> Arc<Event> {
        let change = Change {
            seq,
            at: Timestamp(0),
            key: Key::new("depot", None, "salesraw").expect("a key"),
            field: Field::Message,
            from: None,
            to: Some("x".repeat(length)),
            source: "lister".to_owned(),
        };
        Arc::new(Event::of(&Logged { change, version: String::new() }))
    }

    fn seqs(ring: &Ring, after: i64, limit: usize) -> Option<(Vec<i64>, bool)> {
        ring.read(after, limit).map(|(events, more)| (events.iter().map(|event| event.seq).collect(), more))
    }

    #[test]
    fn what_follows_an_entry_is_found() {
        let mut ring = Ring::after(10);
        assert_eq!(seqs(&ring, 10, 9), Some((vec![], false)));
        assert_eq!(seqs(&ring, 9, 9), None);
        assert_eq!(seqs(&ring, 11, 9), None, "nobody knows yet what follows");
        ring.push((11..=15).map(|seq| event(seq, 1)));
        assert_eq!(seqs(&ring, 10, 9), Some((vec![11, 12, 13, 14, 15], false)));
        assert_eq!(seqs(&ring, 12, 2), Some((vec![13, 14], true)));
        assert_eq!(seqs(&ring, 15, 2), Some((vec![], false)));
        assert_eq!(seqs(&ring, 9, 2), None);
    }

    #[test]
    fn the_oldest_make_room() {
        let mut ring = Ring::after(0);
        let many = i64::try_from(MAX_EVENTS).expect("few");
        ring.push((1..=many + 5).map(|seq| event(seq, 1)));
        assert_eq!(seqs(&ring, 4, 1), None);
        assert_eq!(seqs(&ring, 5, 1), Some((vec![6], true)));
        ring.push([event(many + 6, MAX_BYTES + 1)]);
        assert_eq!(seqs(&ring, many + 4, 1), None, "one that is larger than all room is alone");
        assert_eq!(seqs(&ring, many + 5, 9), Some((vec![many + 6], false)));
        ring.push([event(many + 7, 1)]);
        assert_eq!(seqs(&ring, many + 6, 9), Some((vec![many + 7], false)));
    }
}
