//! Tokens in SQLite.

use app::model::Timestamp;
use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::SqliteStore;
use crate::store::{NewToken, StoreError, StoredToken, Tokens};

/// Tokens that are listed at most.
const LISTED: i64 = 1_000;

macro_rules! select_tokens {
    ($which:literal) => {
        concat!(
            "SELECT number, name, start, hash, scopes, created_at, expires_at, revoked_at, last_used_at FROM token ",
            $which
        )
    };
}

const CALLED: &str = select_tokens!("WHERE name = ? AND revoked_at IS NULL");

const BEGUN: &str =
    select_tokens!("WHERE start >= ? AND start < ? AND revoked_at IS NULL ORDER BY start LIMIT CAST(? AS BIGINT)");

const ENDED: &str = "SELECT number FROM token WHERE coalesce(revoked_at, expires_at) < ? LIMIT 1";

#[async_trait]
impl Tokens for SqliteStore {
    async fn add_token(&self, token: &NewToken) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin().await?;
        let taken: Option<i64> = sqlx::query_scalar("SELECT number FROM token WHERE name = ? AND revoked_at IS NULL")
            .bind(&token.name)
            .fetch_optional(&mut *transaction)
            .await?;
        if taken.is_some() {
            return Err(StoreError::Invalid(format!(
                "there is a token named `{0}` already; choose another name, or revoke that one with \
                 `pharos token revoke {0}`",
                token.name
            )));
        }
        sqlx::query("INSERT INTO token (name, start, hash, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)")
            .bind(&token.name)
            .bind(&token.start)
            .bind(&token.hash[..])
            .bind(token.scopes.join(" "))
            .bind(token.created_at.0)
            .bind(token.expires_at.map(|at| at.0))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn tokens(&self) -> Result<Vec<StoredToken>, StoreError> {
        let rows = sqlx::query(
            "SELECT number, name, start, hash, scopes, created_at, expires_at, revoked_at, last_used_at \
             FROM token ORDER BY name, number LIMIT CAST(? AS BIGINT)",
        )
        .bind(LISTED)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(stored).collect()
    }

    async fn token(&self, start: &str) -> Result<Option<StoredToken>, StoreError> {
        let row = sqlx::query(
            "SELECT number, name, start, hash, scopes, created_at, expires_at, revoked_at, last_used_at \
             FROM token WHERE start = ?",
        )
        .bind(start)
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(stored).transpose()
    }

    async fn tokens_called(
        &self,
        name: &str,
        start: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredToken>, StoreError> {
        let mut found = Vec::new();
        let named = sqlx::query(CALLED).bind(name).fetch_all(&self.readers).await?;
        found.extend(named.iter().map(stored).collect::<Result<Vec<_>, _>>()?);
        if let Some(start) = start {
            let begun = sqlx::query(BEGUN)
                .bind(start)
                .bind(format!("{start}{}", char::MAX))
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                .fetch_all(&self.readers)
                .await?;
            found.extend(begun.iter().map(stored).collect::<Result<Vec<_>, _>>()?);
        }
        found.sort_by_key(|token| token.number);
        found.dedup_by_key(|token| token.number);
        found.truncate(limit);
        Ok(found)
    }

    async fn has_live_token(&self, scope: &str, now: Timestamp) -> Result<bool, StoreError> {
        let has = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM token WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?) \
             AND instr(' ' || scopes || ' ', ' ' || ? || ' ') > 0)",
        )
        .bind(now.0)
        .bind(scope)
        .fetch_one(&self.readers)
        .await?;
        Ok(has)
    }

    async fn purge_tokens(&self, before: Timestamp) -> Result<u64, StoreError> {
        // Looked at first, so that hardly ever anybody waits for this to write.
        let ended: Option<i64> = sqlx::query_scalar(ENDED).bind(before.0).fetch_optional(&self.readers).await?;
        if ended.is_none() {
            return Ok(0);
        }
        let mut transaction = self.writer.begin().await?;
        let purged = sqlx::query("DELETE FROM token WHERE coalesce(revoked_at, expires_at) < ?")
            .bind(before.0)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(purged.rows_affected())
    }

    async fn revoke_token(&self, number: i64, at: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.writer.begin().await?;
        let done = sqlx::query("UPDATE token SET revoked_at = ? WHERE number = ? AND revoked_at IS NULL")
            .bind(at.0)
            .bind(number)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    async fn record_token_uses(&self, uses: &[(i64, Timestamp)]) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin().await?;
        for (number, at) in uses {
            sqlx::query("UPDATE token SET last_used_at = ?1 WHERE number = ?2 AND coalesce(last_used_at, 0) < ?1")
                .bind(at.0)
                .bind(number)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

fn stored(row: &SqliteRow) -> Result<StoredToken, StoreError> {
    let moment = |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(column)?.map(Timestamp));
    let hash: &[u8] = row.try_get(3)?;
    let scopes: &str = row.try_get(4)?;
    Ok(StoredToken {
        number: row.try_get(0)?,
        token: NewToken {
            name: row.try_get(1)?,
            start: row.try_get(2)?,
            hash: hash.try_into().map_err(|_| StoreError::Corrupt("the hash of a token has another length".into()))?,
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            created_at: Timestamp(row.try_get(5)?),
            expires_at: moment(6)?,
        },
        revoked_at: moment(7)?,
        last_used_at: moment(8)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::testing::{reopen, sqlite};

    fn token(name: &str, start: &str) -> NewToken {
        NewToken {
            name: name.into(),
            start: start.into(),
            hash: [7; 32],
            scopes: vec!["read".into(), "write:type=depot".into()],
            created_at: Timestamp(1_000),
            expires_at: Some(Timestamp(9_000)),
        }
    }

    #[tokio::test]
    async fn a_token_is_found_by_its_start_and_kept() {
        let (folder, store) = sqlite().await;
        store.add_token(&token("ci", "pharos_AAAAAAAA")).await.unwrap();
        store.close().await;
        let store = reopen(&folder).await;
        let found = store.token("pharos_AAAAAAAA").await.unwrap().unwrap();
        assert_eq!((found.token.name.as_str(), found.token.hash), ("ci", [7; 32]));
        assert_eq!(found.token.scopes, ["read", "write:type=depot"]);
        assert!(found.is_live(Timestamp(8_999)) && !found.is_live(Timestamp(9_000)), "until it expires");
        assert!(store.token("pharos_BBBBBBBB").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_name_is_free_again_when_its_token_is_revoked() {
        let (_folder, store) = sqlite().await;
        store.add_token(&token("ci", "pharos_AAAAAAAA")).await.unwrap();
        let refused = store.add_token(&token("ci", "pharos_BBBBBBBB")).await.unwrap_err();
        assert!(refused.to_string().contains("pharos token revoke ci"), "{refused}");
        let first = store.token("pharos_AAAAAAAA").await.unwrap().unwrap();
        assert!(store.revoke_token(first.number, Timestamp(2_000)).await.unwrap());
        assert!(!store.revoke_token(first.number, Timestamp(3_000)).await.unwrap(), "once is for ever");
        store.add_token(&token("ci", "pharos_BBBBBBBB")).await.unwrap();
        let all = store.tokens().await.unwrap();
        assert_eq!(all.iter().map(|token| token.is_live(Timestamp(2_500))).collect::<Vec<_>>(), [false, true]);
    }

    #[tokio::test]
    async fn the_last_use_never_goes_back() {
        let (_folder, store) = sqlite().await;
        store.add_token(&token("ci", "pharos_AAAAAAAA")).await.unwrap();
        let number = store.token("pharos_AAAAAAAA").await.unwrap().unwrap().number;
        for at in [5_000, 4_000] {
            store.record_token_uses(&[(number, Timestamp(at)), (99, Timestamp(at))]).await.unwrap();
        }
        assert_eq!(store.tokens().await.unwrap()[0].last_used_at, Some(Timestamp(5_000)));
    }

    #[tokio::test]
    async fn the_last_of_many_tokens_is_found_by_its_name() {
        let (_folder, store) = sqlite().await;
        for number in 0..1_005 {
            store.add_token(&token(&format!("ci-{number:04}"), &format!("pharos_{number:08}"))).await.unwrap();
        }
        assert_eq!(store.tokens().await.unwrap().len(), 1_000);
        let called = async |name: &str, start: Option<&str>| {
            let found = store.tokens_called(name, start, 2).await.unwrap();
            found.into_iter().map(|found| found.token.name).collect::<Vec<_>>()
        };
        assert_eq!(called("ci-1004", None).await, ["ci-1004"]);
        assert_eq!(called("", Some("pharos_00001004")).await, ["ci-1004"]);
        assert_eq!(called("", Some("pharos_0000")).await.len(), 2, "it is not clear which");
        assert_eq!(called("ci-2000", None).await, Vec::<String>::new());
        assert!(store.has_live_token("read", Timestamp(8_999)).await.unwrap());
        assert!(!store.has_live_token("read", Timestamp(9_000)).await.unwrap(), "they expire");
        assert!(!store.has_live_token("write", Timestamp(0)).await.unwrap(), "only a part of a scope");
    }

    #[tokio::test]
    async fn tokens_of_no_use_are_purged() {
        let (_folder, store) = sqlite().await;
        for (name, start, expires_at) in
            [("a", "pharos_A", Some(9_000)), ("b", "pharos_B", None), ("c", "pharos_C", None)]
        {
            let new = NewToken { expires_at: expires_at.map(Timestamp), ..token(name, start) };
            store.add_token(&new).await.unwrap();
        }
        let revoked = store.token("pharos_B").await.unwrap().unwrap();
        store.revoke_token(revoked.number, Timestamp(10_000)).await.unwrap();
        assert_eq!(store.purge_tokens(Timestamp(9_000)).await.unwrap(), 0);
        assert_eq!(store.purge_tokens(Timestamp(10_000)).await.unwrap(), 1, "the one that expired");
        assert_eq!(store.purge_tokens(Timestamp(i64::MAX)).await.unwrap(), 1, "the one that was revoked");
        assert_eq!(store.tokens().await.unwrap()[0].token.name, "c");
    }
}
