//! Where the change log begins and ends.

use sqlx::SqliteConnection;

use crate::store::{LogBounds, StoreError};

/// Where the table `meta` says what has been pruned, the number of the last row that was removed, and where the numbers
/// begin since the database was restored: what came before is of another line of events, which cannot be resumed.
const BOUNDS: &str = "SELECT coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'pruned_seq'), 0), \
     coalesce((SELECT max(seq) FROM change), 0), \
     coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'restored_seq'), 0)";

/// What has been pruned, the last row, and where numbers begin since a restore.
pub(super) async fn marks(connection: &mut SqliteConnection) -> Result<(i64, i64, i64), StoreError> {
    Ok(sqlx::query_as(BOUNDS).fetch_one(connection).await?)
}

/// The bounds of the log, as those who follow it are told.
pub(super) async fn bounds(connection: &mut SqliteConnection) -> Result<LogBounds, StoreError> {
    let (pruned, last, restored) = marks(connection).await?;
    Ok(LogBounds { oldest: pruned.max(restored), last: last.max(restored) })
}
