//! Resources as listings show them, kept for a moment: the same few stand in most listings and suggestions.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use app::model::{Resource, Timestamp};

use crate::kept::{self, Cache, Takes};
use crate::store::{Store, StoreError};

/// What all that is kept may take together, in bytes.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// How many Resources that are.
const EXPECTED: usize = 2_000;

/// Locked apart, since every listing asks for many.
const PARTS: usize = 8;

/// What a Resource takes beside its longest texts, in bytes.
const BYTES: usize = 1_800;

/// Longer readings than this, as those of exports, would only push out what many ask for.
const MOST_AT_ONCE: usize = 100;

/// How long a Resource is kept, in milliseconds. That it was seen again, unchanged, by another process is not in the
/// change log, and shows only then.
const KEEP_MS: i64 = 5_000;

/// Up to where what is kept is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    /// The last entry of the change log that is known.
    seq: i64,
    /// How often this process has written.
    written: u64,
}

#[derive(Clone)]
struct Kept {
    resource: Arc<Resource>,
    state: State,
    read_at: Timestamp,
    bytes: u64,
}

impl Kept {
    fn new(resource: Arc<Resource>, state: State, read_at: Timestamp) -> Self {
        let texts = resource.description.as_ref().map_or(0, String::len)
            + resource.message.as_ref().map_or(0, String::len)
            + resource.tags.iter().map(|tag| tag.len() + size_of::<String>()).sum::<usize>();
        Self { resource, state, read_at, bytes: (BYTES + texts) as u64 }
    }
}

impl Takes for Kept {
    fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// The kept Resources, by number.
pub(super) struct Rows {
    kept: Cache<i64, Kept>,
    written: AtomicU64,
}

impl Default for Rows {
    fn default() -> Self {
        Self { kept: kept::cache(MAX_BYTES, EXPECTED, PARTS), written: AtomicU64::new(0) }
    }
}

impl Rows {
    /// Notes that this process has written: nothing read before is given out again.
    pub(super) fn written(&self) {
        self.written.fetch_add(1, Ordering::AcqRel);
    }

    /// The Resources with these numbers, in their order; unknown numbers are left out. `seq` is the last entry of the
    /// change log that is known.
    pub(super) async fn read(
        &self,
        store: &dyn Store,
        numbers: &[i64],
        seq: i64,
        now: Timestamp,
    ) -> Result<Vec<Arc<Resource>>, StoreError> {
        let state = State { seq, written: self.written.load(Ordering::Acquire) };
        let is_right = |kept: &Kept| kept.state == state && now.since(kept.read_at) < KEEP_MS && now >= kept.read_at;
        let mut found: HashMap<i64, Arc<Resource>> = numbers
            .iter()
            .filter_map(|number| Some((*number, self.kept.get(number).filter(is_right)?.resource)))
            .collect();
        let missing: Vec<i64> = numbers.iter().copied().filter(|number| !found.contains_key(number)).collect();
        if !missing.is_empty() {
            for (number, resource) in store.by_number(&missing).await? {
                let resource = Arc::new(resource);
                if numbers.len() <= MOST_AT_ONCE {
                    self.kept.insert(number, Kept::new(Arc::clone(&resource), state, now));
                }
                found.insert(number, resource);
            }
        }
        Ok(numbers.iter().filter_map(|number| found.get(number).cloned()).collect())
    }
}

#[cfg(test)]
mod tests {
    use app::model::Observation;

    use super::*;
    use crate::catalog::Record;
    use crate::store::testing::{LISTER, active, batch, depot, sqlite};

    #[tokio::test]
    async fn a_resource_is_read_anew_when_it_may_have_changed() {
        let (_folder, store) = sqlite().await;
        let rows = Rows::default();
        let record = async |owner: &str, at: i64| {
            let seen = Observation { owner: Some(owner.to_owned()), ..active(&depot("a"), at) };
            store.record(&batch(LISTER, vec![seen])).await.expect("recorded").seq
        };
        let owner = async |seq: i64, now: i64| {
            let found = rows.read(&store, &[1, 77], seq, Timestamp(now)).await.expect("an answer");
            assert_eq!(found.len(), 1, "unknown numbers are left out");
            found[0].owner.clone().expect("an owner")
        };
        let first = record("ada", 1).await;
        assert_eq!(owner(first, 0).await, "ada");
        let second = record("bob", 2).await;
        assert_eq!(owner(first, 1).await, "ada", "nothing says that there is more");
        assert_eq!(owner(second, 1).await, "bob", "the log is known to go on");
        let third = record("eve", 3).await;
        assert_eq!(owner(second, KEEP_MS + 1).await, "eve", "what is old is read anew");
        record("joe", 4).await;
        assert_eq!(owner(third, KEEP_MS + 2).await, "joe");
        record("sue", 5).await;
        rows.written();
        assert_eq!(owner(third, KEEP_MS + 2).await, "sue", "a writer reads its own write");
    }
}
