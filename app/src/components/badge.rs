//! State, runtime and health as an icon and a word: never by colour alone. Each as markup for what a page has hundreds
//! of, and as a component.

use leptos::prelude::*;
use maud::{Markup, html};

use super::icon::{icon, written};
use crate::model::{Health, HealthLevel, NodeStatus, Runtime, RuntimeDetail, RuntimeState, State, Timestamp};

fn badge(tone: &'static str, name: &'static str, text: &str, title: Option<&str>) -> Markup {
    html! { span class=(tone) title=[title] { (icon(name)) (text) } }
}

/// The State of a Resource.
pub(crate) fn state_badge(state: &State) -> Markup {
    let (tone, icon) = match state {
        State::Active => ("badge tone-good", "check"),
        State::Error => ("badge tone-bad", "cross"),
        State::Pending => ("badge tone-warn", "clock"),
        State::Deleted => ("badge tone-muted", "bin"),
        State::Unknown | State::Other(_) => ("badge tone-plain", "question"),
    };
    badge(tone, icon, state.as_str(), None)
}

/// The State of a Resource.
#[component]
pub(crate) fn StateBadge(state: State) -> impl IntoView {
    written(state_badge(&state))
}

/// The runtime of a Resource: its own word, with a scheduled start told as a time, or, where `now` is given, shorter as
/// how long it is until then. Nothing for a blank one.
pub(crate) fn runtime_badge(runtime: &Runtime, now: Option<Timestamp>) -> Option<Markup> {
    if runtime.is_none() {
        return None;
    }
    let (tone, icon) = match &runtime.state {
        RuntimeState::Running | RuntimeState::InProgress => ("badge tone-info", "play"),
        RuntimeState::Succeeded => ("badge tone-good", "check"),
        RuntimeState::Failed => ("badge tone-bad", "cross"),
        RuntimeState::Pending => ("badge tone-warn", "clock"),
        RuntimeState::Next => ("badge tone-plain", "calendar"),
        RuntimeState::Aborted => ("badge tone-warn", "stop"),
        RuntimeState::Paused => ("badge tone-muted", "pause"),
        RuntimeState::None | RuntimeState::Other(_) => ("badge tone-plain", "question"),
    };
    let text = match &runtime.detail {
        Some(RuntimeDetail::At(at)) if runtime.state == RuntimeState::Next => match now {
            Some(now) if now < *at => format!("next {}", at.relative_to(now)),
            _ => format!("next run {}", at.exact()),
        },
        _ => runtime.raw.clone(),
    };
    Some(badge(tone, icon, &text, Some(&runtime.raw)))
}

/// The runtime of a Resource.
#[component]
pub(crate) fn RuntimeBadge(runtime: Runtime, #[prop(optional)] now: Option<Timestamp>) -> impl IntoView {
    runtime_badge(&runtime, now).map(written)
}

/// The health of a Resource; its reason is the title.
pub(crate) fn health_badge(health: &Health) -> Markup {
    let (tone, icon) = match &health.level {
        HealthLevel::Healthy => ("badge tone-good", "heart"),
        HealthLevel::Scheduled => ("badge tone-plain", "calendar"),
        HealthLevel::InProgress => ("badge tone-info", "play"),
        HealthLevel::Starting => ("badge tone-warn", "clock"),
        HealthLevel::Degraded => ("badge tone-warn", "warning"),
        HealthLevel::Failed => ("badge tone-bad", "cross"),
        HealthLevel::Deleted => ("badge tone-muted", "bin"),
        HealthLevel::Unknown | HealthLevel::Other(_) => ("badge tone-plain", "question"),
    };
    let text = if health.stuck { "Stuck" } else { health.level.label() };
    badge(tone, icon, text, Some(&health.reason))
}

/// The health of a Resource; its reason is the title.
#[component]
pub(crate) fn HealthBadge(health: Health) -> impl IntoView {
    written(health_badge(&health))
}

/// The status of a runtime node, in the colours of the Runtime tab.
#[component]
pub(crate) fn NodeStatusBadge(status: NodeStatus) -> impl IntoView {
    let (tone, icon) = match &status {
        NodeStatus::Running => ("badge tone-info", "play"),
        NodeStatus::Succeeded => ("badge tone-good", "check"),
        NodeStatus::Failed => ("badge tone-bad", "cross"),
        NodeStatus::Pending => ("badge tone-warn", "clock"),
        NodeStatus::Aborted => ("badge tone-warn", "stop"),
        NodeStatus::Deleted => ("badge tone-muted", "bin"),
        NodeStatus::Unknown | NodeStatus::Other(_) => ("badge tone-plain", "question"),
    };
    written(badge(tone, icon, status.as_str(), None))
}
