//! The change log as a feed: resumed anywhere, pruned without losing what matters.

use app::model::{Change, Field, NodeStatus, Observation, RuntimeNode, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::catalog::Record;
use crate::store::testing::{LISTER, POLLER, active, batch, depot, detail, gone, service, sqlite, stored, with_status};
use crate::store::{LogBounds, Store, Stretch};

stories!(
    an_empty_log_has_nothing_to_tell,
    the_feed_resumes_after_any_entry,
    an_entry_that_never_was_is_gone,
    pruning_keeps_lives_and_the_present,
    a_pruned_entry_cannot_be_resumed_after,
    young_entries_are_not_pruned,
    numbers_are_never_given_out_again,
    pruning_goes_on_in_small_steps,
    a_wrong_clock_does_not_stop_pruning,
);

/// All that the feed tells after an entry, taken `limit` entries at a time.
async fn all_after(store: &dyn Store, mut seq: i64, limit: usize) -> Option<Vec<Change>> {
    let mut told = Vec::new();
    loop {
        let Stretch::Entries { entries, more } = store.entries_after(seq, limit).await.unwrap() else { return None };
        assert!(entries.len() <= limit);
        assert!(!(more && entries.is_empty()), "there is more but nothing is told");
        seq = entries.last().map_or(seq, |entry| entry.change.seq);
        told.extend(entries.into_iter().map(|entry| entry.change));
        if !more {
            return Some(told);
        }
    }
}

/// Prunes until nothing is left to prune; how many rows went.
async fn prune_all(store: &dyn Store, before: i64, now: i64, rows: usize) -> u64 {
    let mut removed = 0;
    let mut next = Some(0);
    while let Some(after) = next {
        let pruned = store.prune(after, Timestamp(before), Timestamp(now), rows).await.unwrap();
        removed += pruned.removed;
        assert!(pruned.next.is_none_or(|further| further > after), "it goes on");
        next = pruned.next;
    }
    removed
}

/// A service of which several things are said at once.
fn busy(name: &str, at: i64, status: &str) -> Observation {
    Observation {
        runtime: Some(format!("running:{at}")),
        owner: Some(format!("owner-{at}")),
        nodes: Some(vec![RuntimeNode::new(format!("{name}-{at}"), NodeStatus::Running)]),
        ..with_status(&service(name), at, status)
    }
}

async fn an_empty_log_has_nothing_to_tell(store: &dyn Store) {
    assert_eq!(store.log_bounds().await.unwrap(), LogBounds::default());
    assert_eq!(store.entries_after(0, 10).await.unwrap(), Stretch::Entries { entries: vec![], more: false });
    assert_eq!(prune_all(store, 100, 100, 10).await, 0);
}

async fn the_feed_resumes_after_any_entry(store: &dyn Store) {
    let mut dice = StdRng::seed_from_u64(7);
    for at in 1..=40 {
        let seen = (0..dice.random_range(1..4))
            .map(|_| {
                let name = format!("api-{}", dice.random_range(0..5));
                match dice.random_range(0..5) {
                    0 => gone(&service(&name), at),
                    1 => active(&service(&name), at),
                    _ => busy(&name, at, "active"),
                }
            })
            .collect();
        store.record(&batch(if at % 2 == 0 { LISTER } else { POLLER }, seen)).await.unwrap();
    }
    let last = store.last_seq().await.unwrap();
    assert!(last > 100, "{last}");
    let whole = all_after(store, 0, 1_000).await.unwrap();
    assert_eq!(whole.iter().map(|change| change.seq).collect::<Vec<_>>(), Vec::from_iter(1..=last));
    let mut newest = store.newest_changes(1_000).await.unwrap();
    newest.reverse();
    assert_eq!(whole, newest, "it is the log that the pages show");
    for seq in 0..=last {
        let limit = 1 + usize::try_from(seq).unwrap() % 7;
        let rest = all_after(store, seq, limit).await.unwrap();
        assert_eq!(rest, whole[usize::try_from(seq).unwrap()..], "after {seq}, {limit} at a time");
    }
}

async fn an_entry_that_never_was_is_gone(store: &dyn Store) {
    let seq = store.record(&batch(LISTER, vec![active(&depot("a"), 1)])).await.unwrap().seq;
    let bounds = LogBounds { oldest: 0, last: seq };
    assert_eq!(store.entries_after(seq + 1, 10).await.unwrap(), Stretch::Gone(bounds));
    assert_eq!(store.entries_after(-1, 10).await.unwrap(), Stretch::Gone(bounds));
    assert_eq!(all_after(store, seq, 10).await.unwrap(), []);
}

async fn pruning_keeps_lives_and_the_present(store: &dyn Store) {
    let key = service("orders-api");
    for at in 1..=9 {
        let seen = if at % 4 == 0 { gone(&key, at) } else { busy("orders-api", at, "active") };
        store.record(&batch(LISTER, vec![seen, active(&depot("salesraw"), at)])).await.unwrap();
    }
    let (number, before) = stored(store, &key).await;
    let detailed = detail(store, &key).await;
    let lives = &detailed.lives;
    assert_eq!(lives.len(), 5, "created, deleted, created, deleted, created");
    assert!(prune_all(store, 100, 100, 1_000).await > 0);
    assert_eq!(stored(store, &key).await, (number, before));
    assert_eq!(detail(store, &key).await, detailed);
    let kept = store.changes(number, None, 1_000).await.unwrap().changes;
    assert!(lives.iter().all(|life| kept.contains(life)));
    assert_eq!(detail(store, &depot("salesraw")).await.lives[0].field, Field::Created);
}

async fn a_pruned_entry_cannot_be_resumed_after(store: &dyn Store) {
    for at in 1..=10 {
        store.record(&batch(LISTER, vec![busy("orders-api", at, "active")])).await.unwrap();
    }
    let whole = all_after(store, 0, 1_000).await.unwrap();
    // The last entry of what was observed at 6: what goes is all up to there but the creation.
    let horizon = whole.iter().rev().find(|change| change.at == Timestamp(6)).unwrap().seq;
    assert_eq!(prune_all(store, 7, 10, 1_000).await, 5);
    let bounds = store.log_bounds().await.unwrap();
    assert_eq!(bounds, LogBounds { oldest: horizon, last: whole.last().unwrap().seq });
    for seq in 0..horizon {
        assert_eq!(store.entries_after(seq, 10).await.unwrap(), Stretch::Gone(bounds), "after {seq}");
    }
    for seq in horizon..=bounds.last {
        assert_eq!(all_after(store, seq, 3).await.unwrap(), whole[usize::try_from(seq).unwrap()..], "after {seq}");
    }
}

async fn young_entries_are_not_pruned(store: &dyn Store) {
    for (name, at) in [("a", 10), ("b", 50), ("a", 60), ("b", 20), ("b", 70)] {
        store.record(&batch(LISTER, vec![busy(name, at, "active")])).await.unwrap();
    }
    let whole = all_after(store, 0, 100).await.unwrap();
    assert_eq!(prune_all(store, 10, 70, 100).await, 0, "nothing is older");
    assert_eq!(prune_all(store, 30, 70, 100).await, 0, "what is older is a creation");
    assert_eq!(all_after(store, 0, 100).await.unwrap(), whole);
}

async fn numbers_are_never_given_out_again(store: &dyn Store) {
    for at in 1..=3 {
        store.record(&batch(LISTER, vec![busy("orders-api", at, "active")])).await.unwrap();
    }
    let last = store.last_seq().await.unwrap();
    prune_all(store, 100, 100, 100).await;
    assert_eq!(store.last_seq().await.unwrap(), last);
    let next = store.record(&batch(LISTER, vec![with_status(&service("orders-api"), 4, "error")])).await.unwrap();
    assert_eq!(next.seq, last + 1);
    assert_eq!(all_after(store, last, 10).await.unwrap().len(), 1);
}

async fn pruning_goes_on_in_small_steps(store: &dyn Store) {
    for at in 1..=30 {
        let seen = (0..3).map(|number| busy(&format!("{}-{number}", at % 4), at, "active")).collect();
        store.record(&batch(LISTER, seen)).await.unwrap();
    }
    let first = store.prune(0, Timestamp(26), Timestamp(30), 20).await.unwrap();
    assert!(first.removed <= 20 && first.next.is_some(), "{first:?}");
    // 25 × 3 rows are old enough; 4 × 3 of them are creations.
    assert_eq!(first.removed + prune_all(store, 26, 30, 2).await, 63);
    assert_eq!(prune_all(store, 26, 30, 2).await, 0);
}

async fn a_wrong_clock_does_not_stop_pruning(store: &dyn Store) {
    for at in [1, 2, 9_999, 3, 4, 50] {
        let name = if at == 9_999 { "from-the-future" } else { "orders-api" };
        store.record(&batch(LISTER, vec![busy(name, at, "active")])).await.unwrap();
    }
    assert_eq!(prune_all(store, 40, 100, 1).await, 3, "what was observed at 2, 3 and 4");
    assert_eq!(detail(store, &service("from-the-future")).await.lives.len(), 1);
}
