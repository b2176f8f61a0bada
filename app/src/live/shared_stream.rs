//! The windows of a browser share one event stream.
//!
//! Browsers open few connections to a server, six over HTTP/1.1, and a stream keeps one of them for as long as its window
//! is seen. So the windows that follow ask for one lock: whoever holds it leads, has the stream, and passes on what that
//! says. Each message names the entry of the change log that it comes after, so that every window finds out by itself
//! what it missed, whenever it joined and whoever leads.

use futures::channel::oneshot;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{AbortController, BroadcastChannel, MessageEvent};

use super::change::ChangeEvent;

/// The name of the lock and of the channel. It ends with a number that grows when messages get another form: after an
/// update, windows that still run the version before keep a stream of their own.
const NAME: &str = "pharos-changes-1";

/// How many seconds the leader may be silent until it is asked whether it is there.
pub(super) const ASK_AFTER: u32 = 20;

/// How many seconds the leader may be silent until another window takes over.
const TAKE_OVER_AFTER: u32 = ASK_AFTER + 10;

/// A place among the windows that share the stream. It is given up when dropped, and with it the lead.
pub(super) struct Membership {
    channel: BroadcastChannel,
    /// Called for each message.
    _hear: Closure<dyn Fn(MessageEvent)>,
    /// Ends waiting for the lock.
    waiting: AbortController,
    /// Ends holding the lock.
    _held: oneshot::Sender<()>,
}

/// How a window comes to the lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// When it is its turn.
    InTurn,
    /// At once, since the leader does not answer.
    AtOnce,
}

impl Membership {
    /// Joins the other windows. Calls `hear` for what they say, `lead` once this one leads, and `lose` when it no longer
    /// does or cannot, unless the place was given up. Gives nothing where the browser lacks what is needed. Only for the
    /// browser.
    pub(super) fn join(
        claim: Claim,
        hear: impl Fn(Message) + 'static,
        lead: impl FnOnce() + 'static,
        lose: impl FnOnce() + 'static,
    ) -> Option<Self> {
        // The bindings of Web Locks are not stable yet.
        let locks = property(window().navigator().as_ref(), "locks")?;
        let request: js_sys::Function = property(&locks, "request")?.dyn_into().ok()?;
        let waiting = AbortController::new().ok()?;
        let channel = BroadcastChannel::new(NAME).ok()?;
        let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(message) = event.data().as_string().and_then(|text| Message::parse(&text)) {
                hear(message);
            }
        });
        channel.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        let (held, given_up) = oneshot::channel::<()>();
        // The lock is held for as long as the promise is open.
        let granted = Closure::once_into_js(move |_lock: JsValue| {
            future_to_promise(async move {
                lead();
                let _ = given_up.await;
                Ok(JsValue::UNDEFINED)
            })
        });
        let (option, value) = match claim {
            Claim::InTurn => ("signal", waiting.signal().into()),
            Claim::AtOnce => ("steal", JsValue::TRUE),
        };
        let options = js_sys::Object::new();
        js_sys::Reflect::set(&options, &option.into(), &value).ok()?;
        let ended = request.call3(&locks, &NAME.into(), &options, &granted).ok()?.dyn_into::<js_sys::Promise>().ok()?;
        spawn_local(async move {
            if JsFuture::from(ended).await.is_err() {
                lose();
            }
        });
        let membership = Self { channel, _hear: hear, waiting, _held: held };
        membership.tell(&Message::Asked);
        Some(membership)
    }

    /// Says something to all other windows.
    pub(super) fn tell(&self, message: &Message) {
        let _ = self.channel.post_message(&message.text().into());
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
        self.waiting.abort();
    }
}

fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(object, &name.into()).ok()
}

/// What windows say to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// A window wants to know how the stream is.
    Asked,
    /// The stream is interrupted.
    Interrupted,
    /// The stream is open, and all up to this entry of the change log was told.
    Open {
        /// The entry.
        seq: i64,
    },
    /// The stream begins anew after this entry of the change log. Anything may have changed before.
    Anew {
        /// The entry.
        seq: i64,
    },
    /// A change.
    Change {
        /// The entry of the change log that was told before it.
        after: i64,
        /// The data of the event.
        data: String,
    },
}

impl Message {
    fn text(&self) -> String {
        match self {
            Self::Asked => "asked".to_owned(),
            Self::Interrupted => "interrupted".to_owned(),
            Self::Open { seq } => ["open ", &seq.to_string()].concat(),
            Self::Anew { seq } => ["anew ", &seq.to_string()].concat(),
            Self::Change { after, data } => ["change ", &after.to_string(), " ", data].concat(),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        Some(match word {
            "asked" => Self::Asked,
            "interrupted" => Self::Interrupted,
            "open" => Self::Open { seq: rest.parse().ok()? },
            "anew" => Self::Anew { seq: rest.parse().ok()? },
            "change" => {
                let (after, data) = rest.split_once(' ')?;
                Self::Change { after: after.parse().ok()?, data: data.to_owned() }
            }
            _ => return None,
        })
    }

    /// What it means to a window that has seen the change log up to an entry; or, with a gap, that does not know what
    /// happened meanwhile. Nothing where it tells nothing of the change log.
    pub(super) fn meaning(&self, seen: i64, has_gap: bool) -> Option<Meaning> {
        let meaning = match self {
            Self::Asked | Self::Interrupted => return None,
            Self::Anew { seq } => Meaning { seen: *seq, missed: Missed::Anything, change: None },
            Self::Open { seq } => Meaning {
                seen: if has_gap { *seq } else { seen.max(*seq) },
                missed: Missed::between(seen, *seq),
                change: None,
            },
            Self::Change { after, data } => {
                let change = ChangeEvent::parse(data)?;
                let is_new = change.seq > seen || has_gap;
                Meaning {
                    seen: if is_new { change.seq } else { seen },
                    missed: Missed::between(seen, *after),
                    change: is_new.then_some(change),
                }
            }
        };
        Some(if has_gap { Meaning { missed: Missed::Anything, ..meaning } } else { meaning })
    }
}

/// What a message means to a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    /// The entry of the change log up to which the window has seen it then.
    pub(super) seen: i64,
    /// What the window missed before.
    pub(super) missed: Missed,
    /// The change that it tells, if it is a new one.
    pub(super) change: Option<ChangeEvent>,
}

/// Changes that were told when a window did not hear them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missed {
    /// None.
    Nothing,
    /// Those between two entries of the change log.
    Between {
        /// The last one that was heard.
        after: i64,
        /// The last one that was missed.
        until: i64,
    },
    /// Nobody knows which.
    Anything,
}

impl Missed {
    fn between(seen: i64, told: i64) -> Self {
        if seen < told { Self::Between { after: seen, until: told } } else { Self::Nothing }
    }
}

/// What a window does that did not hear from the leader for some seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// Nothing: there may be nothing to tell.
    Bear,
    /// It asks whether it is there.
    Ask,
    /// It takes over: the leader has failed, or is held up.
    TakeOver,
}

impl Silence {
    /// Of so many seconds.
    pub(super) fn of(seconds: u32) -> Self {
        match seconds {
            ASK_AFTER => Self::Ask,
            TAKE_OVER_AFTER.. => Self::TakeOver,
            _ => Self::Bear,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(after: i64, seq: i64) -> Message {
        let data = format!(r#"{{"seq":{seq},"type":"service","workspace":"public","name":"orders api"}}"#);
        Message::Change { after, data }
    }

    /// What a window that has seen the log up to 7 makes of a message: how far it has seen it, what it missed, and
    /// whether it is told a change.
    fn meaning(message: &Message) -> (i64, Missed, bool) {
        let Meaning { seen, missed, change } = message.meaning(7, false).expect("a meaning");
        (seen, missed, change.is_some())
    }

    #[test]
    fn messages_are_read_as_they_were_written() {
        let messages =
            [Message::Asked, Message::Interrupted, Message::Open { seq: 12 }, Message::Anew { seq: 0 }, change(11, 12)];
        for message in messages {
            assert_eq!(Message::parse(&message.text()), Some(message));
        }
    }

    #[test]
    fn what_is_no_message_is_passed_over() {
        for text in ["", "open", "open x", "change 3", "change x {}", "closed 7"] {
            assert_eq!(Message::parse(text), None, "{text}");
        }
        assert_eq!(Message::Change { after: 7, data: "{}".to_owned() }.meaning(7, false), None);
        assert_eq!(Message::Asked.meaning(7, false), None);
    }

    #[test]
    fn a_window_that_is_level_with_the_stream_misses_nothing() {
        assert_eq!(meaning(&Message::Open { seq: 7 }), (7, Missed::Nothing, false));
        assert_eq!(meaning(&change(7, 8)), (8, Missed::Nothing, true));
        // Not every entry of the log is one of the stream.
        assert_eq!(meaning(&change(7, 20)), (20, Missed::Nothing, true));
    }

    #[test]
    fn a_window_that_is_behind_asks_for_what_was_told_before() {
        assert_eq!(meaning(&Message::Open { seq: 9 }), (9, Missed::Between { after: 7, until: 9 }, false));
        assert_eq!(meaning(&change(9, 10)), (10, Missed::Between { after: 7, until: 9 }, true));
    }

    #[test]
    fn a_window_that_is_ahead_is_told_nothing_twice() {
        assert_eq!(meaning(&Message::Open { seq: 5 }), (7, Missed::Nothing, false));
        assert_eq!(meaning(&change(5, 6)), (7, Missed::Nothing, false));
        assert_eq!(meaning(&change(6, 7)), (7, Missed::Nothing, false));
        assert_eq!(meaning(&change(6, 8)), (8, Missed::Nothing, true));
    }

    #[test]
    fn a_stream_that_begins_anew_may_begin_earlier() {
        assert_eq!(meaning(&Message::Anew { seq: 3 }), (3, Missed::Anything, false));
    }

    #[test]
    fn a_window_that_did_not_listen_asks_for_everything_and_follows_from_where_the_stream_is() {
        for (message, seen) in [(Message::Open { seq: 9 }, 9), (Message::Open { seq: 3 }, 3), (change(9, 10), 10)] {
            let meaning = message.meaning(7, true).expect("a meaning");
            assert_eq!((meaning.seen, meaning.missed), (seen, Missed::Anything), "{message:?}");
        }
    }

    #[test]
    fn a_leader_that_is_silent_is_asked_before_another_takes_over() {
        assert_eq!(Silence::of(0), Silence::Bear);
        assert_eq!(Silence::of(ASK_AFTER), Silence::Ask);
        assert_eq!(Silence::of(ASK_AFTER + 1), Silence::Bear);
        assert_eq!(Silence::of(TAKE_OVER_AFTER), Silence::TakeOver);
    }
}
