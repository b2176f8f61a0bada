//! Rendered pages, kept for as long as they would be rendered the same.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use leptos::nonce::Nonce;
use memchr::memmem;

use super::security::page_policy;
use crate::kept::{self, Cache, Takes};

/// What all kept pages may take together, in bytes.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// How many pages that is.
const EXPECTED: usize = 1_000;

/// Locked apart, since every page asks.
const PARTS: usize = 8;

/// The longest body that is kept, in bytes.
const MAX_BODY_BYTES: usize = 512 * 1024;

/// What a page is kept under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PageKey {
    /// Path and query.
    pub(super) address: String,
    /// Whether HTML was asked for: server functions answer a browser's address bar differently from a script.
    pub(super) html: bool,
}

/// A rendered page and the state of the catalog it shows.
#[derive(Clone, Debug)]
struct Page {
    tag: HeaderValue,
    content_type: HeaderValue,
    body: Bytes,
    /// Where in the body the nonce stands. Every answer gets one of its own.
    nonces: Vec<usize>,
    /// How long its address is.
    address_bytes: usize,
}

impl Takes for Page {
    fn bytes(&self) -> u64 {
        (self.address_bytes + self.body.len() + self.nonces.len() * 8 + 256) as u64
    }
}

/// Pages by address. Nobody signs in, so a page is the same for everybody who asks.
#[derive(Clone, Debug)]
pub(super) struct PageCache {
    pages: Arc<Cache<PageKey, Page>>,
    nonce_length: usize,
}

impl PageCache {
    pub(super) fn new() -> Self {
        Self { pages: Arc::new(kept::cache(MAX_BYTES, EXPECTED, PARTS)), nonce_length: Nonce::new().to_string().len() }
    }

    /// The answer for a key, if what is kept has the tag of now.
    pub(super) fn get(&self, key: &PageKey, tag: &HeaderValue) -> Option<Response> {
        let page = self.pages.get(key).filter(|page| page.tag == tag)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, page.content_type);
        let body = if page.nonces.is_empty() {
            Body::from(page.body)
        } else {
            let nonce = Nonce::new().to_string();
            headers.insert(CONTENT_SECURITY_POLICY, page_policy(&nonce));
            let mut body = page.body.to_vec();
            for at in page.nonces {
                body.get_mut(at..at + nonce.len())?.copy_from_slice(nonce.as_bytes());
            }
            Body::from(body)
        };
        let mut response = Response::new(body);
        *response.headers_mut() = headers;
        Some(response)
    }

    /// Keeps an answer if it can be kept, and hands it on.
    pub(super) async fn keep(&self, key: PageKey, tag: &HeaderValue, response: Response) -> Response {
        let (parts, body) = response.into_parts();
        let content_type = parts.headers.get(CONTENT_TYPE).cloned();
        let (StatusCode::OK, Some(content_type)) = (parts.status, content_type) else {
            return Response::from_parts(parts, body);
        };
        // A page is rendered whole before it is sent, so nothing is waited for that a reader could have had earlier.
        let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
            tracing::error!(address = key.address, "a page broke off while it was rendered");
            let mut broken = Response::new(Body::from(super::BROKEN));
            *broken.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            return broken;
        };
        let nonces = self.nonces(&parts.headers, &body);
        if body.len() <= MAX_BODY_BYTES
            && let Some(nonces) = nonces
        {
            let address_bytes = key.address.len();
            let page = Page { tag: tag.clone(), content_type, body: body.clone(), nonces, address_bytes };
            self.pages.insert(key, page);
        }
        Response::from_parts(parts, Body::from(body))
    }

    /// Where the nonce of the policy stands in the body; `None` when it cannot be told.
    fn nonces(&self, headers: &HeaderMap, body: &[u8]) -> Option<Vec<usize>> {
        let Some(policy) = headers.get(CONTENT_SECURITY_POLICY) else { return Some(Vec::new()) };
        let (_, rest) = policy.to_str().ok()?.split_once("'nonce-")?;
        let (nonce, _) = rest.split_once('\'')?;
        (nonce.len() == self.nonce_length).then(|| memmem::find_iter(body, nonce).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> PageKey {
        PageKey { address: "/resources".into(), html: true }
    }

    fn rendered(nonce: &str) -> Response {
        let mut response =
            Response::new(Body::from(format!("<script nonce=\"{nonce}\">1</script><b nonce=\"{nonce}\">")));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, page_policy(nonce));
        response
    }

    async fn text(response: Response) -> String {
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        String::from_utf8(body.to_vec()).expect("text")
    }

    #[tokio::test]
    async fn every_answer_has_a_nonce_of_its_own() {
        let cache = PageCache::new();
        let tag = HeaderValue::from_static("\"1\"");
        let first = Nonce::new().to_string();
        let kept = text(cache.keep(key(), &tag, rendered(&first)).await).await;
        assert_eq!(kept.matches(&first).count(), 2, "the first reader gets it as it was rendered");
        let again = cache.get(&key(), &tag).expect("it is kept");
        let policy = again.headers()[CONTENT_SECURITY_POLICY].to_str().expect("text").to_owned();
        let body = text(again).await;
        assert!(!body.contains(&first), "a nonce is used once");
        let nonce = policy.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\'')).expect("a nonce").0;
        assert_eq!(body.matches(nonce).count(), 2);
    }

    #[tokio::test]
    async fn what_changed_or_failed_is_rendered_anew() {
        let cache = PageCache::new();
        let tag = HeaderValue::from_static("\"1\"");
        let mut failed = rendered("x");
        *failed.status_mut() = StatusCode::NOT_FOUND;
        drop(cache.keep(key(), &tag, failed).await);
        assert!(cache.get(&key(), &tag).is_none(), "a failure is not kept");
        drop(cache.keep(key(), &tag, rendered(&Nonce::new().to_string())).await);
        assert!(cache.get(&key(), &HeaderValue::from_static("\"2\"")).is_none(), "the data changed");
        assert!(cache.get(&PageKey { html: false, ..key() }, &tag).is_none(), "another kind of answer");
    }
}
