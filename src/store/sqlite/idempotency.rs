//! Requests that may be repeated, in SQLite. One that has no answer yet has the status 0.

use app::model::{Recorded, RepeatableRequest, Timestamp};
use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::SqliteStore;
use crate::store::{Idempotency, KEEP_ANSWERS_MS, MAX_KEPT_ANSWERS, Receipt, StoreError};

/// The status of an answer: only success is kept.
const DONE: i64 = 200;

const KNOWN: &str = "SELECT at, request, status, body FROM kept_answer WHERE caller = ? AND key = ? AND at > ?";

const KEEP: &str =
    "INSERT OR REPLACE INTO kept_answer (caller, key, request, at, status, body) VALUES (?, ?, ?, ?, ?, ?)";

async fn known(
    connection: &mut SqliteConnection,
    request: &RepeatableRequest,
    now: Timestamp,
) -> Result<Option<Receipt>, StoreError> {
    let known: Option<(i64, String, i64, String)> = sqlx::query_as(KNOWN)
        .bind(&request.caller)
        .bind(&request.key)
        .bind(now.0.saturating_sub(KEEP_ANSWERS_MS))
        .fetch_optional(connection)
        .await?;
    let Some((at, told, status, body)) = known else { return Ok(None) };
    // Answers that earlier versions kept read otherwise: what such a request did is recorded again, which changes nothing.
    let answer = if status == 0 { None } else { serde_json::from_str(&body).ok() };
    Ok(Some(Receipt { at: Timestamp(at), request: told, answer }).filter(|receipt| {
        // One that did nothing leaves its key to whoever comes next.
        receipt.answer.is_some() || receipt.request == request.request
    }))
}

async fn keep(
    connection: &mut SqliteConnection,
    request: &RepeatableRequest,
    at: Timestamp,
    status: i64,
    body: &str,
) -> Result<(), StoreError> {
    sqlx::query(KEEP)
        .bind(&request.caller)
        .bind(&request.key)
        .bind(&request.request)
        .bind(at.0)
        .bind(status)
        .bind(body)
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps what a request did.
pub(super) async fn keep_answer(
    connection: &mut SqliteConnection,
    request: &RepeatableRequest,
    at: Timestamp,
    answer: &Recorded,
) -> Result<(), StoreError> {
    let body = serde_json::to_string(answer)
        .map_err(|error| StoreError::Invalid(format!("an answer cannot be written: {error}")))?;
    keep(connection, request, at, DONE, &body).await
}

#[async_trait]
impl Idempotency for SqliteStore {
    async fn receive(&self, request: &RepeatableRequest, now: Timestamp) -> Result<Receipt, StoreError> {
        if let Some(receipt) = known(&mut *self.readers.acquire().await?, request, now).await? {
            return Ok(receipt);
        }
        let mut transaction = self.writer.begin().await?;
        if let Some(receipt) = known(&mut transaction, request, now).await? {
            transaction.commit().await?;
            return Ok(receipt);
        }
        sqlx::query("DELETE FROM kept_answer WHERE at <= ?")
            .bind(now.0.saturating_sub(KEEP_ANSWERS_MS))
            .execute(&mut *transaction)
            .await?;
        // Among as many as are kept, the index by age tells which is the first too many.
        sqlx::query(
            "DELETE FROM kept_answer \
             WHERE at <= (SELECT at FROM kept_answer ORDER BY at DESC LIMIT 1 OFFSET ?)",
        )
        .bind(MAX_KEPT_ANSWERS - 1)
        .execute(&mut *transaction)
        .await?;
        keep(&mut transaction, request, now, 0, "").await?;
        transaction.commit().await?;
        Ok(Receipt { at: now, request: request.request.clone(), answer: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{repeatable, sqlite};

    #[tokio::test]
    async fn no_more_are_kept_than_there_is_room_for() {
        let (_folder, store) = sqlite().await;
        let mut transaction = store.writer.pool().begin().await.unwrap();
        for number in 0..MAX_KEPT_ANSWERS {
            sqlx::query("INSERT INTO kept_answer VALUES ('ci', ?, 'a', ?, 0, '')")
                .bind(number.to_string())
                .bind(number)
                .execute(&mut *transaction)
                .await
                .unwrap();
        }
        transaction.commit().await.unwrap();
        let count = async || -> i64 {
            sqlx::query_scalar("SELECT count(*) FROM kept_answer").fetch_one(&store.readers).await.unwrap()
        };
        store.receive(&repeatable("new", "a"), Timestamp(MAX_KEPT_ANSWERS)).await.unwrap();
        assert_eq!(count().await, MAX_KEPT_ANSWERS);
        let oldest = store.receive(&repeatable("0", "a"), Timestamp(MAX_KEPT_ANSWERS + 1)).await.unwrap();
        assert_eq!(oldest.at, Timestamp(MAX_KEPT_ANSWERS + 1), "the oldest gave way");
        store.receive(&repeatable("later", "b"), Timestamp(KEEP_ANSWERS_MS * 2)).await.unwrap();
        assert_eq!(count().await, 1, "what is too old goes with the next that is received");
    }
}
