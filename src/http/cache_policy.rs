//! What browsers may keep, and for how long.

use axum::http::HeaderValue;

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
