//! Follows the feed.

use std::time::Duration;

use futures::StreamExt;
use gloo_net::eventsource::State as ConnectionState;
use gloo_net::eventsource::futures::{EventSource, EventSourceSubscription};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

use super::page::{self, Marker};
use super::{Connection, Liveness};
use crate::api::load_page;

/// The least and the most time from a change to asking for the page, in milliseconds. It differs, so that not all
/// browsers ask at once.
const ASK_WITHIN: (f64, f64) = (250.0, 900.0);

/// The most that is said, in milliseconds: once in so long.
const SAY_EVERY: f64 = 5_000.0;

/// How often a page is asked for when nothing happens, so that ages and uptimes go on.
const REFRESH_EVERY: Duration = Duration::from_secs(60);

/// How often a page is asked for again that does not show yet what was told: the index may be a moment behind.
const PATIENCE: u32 = 10;

/// The longest pause before trying again, in seconds.
const LONGEST_PAUSE: u32 = 60;

/// How often it is looked whether the browser is opening a stream again: it does not tell.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// An open stream. Closed when dropped.
struct Stream {
    source: EventSource,
    follow: String,
    /// Tells it from the streams before it.
    turn: u32,
}

#[derive(Default)]
struct State {
    stream: Option<Stream>,
    turn: u32,
    /// Whether the page is going to be asked for.
    asking: bool,
    /// Failures since the last success.
    failures: u32,
    /// The last entry of the log that was told.
    told: f64,
    /// How often the page has been asked for since then.
    asked: u32,
    /// The page as it would be with all rows in their places.
    held: Option<String>,
    unsaid: Vec<String>,
    said_at: f64,
    saying: bool,
}

#[derive(Clone, Copy)]
struct Follower {
    state: StoredValue<State, LocalStorage>,
    liveness: Liveness,
}

thread_local! {
    static FOLLOWER: std::cell::Cell<Option<Follower>> = const { std::cell::Cell::new(None) };
}

/// Follows what happens to the page that is shown.
pub(super) fn follow(liveness: Liveness, is_loading: ReadSignal<bool>) {
    let follower = Follower { state: StoredValue::new_local(State::default()), liveness };
    FOLLOWER.set(Some(follower));
    let location = use_location();
    Effect::new(move |_| {
        location.pathname.track();
        location.search.track();
        if !is_loading.get() {
            follower.forget_held();
            // The page is there a moment after it has been loaded.
            set_timeout(move || follower.attend(), Duration::from_millis(100));
        }
    });
    let seen = window_event_listener_untyped("visibilitychange", move |_| follower.look());
    // A page that comes back from the browser's memory lost its stream.
    let back = window_event_listener_untyped("pageshow", move |_| follower.look());
    let ages = set_interval_with_handle(
        move || {
            if !document().hidden() {
                follower.ask();
            }
        },
        REFRESH_EVERY,
    );
    let watching = set_interval_with_handle(move || follower.watch(), LOOK_EVERY);
    on_cleanup(move || {
        if let Ok(watching) = watching {
            watching.clear();
        }
        seen.remove();
        back.remove();
        if let Ok(ages) = ages {
            ages.clear();
        }
        follower.state.update_value(|state| state.stream = None);
    });
}

/// Puts all rows in their places.
pub(super) fn show_held(liveness: Liveness) {
    let Some(follower) = FOLLOWER.get() else { return };
    let held = follower.state.try_update_value(|state| state.held.take()).flatten();
    liveness.held.set(0);
    if let Some(html) = held {
        page::patch(&html, false);
    }
}

impl Follower {
    /// Somebody looks at the page, or nobody does any more.
    fn look(self) {
        if document().hidden() {
            self.state.update_value(|state| state.stream = None);
            self.liveness.connection.set(Connection::Paused);
        } else if self.state.with_value(|state| state.stream.is_none()) {
            // What happened meanwhile may be much: the page tells it at once, and what follows it is little.
            self.ask();
        }
    }

    /// Follows what the page wants, if it does not already.
    fn attend(self) {
        let Some(marker) = Marker::of_page() else { return };
        if document().hidden() {
            self.liveness.connection.set(Connection::Paused);
            return;
        }
        let follows = |state: &State| state.stream.as_ref().is_some_and(|stream| stream.follow == marker.follow);
        if self.state.with_value(follows) {
            return;
        }
        let address = format!("/api/v1/changes?after={}&{}", marker.seq, marker.follow);
        let source = EventSource::new(address.trim_end_matches('&')).ok();
        let stream = source.and_then(|source| self.listen(source, marker.follow));
        self.state.update_value(|state| state.stream = stream);
    }

    fn forget_held(self) {
        self.state.update_value(|state| state.held = None);
        self.liveness.held.set(0);
    }

    fn listen(self, mut source: EventSource, follow: String) -> Option<Stream> {
        let subscribe = |source: &mut EventSource, name: &str| source.subscribe(name).ok();
        let told = subscribe(&mut source, "change")?;
        let opened = subscribe(&mut source, "start")?;
        let gone = subscribe(&mut source, "gone")?;
        let turn = self.state.try_update_value(|state| {
            state.turn += 1;
            state.turn
        })?;
        spawn_local(self.until_broken(told, turn));
        spawn_local(each(opened, move |_| {
            self.state.update_value(|state| state.failures = 0);
            self.liveness.connection.set(Connection::Live);
        }));
        spawn_local(each(gone, move |_| self.broken(turn)));
        Some(Stream { source, follow, turn })
    }

    async fn until_broken(self, told: EventSourceSubscription, turn: u32) {
        each(told, move |id| {
            self.state.update_value(|state| {
                state.told = number(&id);
                state.asked = 0;
            });
            self.ask();
        })
        .await;
        self.broken(turn);
    }

    /// The server refused the stream or ended it for good. One that was given up for another is no loss.
    fn broken(self, turn: u32) {
        let lost = self.state.try_update_value(|state| state.stream.take_if(|stream| stream.turn == turn)).flatten();
        if lost.is_some() {
            self.liveness.connection.set(Connection::Reconnecting);
            self.retry();
        }
    }

    /// Tells when the browser is opening the stream again.
    fn watch(self) {
        let opening = |state: &State| {
            state.stream.as_ref().is_some_and(|stream| stream.source.state() == ConnectionState::Connecting)
        };
        if self.liveness.connection.get_untracked() == Connection::Live && self.state.with_value(opening) {
            self.liveness.connection.set(Connection::Reconnecting);
        }
    }

    /// Asks for the page again after a while, and follows it from there.
    fn retry(self) {
        let failures = self.state.try_update_value(|state| {
            state.failures += 1;
            state.failures
        });
        let seconds = 1_u32.checked_shl(failures.unwrap_or(1).min(6)).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE);
        let pause = f64::from(seconds) * 500.0 * (1.0 + random());
        set_timeout(move || self.look(), milliseconds(pause));
    }

    /// Asks for the page soon, once for all that happens until then.
    fn ask(self) {
        let asking = self.state.try_update_value(|state| std::mem::replace(&mut state.asking, true)).unwrap_or(true);
        if asking {
            return;
        }
        let pause = ASK_WITHIN.0 + random() * (ASK_WITHIN.1 - ASK_WITHIN.0);
        set_timeout(
            move || {
                let address = page::address();
                spawn_local(async move {
                    let answer = load_page(address.clone()).await;
                    self.state.update_value(|state| state.asking = false);
                    match answer {
                        Ok(fragment) if page::address() == address => self.show(fragment.html),
                        Ok(_) => {}
                        Err(_) if self.state.with_value(|state| state.stream.is_none()) && !document().hidden() => {
                            self.liveness.connection.set(Connection::Reconnecting);
                            self.retry();
                        }
                        Err(_) => {}
                    }
                });
            },
            milliseconds(pause),
        );
    }

    fn show(self, html: String) {
        let (held, changes) = page::patch(&html, true);
        self.state.update_value(|state| {
            state.held = (held > 0).then_some(html);
            state.unsaid.extend(changes);
        });
        self.liveness.held.set(held);
        self.liveness.turn.update(|turn| *turn = turn.wrapping_add(1));
        self.say();
        self.attend();
        self.ask_again();
    }

    /// Asks once more for a page that does not show yet what was told.
    fn ask_again(self) {
        let Some(marker) = Marker::of_page() else { return };
        let current = number(&marker.seq);
        let again = self.state.try_update_value(|state| {
            let again = current < state.told && state.asked < PATIENCE;
            state.asked += u32::from(again);
            again
        });
        if again == Some(true) {
            self.ask();
        }
    }

    /// Says what has changed, but not all the time.
    fn say(self) {
        let now = now();
        let wait = self.state.with_value(|state| state.said_at + SAY_EVERY - now);
        if wait > 0.0 {
            let saying = self.state.try_update_value(|state| std::mem::replace(&mut state.saying, true));
            if saying == Some(false) {
                set_timeout(
                    move || {
                        self.state.update_value(|state| state.saying = false);
                        self.say();
                    },
                    milliseconds(wait),
                );
            }
            return;
        }
        let changes = self.state.try_update_value(|state| std::mem::take(&mut state.unsaid)).unwrap_or_default();
        if !changes.is_empty() {
            self.state.update_value(|state| state.said_at = now);
            page::announce(self.liveness, &changes);
        }
    }
}

/// Does something with the id of each event, until the stream ends.
async fn each(mut events: EventSourceSubscription, act: impl Fn(String)) {
    while let Some(Ok((_, event))) = events.next().await {
        act(event.last_event_id());
    }
}

fn milliseconds(time: f64) -> Duration {
    Duration::from_millis(time as u64)
}

/// The number that a text says, read by the browser: the code for it need not travel.
fn number(text: &str) -> f64 {
    js_sys::parse_float(text)
}

fn random() -> f64 {
    js_sys::Math::random()
}

fn now() -> f64 {
    js_sys::Date::now()
}
