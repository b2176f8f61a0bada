//! The log of the runs of sources.

use app::model::{SourceRecord, SourceRun, Timestamp};
use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::SqliteStore;
use crate::store::source_runs::{Observed, RUNS_KEPT, check_source};
use crate::store::{SourceRuns, StoreError, observed};

const RECORDS: &str = "SELECT source.name, source_state.reported_at, source_state.last_success_at, \
     source_state.next_run_at, source_state.held_until, source_state.failures, run.started_at, run.ended_at, \
     run.read, run.changed, run.deleted, run.error \
     FROM source_state CROSS JOIN source ON source.number = source_state.source \
     LEFT JOIN source_run AS run \
     ON run.number = (SELECT max(number) FROM source_run WHERE source_run.source = source_state.source) \
     ORDER BY source.name";

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

#[async_trait]
impl SourceRuns for SqliteStore {
    async fn hold_source(&self, source: &str, now: Timestamp, until: Timestamp) -> Result<bool, StoreError> {
        check_source(source)?;
        let mut transaction = self.writer.begin().await?;
        let number = number_of(&mut transaction, source).await?;
        let taken = sqlx::query(
            "UPDATE source_state SET held_until = ? WHERE source = ? AND (held_until IS NULL OR held_until <= ?)",
        )
        .bind(until.0)
        .bind(number)
        .bind(now.0)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(taken.rows_affected() > 0)
    }

    async fn keep_hold(&self, source: &str, until: Option<Timestamp>) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin().await?;
        sqlx::query("UPDATE source_state SET held_until = ? WHERE source = (SELECT number FROM source WHERE name = ?)")
            .bind(millis(until))
            .bind(source)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn record_run(&self, source: &str, run: &SourceRun) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin().await?;
        let number = number_of(&mut transaction, source).await?;
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
        sqlx::query(
            "UPDATE source_state SET held_until = NULL, \
             last_success_at = CASE WHEN ?1 THEN last_success_at ELSE ?2 END, \
             failures = CASE WHEN ?1 THEN failures + 1 ELSE 0 END WHERE source = ?3",
        )
        .bind(run.error.is_some())
        .bind(run.ended_at.0)
        .bind(number)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(PRUNE)
            .bind(number)
            .bind(number)
            .bind(i64::try_from(RUNS_KEPT).unwrap_or(i64::MAX))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn plan_run(&self, source: &str, next: Option<Timestamp>) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin().await?;
        let number = number_of(&mut transaction, source).await?;
        sqlx::query("UPDATE source_state SET next_run_at = ? WHERE source = ?")
            .bind(millis(next))
            .bind(number)
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
        store.record_run(POLLER, &ended(100, None)).await.unwrap();
        for at in 0..60 {
            store.record_run(POLLER, &ended(1_000 + at, Some("it printed nothing"))).await.unwrap();
            store.record_run(LISTER, &ended(1_000 + at, None)).await.unwrap();
        }
        let runs = store.source_runs(POLLER, 1_000).await.unwrap();
        assert_eq!(runs.len(), RUNS_KEPT);
        assert_eq!(runs[0], ended(1_059, Some("it printed nothing")));
        let records = store.source_records().await.unwrap();
        let poller = records.iter().find(|record| record.name == POLLER).expect("the poller");
        assert_eq!((poller.last_success_at, poller.failures), (Some(Timestamp(100)), 60));
        assert_eq!(poller.last_run.as_ref(), runs.first());
        store.record_run(POLLER, &ended(2_000, None)).await.unwrap();
        store.plan_run(POLLER, Some(Timestamp(3_000))).await.unwrap();
        let records = store.source_records().await.unwrap();
        let poller = records.iter().find(|record| record.name == POLLER).expect("the poller");
        assert_eq!((poller.last_success_at, poller.failures), (Some(Timestamp(2_000)), 0));
        assert_eq!(poller.next_run_at, Some(Timestamp(3_000)));
    }

    #[tokio::test]
    async fn a_source_is_held_by_one_and_a_hold_ends() {
        let (folder, store) = sqlite().await;
        let other = reopen(&folder).await;
        assert!(store.hold_source(POLLER, Timestamp(0), Timestamp(100)).await.unwrap());
        assert!(!other.hold_source(POLLER, Timestamp(50), Timestamp(150)).await.unwrap());
        store.keep_hold(POLLER, Some(Timestamp(200))).await.unwrap();
        assert!(!other.hold_source(POLLER, Timestamp(150), Timestamp(250)).await.unwrap());
        assert!(other.hold_source(POLLER, Timestamp(200), Timestamp(300)).await.unwrap(), "its holder is gone");
        other.record_run(POLLER, &ended(250, None)).await.unwrap();
        assert!(store.hold_source(POLLER, Timestamp(250), Timestamp(400)).await.unwrap(), "the run has ended");
        assert!(store.hold_source("", Timestamp(0), Timestamp(1)).await.is_err(), "a source has a name");
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
