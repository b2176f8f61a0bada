//! Rendered pages, kept for as long as they would be rendered the same, compressed for those who ask for that.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, SET_COOKIE, VARY};
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;

use super::encoding::Coding;
use crate::kept::{self, Cache, Takes};
use crate::metrics::PageCacheNumbers;

/// What all kept pages may take together, in bytes.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// How many pages that is.
const EXPECTED: usize = 1_000;

/// Locked apart, since every page asks.
const PARTS: usize = 8;

/// The longest body that is kept, in bytes.
const MAX_BODY_BYTES: usize = 512 * 1024;

/// The shortest body that is kept compressed, in bytes. A shorter one fits into one packet as it is.
const MIN_COMPRESSED_BYTES: usize = 1_024;

/// What a page takes beside its bodies and its address, in bytes.
const OVERHEAD: usize = 512;

/// For whom a page was made.
///
/// Whoever may read at all reads the same, so there is one kind of reader. Sign-in with roles will tell more apart: no
/// page may then be given to a reader of another kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Reader {
    /// Everybody who may read.
    #[default]
    Anyone,
}

/// What a page is kept under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PageKey {
    /// Who asks.
    pub(super) reader: Reader,
    /// Path and query.
    pub(super) address: String,
    /// Whether HTML was asked for: server functions answer a browser's address bar differently from a script.
    pub(super) html: bool,
    /// The coding that is wanted. A page is kept only as it is asked for: compressed, as browsers do, it takes an eighth.
    pub(super) coding: Option<Coding>,
}

/// A rendered page and the state of the catalog it shows.
#[derive(Clone, Debug)]
struct Page {
    tag: HeaderValue,
    /// Names the coding of the body.
    headers: HeaderMap,
    body: Bytes,
    bytes: u64,
}

impl Page {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.headers_mut() = self.headers;
        response
    }
}

impl Takes for Page {
    fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// Pages by who asks and for what.
#[derive(Debug)]
pub(super) struct PageCache {
    pages: Cache<PageKey, Page>,
    numbers: PageCacheNumbers,
}

impl PageCache {
    pub(super) fn new(numbers: PageCacheNumbers) -> Self {
        Self { pages: kept::cache(MAX_BYTES, EXPECTED, PARTS), numbers }
    }

    /// The page of a key, if what is kept has the tag of now.
    pub(super) fn get(&self, key: &PageKey, tag: &HeaderValue) -> Option<Response> {
        let page = self.pages.get(key).filter(|page| page.tag == tag);
        match &page {
            Some(_) => self.numbers.hits.inc(),
            None => self.numbers.misses.inc(),
        };
        page.map(Page::into_response)
    }

    /// Compresses a whole answer as its key asks for, keeps it if it can be kept, and gives it.
    pub(super) async fn keep(&self, key: PageKey, tag: HeaderValue, mut parts: Parts, mut body: Bytes) -> Response {
        if parts.headers.contains_key(CONTENT_ENCODING) {
            return Response::from_parts(parts, Body::from(body));
        }
        let can_be_kept =
            parts.status == StatusCode::OK && body.len() <= MAX_BODY_BYTES && !parts.headers.contains_key(SET_COOKIE);
        parts.headers.remove(CONTENT_LENGTH);
        parts.headers.append(VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(coding) = key.coding.filter(|_| body.len() >= MIN_COMPRESSED_BYTES) {
            match coding.compressed(body.clone()).await {
                Ok(compressed) => {
                    body = compressed;
                    parts.headers.insert(CONTENT_ENCODING, coding.header());
                }
                Err(error) => {
                    tracing::error!(%error, "a page could not be compressed");
                    return Response::from_parts(parts, Body::from(body));
                }
            }
        }
        if can_be_kept {
            let headers = parts.headers.values().map(HeaderValue::len).sum::<usize>();
            let bytes = (body.len() + headers + key.address.len() + OVERHEAD) as u64;
            self.pages.insert(key, Page { tag, headers: parts.headers.clone(), body: body.clone(), bytes });
        }
        Response::from_parts(parts, Body::from(body))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};

    use super::super::encoding::tests::decompressed;
    use super::*;

    const TAG: HeaderValue = HeaderValue::from_static("\"1\"");

    fn key(coding: Option<Coding>) -> PageKey {
        PageKey { reader: Reader::Anyone, address: "/resources".into(), html: true, coding }
    }

    fn cache() -> PageCache {
        PageCache::new(PageCacheNumbers::default())
    }

    fn rendered(body: &str) -> (Parts, Bytes) {
        let mut response = Response::new(());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("script-src 'sha256-a='"));
        (response.into_parts().0, Bytes::from(body.to_owned()))
    }

    async fn body(response: Response) -> Bytes {
        axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body")
    }

    #[tokio::test]
    async fn a_page_is_kept_as_it_is_asked_for_compressed_once() {
        let cache = cache();
        let long = "<li>a Resource</li>".repeat(1_000);
        for coding in Coding::ALL {
            let (parts, whole) = rendered(&long);
            let before = cache.pages.weight();
            let first = cache.keep(key(Some(coding)), TAG, parts, whole).await;
            assert_eq!(first.headers()[CONTENT_ENCODING], coding.name());
            assert_eq!(first.headers()[VARY], "accept-encoding");
            assert_eq!(first.headers()[CONTENT_SECURITY_POLICY], "script-src 'sha256-a='");
            let first = body(first).await;
            assert_eq!(decompressed(coding, &first), long.as_bytes());
            assert!(cache.pages.weight() - before < 2_000, "the text as it was is not kept");
            let again = body(cache.get(&key(Some(coding)), &TAG).expect("it is kept")).await;
            assert_eq!(again.as_ptr(), first.as_ptr(), "the same bytes in memory");
        }
        assert!(cache.get(&key(None), &TAG).is_none(), "nobody has asked for it as it is");
        let (parts, whole) = rendered(&long);
        let plain = cache.keep(key(None), TAG, parts, whole.clone()).await;
        assert!(!plain.headers().contains_key(CONTENT_ENCODING));
        assert_eq!(body(plain).await, whole);
        assert_eq!(cache.pages.len(), 3);
    }

    #[tokio::test]
    async fn what_changed_or_failed_is_rendered_anew() {
        let cache = cache();
        let text = |length: usize| Bytes::from(vec![b'x'; length]);
        let (mut failed, _) = rendered("");
        failed.status = StatusCode::NOT_FOUND;
        cache.keep(key(None), TAG, failed, text(9)).await;
        let (parts, _) = rendered("");
        cache.keep(key(None), TAG, parts, text(MAX_BODY_BYTES + 1)).await;
        let (mut private, _) = rendered("");
        private.headers.insert(SET_COOKIE, HeaderValue::from_static("a=b"));
        cache.keep(key(None), TAG, private, text(9)).await;
        assert_eq!(cache.pages.len(), 0, "neither a failure, nor what is too large, nor what is for one reader");

        let (parts, page) = rendered("page");
        cache.keep(key(None), TAG, parts, page).await;
        assert!(cache.get(&key(None), &TAG).is_some());
        assert!(cache.get(&key(None), &HeaderValue::from_static("\"2\"")).is_none(), "the data changed");
        assert!(cache.get(&PageKey { html: false, ..key(None) }, &TAG).is_none(), "another kind of answer");
        assert_eq!((cache.numbers.hits.get(), cache.numbers.misses.get()), (1, 2));
    }
}
