//! Tokens as they are stored: without their secret.

use app::model::Timestamp;
use async_trait::async_trait;

use super::StoreError;

/// A token to be stored.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What people call it.
    pub name: String,
    /// Its first characters, which are no secret.
    pub start: String,
    /// The SHA-256 of the whole.
    pub hash: [u8; 32],
    /// What it grants, in words.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is of no use.
    pub expires_at: Option<Timestamp>,
}

/// A token that is stored.
#[derive(Clone, Debug)]
pub struct StoredToken {
    /// Its number in the store.
    pub number: i64,
    /// What it was stored with.
    pub token: NewToken,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

impl StoredToken {
    /// Whether it may be used at a moment.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.token.expires_at.is_none_or(|expires| now < expires)
    }
}

/// Storage of tokens.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// Stores a token.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when a token of that name is there and not revoked, or when the database fails.
    async fn add_token(&self, token: &NewToken) -> Result<(), StoreError>;

    /// All tokens, also those of no use any more, by name and age; at most 1,000.
    ///
    /// # Errors
    /// When the database fails.
    async fn tokens(&self) -> Result<Vec<StoredToken>, StoreError>;

    /// The token that starts so.
    ///
    /// # Errors
    /// When the database fails.
    async fn token(&self, start: &str) -> Result<Option<StoredToken>, StoreError>;

    /// Up to `limit` tokens that are not revoked and have this name or, if one is given, begin with this start.
    ///
    /// # Errors
    /// When the database fails.
    async fn tokens_called(
        &self,
        name: &str,
        start: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredToken>, StoreError>;

    /// Whether any token that may be used now has a scope, written as it is stored.
    ///
    /// # Errors
    /// When the database fails.
    async fn has_live_token(&self, scope: &str, now: Timestamp) -> Result<bool, StoreError>;

    /// Removes the tokens that were revoked, or expired, before a moment; how many those were.
    ///
    /// # Errors
    /// When the database fails.
    async fn purge_tokens(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// Revokes a token for ever; false when that had been done.
    ///
    /// # Errors
    /// When the database fails.
    async fn revoke_token(&self, number: i64, at: Timestamp) -> Result<bool, StoreError>;

    /// Writes down when tokens were last used.
    ///
    /// # Errors
    /// When the database fails.
    async fn record_token_uses(&self, uses: &[(i64, Timestamp)]) -> Result<(), StoreError>;
}
