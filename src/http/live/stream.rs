//! A stream of events (`text/event-stream`) for one who follows.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;

use crate::catalog::feed::{Event, FeedError, Subscription};
use crate::http::Shutdown;
use crate::http::problem::Problem;

/// How long a stream may be silent: proxies close what is silent for longer than a minute or so.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(15);

/// The least time until a client should come back, in milliseconds.
const RETRY_MS: usize = 1_000;

/// Over how long clients are spread that come back at once, in milliseconds.
const SPREAD_MS: usize = 2_000;

/// The places for streams.
#[derive(Clone, Debug)]
pub(super) struct Places {
    taken: Arc<AtomicUsize>,
    most: usize,
}

/// A place for one stream; free again when dropped.
#[derive(Debug)]
pub(super) struct Place {
    taken: Arc<AtomicUsize>,
    /// Which number it had when it was taken.
    number: usize,
}

impl Places {
    pub(super) fn of(most: usize) -> Self {
        Self { taken: Arc::default(), most }
    }

    /// A place, if one is free.
    pub(super) fn take(&self) -> Option<Place> {
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let place = Place { taken: Arc::clone(&self.taken), number };
        (number < self.most).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.taken.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a stream is about to send.
enum Next {
    /// Where it begins.
    Greeting,
    /// Changes, then whatever comes.
    Changes(std::vec::IntoIter<Arc<Event>>),
    /// Nothing more.
    End,
}

struct Following {
    subscription: Subscription,
    shutdown: Shutdown,
    place: Place,
    next: Next,
}

/// The events of a subscription, until the server stops or the client goes.
pub(super) fn body(subscription: Subscription, shutdown: Shutdown, place: Place) -> Body {
    let following = Following { subscription, shutdown, place, next: Next::Greeting };
    Body::from_stream(futures::stream::unfold(following, |mut following| async move {
        let frame = following.frame().await?;
        Some((Ok::<_, Infallible>(frame), following))
    }))
}

impl Following {
    /// The next piece of the stream.
    async fn frame(&mut self) -> Option<Bytes> {
        loop {
            match &mut self.next {
                Next::End => return None,
                Next::Greeting => {
                    self.next = Next::Changes(Vec::new().into_iter());
                    return Some(self.greeting());
                }
                Next::Changes(events) => {
                    if let Some(event) = events.next() {
                        return Some(event.frame());
                    }
                }
            }
            let seq = self.subscription.after();
            tokio::select! {
                biased;
                () = self.shutdown.begun() => {
                    self.next = Next::End;
                    return Some(self.farewell());
                }
                told = self.subscription.next() => match told {
                    Ok(events) => self.next = Next::Changes(events.into_iter()),
                    Err(error) => {
                        self.next = Next::End;
                        return Some(failure(error));
                    }
                },
                // A number without data is no event, but what a client resumes after: it has moved on where a filter
                // keeps everything back.
                () = tokio::time::sleep(HEARTBEAT_EVERY) => {
                    let now = self.subscription.after().max(seq);
                    return Some(Bytes::from(format!(": heartbeat\nid: {now}\n\n")));
                }
            }
        }
    }

    fn retry(&self) -> usize {
        // Neighbours are sent far apart.
        RETRY_MS + self.place.number.wrapping_mul(619) % SPREAD_MS
    }

    fn greeting(&self) -> Bytes {
        let seq = self.subscription.after();
        Bytes::from(format!("retry: {}\nid: {seq}\nevent: start\ndata: {{\"seq\":{seq}}}\n\n", self.retry()))
    }

    fn farewell(&self) -> Bytes {
        let seq = self.subscription.after();
        Bytes::from(format!("retry: {}\nid: {seq}\nevent: reconnect\ndata: {{\"seq\":{seq}}}\n\n", self.retry()))
    }
}

/// The last event of a stream that cannot go on.
fn failure(error: FeedError) -> Bytes {
    let event = match &error {
        FeedError::Gone { .. } => "gone",
        FeedError::Catalog(_) => "failure",
    };
    // Texts and numbers can always be written.
    let problem = serde_json::to_string(&Problem::from(error)).unwrap_or_default();
    Bytes::from(format!("event: {event}\ndata: {problem}\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_only_so_many_places() {
        let places = Places::of(2);
        let (one, two) = (places.take(), places.take());
        assert!(one.is_some() && two.is_some());
        assert!(places.take().is_none());
        drop(one);
        assert!(places.take().is_some(), "a place that was left is free");
    }
}
