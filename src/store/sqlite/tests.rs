//! What is peculiar to files that several processes share.

use std::time::Instant;

use app::model::{Key, Observation, State, Timestamp};

use super::SqliteStore;
use crate::catalog::Record;
use crate::store::testing::{LISTER, POLLER, active, batch, depot, listing, reopen, service, sqlite, stored};
use crate::store::{ChangeFeed, SourceRuns, Store, StoreError, open};

#[tokio::test]
async fn reopening_finds_everything() {
    let (folder, store) = sqlite().await;
    let recorded = store.record(&batch(LISTER, vec![active(&depot("a"), 1)])).await.unwrap();
    let identity = store.identity().to_owned();
    store.close().await;
    let store = reopen(&folder).await;
    assert_eq!(store.identity(), identity);
    assert_eq!(store.last_seq().await.unwrap(), recorded.seq);
    let next = store.record(&batch(LISTER, vec![active(&depot("b"), 2)])).await.unwrap();
    assert_eq!(next.seq, recorded.seq * 2);
    assert_eq!(stored(&store, &depot("b")).await.0, 2);
    let (_other_folder, other) = sqlite().await;
    assert_ne!(other.identity(), identity);
}

#[tokio::test]
async fn what_was_acknowledged_outlives_the_process() {
    let (folder, store) = sqlite().await;
    store.record(&batch(LISTER, vec![active(&depot("a"), 1)])).await.unwrap();
    // The files as they are while the store is open are what the end of the process leaves behind.
    let left = tempfile::tempdir().unwrap();
    for file in ["pharos.db", "pharos.db-wal"] {
        std::fs::copy(folder.path().join(file), left.path().join(file)).unwrap();
    }
    assert_eq!(stored(&reopen(&left).await, &depot("a")).await.1.state(), State::Active);
}

#[tokio::test]
async fn another_process_is_noticed_and_waited_for() {
    let (folder, one) = sqlite().await;
    let two = reopen(&folder).await;
    let mut seqs = Vec::new();
    for at in 1..=10 {
        let keys: Vec<Key> = (0..50).map(|number| service(&format!("{at}-{number}"))).collect();
        let first = batch(LISTER, keys.iter().map(|key| active(key, at)).collect());
        let second = batch(POLLER, keys.iter().map(|key| active(key, at)).collect());
        let (left, right) = tokio::join!(one.record(&first), two.record(&second));
        let (left, right) = (left.unwrap(), right.unwrap());
        assert_eq!(left.changed + right.changed, 50, "whoever comes second changes nothing");
        seqs.push(left.seq.max(right.seq));
        assert_eq!(one.last_seq().await.unwrap(), two.last_seq().await.unwrap());
    }
    assert_eq!(one.last_seq().await.ok(), seqs.last().copied());
    assert_eq!(one.check(false).await.unwrap().problems, Vec::<String>::new());
}

#[tokio::test]
async fn a_database_may_be_created_by_several_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two, three) = tokio::join!(reopen(&folder), reopen(&folder), reopen(&folder));
    assert_eq!(one.identity(), two.identity());
    assert_eq!(one.identity(), three.identity());
}

#[tokio::test]
async fn readers_see_whole_batches_and_do_not_wait() {
    let (folder, store) = sqlite().await;
    let other = reopen(&folder).await;
    let mut held = store.writer.begin().await.unwrap();
    sqlx::query("INSERT INTO source (name) VALUES ('half')").execute(&mut *held).await.unwrap();
    assert_eq!(other.counts().await.unwrap(), []);
    assert_eq!(other.last_seq().await.unwrap(), 0);
    let third = reopen(&folder).await;
    assert_eq!(third.identity(), store.identity(), "opening a database that is up to date does not wait either");
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, store) = sqlite().await;
    store.record(&batch(LISTER, vec![active(&depot("a"), 1)])).await.unwrap();
    for file in ["pharos.db", "pharos.db-wal", "pharos.db-shm"] {
        let mode = std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

async fn reason(url: &str) -> String {
    match open(url).await.map(|_| ()) {
        Err(StoreError::Open { reason, .. }) => reason,
        other => panic!("{url}: {other:?}"),
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    assert!(reason(&at("no/such/pharos.db")).await.contains("does not exist"));
    assert!(reason(&at("")).await.contains("is a folder"));

    std::fs::write(folder.path().join("notes.txt"), "These are notes, not a database. ".repeat(100)).unwrap();
    assert!(reason(&at("notes.txt")).await.contains("not an SQLite database"));
    assert!(std::fs::read_to_string(folder.path().join("notes.txt")).unwrap().starts_with("These are notes"));

    let (newer_folder, newer) = sqlite().await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'to come', 1, x'00', 0)",
    )
    .execute(newer.writer.pool())
    .await
    .unwrap();
    newer.close().await;
    let url = format!("sqlite://{}", newer_folder.path().join("pharos.db").display());
    assert!(reason(&url).await.contains("a newer version of Pharos"));

    let (foreign_folder, foreign) = sqlite().await;
    sqlx::query("PRAGMA application_id = 7").execute(foreign.writer.pool()).await.unwrap();
    foreign.close().await;
    let url = format!("sqlite://{}", foreign_folder.path().join("pharos.db").display());
    assert!(reason(&url).await.contains("another program"));

    for url in ["pharos.db", "sqlite://", "sqlite::memory:", "sqlite://a.db?mode=ro"] {
        assert!(reason(url).await.contains("sqlite://pharos.db"), "{url}");
    }
}

#[tokio::test]
async fn a_check_finds_and_mends_what_is_off() {
    let (_folder, store) = sqlite().await;
    store.record(&listing(LISTER, "depot", 1, &[depot("a"), depot("b")])).await.unwrap();
    let mut connection = store.writer.pool().acquire().await.unwrap();
    for statement in [
        "UPDATE state_count SET resources = 7",
        "INSERT INTO state_count VALUES ('service', 'active', 3)",
        "UPDATE resource SET state = 'error' WHERE number = 2",
        "PRAGMA foreign_keys = OFF",
        "INSERT INTO sighting VALUES (1, 77, 0)",
        "PRAGMA foreign_keys = ON",
    ] {
        sqlx::query(statement).execute(&mut *connection).await.unwrap();
    }
    drop(connection);
    let found = store.check(false).await.unwrap();
    assert_eq!((found.resources, found.problems.len(), found.mended), (2, 4, false), "{found:?}");
    let mended = store.check(true).await.unwrap();
    assert_eq!((mended.problems.len(), mended.mended), (4, true), "{mended:?}");
    let after = store.check(true).await.unwrap();
    assert_eq!((after.problems.len(), after.mended), (0, false), "{after:?}");
    assert_eq!(store.counts().await.unwrap().len(), 1);

    sqlx::query("UPDATE resource SET observed = 'nonsense' WHERE number = 1")
        .execute(store.writer.pool())
        .await
        .unwrap();
    let unreadable = store.check(true).await.unwrap();
    assert_eq!((unreadable.problems.len(), unreadable.mended), (1, false), "{unreadable:?}");
    assert!(matches!(store.find(&[depot("a")]).await, Err(StoreError::Corrupt(_))));
}

#[tokio::test]
async fn no_query_goes_through_a_whole_table() {
    use sqlx::Row;
    let (_folder, store) = sqlite().await;
    let writing = super::transaction::statements().into_iter().map(|query| (query, false));
    let feeding = super::feed::statements().into_iter().map(|query| (query.to_owned(), false));
    for (query, may_sort) in super::read::statements().into_iter().chain(writing).chain(feeding) {
        let explained = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"));
        for row in sqlx::query(explained).fetch_all(&store.readers).await.unwrap() {
            let step: String = row.try_get("detail").unwrap();
            // What is asked for comes as a list; the log is read from its end until the limit.
            let short = step.starts_with("SCAN wanted VIRTUAL TABLE") || step == "SCAN change";
            // What a part of a statement found is few, by the limit of that part.
            let part = ["CO-ROUTINE", "CORRELATED SCALAR SUBQUERY", "SCALAR SUBQUERY", "SCAN CONSTANT ROW"]
                .iter()
                .any(|whole| step.starts_with(whole));
            let short = short || part || matches!(step.as_str(), "SCAN life" | "SCAN holder" | "SCAN newest");
            let sorts = step.contains("TEMP B-TREE");
            assert!(step.starts_with("SEARCH") || short || (sorts && may_sort), "{step} in {query}");
        }
    }
}

/// As a full disk does it: SQLite ends the transaction by itself in the middle of a statement.
const FULL: [&str; 2] = [
    "CREATE TRIGGER full_log BEFORE INSERT ON change BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END",
    "CREATE TRIGGER full_meta BEFORE INSERT ON meta BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END",
];

#[tokio::test]
async fn writing_goes_on_when_there_is_room_again() {
    let (folder, store) = sqlite().await;
    store.record(&batch(LISTER, vec![active(&depot("a"), 1)])).await.unwrap();
    let other = reopen(&folder).await;
    for statement in FULL {
        sqlx::query(statement).execute(other.writer.pool()).await.unwrap();
    }
    assert!(store.can_write().await, "nobody has tried");
    for number in 0..3 {
        let seen = vec![active(&depot(&format!("b-{number}")), 2)];
        let refused = store.record(&batch(LISTER, seen)).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
        assert!(!store.can_write().await);
    }
    store.plan_run(LISTER, 0, None).await.expect("what still fits is written");
    store.record(&batch(LISTER, vec![active(&depot("b"), 2)])).await.unwrap_err();
    for statement in ["DROP TRIGGER full_log", "DROP TRIGGER full_meta"] {
        sqlx::query(statement).execute(other.writer.pool()).await.unwrap();
    }
    assert!(store.can_write().await, "there is room, and it is found without anybody writing");
    assert_eq!(store.record(&batch(LISTER, vec![active(&depot("b"), 2)])).await.unwrap().changed, 1);
    assert_eq!(store.check(false).await.unwrap().problems, Vec::<String>::new());
}

#[tokio::test]
async fn a_batch_beyond_the_quota_leaves_the_store_usable() {
    let (folder, store) = sqlite().await;
    store.record(&batch(LISTER, vec![active(&depot("a"), 1)])).await.unwrap();
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(store.writer.pool()).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {}", pages + 8)))
        .execute(store.writer.pool())
        .await
        .unwrap();
    let refused = store.record(&batch(LISTER, crowd(20_000, 2))).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert_eq!(store.all_after(0, 10).await.unwrap().len(), 1, "nothing of it is stored");
    store.record(&batch(LISTER, vec![active(&depot("b"), 3)])).await.unwrap();
    store.prune(0, Timestamp(9), Timestamp(9), 100).await.unwrap();
    let copy = folder.path().join("copy.db");
    assert_eq!(super::backup(&folder.path().join("pharos.db"), &copy).await.unwrap().resources, 2);
}

fn crowd(count: usize, at: i64) -> Vec<Observation> {
    let types = ["service", "worker", "workflow", "secret", "monitor", "cluster", "database", "pager"];
    (0..count)
        .map(|number| {
            let resource_type = types[number % types.len()];
            // Spread like made-up names, so that neighbours in the batch are no neighbours in the index.
            let spread = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
            let name = format!("{spread:08x}-orders-{number}");
            let key = Key::new(resource_type, Some(["public", "sandbox", "finance"][number % 3]), &name).unwrap();
            Observation {
                version: Some("v1".to_owned()),
                runtime: Some(if number % 5 == 0 { String::new() } else { format!("running:{}", number % 4) }),
                owner: Some(format!("owner-{}", number % 500)),
                description: Some(format!("Orders of region {number}, kept for the team")),
                tags: Some(vec!["sales".to_owned(), format!("team-{}", number % 40)]),
                layer: Some("user".to_owned()),
                ..active(&key, at)
            }
        })
        .collect()
}

#[tokio::test]
#[cfg_attr(debug_assertions, ignore = "says nothing without optimisation")]
async fn a_hundred_thousand_observations_take_less_than_five_seconds() {
    let mut taken = Vec::new();
    // A busy machine may spoil one attempt.
    for _ in 0..3 {
        let (_folder, store) = sqlite().await;
        let batch = batch(LISTER, crowd(100_000, 1));
        let before = Instant::now();
        assert_eq!(store.record(&batch).await.unwrap().changed, 100_000);
        taken.push(before.elapsed().as_secs_f64());
        if taken.last().is_some_and(|&seconds| seconds < 5.0) {
            return;
        }
    }
    panic!("{taken:?} seconds");
}

/// Run by hand: `cargo test --release -- --ignored --nocapture measured`.
#[tokio::test]
#[ignore = "a measurement"]
async fn measured() {
    for count in [100_000, 1_000_000] {
        let (folder, store) = sqlite().await;
        let timed = async |what: &str, observations: Vec<Observation>| {
            let batch = batch(LISTER, observations);
            let before = Instant::now();
            let recorded = store.record(&batch).await.unwrap();
            let seconds = before.elapsed().as_secs_f64();
            println!("{count} {what}: {seconds:.2} s, {:.0}/s, {recorded:?}", count as f64 / seconds);
        };
        timed("new", crowd(count, 1)).await;
        report_file(&store, folder.path(), count).await;
        timed("the same again", crowd(count, 1)).await;
        timed("seen later, unchanged", crowd(count, 2)).await;
        let changed = crowd(count, 3)
            .into_iter()
            .map(|seen| Observation { runtime: Some("failed".to_owned()), ..seen })
            .collect();
        timed("changed", changed).await;

        let before = Instant::now();
        let mut seq = 0;
        while let changed = store.changed_after(seq, 5_000).await.unwrap()
            && changed.seq > seq
        {
            seq = changed.seq;
        }
        println!("{count} followed: {:.2} s", before.elapsed().as_secs_f64());
        let before = Instant::now();
        assert_eq!(store.check(false).await.unwrap().problems, Vec::<String>::new());
        println!("{count} checked: {:.2} s", before.elapsed().as_secs_f64());
        let before = Instant::now();
        for _ in 0..1_000 {
            store.last_seq().await.unwrap();
        }
        println!("last_seq: {:.1} µs", before.elapsed().as_secs_f64() * 1_000.0);
        let key = crowd(count, 1).swap_remove(count / 2).key;
        let before = Instant::now();
        for _ in 0..1_000 {
            stored(&store, &key).await;
        }
        println!("find: {:.1} µs", before.elapsed().as_secs_f64() * 1_000.0);
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        println!("{}", status.lines().filter(|line| line.starts_with("VmRSS")).collect::<String>());
        store.close().await;
    }
}

async fn report_file(store: &SqliteStore, folder: &std::path::Path, count: usize) {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(store.writer.pool()).await.unwrap();
    let size = std::fs::metadata(folder.join("pharos.db")).unwrap().len();
    println!("{count}: {} bytes per Resource", size / count as u64);
    let parts: Vec<(String, i64)> =
        sqlx::query_as("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 8")
            .fetch_all(&store.readers)
            .await
            .unwrap_or_default();
    println!("{parts:?}");
}
