//! The event stream of the change feed.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use gloo_net::eventsource::State as StreamState;
use gloo_net::eventsource::futures::{EventSource, EventSourceSubscription};
use leptos::prelude::*;
use leptos::task::spawn_local;
use send_wrapper::SendWrapper;
use web_sys::MessageEvent;

use super::announce::Announcer;
use super::change::{ChangeEvent, Changes};
use super::missed::missed_changes;
use super::shared_stream::{ASK_AFTER, Claim, Membership, Message, Missed, Silence};
use super::status::{Connection, LiveStatus};

/// The least and the most time from a change to notifying pages, in milliseconds. It differs, so that not all browsers ask
/// the server at once.
const NOTIFY_WITHIN: (f64, f64) = (250.0, 900.0);

/// The least and the most time until a server that did not answer is asked again, in milliseconds. It differs, so that
/// not all browsers ask at once.
const RETRY_WITHIN: (f64, f64) = (3_000.0, 6_000.0);

/// More changes at once arrive as [`Changes::Anything`].
const MAX_GATHERED: usize = 200;

/// How long the server takes at most to notice what another process wrote.
const SETTLE: Duration = Duration::from_millis(750);

/// An answer that is asked for this long after an event has it in any case, in milliseconds.
const RECENT: f64 = 5_000.0;

/// The longest pause before trying again, in seconds.
const LONGEST_PAUSE: u32 = 60;

/// How often the state of the stream is polled: browsers have no event for opening it again, nor for a leader that fails.
const WATCH_EVERY: Duration = Duration::from_secs(1);

/// The one event stream of the application, in the context of all pages. It is opened in the browser only.
#[derive(Clone, Copy)]
pub(crate) struct LiveFeed {
    /// What the rest of the application sees of it.
    pub(crate) status: LiveStatus,
    announcer: Announcer,
    state: StoredValue<State>,
}

/// An open stream. It is closed when dropped.
struct Stream {
    source: EventSource,
    /// Tells it from the streams before it.
    generation: u32,
}

/// How the page comes by the stream. It is given up when dropped.
struct Place {
    /// Among the other windows; `None` where browsers cannot share a stream.
    membership: Option<SendWrapper<Membership>>,
    /// Tells it from the places before it.
    generation: u32,
    /// Whether the stream is its own.
    leads: bool,
    /// For how many seconds nothing was heard from who leads.
    silent_for: u32,
}

/// A page that follows changes.
struct Follower {
    id: u32,
    notify: Arc<dyn Fn(&Changes) + Send + Sync>,
}

#[derive(Default)]
struct State {
    /// Touched by the browser's only thread; on the server there is none.
    stream: Option<SendWrapper<Stream>>,
    /// `None` while the page does not follow.
    place: Option<Place>,
    /// How many streams and places there have been.
    generation: u32,
    followers: Vec<Follower>,
    next_follower: u32,
    /// The last entry of the change log that was received; `None` before anything was shown.
    last_seq: Option<i64>,
    /// Whether something may have been missed, so that everything must be asked for once the stream is open.
    has_gap: bool,
    /// When the last event arrived, by the browser's clock.
    last_event_at: f64,
    gathered: Vec<ChangeEvent>,
    is_notifying: bool,
    /// Whether pages are notified again in a while, since the server did not answer one of them.
    is_retrying: bool,
    /// Failures since the last success.
    failures: u32,
    show_pending: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl State {
    fn next_generation(&mut self) -> u32 {
        self.generation += 1;
        self.generation
    }

    fn place_of(&mut self, generation: u32) -> Option<&mut Place> {
        self.place.as_mut().filter(|place| place.generation == generation)
    }

    fn leads(&self) -> bool {
        self.place.as_ref().is_some_and(|place| place.leads)
    }

    fn has_stream(&self, generation: u32) -> bool {
        self.stream.as_ref().is_some_and(|stream| stream.generation == generation)
    }

    fn tell(&self, message: &Message) {
        if let Some(membership) = self.place.as_ref().and_then(|place| place.membership.as_ref()) {
            membership.tell(message);
        }
    }
}

impl LiveFeed {
    /// Provides the feed of the application.
    pub(crate) fn provide() -> Self {
        let status = LiveStatus::new();
        let announcer = Announcer::new(status.announcement);
        let feed = Self { status, announcer, state: StoredValue::new(State::default()) };
        provide_context(feed);
        Effect::new(move |_| feed.watch());
        feed
    }

    /// The feed of the application.
    pub(crate) fn of_app() -> Self {
        expect_context()
    }

    /// Notifies of changes from now on, for as long as the current owner lives. Does nothing on the server.
    pub(crate) fn follow(self, notify: impl Fn(&Changes) + Send + Sync + 'static) {
        let id = StoredValue::new(None::<u32>);
        let notify = StoredValue::new(Some(Arc::new(notify) as Arc<dyn Fn(&Changes) + Send + Sync>));
        Effect::new(move |_| {
            let Some(notify) = notify.try_update_value(Option::take).flatten() else { return };
            id.set_value(self.state.try_update_value(|state| {
                let id = state.next_follower;
                state.next_follower += 1;
                state.followers.push(Follower { id, notify });
                id
            }));
        });
        on_cleanup(move || {
            if let Some(id) = id.try_get_value().flatten() {
                self.state.try_update_value(|state| state.followers.retain(|follower| follower.id != id));
            }
        });
    }

    /// Says that the page shows an answer which is current up to an entry of the change log. The first one says where
    /// the stream begins. Does nothing on the server.
    pub(crate) fn start_after(self, seq: i64) {
        Effect::new(move |_| {
            let has_missed = self.state.try_update_value(|state| {
                let last = *state.last_seq.get_or_insert(seq);
                last > seq && js_sys::Date::now() - state.last_event_at < RECENT
            });
            if has_missed == Some(true) {
                // A change may have arrived while the answer was under way, or before the index had it.
                set_timeout(move || self.notify(&Changes::Anything), SETTLE);
            }
            self.open();
        });
    }

    /// Announces changes to those who do not see them, once in a while.
    pub(crate) fn announce(self, changes: Vec<String>) {
        self.announcer.announce(changes);
    }

    /// Sets how many rows would be added, removed or moved, and how to show them.
    pub(crate) fn set_pending(self, pending: u32, show: impl Fn() + Send + Sync + 'static) {
        self.state.try_update_value(|state| {
            state.show_pending = (pending > 0).then(|| Arc::new(show) as Arc<dyn Fn() + Send + Sync>);
        });
        self.status.pending.set(pending);
    }

    /// Forgets what is pending, as another page is shown.
    pub(crate) fn drop_pending(self) {
        self.state.try_update_value(|state| state.show_pending = None);
        if self.status.pending.try_get_untracked().is_some_and(|pending| pending > 0) {
            self.status.pending.set(0);
        }
    }

    /// Shows what is pending.
    pub(crate) fn show_pending(self) {
        let show = self.state.try_update_value(|state| state.show_pending.take()).flatten();
        self.status.pending.set(0);
        if let Some(show) = show {
            show();
        }
    }

    /// Pauses following, or goes on.
    pub(crate) fn toggle(self) {
        if self.status.connection.get_untracked() == Connection::Paused {
            self.status.connection.set(Connection::Reconnecting);
            self.open();
        } else {
            self.close(Connection::Paused);
        }
    }

    /// Opens and closes the stream as the page is seen and not seen.
    fn watch(self) {
        let hide = move || {
            if self.status.connection.get_untracked() != Connection::Paused {
                self.close(Connection::Hidden);
            }
        };
        let look = move || if document().hidden() { hide() } else { self.open() };
        look();
        let seen = window_event_listener_untyped("visibilitychange", move |_| look());
        // A page is kept in the browser's memory only if it holds neither stream nor lock.
        let left = window_event_listener_untyped("pagehide", move |_| hide());
        let back = window_event_listener_untyped("pageshow", move |_| look());
        let watching = set_interval_with_handle(move || self.check(), WATCH_EVERY).ok();
        on_cleanup(move || {
            seen.remove();
            left.remove();
            back.remove();
            if let Some(watching) = watching {
                watching.clear();
            }
        });
    }

    fn close(self, connection: Connection) {
        self.state.update_value(|state| {
            state.stream = None;
            state.place = None;
            // What happens meanwhile may be much: the pages are asked for at once instead.
            state.has_gap = state.last_seq.is_some();
        });
        self.show_connection(connection);
    }

    /// Joins the windows that share the stream, or opens it if this one leads; if somebody sees the page and wants it, and
    /// there is something to follow.
    fn open(self) {
        if document().hidden() || self.status.connection.get_untracked() == Connection::Paused {
            return;
        }
        if self.state.with_value(|state| state.last_seq.is_some() && state.place.is_none()) {
            self.join(Claim::InTurn);
        }
        let after = self.state.with_value(|state| match state.last_seq {
            Some(_) if !state.leads() || state.stream.is_some() => None,
            Some(_) if state.has_gap => Some("now".to_owned()),
            seq => seq.map(|seq| seq.to_string()),
        });
        let Some(after) = after else { return };
        let stream =
            EventSource::new(&["/api/v1/changes?after=", &after].concat()).ok().and_then(|source| self.listen(source));
        self.state.update_value(|state| state.stream = stream);
    }

    fn join(self, claim: Claim) {
        let Some(generation) = self.state.try_update_value(State::next_generation) else { return };
        let membership = Membership::join(
            claim,
            move |message| self.hear(message),
            move || self.lead(generation),
            move || self.lose_place(generation),
        );
        let leads = membership.is_none();
        let membership = membership.map(SendWrapper::new);
        // Who joins has asked how the stream is.
        let place = Place { membership, generation, leads, silent_for: ASK_AFTER };
        self.state.update_value(|state| state.place = Some(place));
    }

    /// This window has the stream from now on.
    fn lead(self, generation: u32) {
        let place = self.state.try_update_value(|state| {
            state.place_of(generation)?.leads = true;
            Some(())
        });
        if place.flatten().is_some() {
            self.open();
        }
    }

    /// Another window took over, as this one was held up: it follows that. Or the browser refuses to share, and this window
    /// has a stream of its own. A place that was given up is no loss.
    fn lose_place(self, generation: u32) {
        let lost = self.state.try_update_value(|state| {
            if std::mem::replace(&mut state.place_of(generation)?.leads, true) {
                state.stream = None;
                state.place = None;
            }
            Some(())
        });
        if lost.flatten().is_some() {
            self.open();
        }
    }

    /// Another window says something.
    fn hear(self, message: Message) {
        let leads = self.state.try_update_value(|state| {
            let place = state.place.as_mut()?;
            if message != Message::Asked {
                place.silent_for = 0;
            }
            Some(place.leads)
        });
        match (leads.flatten(), &message) {
            (Some(true), Message::Asked) => self.answer(),
            (Some(false), Message::Asked) | (Some(true), _) | (None, _) => {}
            (Some(false), _) => self.take(&message),
        }
    }

    /// Tells the other windows how the stream is.
    fn answer(self) {
        let is_live = self.status.connection.get_untracked() == Connection::Live;
        self.state.with_value(|state| {
            let open = state.last_seq.filter(|_| is_live).map(|seq| Message::Open { seq });
            state.tell(&open.unwrap_or(Message::Interrupted));
        });
    }

    fn listen(self, mut source: EventSource) -> Option<SendWrapper<Stream>> {
        let changes = source.subscribe("change").ok()?;
        let started = source.subscribe("start").ok()?;
        let gone = source.subscribe("gone").ok()?;
        let generation = self.state.try_update_value(State::next_generation)?;
        spawn_local(async move {
            each(changes, move |event| self.pass_change(generation, &event)).await;
            self.lose(generation);
        });
        spawn_local(each(started, move |event| self.pass_start(generation, &event)));
        spawn_local(each(gone, move |_| self.lose(generation)));
        Some(SendWrapper::new(Stream { source, generation }))
    }

    /// The stream has begun, or goes on after an interruption.
    fn pass_start(self, generation: u32, event: &MessageEvent) {
        self.pass(generation, |state| {
            let seq = event.last_event_id().parse().ok().or(state.last_seq)?;
            Some(if state.has_gap { Message::Anew { seq } } else { Message::Open { seq } })
        });
    }

    fn pass_change(self, generation: u32, event: &MessageEvent) {
        self.pass(generation, |state| {
            Some(Message::Change { after: state.last_seq?, data: event.data().as_string()? })
        });
    }

    /// Takes what the stream says, and passes it on to the other windows.
    fn pass(self, generation: u32, message: impl FnOnce(&State) -> Option<Message>) {
        let message = self.state.with_value(|state| {
            let message = message(state).filter(|_| state.has_stream(generation))?;
            state.tell(&message);
            Some(message)
        });
        if let Some(message) = message {
            self.take(&message);
        }
    }

    /// Takes what the stream says, be it this window's or another one's.
    fn take(self, message: &Message) {
        if *message == Message::Interrupted {
            self.show_connection(Connection::Reconnecting);
            return;
        }
        let meaning = self.state.try_update_value(|state| {
            let meaning = message.meaning(state.last_seq?, state.has_gap)?;
            state.last_seq = Some(meaning.seen);
            state.has_gap = false;
            state.failures = 0;
            if meaning.missed != Missed::Nothing {
                // An answer that is under way may be from before.
                state.last_event_at = js_sys::Date::now();
            }
            Some(meaning)
        });
        let Some(meaning) = meaning.flatten() else { return };
        self.show_connection(Connection::Live);
        match meaning.missed {
            Missed::Nothing => {}
            Missed::Between { after, until } => self.catch_up(after, until),
            Missed::Anything => {
                self.notify(&Changes::Anything);
                // What another process wrote just now may not be in the answers yet, and no event tells of it any more.
                set_timeout(move || self.notify(&Changes::Anything), SETTLE);
            }
        }
        if let Some(change) = meaning.change {
            self.gather(vec![change]);
        }
    }

    /// Asks for changes that were told before this window heard them.
    fn catch_up(self, after: i64, until: i64) {
        spawn_local(async move {
            let missed = missed_changes(after, until).await;
            // Who does not follow any more is told of everything when that goes on.
            if !self.state.try_with_value(|state| state.place.is_some()).unwrap_or_default() {
                return;
            }
            match missed {
                Some(Changes::Of(changes)) => self.gather(changes),
                Some(Changes::Anything) => self.notify(&Changes::Anything),
                None => self.notify_again(),
            }
        });
    }

    fn gather(self, changes: Vec<ChangeEvent>) {
        let was_notifying = self.state.try_update_value(|state| {
            state.last_event_at = js_sys::Date::now();
            // One more than is told tells that there were too many.
            let room = (MAX_GATHERED + 1).saturating_sub(state.gathered.len());
            state.gathered.extend(changes.into_iter().take(room));
            std::mem::replace(&mut state.is_notifying, true)
        });
        if was_notifying != Some(false) {
            return;
        }
        set_timeout(
            move || {
                let gathered = self.state.try_update_value(|state| {
                    state.is_notifying = false;
                    std::mem::take(&mut state.gathered)
                });
                if let Some(gathered) = gathered.filter(|gathered| !gathered.is_empty()) {
                    let too_many = gathered.len() > MAX_GATHERED;
                    self.notify(&if too_many { Changes::Anything } else { Changes::Of(gathered) });
                }
            },
            random_between(NOTIFY_WITHIN),
        );
    }

    /// Notifies all pages in a while, since the server did not answer what one of them asked for. Once, however many ask
    /// meanwhile: a server under too much load is not to be asked more.
    pub(super) fn notify_again(self) {
        let was_retrying = self.state.try_update_value(|state| std::mem::replace(&mut state.is_retrying, true));
        if was_retrying != Some(false) {
            return;
        }
        set_timeout(
            move || {
                let is_there = self.state.try_update_value(|state| state.is_retrying = false).is_some();
                // Who does not follow now is told of everything when that goes on.
                let follows =
                    !matches!(self.status.connection.get_untracked(), Connection::Paused | Connection::Hidden);
                if is_there && follows {
                    self.notify(&Changes::Anything);
                }
            },
            retry_wait(),
        );
    }

    fn notify(self, changes: &Changes) {
        // A notified page may follow or stop following.
        let followers: Vec<_> = self
            .state
            .with_value(|state| state.followers.iter().map(|follower| Arc::clone(&follower.notify)).collect());
        for notify in followers {
            notify(changes);
        }
        self.status.revision.update(|revision| *revision = revision.wrapping_add(1));
    }

    /// The server refused the stream or ended it for good. One that was given up for another is no loss.
    fn lose(self, generation: u32) {
        let lost = self.state.try_update_value(|state| {
            let lost = state.stream.take_if(|stream| stream.generation == generation)?;
            state.has_gap = true;
            state.failures += 1;
            Some((lost, state.failures))
        });
        let Some(Some((_lost, failures))) = lost else { return };
        self.interrupt();
        let seconds = 1_u32.checked_shl(failures.min(6)).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE);
        let wait = f64::from(seconds) * 500.0 * (1.0 + js_sys::Math::random());
        set_timeout(move || self.open(), milliseconds(wait));
    }

    /// Looks how the stream is, where no event tells it.
    fn check(self) {
        let silence = self.state.try_update_value(|state| {
            let place = state.place.as_mut().filter(|place| !place.leads)?;
            place.silent_for += 1;
            Some(Silence::of(place.silent_for))
        });
        match silence.flatten() {
            Some(Silence::Bear) => {}
            Some(Silence::Ask) => self.state.with_value(|state| state.tell(&Message::Asked)),
            Some(Silence::TakeOver) => {
                self.state.update_value(|state| state.place = None);
                self.join(Claim::AtOnce);
            }
            None => self.notice_interruption(),
        }
    }

    /// Notices when the browser is opening the stream again by itself.
    fn notice_interruption(self) {
        let is_opening = |state: &State| {
            state.stream.as_ref().is_some_and(|stream| stream.source.state() == StreamState::Connecting)
        };
        if self.status.connection.get_untracked() == Connection::Live && self.state.with_value(is_opening) {
            self.interrupt();
        }
    }

    /// Says that the stream is interrupted, here and in the other windows.
    fn interrupt(self) {
        self.state.with_value(|state| state.tell(&Message::Interrupted));
        self.show_connection(Connection::Reconnecting);
    }

    fn show_connection(self, connection: Connection) {
        if self.status.connection.get_untracked() != connection {
            self.status.connection.set(connection);
        }
    }
}

/// Does something with each event, until the stream ends.
async fn each(mut events: EventSourceSubscription, act: impl Fn(MessageEvent)) {
    while let Some(Ok((_, event))) = events.next().await {
        act(event);
    }
}

/// How long to wait until a server that did not answer is asked again.
pub(crate) fn retry_wait() -> Duration {
    random_between(RETRY_WITHIN)
}

/// A time between two others, in milliseconds.
fn random_between((least, most): (f64, f64)) -> Duration {
    milliseconds(least + js_sys::Math::random() * (most - least))
}

fn milliseconds(time: f64) -> Duration {
    Duration::from_secs_f64(time.max(0.0) / 1_000.0)
}
