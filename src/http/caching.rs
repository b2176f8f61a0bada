//! Pages are not rendered again for those who have them.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use app::catalog::{Catalog, RevisionScope};
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, ETAG, VARY};
use axum::http::response::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::cache_policy::CachePolicy;
use super::encoding::Accepted;
use super::etag::{names, names_any};
use super::page_cache::{PageCache, PageKey, Reader};
use super::scope::{is_function, scope_of};
use super::{accept, inline_scripts};

/// How long ages such as "2 minutes ago" may stay as they are, in milliseconds.
const AGES_KEEP_MS: i64 = 30_000;

/// What [`revalidate`] needs.
pub(super) struct Revalidation {
    pub(super) catalog: Arc<dyn Catalog>,
    pub(super) pages: PageCache,
}

/// Answers 304 to whoever has the page as it would be rendered now, and from the kept pages to whoever has not. The tag
/// of a page is made of what the page is made from: this build, the data, and the time as far as ages show it.
pub(super) async fn revalidate(state: &Revalidation, mut request: Request, next: Next) -> Response {
    if is_function(request.uri().path()) {
        // To a browser's own address bar Leptos would answer with a redirect to whatever page the link stood on.
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    }
    if request.method() == Method::HEAD {
        // The same answer; its body is left out where it is sent.
        *request.method_mut() = Method::GET;
    }
    if request.method() != Method::GET {
        return without_nonce(next.run(request).await).await.map_or_else(|response| response, assembled);
    }
    let mut key = PageKey::of(&request);
    // Before the page is rendered: what changes meanwhile then has another tag, and is rendered again.
    let tag = data_tag(&state.catalog, &scope_of(&key.address), &key);
    key.coding = Accepted::of(request.headers()).codings().next();
    let known = names(request.headers(), &tag);
    let has_any = names_any(request.headers());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else if let Some(page) = state.pages.get(&key, &tag) {
        page
    } else {
        match without_nonce(next.run(request).await).await {
            Ok((parts, body)) => state.pages.keep(key, tag.clone(), parts, body).await,
            Err(response) => response,
        }
    };
    if has_any && response.status() == StatusCode::OK {
        response = StatusCode::NOT_MODIFIED.into_response();
    }
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

impl PageKey {
    fn of(request: &Request) -> Self {
        let address = request.uri().path_and_query().map_or("", axum::http::uri::PathAndQuery::as_str).to_owned();
        let html = accept::has_html(request.headers());
        Self { reader: Reader::Anyone, address, html, coding: None }
    }
}

/// The whole of an answer that is a page or may be kept, its scripts allowed by what they say; `Err` with any other
/// answer, as it is.
async fn without_nonce(response: Response) -> Result<(Parts, Bytes), Response> {
    let nonce = inline_scripts::nonce_of(response.headers());
    if nonce.is_none() && response.status() != StatusCode::OK {
        return Err(response);
    }
    let (mut parts, body) = response.into_parts();
    // A page is rendered whole before it is sent, so nothing is waited for that a reader could have had earlier.
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        tracing::error!("a page broke off while it was rendered");
        return Err((StatusCode::INTERNAL_SERVER_ERROR, super::BROKEN).into_response());
    };
    let body = without_nul(body);
    let Some(nonce) = nonce else { return Ok((parts, body)) };
    let (body, hashes) = inline_scripts::without_nonce(&body, &nonce);
    if let Some(policy) = parts.headers.get_mut(CONTENT_SECURITY_POLICY)
        && let Some(of_hashes) = inline_scripts::policy_of_hashes(policy, &nonce, &hashes)
    {
        *policy = of_hashes;
    }
    // It is another one now.
    parts.headers.remove(CONTENT_LENGTH);
    Ok((parts, body.into()))
}

/// The same with U+FFFD in the place of NUL. Browsers drop NUL from pages: where it is all of a text, that text would be
/// missing when the page is hydrated, which ends the application.
fn without_nul(body: Bytes) -> Bytes {
    if memchr::memchr(0, &body).is_none() {
        return body;
    }
    let mut cleaned = Vec::with_capacity(body.len() + 16);
    for (place, part) in body.split(|byte| *byte == 0).enumerate() {
        if place > 0 {
            cleaned.extend_from_slice("\u{FFFD}".as_bytes());
        }
        cleaned.extend_from_slice(part);
    }
    cleaned.into()
}

fn assembled((parts, body): (Parts, Bytes)) -> Response {
    Response::from_parts(parts, Body::from(body))
}

/// The tag of an answer about something that is made from `scope`: it changes with this build, the data, and the time
/// as far as ages show it.
pub(super) fn data_tag(catalog: &Arc<dyn Catalog>, scope: &RevisionScope, about: &impl Hash) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    (about, super::assets::build_tag(), env!("CARGO_PKG_VERSION")).hash(&mut hasher);
    (catalog.revision(scope), catalog.now().0 / AGES_KEEP_MS).hash(&mut hasher);
    HeaderValue::try_from(format!("W/\"{:016x}\"", hasher.finish())).expect("hexadecimal digits are valid in a header")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_would_drop_from_a_page_is_replaced() {
        let cleaned = |text: &'static str| String::from_utf8(without_nul(Bytes::from(text)).to_vec()).expect("text");
        assert_eq!(cleaned("<b>\0</b>"), "<b>\u{FFFD}</b>");
        assert_eq!(cleaned("\0a\0"), "\u{FFFD}a\u{FFFD}");
        assert_eq!(cleaned("<b>é</b>"), "<b>é</b>");
    }
}
