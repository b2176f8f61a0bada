//! State, runtime and health as an icon and a word: never by colour alone.

use leptos::either::Either;
use leptos::prelude::*;

use super::{Clock, Icon, IconName};
use crate::model::{Health, HealthLevel, NodeStatus, Runtime, RuntimeDetail, RuntimeState, State, Timestamp};

/// How good or bad something is, as a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it should be. Not coloured: only what is not normal draws the eye.
    Good,
    /// Broken.
    Bad,
    /// Somebody should look.
    Warn,
    /// Under way.
    Info,
    /// Over.
    Muted,
    /// Nothing in particular.
    Plain,
}

impl Tone {
    /// All, for the page that shows the kit.
    pub(crate) const ALL: [Self; 6] = [Self::Good, Self::Bad, Self::Warn, Self::Info, Self::Muted, Self::Plain];

    /// Where it is the one thing to see, what is as it should be is coloured too.
    fn prominent_class(self) -> &'static str {
        match self {
            Self::Good => "badge bg-good-ground text-good",
            Self::Info => "badge bg-info-ground text-info",
            Self::Muted => "badge bg-sunken text-muted",
            Self::Plain => "badge border-line text-ink",
            Self::Bad | Self::Warn => self.class(),
        }
    }

    /// As a part of a drawing.
    fn fill(self) -> &'static str {
        match self {
            Self::Good => "fill-good/70",
            Self::Bad => "fill-bad",
            Self::Warn => "fill-warn",
            Self::Info => "fill-info/60",
            Self::Muted | Self::Plain => "fill-edge",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Good => "badge badge-plain",
            Self::Bad => "badge bg-bad-ground text-bad",
            Self::Warn => "badge bg-warn-ground text-warn",
            Self::Info | Self::Plain => "badge badge-plain",
            Self::Muted => "badge badge-plain text-muted",
        }
    }
}

/// A word with an icon in a tone. `title` says more to whoever points at it.
#[component]
pub(crate) fn Badge(
    tone: Tone,
    icon: IconName,
    #[prop(into)] text: String,
    #[prop(optional_no_strip)] title: Option<String>,
    #[prop(optional)] is_prominent: bool,
) -> impl IntoView {
    let class = if is_prominent { tone.prominent_class() } else { tone.class() };
    view! { <span class=class title=title><Icon name=icon class="size-3.5"/>{text}</span> }
}

/// How good or bad a State is, and its icon.
fn of_state(state: &State) -> (Tone, IconName) {
    match state {
        State::Active => (Tone::Good, IconName::Check),
        State::Error => (Tone::Bad, IconName::Cross),
        State::Pending => (Tone::Warn, IconName::Clock),
        State::Deleted => (Tone::Muted, IconName::Bin),
        State::Unknown | State::Other(_) => (Tone::Plain, IconName::Question),
    }
}

/// How good or bad a runtime is, and its icon.
fn of_runtime(state: &RuntimeState) -> (Tone, IconName) {
    match state {
        RuntimeState::Running | RuntimeState::InProgress => (Tone::Info, IconName::Play),
        RuntimeState::Succeeded => (Tone::Good, IconName::Check),
        RuntimeState::Failed => (Tone::Bad, IconName::Cross),
        RuntimeState::Pending => (Tone::Warn, IconName::Clock),
        RuntimeState::Next => (Tone::Plain, IconName::Calendar),
        RuntimeState::Aborted => (Tone::Warn, IconName::Stop),
        RuntimeState::Paused => (Tone::Muted, IconName::Pause),
        RuntimeState::None | RuntimeState::Other(_) => (Tone::Plain, IconName::Question),
    }
}

/// The colour of a State in a drawing.
pub(crate) fn state_fill(state: &State) -> &'static str {
    of_state(state).0.fill()
}

/// The colour of a runtime in a drawing.
pub(crate) fn runtime_fill(runtime: &Runtime) -> &'static str {
    of_runtime(&runtime.state).0.fill()
}

/// The State of a Resource.
#[component]
pub(crate) fn StateBadge(state: State) -> impl IntoView {
    let (tone, icon) = of_state(&state);
    view! { <Badge tone icon text=state.to_string()/> }
}

/// The runtime of a Resource at `now`: its own word, with a planned start told as how long it is until then, or, where
/// it `is_exact`, as a time. One that is past was due. Nothing for a blank runtime.
#[component]
pub(crate) fn RuntimeBadge(runtime: Runtime, now: Timestamp, #[prop(optional)] is_exact: bool) -> impl IntoView {
    let (tone, icon) = of_runtime(&runtime.state);
    Some(match runtime.detail {
        _ if runtime.is_none() => return None,
        Some(RuntimeDetail::At(at)) if runtime.state == RuntimeState::Next => Either::Left(next_run(at, now, is_exact)),
        _ => Either::Right(view! { <Badge tone icon text=runtime.raw.clone() title=Some(runtime.raw)/> }),
    })
}

/// A planned start. It follows the clock, and the clocks that were chosen.
fn next_run(at: Timestamp, now: Timestamp, is_exact: bool) -> impl IntoView {
    let (tone, icon) = of_runtime(&RuntimeState::Next);
    let clock = Clock::of_app();
    let text = move || {
        let now = clock.now_or(now);
        match (at <= now, is_exact) {
            (true, _) => ["next run was due ", &at.relative_to(now)].concat(),
            (false, true) => ["next run ", &clock.zone.exact(at)].concat(),
            (false, false) => ["next ", &at.relative_to(now)].concat(),
        }
    };
    view! {
        <span class=tone.class() title=move || clock.zone.exact(at)>
            <Icon name=icon class="size-3.5"/>
            {text}
        </span>
    }
}

/// The health of a Resource; its reason is the title.
#[component]
pub(crate) fn HealthBadge(health: Health, #[prop(optional)] is_prominent: bool) -> impl IntoView {
    let (tone, icon) = match &health.level {
        HealthLevel::Healthy => (Tone::Good, IconName::Heart),
        HealthLevel::Scheduled => (Tone::Plain, IconName::Calendar),
        HealthLevel::InProgress => (Tone::Info, IconName::Play),
        HealthLevel::Starting => (Tone::Warn, IconName::Clock),
        HealthLevel::Degraded => (Tone::Warn, IconName::Warning),
        HealthLevel::Failed => (Tone::Bad, IconName::Cross),
        HealthLevel::Deleted => (Tone::Muted, IconName::Bin),
        HealthLevel::Unknown | HealthLevel::Other(_) => (Tone::Plain, IconName::Question),
    };
    let text = health.word().to_owned();
    view! { <Badge tone icon text title=Some(health.reason.words().text) is_prominent/> }
}

/// The status of a runtime node, in the colours of the Runtime tab.
#[component]
pub(crate) fn NodeStatusBadge(status: NodeStatus) -> impl IntoView {
    let (tone, icon) = match &status {
        NodeStatus::Running => (Tone::Info, IconName::Play),
        NodeStatus::Succeeded => (Tone::Good, IconName::Check),
        NodeStatus::Failed => (Tone::Bad, IconName::Cross),
        NodeStatus::Pending => (Tone::Warn, IconName::Clock),
        NodeStatus::Aborted => (Tone::Warn, IconName::Stop),
        NodeStatus::Deleted => (Tone::Muted, IconName::Bin),
        NodeStatus::Unknown | NodeStatus::Other(_) => (Tone::Plain, IconName::Question),
    };
    view! { <Badge tone icon text=status.to_string()/> }
}
