//! Answers that are current up to a change.

use std::future::Future;
use std::time::Duration;

use futures::channel::oneshot;
use leptos::prelude::*;

use crate::api::{Answer, Current};

/// How often it is asked again for an answer that is not current yet: the index may be a moment behind.
const ATTEMPTS: u32 = 10;

/// How long to wait until it is asked again.
const WAIT: Duration = Duration::from_millis(300);

/// Asks until the answer is current up to an entry of the change log. Gives the last answer when that takes too long,
/// and nothing when the server does not answer: what is shown then stays. Only for the browser.
pub(crate) async fn current_from<T, F>(seq: i64, ask: impl Fn() -> F) -> Option<Current<T>>
where
    F: Future<Output = Answer<T>>,
{
    let mut attempts = 1;
    loop {
        let answer = ask().await.ok()?;
        if answer.seq >= seq || attempts == ATTEMPTS {
            return Some(answer);
        }
        attempts += 1;
        let (wake, woken) = oneshot::channel::<()>();
        set_timeout(move || _ = wake.send(()), WAIT);
        let _ = woken.await;
    }
}
