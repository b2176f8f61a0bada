//! The table of sources.

use leptos::prelude::*;

use crate::model::{SourceRun, SourceStatus, Timestamp, duration_text};
use crate::ui::{Badge, DataTable, IconName, RelativeTime, Tone, count_text};

/// A row for each source.
#[component]
pub(super) fn SourcesTable(sources: Vec<SourceStatus>, now: Timestamp) -> impl IntoView {
    let rows = sources.iter().map(|source| row(source, now)).collect_view();
    view! {
        <DataTable>
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Kind"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Every"</th>
                    <th scope="col">"Last run"</th>
                    <th scope="col">"Last success"</th>
                    <th scope="col">"Took"</th>
                    <th scope="col">"Result"</th>
                    <th scope="col">"Next run"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
}

fn row(source: &SourceStatus, now: Timestamp) -> impl IntoView + use<> {
    let record = &source.record;
    let expected = source.expected.as_ref();
    let run = record.last_run.as_ref();
    let time = |at: Option<Timestamp>| at.map(|at| view! { <RelativeTime at now/> });
    // A source that reports by itself has no runs: what counts is when it reported last.
    let heard = record.heard_at().or(record.reported_at.filter(|_| run.is_none()));
    view! {
        <tr>
            <th scope="row">{record.name.clone()} {run.and_then(|run| failure(run, record.failures))}</th>
            <td data-label="Kind">{expected.map(|expected| expected.kind.as_str())}</td>
            <td data-label="State">{state(source)}</td>
            <td data-label="Every">{expected.and_then(|expected| expected.interval_ms).map(duration_text)}</td>
            <td data-label="Last run">{time(run.map(|run| run.ended_at))}</td>
            <td data-label="Last success">{time(heard)}</td>
            <td data-label="Took">{run.map(|run| duration_text(run.took_ms()))}</td>
            <td data-label="Result">{run.map(result)}</td>
            <td data-label="Next run">{time(record.next_run_at)}</td>
        </tr>
    }
}

fn state(source: &SourceStatus) -> impl IntoView + use<> {
    let text = source.state_text();
    let (tone, icon) = match text {
        "current" => (Tone::Good, IconName::Check),
        "running" => (Tone::Info, IconName::Play),
        "stale" => (Tone::Warn, IconName::Clock),
        "not heard of yet" => (Tone::Plain, IconName::Question),
        _ => (Tone::Bad, IconName::Cross),
    };
    view! { <Badge tone icon text/> }
}

/// `67 read, 2 changed, 1 deleted`.
fn result(run: &SourceRun) -> String {
    let mut text = format!("{} read", count_text(run.read));
    for (count, what) in [(run.changed, "changed"), (run.deleted, "deleted")] {
        if count > 0 {
            text.push_str(&format!(", {} {what}", count_text(count)));
        }
    }
    text
}

fn failure(run: &SourceRun, failures: u32) -> Option<impl IntoView + use<>> {
    let error = run.error.clone()?;
    let times = (failures > 1).then(|| format!(" ({failures} failures in a row)"));
    Some(view! { <p class="mt-0.5 max-w-2xl text-sm wrap-anywhere text-bad">{error}{times}</p> })
}
