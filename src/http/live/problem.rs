//! What went wrong, as RFC 9457 has it.

use app::catalog::CatalogError;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::catalog::feed::FeedError;
use crate::http::caching::CachePolicy;

/// A problem: its kind, and what happened to what, with the fix.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    detail: String,
    /// Further members.
    more: Value,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: String) -> Self {
        Self { status, kind, title, detail, more: json!({}) }
    }

    /// A request that makes no sense.
    pub(super) fn invalid(detail: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid-request", "The request cannot be read", detail)
    }

    /// A parameter that cannot be read.
    pub(super) fn parameter(name: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let more = json!({ "errors": [{ "field": name, "detail": detail }] });
        Self { more, ..Self::invalid(format!("The parameter `{name}` cannot be read: {detail}.")) }
    }

    /// Too many streams.
    pub(super) fn crowded(most: usize) -> Self {
        let detail =
            format!("{most} streams are being served, which is the most; try again in a while, or ask for pages.");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "too-many-streams", "Too many streams", detail)
    }

    #[cfg(test)]
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// The problem as a JSON object.
    pub(super) fn json(&self) -> String {
        let mut problem = json!({
            "type": format!("/api#{}", self.kind),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let (Some(problem), Some(more)) = (problem.as_object_mut(), self.more.as_object()) {
            problem.extend(more.clone());
        }
        problem.to_string()
    }
}

impl From<FeedError> for Problem {
    fn from(error: FeedError) -> Self {
        let detail = sentence(&error.to_string());
        match error {
            FeedError::Gone { bounds, .. } => Self {
                more: json!({ "oldest": bounds.oldest, "newest": bounds.last }),
                ..Self::new(StatusCode::GONE, "changes-gone", "The log does not have these changes", detail)
            },
            FeedError::Catalog(error) => error.into(),
        }
    }
}

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        let detail = sentence(&error.to_string());
        match error {
            CatalogError::Unavailable => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The database does not answer", detail)
            }
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong inside Pharos", detail),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.json()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, CachePolicy::NoStore.header());
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// A message as a sentence.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), chars.as_str()))
}
