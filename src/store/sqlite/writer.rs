//! The one connection that writes, and its transactions.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection, SqlitePool};

/// How long a try to write may wait for others who write.
const TRY_WITHIN: Duration = Duration::from_secs(1);

/// Writes a page, whatever is in the database.
const TRY: &str = "INSERT INTO meta (name, value) VALUES ('tried', '1') \
     ON CONFLICT (name) DO UPDATE SET value = CAST(meta.value AS INTEGER) + 1";

/// The pool of the one connection that writes.
#[derive(Debug)]
pub(super) struct Writer {
    pool: SqlitePool,
    /// Whether the last transaction did not end well, which may or may not be the database's fault.
    in_doubt: Arc<AtomicBool>,
}

impl Writer {
    pub(super) fn new(pool: SqlitePool) -> Self {
        Self { pool, in_doubt: Arc::default() }
    }

    /// Begins a transaction that writes.
    ///
    /// It takes the lock at once: a transaction that begins by reading could not become a writing one after another
    /// process has written.
    pub(super) async fn begin(&self) -> Result<Write, sqlx::Error> {
        let acquired = self.pool.acquire().await;
        if acquired.is_err() {
            self.in_doubt.store(true, Ordering::Release);
        }
        let mut write = Write { connection: acquired?, in_doubt: Arc::clone(&self.in_doubt), has_ended: false };
        // Not by sqlx's own transactions: SQLite ends one by itself when the disk is full, of which they do not know, so
        // that they go on counting it.
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *write).await?;
        Ok(write)
    }

    /// Whether something can be written. It is tried only after a transaction that did not end well.
    pub(super) async fn works(&self) -> bool {
        if !self.in_doubt.load(Ordering::Acquire) {
            return true;
        }
        let attempt = async {
            let mut write = self.begin().await?;
            sqlx::query(TRY).execute(&mut *write).await?;
            write.commit().await
        };
        match tokio::time::timeout(TRY_WITHIN, attempt).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "nothing can be written");
                false
            }
            // Somebody else writes.
            Err(_) => true,
        }
    }

    /// The pool, for tests that write past the rules.
    #[cfg(test)]
    pub(super) fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// A transaction that writes. A connection whose transaction was not committed is thrown away, and takes with it all
/// that the transaction wrote: what state SQLite and the driver left it in cannot be told.
pub(super) struct Write {
    connection: PoolConnection<Sqlite>,
    in_doubt: Arc<AtomicBool>,
    has_ended: bool,
}

impl Write {
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        sqlx::query("COMMIT").execute(&mut *self).await?;
        self.has_ended = true;
        self.in_doubt.store(false, Ordering::Release);
        Ok(())
    }
}

impl Deref for Write {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        if !self.has_ended {
            self.in_doubt.store(true, Ordering::Release);
            self.connection.close_on_drop();
        }
    }
}
