//! The log of the runs of sources.

use app::model::{SourceRecord, SourceRun, Timestamp};
use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::SqliteStore;
use crate::store::source_runs::{Lease, Leasing, Observed, Plan, RUNS_KEPT, check_source};
use crate::store::{SourceRuns, StoreError, observed};

const RECORDS: &str = "SELECT source.name, source_state.reported_at, source_state.last_success_at, \
     source_state.next_run_at, source_state.held_until, source_state.failures, run.started_at, run.ended_at, \
     run.read, run.changed, run.deleted, run.error \
     FROM source_state CROSS JOIN source ON source.number = source_state.source \
     LEFT JOIN source_run AS run \
     ON run.number = (SELECT max(number) FROM source_run WHERE source_run.source = source_state.source) \
     ORDER BY source.name";

const PLAN: &str = "SELECT lease, held_until, next_run_at, wait_until, failures, \
     (SELECT ended_at FROM source_run WHERE source_run.source = source_state.source ORDER BY number DESC LIMIT 1) \
     FROM source_state WHERE source = (SELECT number FROM source WHERE name = ?)";

const RUNS: &str = "SELECT run.started_at, run.ended_at, run.read, run.changed, run.deleted, run.error \
     FROM source CROSS JOIN source_run AS run ON run.source = source.number \
     WHERE source.name = ? ORDER BY run.number DESC LIMIT CAST(? AS BIGINT)";

const PRUNE: &str = "DELETE FROM source_run WHERE source = ? AND number <= \
     (SELECT number FROM source_run WHERE source = ? ORDER BY number DESC LIMIT 1 OFFSET ?)";

/// CROSS JOIN makes SQLite go through what the source has seen, in the order asked for.
const REPORTED_BY: &str = "SELECT resource.number, resource.observed \
     FROM sighting CROSS JOIN resource ON resource.number = sighting.resource \
     WHERE sighting.source = (SELECT number FROM source WHERE name = ?) AND sighting.resource > ? \
     AND resource.deleted = 0 ORDER BY sighting.resource LIMIT CAST(? AS BIGINT)";

fn millis(moment: Option<Timestamp>) -> Option<i64> {
    moment.map(|moment| moment.0)
}

fn moment(row: &SqliteRow, column: usize) -> Result<Option<Timestamp>, sqlx::Error> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(Timestamp))
}

fn count(row: &SqliteRow, column: usize) -> Result<u64, sqlx::Error> {
    Ok(row.try_get::<Option<i64>, _>(column)?.unwrap_or_default().unsigned_abs())
}

fn stored_count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn run(row: &SqliteRow, from: usize) -> Result<Option<SourceRun>, sqlx::Error> {
    let (Some(started_at), Some(ended_at)) = (moment(row, from)?, moment(row, from + 1)?) else { return Ok(None) };
    Ok(Some(SourceRun {
        started_at,
        ended_at,
        read: count(row, from + 2)?,
        changed: count(row, from + 3)?,
        deleted: count(row, from + 4)?,
        error: row.try_get(from + 5)?,
    }))
}

/// The number of a source, which is made known if it is new.
async fn number_of(connection: &mut SqliteConnection, source: &str) -> Result<i64, sqlx::Error> {
    sqlx::query("INSERT INTO source (name) VALUES (?) ON CONFLICT (name) DO NOTHING")
        .bind(source)
        .execute(&mut *connection)
        .await?;
    let number =
        sqlx::query_scalar("SELECT number FROM source WHERE name = ?").bind(source).fetch_one(&mut *connection).await?;
    sqlx::query("INSERT INTO source_state (source) VALUES (?) ON CONFLICT (source) DO NOTHING")
        .bind(number)
        .execute(&mut *connection)
        .await?;
    Ok(number)
}

/// Notes that a source has reported; its number.
pub(super) async fn note_report(
    connection: &mut SqliteConnection,
    name: &str,
    at: Timestamp,
) -> Result<i64, sqlx::Error> {
    let source = number_of(connection, name).await?;
    sqlx::query(
        "INSERT INTO source_state (source, reported_at) VALUES (?, ?) ON CONFLICT (source) DO UPDATE \
         SET reported_at = max(coalesce(source_state.reported_at, excluded.reported_at), excluded.reported_at)",
    )
    .bind(source)
    .bind(at.0)
    .execute(connection)
    .await?;
    Ok(source)
}

/// The number of the newest lease of a source.
pub(super) async fn last_lease(connection: &mut SqliteConnection, source: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT lease FROM source_state WHERE source = ?").bind(source).fetch_one(connection).await
}

impl SqliteStore {
    /// Moves the end of a lease, or with `None` ends it. False when it is not the newest any more.
    async fn end_lease_at(&self, lease: &Lease, until: Option<Timestamp>) -> Result<bool, StoreError> {
        let mut transaction = self.writer.begin().await?;
        let moved = sqlx::query(
            "UPDATE source_state SET held_until = ? \
             WHERE source = (SELECT number FROM source WHERE name = ?) AND lease = ?",
        )
        .bind(millis(until))
        .bind(&lease.source)
        .bind(lease.number)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(moved.rows_affected() > 0)
    }
}

#[async_trait]
impl SourceRuns for SqliteStore {
    async fn take_lease(
        &self,
        source: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
        after: Option<i64>,
    ) -> Result<Leasing, StoreError> {
        check_source(source)?;
        let mut transaction = self.writer.begin().await?;
        let number = number_of(&mut transaction, source).await?;
        let (lease, held_until, known): (i64, Option<i64>, Option<String>) =
            sqlx::query_as("SELECT lease, held_until, holder FROM source_state WHERE source = ?")
                .bind(number)
                .fetch_one(&mut *transaction)
                .await?;
        let leasing = if held_until.is_some_and(|held_until| held_until > now.0) {
            Leasing::Held { holder: known.unwrap_or_default() }
        } else if after.is_some_and(|after| after != lease) {
            Leasing::Overtaken
        } else {
            sqlx::query(
                "UPDATE source_state SET lease = lease + 1, holder = ?, held_until = ?, next_run_at = NULL \
                 WHERE source = ?",
            )
            .bind(holder)
            .bind(until.0)
            .bind(number)
            .execute(&mut *transaction)
            .await?;
            Leasing::Taken(Lease { source: source.to_owned(), number: lease + 1 })
        };
        transaction.commit().await?;
        Ok(leasing)
    }

    async fn renew_lease(&self, lease: &Lease, until: Timestamp) -> Result<bool, StoreError> {
        self.end_lease_at(lease, Some(until)).await
    }

    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        self.end_lease_at(lease, None).await.map(drop)
    }

    async fn record_run(
        &self,
        lease: &Lease,
        run: &SourceRun,
        wait_until: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.writer.begin().await?;
        let number = number_of(&mut transaction, &lease.source).await?;
        let ended = sqlx::query(
            "UPDATE source_state SET held_until = NULL, holder = NULL, wait_until = ?1, \
             last_success_at = CASE WHEN ?2 THEN last_success_at ELSE ?3 END, \
             failures = CASE WHEN ?2 THEN failures + 1 ELSE 0 END WHERE source = ?4 AND lease = ?5",
        )
        .bind(millis(wait_until))
        .bind(run.error.is_some())
        .bind(run.ended_at.0)
        .bind(number)
        .bind(lease.number)
        .execute(&mut *transaction)
        .await?;
        if ended.rows_affected() == 0 {
            // What was made known stays known: that is no matter.
            transaction.commit().await?;
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO source_run (source, started_at, ended_at, read, changed, deleted, error) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(number)
        .bind(run.started_at.0)
        .bind(run.ended_at.0)
        .bind(stored_count(run.read))
        .bind(stored_count(run.changed))
        .bind(stored_count(run.deleted))
        .bind(run.error.as_deref())
        .execute(&mut *transaction)
        .await?;
        sqlx::query(PRUNE)
            .bind(number)
            .bind(number)
            .bind(i64::try_from(RUNS_KEPT).unwrap_or(i64::MAX))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn plan(&self, source: &str) -> Result<Plan, StoreError> {
        let row = sqlx::query(PLAN).bind(source).fetch_optional(&self.readers).await?;
        let Some(row) = row else { return Ok(Plan::default()) };
        Ok(Plan {
            lease: row.try_get(0)?,
            held_until: moment(&row, 1)?,
            next_run_at: moment(&row, 2)?,
            wait_until: moment(&row, 3)?,
            failures: u32::try_from(count(&row, 4)?).unwrap_or(u32::MAX),
            last_ended_at: moment(&row, 5)?,
        })
    }

    async fn plan_run(&self, source: &str, lease: i64, next: Option<Timestamp>) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin().await?;
        let number = number_of(&mut transaction, source).await?;
        sqlx::query("UPDATE source_state SET next_run_at = ? WHERE source = ? AND lease = ?")
            .bind(millis(next))
            .bind(number)
            .bind(lease)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn source_records(&self) -> Result<Vec<SourceRecord>, StoreError> {
        let rows = sqlx::query(RECORDS).fetch_all(&self.readers).await?;
        rows.iter()
            .map(|row| {
                Ok(SourceRecord {
                    name: row.try_get(0)?,
                    reported_at: moment(row, 1)?,
                    last_success_at: moment(row, 2)?,
                    next_run_at: moment(row, 3)?,
                    held_until: moment(row, 4)?,
                    failures: u32::try_from(count(row, 5)?).unwrap_or(u32::MAX),
                    last_run: run(row, 6)?,
                })
            })
            .collect()
    }

    async fn source_runs(&self, source: &str, limit: usize) -> Result<Vec<SourceRun>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = sqlx::query(RUNS).bind(source).bind(limit).fetch_all(&self.readers).await?;
        let mut runs = Vec::with_capacity(rows.len());
        for row in &rows {
            runs.extend(run(row, 0)?);
        }
        Ok(runs)
    }

    async fn reported_by(&self, source: &str, after: i64, limit: usize) -> Result<Vec<Observed>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = sqlx::query(REPORTED_BY).bind(source).bind(after).bind(limit).fetch_all(&self.readers).await?;
        rows.iter()
            .map(|row| {
                let number: i64 = row.try_get(0)?;
                let observed = observed::read(row.try_get(1)?)
                    .ok_or_else(|| StoreError::Corrupt(format!("the column `observed` of Resource {number}")))?;
                Ok((number, observed))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use app::model::Aspect;

    use super::*;
    use crate::catalog::Record;
    use crate::store::testing::{LISTER, POLLER, active, batch, depot, gone, reopen, sqlite};

    fn ended(at: i64, error: Option<&str>) -> SourceRun {
        SourceRun {
            started_at: Timestamp(at - 10),
            ended_at: Timestamp(at),
            read: 3,
            changed: 2,
            deleted: 1,
            error: error.map(str::to_owned),
        }
    }

    async fn taken(store: &SqliteStore, now: i64, until: i64) -> Result<Lease, Leasing> {
        match store.take_lease(POLLER, "a test", Timestamp(now), Timestamp(until), None).await.unwrap() {
            Leasing::Taken(lease) => Ok(lease),
            other => Err(other),
        }
    }

    async fn run_once(store: &SqliteStore, source: &str, run: &SourceRun) {
        let until = Timestamp(run.ended_at.0 + 1);
        let leasing = store.take_lease(source, "a test", run.ended_at, until, None).await.unwrap();
        let Leasing::Taken(lease) = leasing else { panic!("{leasing:?}") };
        assert!(store.record_run(&lease, run, None).await.unwrap());
    }

    #[tokio::test]
    async fn a_batch_is_a_report_of_its_source() {
        let (_folder, store) = sqlite().await;
        assert_eq!(store.source_records().await.unwrap(), []);
        store.record(&batch(LISTER, vec![active(&depot("a"), 2_000)])).await.unwrap();
        store.record(&batch(LISTER, vec![active(&depot("b"), 1_000)])).await.unwrap();
        let records = store.source_records().await.unwrap();
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].name, LISTER);
        assert_eq!(records[0].heard_at(), Some(Timestamp(2_000)), "an older batch takes nothing back");
    }

    #[tokio::test]
    async fn runs_are_kept_within_bounds_and_the_last_success_for_ever() {
        let (_folder, store) = sqlite().await;
        run_once(&store, POLLER, &ended(100, None)).await;
        for at in 0..60 {
            run_once(&store, POLLER, &ended(1_000 + at, Some("it printed nothing"))).await;
            run_once(&store, LISTER, &ended(1_000 + at, None)).await;
        }
        let runs = store.source_runs(POLLER, 1_000).await.unwrap();
        assert_eq!(runs.len(), RUNS_KEPT);
        assert_eq!(runs[0], ended(1_059, Some("it printed nothing")));
        let records = store.source_records().await.unwrap();
        let poller = records.iter().find(|record| record.name == POLLER).expect("the poller");
        assert_eq!((poller.last_success_at, poller.failures), (Some(Timestamp(100)), 60));
        assert_eq!(poller.last_run.as_ref(), runs.first());
        run_once(&store, POLLER, &ended(2_000, None)).await;
        let lease = store.plan(POLLER).await.unwrap().lease;
        assert_eq!(lease, 62, "one for each run");
        store.plan_run(POLLER, lease, Some(Timestamp(3_000))).await.unwrap();
        store.plan_run(POLLER, lease - 1, None).await.unwrap();
        let records = store.source_records().await.unwrap();
        let poller = records.iter().find(|record| record.name == POLLER).expect("the poller");
        assert_eq!((poller.last_success_at, poller.failures), (Some(Timestamp(2_000)), 0));
        assert_eq!(poller.next_run_at, Some(Timestamp(3_000)));
    }

    #[tokio::test]
    async fn a_source_is_leased_to_one_of_two_processes() {
        let (folder, store) = sqlite().await;
        let other = reopen(&folder).await;
        let lease = taken(&store, 0, 100).await.expect("it is free");
        assert_eq!(taken(&other, 50, 150).await, Err(Leasing::Held { holder: "a test".into() }));
        assert!(store.renew_lease(&lease, Timestamp(200)).await.unwrap());
        assert!(taken(&other, 150, 250).await.is_err());
        let second = taken(&other, 200, 300).await.expect("its holder is gone");
        assert!(other.record_run(&second, &ended(250, None), None).await.unwrap());
        assert!(taken(&store, 250, 400).await.is_ok(), "the run has ended");
    }

    #[tokio::test]
    async fn who_told_what_is_read_in_pages_and_without_the_dead() {
        let (_folder, store) = sqlite().await;
        let seen = ["a", "b", "c", "d"].map(|name| active(&depot(name), 1_000));
        store.record(&batch(LISTER, seen.to_vec())).await.unwrap();
        store.record(&batch(POLLER, vec![active(&depot("b"), 2_000), gone(&depot("d"), 2_000)])).await.unwrap();
        let first = store.reported_by(LISTER, 0, 2).await.unwrap();
        assert_eq!(first.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(first[1].1[&Aspect::Status].source, POLLER);
        let rest = store.reported_by(LISTER, 2, 100).await.unwrap();
        assert_eq!(rest.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [3]);
        assert_eq!(store.reported_by("nobody", 0, 10).await.unwrap(), []);
    }
}
