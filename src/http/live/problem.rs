//! What goes wrong for those who follow.

use app::api::error::sentence;

use crate::catalog::feed::FeedError;
use crate::http::problem::{Problem, ProblemKind};

/// Too many streams.
pub(super) fn crowded(most: usize) -> Problem {
    let detail = format!("{most} streams are being served, which is the most; try again in a while, or ask for pages.");
    Problem::new(ProblemKind::TooManyStreams, detail)
}

impl From<FeedError> for Problem {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::Catalog(error) => error.into(),
            FeedError::Gone { bounds, .. } => Self::new(ProblemKind::ChangesGone, sentence(&error.to_string()))
                .with_bounds(bounds.oldest, bounds.last),
        }
    }
}
