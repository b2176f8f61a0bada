//! The store in one SQLite file.

mod backup;
mod bulk;
mod bundles;
mod check;
mod failure;
mod feed;
mod file;
mod idempotency;
mod log_bounds;
mod open;
mod read;
mod reports;
mod row;
mod rows;
mod source_runs;
#[cfg(test)]
mod tests;
mod tokens;
mod transaction;
mod writer;

use app::model::{Change, ChangePage, Key, Manifest, ResourceType, RuntimeNode, State};
use async_trait::async_trait;
use sqlx::SqlitePool;

pub(super) use backup::{backup, restore};
pub(super) use file::{DatabaseFile, FORM};

use self::writer::Writer;
use super::{Changed, CheckReport, Detail, Numbered, Selection, Store, StoreError, Timings, WriteTransaction};

/// Resources, manifests, nodes and the change log in one SQLite file, which several processes may share.
///
/// One connection writes, several read. Readers never wait for the writer, nor the writer for them (write-ahead log).
#[derive(Debug)]
pub(crate) struct SqliteStore {
    writer: Writer,
    readers: SqlitePool,
    identity: String,
    timings: Timings,
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self) -> Result<Box<dyn WriteTransaction>, StoreError> {
        Ok(Box::new(self.writer.begin().await?))
    }

    async fn keep_ended_nodes(&self, kept: u32) -> Result<(), StoreError> {
        let known: Option<String> = sqlx::query_scalar("SELECT value FROM meta WHERE name = 'ended_nodes'")
            .fetch_optional(&self.readers)
            .await?;
        if known.is_some_and(|known| known == kept.to_string()) {
            return Ok(());
        }
        let mut transaction = self.writer.begin().await?;
        sqlx::query(
            "INSERT INTO meta (name, value) VALUES ('ended_nodes', ?) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(kept.to_string())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn can_write(&self) -> bool {
        self.writer.works().await
    }

    async fn find(&self, keys: &[Key]) -> Result<Vec<Numbered>, StoreError> {
        self.timings.time("find", read::find(&self.readers, keys)).await
    }

    async fn detail(&self, keys: &[Key]) -> Result<Option<Detail>, StoreError> {
        self.timings.time("detail", read::detail(&self.readers, keys)).await
    }

    async fn by_number(&self, numbers: &[i64]) -> Result<Vec<Numbered>, StoreError> {
        self.timings.time("by_number", read::by_number(&self.readers, numbers)).await
    }

    async fn bundles_of(&self, keys: &[Key]) -> Result<Vec<(Key, Key)>, StoreError> {
        self.timings.time("bundles_of", read::bundles_of(&self.readers, keys)).await
    }

    async fn holders_of_node(&self, name: &str, limit: usize) -> Result<Vec<i64>, StoreError> {
        self.timings.time("holders_of_node", read::holders_of_node(&self.readers, name, limit)).await
    }

    async fn nodes(&self, number: i64, after: &str, limit: usize) -> Result<Vec<RuntimeNode>, StoreError> {
        self.timings.time("nodes", read::nodes(&self.readers, number, after, limit)).await
    }

    async fn node_names(&self, numbers: &[i64], limit: usize) -> Result<Vec<(i64, String)>, StoreError> {
        self.timings.time("node_names", read::node_names(&self.readers, numbers, limit)).await
    }

    async fn select(
        &self,
        selection: &Selection,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<Numbered>, StoreError> {
        self.timings.time("select", read::select(&self.readers, selection, after, limit)).await
    }

    async fn all_after(&self, after: i64, limit: usize) -> Result<Vec<Numbered>, StoreError> {
        self.timings.time("all_after", read::all_after(&self.readers, after, limit)).await
    }

    async fn changed_after(&self, seq: i64, limit: usize) -> Result<Changed, StoreError> {
        self.timings.time("changed_after", read::changed_after(&self.readers, seq, limit)).await
    }

    async fn last_seq(&self) -> Result<i64, StoreError> {
        self.timings.time("last_seq", read::last_seq(&self.readers)).await
    }

    async fn manifest(&self, number: i64) -> Result<Option<Manifest>, StoreError> {
        self.timings.time("manifest", read::manifest(&self.readers, number)).await
    }

    async fn changes(&self, number: i64, before: Option<i64>, limit: usize) -> Result<ChangePage, StoreError> {
        self.timings.time("changes", read::changes(&self.readers, number, before, limit)).await
    }

    async fn newest_changes(&self, limit: usize) -> Result<Vec<Change>, StoreError> {
        self.timings.time("newest_changes", read::newest_changes(&self.readers, limit)).await
    }

    async fn counts(&self) -> Result<Vec<(ResourceType, State, u64)>, StoreError> {
        self.timings.time("counts", read::counts(&self.readers)).await
    }

    fn identity(&self) -> &str {
        &self.identity
    }

    fn timings(&self) -> &Timings {
        &self.timings
    }

    async fn check(&self, mend: bool) -> Result<CheckReport, StoreError> {
        check::check(self, mend).await
    }

    async fn close(&self) {
        // The writer last: whoever closes last moves the write-ahead log into the database file.
        self.readers.close().await;
        self.writer.close().await;
    }
}
