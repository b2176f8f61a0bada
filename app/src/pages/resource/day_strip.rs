//! The last 24 hours of a Resource as strips.

use leptos::prelude::*;

use crate::api::resource::ResourceActivity;
use crate::model::{HISTORY_MS, Runtime, Span, State};
use crate::ui::{Clock, runtime_fill, state_fill};

/// The width of the drawing, in its own units.
const WIDTH: i64 = 1_000;

/// How wide a span is at least: one that was short must be seen.
const LEAST: i64 = 6;

/// State and runtime over the last 24 hours. Screen readers get them as a sentence.
pub(super) fn day_strips(activity: &ResourceActivity) -> impl IntoView + use<> {
    let runtime = (!activity.runtime.is_empty())
        .then(|| strip("Runtime", &activity.runtime, |value| runtime_fill(&Runtime::parse(value))));
    view! {
        <section class="grid gap-1.5" aria-labelledby="day">
            <h2 id="day" class="text-sm text-muted">"Last 24 hours"</h2>
            {strip("State", &activity.state, |value| state_fill(&State::parse(value)))}
            {runtime}
        </section>
    }
}

fn strip(label: &'static str, spans: &[Span], fill: fn(&str) -> &'static str) -> impl IntoView + use<> {
    let end = spans.last().map_or(0, |span| span.to.0);
    let place = |at: i64| WIDTH - (end - at).clamp(0, HISTORY_MS) * WIDTH / HISTORY_MS;
    let parts = spans
        .iter()
        .filter_map(|span| {
            // Also the one that has only just begun.
            let from = place(span.from.0).min(WIDTH - LEAST);
            let to = place(span.to.0);
            let class = fill(span.value.as_deref()?);
            Some(view! { <rect class=class x=from y="0" width=(to - from).max(LEAST) height="10"></rect> })
        })
        .collect_view();
    let (zone, spans_told) = (Clock::of_app().zone, spans.to_vec());
    let told = move || {
        let told = spans_told.iter().map(|span| {
            let value = span.value.as_deref().unwrap_or("none");
            [value, " from ", &zone.exact(span.from), " to ", &zone.exact(span.to)].concat()
        });
        told.collect::<Vec<_>>().join(", ")
    };
    let changes = match spans.len().saturating_sub(1) {
        0 => "no change".to_owned(),
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    };
    view! {
        <div class="grid grid-cols-[4.25rem_minmax(0,1fr)_auto] items-center gap-2 text-sm">
            <span>{label} <span class="sr-only">": " {told}</span></span>
            <svg class="h-2.5 w-full rounded-xs bg-sunken" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
                {parts}
            </svg>
            <span class="text-muted"><span class="sr-only">", "</span>{changes}</span>
        </div>
    }
}
