//! The change log as a feed.

use app::model::Timestamp;
use async_trait::async_trait;
use sqlx::Row;

use super::log_bounds::{bounds, marks};
use super::row::{self, select_changes_and};
use super::{SqliteStore, read};
use crate::store::{ChangeFeed, LogBounds, Logged, Pruned, StoreError, Stretch};

const ENTRIES: &str = concat!(
    select_changes_and!(", resource.version"),
    "WHERE change.seq > ? ORDER BY change.seq LIMIT CAST(? AS BIGINT)"
);

const AGES: &str = "SELECT seq, at, life FROM change WHERE seq > ? ORDER BY seq LIMIT CAST(? AS BIGINT)";

const REMOVE: &str = "DELETE FROM change WHERE seq > ? AND seq <= ? AND life = 0";

const NOTE: &str = "INSERT INTO meta (name, value) VALUES ('pruned_seq', ?) ON CONFLICT (name) \
     DO UPDATE SET value = max(CAST(meta.value AS INTEGER), CAST(excluded.value AS INTEGER))";

/// The statements that must not go through a whole table.
#[cfg(test)]
pub(super) fn statements() -> [&'static str; 3] {
    [ENTRIES, AGES, REMOVE]
}

#[async_trait]
impl ChangeFeed for SqliteStore {
    async fn entries_after(&self, seq: i64, limit: usize) -> Result<Stretch, StoreError> {
        // One transaction, so that nothing is pruned between the look at the bounds and at the entries.
        let mut transaction = self.readers.begin().await?;
        let bounds = bounds(&mut transaction).await?;
        if !bounds.have(seq) {
            return Ok(Stretch::Gone(bounds));
        }
        let limit = limit.max(1);
        let rows = read::rows_of(limit).saturating_add(1);
        // A row is known by its last entry, so the first one may begin before the entries that are wanted.
        let rows = sqlx::query(ENTRIES).bind(seq).bind(rows).fetch_all(&mut *transaction).await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            let version: String = row.try_get(row::CHANGE_COLUMNS)?;
            let wanted = row::changes(row)?.into_iter().filter(|change| change.seq > seq);
            entries.extend(wanted.map(|change| Logged { change, version: version.clone() }));
            if entries.len() > limit {
                break;
            }
        }
        let more = entries.len() > limit;
        entries.truncate(limit);
        Ok(Stretch::Entries { entries, more })
    }

    async fn log_bounds(&self) -> Result<LogBounds, StoreError> {
        bounds(&mut *self.readers.acquire().await?).await
    }

    async fn prune(&self, after: i64, before: Timestamp, now: Timestamp, rows: usize) -> Result<Pruned, StoreError> {
        let mut reader = self.readers.acquire().await?;
        let (oldest, last, _) = marks(&mut reader).await?;
        let after = after.max(oldest);
        let found: Vec<(i64, i64, bool)> =
            sqlx::query_as(AGES).bind(after).bind(read::rows_of(rows)).fetch_all(&mut *reader).await?;
        drop(reader);
        // The last row stays, since its number must not be given out again.
        let is_due = |&&(seq, at, _): &&(i64, i64, bool)| seq < last && (at < before.0 || at > now.0);
        let due: Vec<_> = found.iter().take_while(is_due).collect();
        let next = due.last().filter(|_| due.len() == found.len()).map(|&&(seq, ..)| seq);
        // A wrong time is no reason to go, only no reason to stay when what came after it goes.
        let Some(&&(horizon, ..)) = due.iter().rev().find(|&&&(_, at, life)| at < before.0 && !life) else {
            return Ok(Pruned { removed: 0, next });
        };
        let mut transaction = self.writer.begin().await?;
        let removed = sqlx::query(REMOVE).bind(oldest).bind(horizon).execute(&mut *transaction).await?.rows_affected();
        sqlx::query(NOTE).bind(horizon.to_string()).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Pruned { removed, next })
    }
}
