//! Answers that are kept, so that a request which is repeated has its effect once.

use app::model::Timestamp;
use async_trait::async_trait;

use super::StoreError;

/// How long an answer is kept, in milliseconds: 24 hours.
pub const KEEP_ANSWERS_MS: i64 = 24 * 60 * 60 * 1_000;

/// The most answers that are kept; the oldest give way.
pub const MAX_KEPT_ANSWERS: i64 = 10_000;

/// What a request was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Tells the request from any other: a digest of what it asked.
    pub request: String,
    /// The status of the answer.
    pub status: u16,
    /// Its body.
    pub body: String,
}

/// Storage of answers to requests with an `Idempotency-Key`.
#[async_trait]
pub trait Idempotency: Send + Sync {
    /// The answer that a caller got under a key in the last 24 hours.
    ///
    /// # Errors
    /// When the database fails.
    async fn kept_answer(&self, caller: &str, key: &str, now: Timestamp) -> Result<Option<KeptAnswer>, StoreError>;

    /// Keeps an answer, in place of an older one under the same key, and forgets those whose time is over.
    ///
    /// # Errors
    /// When the database fails.
    async fn keep_answer(&self, caller: &str, key: &str, answer: &KeptAnswer, now: Timestamp)
    -> Result<(), StoreError>;
}
