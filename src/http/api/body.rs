//! Bodies, bounded by what they are once decompressed, and by how slowly they come.

use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use super::memory::{Memory, Taken};
use crate::http::problem::{Problem, ProblemKind};

/// The largest body, decompressed, in bytes: 64 MiB.
pub(crate) const MAX_BODY_BYTES: usize = 64 << 20;

/// What all bodies together may take, in bytes: 256 MiB.
pub(super) const MAX_BODIES_BYTES: usize = 4 * MAX_BODY_BYTES;

/// How slowly a body may come: this much, or the rest of it, in every so long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) bytes: usize,
    pub(super) within: Duration,
}

/// Slower than any line that somebody waits at.
pub(super) const LEAST_PACE: Pace = Pace { bytes: 32 << 10, within: Duration::from_secs(10) };

/// What a body holds, and the memory it takes.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) bytes: Vec<u8>,
    _memory: Taken,
}

/// Reads a body whose compression has been undone, as far as it is known.
///
/// # Errors
/// When it is too large, too slow, broken off, or compressed in an unknown way.
pub(super) async fn read_body(
    headers: &HeaderMap,
    mut body: Body,
    memory: &Memory,
    pace: Pace,
) -> Result<Read, Problem> {
    // Known encodings have been undone and the header taken away.
    if let Some(encoding) = headers.get(CONTENT_ENCODING)
        && encoding != "identity"
    {
        let detail = "The body is compressed in a way that is not known here. Send it with `Content-Encoding: gzip` or \
                      `zstd`, or as it is.";
        return Err(Problem::new(ProblemKind::UnsupportedMediaType, detail));
    }
    let said = body.size_hint().lower();
    if said > MAX_BODY_BYTES as u64 {
        return Err(too_large());
    }
    let mut taken = memory.taken();
    let mut bytes = Vec::new();
    let (mut since, mut deadline) = (0, Instant::now() + pace.within);
    loop {
        let frame = match timeout_at(deadline, body.frame()).await {
            Ok(None) => return Ok(Read { bytes, _memory: taken }),
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(error))) => return Err(unreadable(&error)),
            Err(_) => return Err(too_slow(pace)),
        };
        let Ok(data) = frame.into_data() else { continue };
        let length = bytes.len() + data.len();
        if length > MAX_BODY_BYTES {
            return Err(too_large());
        }
        if length > bytes.capacity() {
            // As texts grow by themselves, but never beyond the largest.
            let capacity = length.max(2 * bytes.capacity()).min(MAX_BODY_BYTES);
            let waiting = Instant::now();
            taken.grow_to(capacity).await;
            bytes.reserve_exact(capacity - bytes.len());
            // Waiting here is no fault of the client's.
            deadline += waiting.elapsed();
        }
        bytes.extend_from_slice(&data);
        since += data.len();
        if since >= pace.bytes {
            (since, deadline) = (0, Instant::now() + pace.within);
        }
    }
}

fn too_large() -> Problem {
    let detail =
        format!("The body has more than {} MiB once decompressed. Send it in several batches.", MAX_BODY_BYTES >> 20);
    Problem::new(ProblemKind::TooLarge, detail)
}

fn too_slow(pace: Pace) -> Problem {
    let detail = format!(
        "The body came too slowly: less than {} KiB in {} seconds. Nothing was stored. Send it again, compressed or in \
         several batches where the line is slow.",
        pace.bytes >> 10,
        pace.within.as_secs()
    );
    Problem::new(ProblemKind::TooSlow, detail)
}

fn unreadable(error: &axum::Error) -> Problem {
    tracing::debug!(%error, "a body could not be read");
    let detail = "The body broke off, or is not compressed as `Content-Encoding` says. Send it again.";
    Problem::new(ProblemKind::MalformedBody, detail)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::Bytes;
    use futures::{StreamExt as _, stream};

    use super::*;

    const PACE: Pace = Pace { bytes: 4, within: Duration::from_secs(1) };

    async fn read(body: Body) -> Result<Vec<u8>, ProblemKind> {
        let memory = Memory::new(MAX_BODIES_BYTES, MAX_BODY_BYTES);
        let read = read_body(&HeaderMap::new(), body, &memory, PACE).await;
        read.map(|read| read.bytes).map_err(|problem| problem.kind())
    }

    /// A body that brings a byte every so many milliseconds.
    fn dripping(bytes: usize, every: u64) -> Body {
        Body::from_stream(stream::iter(0..bytes).then(move |_| async move {
            tokio::time::sleep(Duration::from_millis(every)).await;
            Ok::<_, Infallible>(Bytes::from_static(b"x"))
        }))
    }

    #[tokio::test]
    async fn a_body_that_comes_too_slowly_is_given_up() {
        assert_eq!(read(dripping(30, 50)).await.map(|bytes| bytes.len()), Ok(30), "slow, but not too slow");
        assert_eq!(read(dripping(40, 400)).await, Err(ProblemKind::TooSlow));
        assert_eq!(read(dripping(1, 100)).await.map(|bytes| bytes.len()), Ok(1), "a short one is whole in time");
        assert_eq!(
            read(Body::from_stream(stream::pending::<Result<Bytes, Infallible>>())).await,
            Err(ProblemKind::TooSlow)
        );
    }

    #[tokio::test]
    async fn a_body_is_bounded_by_its_size() {
        let piece = Bytes::from(vec![b'x'; 1 << 20]);
        let of = |pieces: usize| {
            let piece = piece.clone();
            Body::from_stream(stream::iter(0..pieces).map(move |_| Ok::<_, Infallible>(piece.clone())))
        };
        assert_eq!(read(of(64)).await.map(|bytes| bytes.len()), Ok(MAX_BODY_BYTES));
        assert_eq!(read(of(65)).await, Err(ProblemKind::TooLarge));
        assert_eq!(read(Body::from(vec![0; MAX_BODY_BYTES + 1])).await, Err(ProblemKind::TooLarge));
        assert_eq!(read(Body::empty()).await, Ok(Vec::new()));
    }
}
