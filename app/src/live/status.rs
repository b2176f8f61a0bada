//! How the page follows what happens.

use leptos::prelude::*;

/// The state of the event stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Connection {
    /// There is none: the page has not been hydrated.
    #[default]
    Off,
    /// Every change arrives.
    Live,
    /// The server does not answer; it is tried again.
    Reconnecting,
    /// Nobody sees the page.
    Hidden,
    /// The reader has paused it.
    Paused,
}

impl Connection {
    /// The word on the screen.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Live => "live",
            Self::Reconnecting => "reconnecting",
            Self::Hidden => "paused",
            Self::Paused => "paused by you",
        }
    }
}

/// What the rest of the application sees of the live feed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LiveStatus {
    /// The state of the event stream.
    pub(crate) connection: RwSignal<Connection>,
    /// How many rows would be added, removed or moved.
    pub(crate) pending: RwSignal<u32>,
    /// What is announced to those who do not see it.
    pub(crate) announcement: RwSignal<String>,
    /// How often pages have been notified of changes.
    pub(crate) revision: RwSignal<u32>,
}

impl LiveStatus {
    pub(super) fn new() -> Self {
        Self {
            connection: RwSignal::new(Connection::Off),
            pending: RwSignal::new(0),
            announcement: RwSignal::new(String::new()),
            revision: RwSignal::new(0),
        }
    }
}
