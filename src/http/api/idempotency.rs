//! `Idempotency-Key`: a request that is repeated has its effect once.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use app::model::RepeatableRequest;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::Writing;
use crate::http::problem::{Problem, ProblemKind};
use crate::store::{Receipt, StoreError};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Tells a repeated answer from a first one.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The longest key, in characters.
const MAX_KEY: usize = 255;

/// The requests with a key that are under way, by caller and key.
pub(super) type UnderWay = Mutex<HashSet<(String, String)>>;

/// Tells a request from any other.
pub(super) fn fingerprint(parts: &[&str], body: &[u8]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest.update(body);
    digest.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing into a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A request that is to have its effect once. Ends when dropped.
pub(super) struct Once {
    writing: Arc<Writing>,
    mark: (String, String),
}

impl Drop for Once {
    fn drop(&mut self) {
        self.writing.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.mark);
    }
}

impl Once {
    /// Begins with a request, if it has a key.
    ///
    /// # Errors
    /// When the key cannot be used, or a request with it is under way.
    pub(super) fn begin(writing: &Arc<Writing>, caller: &str, headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(key) = keys.next() else { return Ok(None) };
        let text = key.to_str().unwrap_or_default();
        let usable = !text.is_empty() && text.len() <= MAX_KEY && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !usable || keys.next().is_some() {
            let detail = format!(
                "The header `Idempotency-Key` cannot be read. Send it once, with 1 to {MAX_KEY} visible characters of \
                 ASCII; a UUID is fine."
            );
            return Err(Problem::new(ProblemKind::InvalidRequest, detail));
        }
        let mark = (caller.to_owned(), text.to_owned());
        if !writing.under_way.lock().unwrap_or_else(PoisonError::into_inner).insert(mark.clone()) {
            let detail = format!(
                "A request with the `Idempotency-Key` `{text}` is under way. Repeat this one in a few seconds to get \
                 its answer."
            );
            return Err(Problem::new(ProblemKind::InProgress, detail));
        }
        Ok(Some(Self { writing: Arc::clone(writing), mark }))
    }

    /// Notes that the request is received, and tells when it was first, and what it did then.
    ///
    /// # Errors
    /// When the key came with another request, or the store does not answer.
    pub(super) async fn receive(&self, request: &str) -> Result<Receipt, Problem> {
        let request = self.named(request);
        let receipt = self.writing.store.receive(&request, self.writing.catalog.now()).await.map_err(failed)?;
        if receipt.request != request.request {
            let detail = format!(
                "The `Idempotency-Key` `{}` came with another request in the last 24 hours. Use a new key for a new \
                 request.",
                request.key
            );
            return Err(Problem::new(ProblemKind::KeyReused, detail));
        }
        Ok(receipt)
    }

    /// The request by its caller and key.
    pub(super) fn named(&self, request: &str) -> RepeatableRequest {
        let (caller, key) = self.mark.clone();
        RepeatableRequest { caller, key, request: request.to_owned() }
    }
}

/// The answer of a request that is repeated.
pub(super) fn replayed(answer: impl IntoResponse) -> Response {
    ([(REPLAYED, HeaderValue::from_static("true"))], answer).into_response()
}

fn failed(error: StoreError) -> Problem {
    app::catalog::CatalogError::from(error).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_request_tells_it_from_others() {
        let one = fingerprint(&["import", "source=a", "text/plain"], b"x");
        assert_eq!(one.len(), 64);
        for other in [
            fingerprint(&["import", "source=b", "text/plain"], b"x"),
            fingerprint(&["imports", "ource=a", "text/plain"], b"x"),
            fingerprint(&["import", "source=a", "text/plain"], b"y"),
        ] {
            assert_ne!(one, other);
        }
    }
}
