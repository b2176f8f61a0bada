//! Stories of those who follow.

use std::sync::Arc;
use std::time::Duration;

use app::model::Timestamp;
use tempfile::TempDir;
use tokio::sync::watch;

use super::*;
use crate::catalog::Record;
use crate::store::testing::{LISTER, batch, service, sqlite, with_status};

/// A store, its feed, and what the follower would say.
struct Log {
    store: Arc<dyn Store>,
    feed: Arc<Feed>,
    progress: watch::Sender<Progress>,
    _reader: FeedReader,
    _folder: TempDir,
}

impl Log {
    async fn empty() -> Self {
        let (folder, store) = sqlite().await;
        let store: Arc<dyn Store> = Arc::new(store);
        let (progress, receiver) = watch::channel(Progress::default());
        let (feed, reader) = Feed::start(Arc::clone(&store), receiver, 0);
        Self { store, feed, progress, _reader: reader, _folder: folder }
    }

    /// Records that services have a status at a moment.
    async fn record(&self, names: &[&str], at: i64, status: &str) -> i64 {
        let seen = names.iter().map(|name| with_status(&service(name), at, status)).collect();
        self.store.record(&batch(LISTER, seen)).await.expect("recorded").seq
    }

    /// The follower has noticed, and indexed, everything up to an entry.
    fn notice(&self, seq: i64) {
        self.progress.send_replace(Progress { stored_seq: seq, indexed_seq: seq, ..Progress::default() });
    }

    /// What a follower has been told when it has been told of `seq`.
    async fn told(&self, subscription: &mut Subscription, seq: i64) -> Vec<i64> {
        let mut told = Vec::new();
        while subscription.after() < seq {
            let next = tokio::time::timeout(Duration::from_secs(10), subscription.next()).await;
            told.extend(next.expect("in time").expect("changes").iter().map(|event| event.seq));
        }
        told
    }

    async fn follow(&self, after: Option<i64>) -> Subscription {
        self.feed.subscribe(after, ChangeFilter::default()).await.expect("a subscription")
    }
}

#[tokio::test]
async fn everybody_is_told_what_comes_and_shares_one_copy() {
    let log = Log::empty().await;
    let (mut one, mut two) = (log.follow(None).await, log.follow(Some(0)).await);
    assert_eq!(log.feed.subscribers(), 2);
    let seq = log.record(&["orders-api"], 1, "active").await;
    log.notice(seq);
    let (left, right) = (one.next().await.expect("changes"), two.next().await.expect("changes"));
    assert_eq!(left.len(), usize::try_from(seq).expect("few"));
    assert!(Arc::ptr_eq(&left[0], &right[0]), "one copy");
    assert_eq!(left[0].frame().as_ptr(), right[0].frame().as_ptr(), "of the text as well");
    drop(one);
    assert_eq!(log.feed.subscribers(), 1);
    assert_eq!(log.feed.delivered(), 2 * u64::try_from(seq).expect("few"));
}

#[tokio::test]
async fn who_comes_late_is_told_only_what_is_to_come() {
    let log = Log::empty().await;
    let first = log.record(&["orders-api"], 1, "active").await;
    log.notice(first);
    let mut early = log.follow(Some(0)).await;
    assert_eq!(log.told(&mut early, first).await, Vec::from_iter(1..=first));
    let mut late = log.follow(None).await;
    assert_eq!(late.after(), first);
    let second = log.record(&["orders-api"], 2, "error").await;
    log.notice(second);
    assert_eq!(log.told(&mut late, second).await, Vec::from_iter(first + 1..=second));
}

#[tokio::test]
async fn a_slow_reader_catches_up_from_the_database() {
    let log = Log::empty().await;
    let mut slow = log.follow(None).await;
    let mut seq = 0;
    let names: Vec<String> = (0..1_000).map(|number| format!("api-{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for at in 1..=10 {
        seq = log.record(&names, at, &format!("status-{at}")).await;
        log.notice(seq);
    }
    let mut quick = log.follow(Some(seq)).await;
    assert!(seq > 9_000, "more than waits in memory: {seq}");
    assert_eq!(log.told(&mut slow, seq).await, Vec::from_iter(1..=seq));
    let last = log.record(&["api-1"], 11, "error").await;
    log.notice(last);
    assert_eq!(log.told(&mut quick, last).await, Vec::from_iter(seq + 1..=last));
    assert_eq!(log.told(&mut slow, last).await, Vec::from_iter(seq + 1..=last));
}

#[tokio::test]
async fn giving_up_waiting_loses_nothing() {
    let log = Log::empty().await;
    let mut impatient = log.follow(None).await;
    let mut told = Vec::new();
    let mut seq = 0;
    for at in 1..=50 {
        seq = log.record(&["a", "b"], at, &format!("status-{at}")).await;
        log.notice(seq);
        if let Ok(events) = tokio::time::timeout(Duration::from_micros(300), impatient.next()).await {
            told.extend(events.expect("changes").iter().map(|event| event.seq));
        }
    }
    told.extend(log.told(&mut impatient, seq).await);
    assert_eq!(told, Vec::from_iter(1..=seq));
}

#[tokio::test]
async fn a_filter_moves_on_past_what_it_keeps_back() {
    let log = Log::empty().await;
    let filter = ChangeFilter { names: vec!["b".to_owned()], ..ChangeFilter::default() };
    let mut follower = log.feed.subscribe(None, filter.clone()).await.expect("a subscription");
    log.record(&["a", "c"], 1, "active").await;
    log.record(&["b"], 2, "active").await;
    let seq = log.record(&["a"], 3, "error").await;
    log.notice(seq);
    let events = follower.next().await.expect("changes");
    assert!(!events.is_empty() && events.iter().all(|event| event.key.name == "b"), "{events:?}");
    let page = log.feed.page(0, 100, &filter).await.expect("a page");
    assert_eq!(page.events.iter().map(|event| event.seq).collect::<Vec<_>>(), seqs(&events));
    assert_eq!((page.next, page.more), (seq, false), "the next page need not look at them again");
    let first = log.feed.page(0, 1, &filter).await.expect("a page");
    assert_eq!((seqs(&first.events), first.next), (seqs(&events)[..1].to_vec(), seqs(&events)[0]));
}

fn seqs(events: &[Arc<Event>]) -> Vec<i64> {
    events.iter().map(|event| event.seq).collect()
}

#[tokio::test]
async fn pages_of_any_size_tell_everything_once() {
    let log = Log::empty().await;
    for at in 1..=20 {
        log.record(&["a", "b", "c"], at, &format!("status-{at}")).await;
    }
    let seq = log.store.last_seq().await.expect("a number");
    for begins in [0, seq / 2, seq] {
        // As after a new start: what came before is only in the database.
        let (feed, _reader) = Feed::start(Arc::clone(&log.store), log.progress.subscribe(), begins);
        log.notice(seq);
        let mut follower = feed.subscribe(Some(begins), ChangeFilter::default()).await.expect("a subscription");
        assert_eq!(log.told(&mut follower, seq).await, Vec::from_iter(begins + 1..=seq));
        for limit in [1, 7, 50, 1_000] {
            let (mut told, mut after) = (Vec::new(), 0);
            loop {
                let page = feed.page(after, limit, &ChangeFilter::default()).await.expect("a page");
                assert!(page.events.len() <= limit);
                told.extend(seqs(&page.events));
                after = page.next;
                if !page.more {
                    break;
                }
            }
            assert_eq!(told, Vec::from_iter(1..=seq), "{limit} at a time from {begins}");
        }
    }
}

#[tokio::test]
async fn what_the_log_lost_is_said_to_be_gone() {
    let log = Log::empty().await;
    for at in 1..=5 {
        log.record(&["orders-api"], at, &format!("status-{at}")).await;
    }
    let last = log.store.last_seq().await.expect("a number");
    let mut late = log.feed.subscribe(Some(0), ChangeFilter::default()).await.expect("a subscription");
    log.store.prune(0, Timestamp(4), Timestamp(5), 100).await.expect("pruned");
    let (feed, _reader) = Feed::start(Arc::clone(&log.store), log.progress.subscribe(), last - 1);
    let oldest = feed.bounds().await.expect("bounds").oldest;
    assert!(oldest > 0 && oldest < last - 1);
    for seq in [0, oldest - 1, last + 1] {
        let refused = feed.subscribe(Some(seq), ChangeFilter::default()).await.expect_err("gone");
        assert!(matches!(refused, FeedError::Gone { .. }), "{seq}");
        assert!(refused.to_string().contains(&format!("from {oldest} to {last}")), "{refused}");
        let page = feed.page(seq, 10, &ChangeFilter::default()).await;
        assert!(matches!(page, Err(FeedError::Gone { .. })), "{seq}");
    }
    let mut follower = feed.subscribe(Some(oldest), ChangeFilter::default()).await.expect("a subscription");
    log.notice(last);
    assert_eq!(log.told(&mut follower, last).await, Vec::from_iter(oldest + 1..=last));
    // Who was promised what followed is told as well that it has gone meanwhile.
    let gone = tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            if let Err(error) = late.next().await {
                return error;
            }
        }
    });
    assert!(matches!(gone.await.expect("in time"), FeedError::Gone { .. }));
}
