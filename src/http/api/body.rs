//! Bodies, bounded by what they are once decompressed.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use std::error::Error;

use super::problem::{Problem, ProblemKind};

/// The largest body, decompressed, in bytes: 64 MiB.
pub(crate) const MAX_BODY_BYTES: usize = 64 << 20;

/// Reads a body whose compression has been undone, as far as it is known.
///
/// # Errors
/// When it is too large, broken off, or compressed in an unknown way.
pub(super) async fn read_body(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    // Known encodings have been undone and the header taken away.
    if let Some(encoding) = headers.get(CONTENT_ENCODING)
        && encoding != "identity"
    {
        let detail = "The body is compressed in a way that is not known here. Send it with `Content-Encoding: gzip` or \
                      `zstd`, or as it is.";
        return Err(Problem::new(ProblemKind::UnsupportedMediaType, detail));
    }
    to_bytes(body, MAX_BODY_BYTES).await.map_err(|error| {
        if is_too_long(&error) {
            let detail = format!(
                "The body has more than {} MiB once decompressed. Send it in several batches.",
                MAX_BODY_BYTES >> 20
            );
            return Problem::new(ProblemKind::TooLarge, detail);
        }
        tracing::debug!(%error, "a body could not be read");
        let detail = "The body broke off, or is not compressed as `Content-Encoding` says. Send it again.";
        Problem::new(ProblemKind::MalformedBody, detail)
    })
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
