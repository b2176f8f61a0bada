//! Rendered pages, kept for as long as they would be rendered the same, as they are and compressed.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, SET_COOKIE, VARY};
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use tokio::sync::OnceCell;

use super::encoding::{Accepted, Coding};
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
}

/// A rendered page and the state of the catalog it shows.
#[derive(Clone, Debug)]
pub(super) struct Page {
    tag: HeaderValue,
    headers: HeaderMap,
    body: Bytes,
    compressed: Arc<Compressed>,
    /// What it took when it was kept. Once it is compressed it takes more, and is kept anew.
    bytes: u64,
}

/// The body in every coding, each made when it is first asked for.
#[derive(Debug, Default)]
struct Compressed {
    brotli: OnceCell<Bytes>,
    gzip: OnceCell<Bytes>,
}

impl Compressed {
    fn get(&self, coding: Coding) -> &OnceCell<Bytes> {
        match coding {
            Coding::Brotli => &self.brotli,
            Coding::Gzip => &self.gzip,
        }
    }
}

impl Page {
    /// What it takes now.
    fn takes(&self, key: &PageKey) -> u64 {
        let compressed = Coding::ALL.into_iter().filter_map(|coding| self.compressed.get(coding).get());
        let headers = self.headers.values().map(HeaderValue::len).sum::<usize>();
        let bodies = self.body.len() + compressed.map(Bytes::len).sum::<usize>();
        (bodies + headers + key.address.len() + OVERHEAD) as u64
    }

    /// The answer in a coding, or as it is. An answer that names a coding is left as it is by the layer that compresses
    /// all others.
    fn answer(&self, encoded: Option<(Coding, Bytes)>) -> Response {
        let (coding, body) = match encoded {
            Some((coding, body)) => (Some(coding), body),
            None => (None, self.body.clone()),
        };
        let mut response = Response::new(Body::from(body));
        *response.headers_mut() = self.headers.clone();
        if let Some(coding) = coding {
            response.headers_mut().insert(CONTENT_ENCODING, coding.header());
        }
        response
    }
}

impl Takes for Page {
    fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// Pages by who asks and for what.
#[derive(Clone, Debug)]
pub(super) struct PageCache {
    pages: Arc<Cache<PageKey, Page>>,
    numbers: PageCacheNumbers,
}

impl PageCache {
    pub(super) fn new(numbers: PageCacheNumbers) -> Self {
        Self { pages: Arc::new(kept::cache(MAX_BYTES, EXPECTED, PARTS)), numbers }
    }

    /// The page of a key, if what is kept has the tag of now.
    pub(super) fn get(&self, key: &PageKey, tag: &HeaderValue) -> Option<Page> {
        let page = self.pages.get(key).filter(|page| page.tag == tag);
        match &page {
            Some(_) => self.numbers.hits.inc(),
            None => self.numbers.misses.inc(),
        };
        page
    }

    /// Keeps a whole answer if it can be kept.
    pub(super) fn keep(&self, key: &PageKey, tag: &HeaderValue, parts: &Parts, body: &Bytes) -> Option<Page> {
        if parts.status != StatusCode::OK
            || body.len() > MAX_BODY_BYTES
            || parts.headers.contains_key(SET_COOKIE)
            || parts.headers.contains_key(CONTENT_ENCODING)
        {
            return None;
        }
        let mut headers = parts.headers.clone();
        headers.remove(CONTENT_LENGTH);
        headers.append(VARY, HeaderValue::from_static("accept-encoding"));
        let mut page = Page { tag: tag.clone(), headers, body: body.clone(), compressed: Arc::default(), bytes: 0 };
        page.bytes = page.takes(key);
        self.pages.insert(key.clone(), page.clone());
        Some(page)
    }

    /// The answer with a page, compressed if that is wanted.
    pub(super) async fn answer(&self, key: &PageKey, page: &Page, accepted: Accepted) -> Response {
        match accepted.codings().next().filter(|_| page.body.len() >= MIN_COMPRESSED_BYTES) {
            Some(coding) => {
                let encoded = self.compressed(key, page, coding).await;
                page.answer(encoded.map(|body| (coding, body)))
            }
            None => page.answer(None),
        }
    }

    /// The body of a page in a coding. Those who ask for the same at the same time wait for one to make it.
    async fn compressed(&self, key: &PageKey, page: &Page, coding: Coding) -> Option<Bytes> {
        let kept = page.compressed.get(coding);
        if let Some(body) = kept.get() {
            return Some(body.clone());
        }
        let mut is_new = false;
        let made = kept.get_or_try_init(|| {
            is_new = true;
            coding.compressed(page.body.clone())
        });
        let body = match made.await {
            Ok(body) => body.clone(),
            Err(error) => {
                tracing::error!(%error, "a page could not be compressed");
                return None;
            }
        };
        // Only what is kept still takes more now, and not what has taken its place.
        let is_same = |current: &Page| Arc::ptr_eq(&current.compressed, &page.compressed);
        if is_new && self.pages.peek(key).is_some_and(|current| is_same(&current)) {
            self.pages.insert(key.clone(), Page { bytes: page.takes(key), ..page.clone() });
        }
        Some(body)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::{ACCEPT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE};

    use super::super::encoding::tests::decompressed;
    use super::*;

    const TAG: HeaderValue = HeaderValue::from_static("\"1\"");

    fn key() -> PageKey {
        PageKey { reader: Reader::Anyone, address: "/resources".into(), html: true }
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

    fn accepted(codings: &'static str) -> Accepted {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(codings));
        Accepted::of(&headers)
    }

    async fn body(response: Response) -> Bytes {
        axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body")
    }

    #[tokio::test]
    async fn a_page_is_compressed_once_and_weighs_more_then() {
        let cache = cache();
        let long = "<li>a Resource</li>".repeat(1_000);
        let (parts, whole) = rendered(&long);
        let page = cache.keep(&key(), &TAG, &parts, &whole).expect("it is kept");
        let bare = cache.pages.weight();
        for (codings, coding) in [("br, gzip", Coding::Brotli), ("gzip", Coding::Gzip)] {
            let before = cache.pages.weight();
            let first = cache.answer(&key(), &page, accepted(codings)).await;
            assert_eq!(first.headers()[CONTENT_ENCODING], coding.name());
            assert_eq!(first.headers()[VARY], "accept-encoding");
            let first = body(first).await;
            assert_eq!(decompressed(coding, &first), long.as_bytes());
            assert_eq!(cache.pages.weight(), before + first.len() as u64);
            let kept = cache.get(&key(), &TAG).expect("it is still kept");
            let again = body(cache.answer(&key(), &kept, accepted(codings)).await).await;
            assert_eq!(again.as_ptr(), first.as_ptr(), "the same bytes in memory");
            assert_eq!(cache.pages.weight(), before + first.len() as u64);
        }
        let plain = cache.answer(&key(), &page, accepted("identity")).await;
        assert!(!plain.headers().contains_key(CONTENT_ENCODING));
        assert_eq!(plain.headers()[CONTENT_SECURITY_POLICY], "script-src 'sha256-a='");
        assert_eq!(body(plain).await, whole);
        assert!(cache.pages.weight() > bare && cache.pages.len() == 1);
    }

    #[tokio::test]
    async fn what_has_been_replaced_is_not_put_back_by_being_compressed() {
        let cache = cache();
        let (parts, old) = rendered(&"old ".repeat(1_000));
        let page = cache.keep(&key(), &TAG, &parts, &old).expect("it is kept");
        let newer = HeaderValue::from_static("\"2\"");
        let (parts, new) = rendered("new");
        cache.keep(&key(), &newer, &parts, &new);
        drop(cache.answer(&key(), &page, accepted("br")).await);
        assert!(cache.get(&key(), &newer).is_some());
    }

    #[tokio::test]
    async fn what_changed_or_failed_is_rendered_anew() {
        let cache = cache();
        let (mut parts, body) = rendered("page");
        parts.status = StatusCode::NOT_FOUND;
        assert!(cache.keep(&key(), &TAG, &parts, &body).is_none(), "a failure is not kept");
        parts.status = StatusCode::OK;
        let large = Bytes::from(vec![b'x'; MAX_BODY_BYTES + 1]);
        assert!(cache.keep(&key(), &TAG, &parts, &large).is_none(), "too large");
        parts.headers.insert(SET_COOKIE, HeaderValue::from_static("a=b"));
        assert!(cache.keep(&key(), &TAG, &parts, &body).is_none(), "meant for one reader");
        parts.headers.remove(SET_COOKIE);
        cache.keep(&key(), &TAG, &parts, &body);
        assert!(cache.get(&key(), &TAG).is_some());
        assert!(cache.get(&key(), &HeaderValue::from_static("\"2\"")).is_none(), "the data changed");
        assert!(cache.get(&PageKey { html: false, ..key() }, &TAG).is_none(), "another kind of answer");
        assert_eq!((cache.numbers.hits.get(), cache.numbers.misses.get()), (1, 2));
    }
}
