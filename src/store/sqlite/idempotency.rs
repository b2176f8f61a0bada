//! Kept answers in SQLite.

use app::model::Timestamp;
use async_trait::async_trait;

use super::SqliteStore;
use crate::store::{Idempotency, KEEP_ANSWERS_MS, KeptAnswer, MAX_KEPT_ANSWERS, StoreError};

#[async_trait]
impl Idempotency for SqliteStore {
    async fn kept_answer(&self, caller: &str, key: &str, now: Timestamp) -> Result<Option<KeptAnswer>, StoreError> {
        let kept: Option<(String, i64, String)> =
            sqlx::query_as("SELECT request, status, body FROM kept_answer WHERE caller = ? AND key = ? AND at > ?")
                .bind(caller)
                .bind(key)
                .bind(now.0.saturating_sub(KEEP_ANSWERS_MS))
                .fetch_optional(&self.readers)
                .await?;
        kept.map(|(request, status, body)| {
            let status =
                u16::try_from(status).map_err(|_| StoreError::Corrupt(format!("the status {status} of an answer")))?;
            Ok(KeptAnswer { request, status, body })
        })
        .transpose()
    }

    async fn keep_answer(
        &self,
        caller: &str,
        key: &str,
        answer: &KeptAnswer,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin().await?;
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
        sqlx::query(
            "INSERT OR REPLACE INTO kept_answer (caller, key, request, at, status, body) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(caller)
        .bind(key)
        .bind(&answer.request)
        .bind(now.0)
        .bind(i64::from(answer.status))
        .bind(&answer.body)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::sqlite;

    fn answer(request: &str) -> KeptAnswer {
        KeptAnswer { request: request.to_owned(), status: 200, body: "{}".to_owned() }
    }

    #[tokio::test]
    async fn an_answer_is_kept_for_a_day_and_for_its_caller() {
        let (_folder, store) = sqlite().await;
        let at = Timestamp(1_000);
        store.keep_answer("ci", "key-1", &answer("a"), at).await.unwrap();
        let kept = |caller: &'static str, now: i64| store.kept_answer(caller, "key-1", Timestamp(now));
        assert_eq!(kept("ci", 1_000 + KEEP_ANSWERS_MS - 1).await.unwrap(), Some(answer("a")));
        assert_eq!(kept("ci", 1_000 + KEEP_ANSWERS_MS).await.unwrap(), None, "its time is over");
        assert_eq!(kept("other", 1_000).await.unwrap(), None, "keys of others never meet");
    }

    #[tokio::test]
    async fn no_more_are_kept_than_there_is_room_for() {
        let (_folder, store) = sqlite().await;
        let mut transaction = store.writer.pool().begin().await.unwrap();
        for number in 0..MAX_KEPT_ANSWERS {
            sqlx::query("INSERT INTO kept_answer VALUES ('ci', ?, '', ?, 200, '')")
                .bind(number.to_string())
                .bind(number)
                .execute(&mut *transaction)
                .await
                .unwrap();
        }
        transaction.commit().await.unwrap();
        store.keep_answer("ci", "new", &answer("a"), Timestamp(MAX_KEPT_ANSWERS)).await.unwrap();
        let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM kept_answer").fetch_one(&store.readers).await.unwrap();
        assert_eq!(kept, MAX_KEPT_ANSWERS);
        assert_eq!(store.kept_answer("ci", "0", Timestamp(1)).await.unwrap(), None, "the oldest gives way");
        store.keep_answer("ci", "later", &answer("b"), Timestamp(KEEP_ANSWERS_MS * 2)).await.unwrap();
        let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM kept_answer").fetch_one(&store.readers).await.unwrap();
        assert_eq!(kept, 1, "what is too old goes with the next that is kept");
    }
}
