//! Answers that are current up to a change.

use std::future::Future;
use std::time::Duration;

use futures::channel::oneshot;
use leptos::prelude::*;

use super::LiveFeed;
use crate::api::{Answer, ApiError, Current};

/// How often it is asked again for an answer that is not current yet: the index may be a moment behind.
const ATTEMPTS: u32 = 10;

/// How long to wait until it is asked again.
const WAIT: Duration = Duration::from_millis(300);

/// Asks until the answer is current up to an entry of the change log. Gives the last answer when that takes too long.
/// When the server does not answer, gives nothing: what is shown stays until all pages are notified once more. Only for
/// the browser.
pub(crate) async fn current_from<T, F>(feed: LiveFeed, seq: i64, ask: impl Fn() -> F) -> Option<Current<T>>
where
    F: Future<Output = Answer<T>>,
{
    let mut attempts = 1;
    loop {
        match ask().await {
            Ok(answer) if answer.seq >= seq || attempts == ATTEMPTS => return Some(answer),
            Ok(_) => {}
            Err(error) => {
                if error == ApiError::Unavailable {
                    feed.notify_again();
                }
                return None;
            }
        }
        attempts += 1;
        let (wake, woken) = oneshot::channel::<()>();
        set_timeout(move || _ = wake.send(()), WAIT);
        let _ = woken.await;
    }
}

/// How current the newest answer on the screen is, so that one that it overtook on the way is not shown after it.
#[derive(Clone, Copy)]
pub(crate) struct LatestSeq(StoredValue<i64>);

impl LatestSeq {
    /// Nothing is on the screen yet.
    pub(crate) fn new() -> Self {
        Self(StoredValue::new(0))
    }

    /// Shows an answer to another question, however old it is.
    pub(crate) fn restart(self, seq: i64) {
        self.0.try_set_value(seq);
    }

    /// Whether an answer is at least as current as what is on the screen. If so, it is the newest from now on; not when
    /// the page is gone.
    pub(crate) fn accepts(self, seq: i64) -> bool {
        self.0
            .try_update_value(|latest| {
                let is_current = seq >= *latest;
                *latest = seq.max(*latest);
                is_current
            })
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_was_overtaken_is_not_shown() {
        Owner::new().with(|| {
            let latest = LatestSeq::new();
            latest.restart(7);
            assert!(latest.accepts(9));
            assert!(!latest.accepts(8), "the answer of 9 is on the screen");
            assert!(latest.accepts(9), "the same again is no step back");
            latest.restart(3);
            assert!(latest.accepts(4), "another page may be older");
        });
    }
}
