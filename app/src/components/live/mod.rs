//! Open pages change by themselves when what they show changes.
//!
//! A page says in a marker which changes concern it, and up to which entry of the log it is current. While the tab is
//! visible the browser follows the feed from there; when something comes, the page is asked for again and what differs
//! is changed in place. Tabs that nobody sees hold no connection: browsers have few of them for each server.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod page;

use leptos::prelude::*;

/// How the page follows what happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser has a connection"))]
pub(crate) enum Connection {
    /// Not at all: the page has not come alive.
    #[default]
    Off,
    /// It is told of every change.
    Live,
    /// The server does not answer; it is tried again.
    Reconnecting,
    /// Nobody looks.
    Paused,
}

impl Connection {
    fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Live => "live",
            Self::Reconnecting => "reconnecting",
            Self::Paused => "paused",
        }
    }
}

/// What following tells the rest of the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Liveness {
    /// How it goes.
    pub(crate) connection: RwSignal<Connection>,
    /// How many rows would come, go or move.
    pub(crate) held: RwSignal<usize>,
    /// What is said to those who do not see it.
    pub(crate) said: RwSignal<String>,
    /// Counts how often the page has been changed.
    pub(crate) turn: RwSignal<u32>,
}

impl Liveness {
    /// For a whole application.
    pub(crate) fn provide() -> Self {
        let liveness = Self {
            connection: RwSignal::new(Connection::Off),
            held: RwSignal::new(0),
            said: RwSignal::new(String::new()),
            turn: RwSignal::new(0),
        };
        provide_context(liveness);
        liveness
    }
}

/// Follows what happens, for as long as the page is open. `is_loading` tells that another page is on its way. Does
/// nothing on the server.
#[component]
pub(crate) fn Live(is_loading: ReadSignal<bool>) -> impl IntoView {
    let Some(liveness) = use_context::<Liveness>() else { return ().into_any() };
    #[cfg(feature = "hydrate")]
    browser::follow(liveness, is_loading);
    #[cfg(not(feature = "hydrate"))]
    let _ = is_loading;
    let show = move |_| {
        #[cfg(feature = "hydrate")]
        browser::show_held(liveness);
    };
    let label = move || match liveness.held.get() {
        1 => "1 change: show".to_owned(),
        count => format!("{count} changes: show"),
    };
    view! {
        <button type="button" class="live-pill" hidden=move || liveness.held.get() == 0 on:click=show>{label}</button>
        <div class="visually-hidden" role="log" aria-label="Live changes">{move || liveness.said.get()}</div>
    }
    .into_any()
}

/// A small sign that tells whether the page is current.
#[component]
pub(crate) fn LiveSign() -> impl IntoView {
    let connection = use_context::<Liveness>().map(|liveness| liveness.connection);
    let word = move || connection.map_or(Connection::Off, |connection| connection.get()).word();
    let label = move || format!("Live updates: {}", word());
    view! {
        <span class="live-sign needs-script" role="img" aria-label=label title=label data-connection=word>
            <span class="live-word">{word}</span>
        </span>
    }
}

/// The marker at the start of a page: which changes concern it, as parameters of the feed, and up to which entry of the
/// log it is current.
#[cfg(feature = "ssr")]
pub(crate) fn marker(follow: &str, seq: i64) -> String {
    // Only letters, digits, `%`, `=` and `&` are in there, none of which ends the attribute.
    format!("<template data-live-page=\"{}\" data-seq=\"{seq}\"></template>", follow.replace('&', "&amp;"))
}
