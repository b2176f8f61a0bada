//! What browsers may keep, and for how long.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use app::catalog::Catalog;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::page_cache::{PageCache, PageKey};

/// How long ages such as "2 minutes ago" may stay as they are, in milliseconds.
const AGES_KEEP_MS: i64 = 30_000;

/// How answers are cached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CachePolicy {
    /// The name changes with the content: keep it for ever.
    Immutable,
    /// Keep it, but ask each time whether it is still right.
    Revalidate,
    /// Keep nothing.
    NoStore,
}

impl CachePolicy {
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::Revalidate => "private, no-cache",
            Self::NoStore => "no-store",
        })
    }
}

/// What [`revalidate`] needs.
#[derive(Clone)]
pub(super) struct Revalidation {
    pub(super) catalog: Arc<dyn Catalog>,
    pub(super) pages: PageCache,
}

/// Answers 304 to whoever has the page as it would be rendered now, and from the kept pages to whoever has not. Pages
/// carry a nonce, so their tag is made of what they are made from: this build, the data, and the time as far as ages
/// show it.
pub(super) async fn revalidate(State(state): State<Revalidation>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let address = request.uri().path_and_query().map_or("", axum::http::uri::PathAndQuery::as_str).to_owned();
    let html = request
        .headers()
        .get(ACCEPT)
        .is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")));
    let key = PageKey { address, html };
    let tag = data_tag(&state.catalog, &key).await;
    let known = request.headers().get(IF_NONE_MATCH).is_some_and(|known| names(known, &tag));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else if let Some(kept) = state.pages.get(&key, &tag) {
        kept
    } else {
        state.pages.keep(key, &tag, next.run(request).await).await
    };
    let policy = match response.status() {
        StatusCode::OK | StatusCode::NOT_MODIFIED => {
            response.headers_mut().insert(ETAG, tag);
            CachePolicy::Revalidate
        }
        _ => CachePolicy::NoStore,
    };
    response.headers_mut().insert(CACHE_CONTROL, policy.header());
    // Server functions answer a browser's own address bar differently from a script.
    response.headers_mut().append(VARY, HeaderValue::from_static("accept"));
    response
}

/// The tag of an answer about something: it changes with this build, the data, and the time as far as ages show it.
pub(super) async fn data_tag(catalog: &Arc<dyn Catalog>, about: &(impl Hash + Sync)) -> HeaderValue {
    let status = catalog.index_status().await;
    let mut hasher = DefaultHasher::new();
    (about, super::assets::build_tag(), env!("CARGO_PKG_VERSION")).hash(&mut hasher);
    (status.stored_seq, status.indexed_seq, status.rebuilding, catalog.now().0 / AGES_KEEP_MS).hash(&mut hasher);
    if status.rebuilding {
        status.indexed.hash(&mut hasher);
    }
    HeaderValue::try_from(format!("W/\"{:016x}\"", hasher.finish())).expect("hexadecimal digits are valid in a header")
}

/// Whether the value of an `If-None-Match` header names a tag.
pub(super) fn names(header: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(header), Ok(tag)) = (header.to_str(), tag.to_str()) else { return false };
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    header.trim() == "*" || header.split(',').any(|known| bare(known) == bare(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        let tag = HeaderValue::from_static("\"a\"");
        for (header, expected) in
            [("\"a\"", true), ("W/\"a\"", true), ("\"b\", W/\"a\"", true), ("\"b\"", false), ("*", true)]
        {
            assert_eq!(names(&HeaderValue::from_static(header), &tag), expected, "{header}");
        }
    }
}
