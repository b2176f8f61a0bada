//! Requests that may be repeated: when each was received first, and what it did.

use app::model::{Recorded, RepeatableRequest, Timestamp};
use async_trait::async_trait;

use super::StoreError;

/// How long a request is known by its key, in milliseconds: 24 hours.
pub const KEEP_ANSWERS_MS: i64 = 24 * 60 * 60 * 1_000;

/// The most requests that are known; the oldest give way.
pub const MAX_KEPT_ANSWERS: i64 = 10_000;

/// What is known of a request with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// When it was received first. Whatever of it is stored was observed by then.
    pub at: Timestamp,
    /// Tells the request from any other.
    pub request: String,
    /// What it did; `None` as long as it did nothing.
    pub answer: Option<Recorded>,
}

/// Storage of requests with an `Idempotency-Key`. Their answers are kept by
/// [`super::WriteTransaction::keep_answer`], in the transaction of what they did.
#[async_trait]
pub trait Idempotency: Send + Sync {
    /// Notes that a request is received, and tells what is known of its key: of the first request with it in the last 24
    /// hours that did something, or of the first that is the same. Forgets those whose time is over.
    ///
    /// # Errors
    /// When the database fails.
    async fn receive(&self, request: &RepeatableRequest, now: Timestamp) -> Result<Receipt, StoreError>;
}
