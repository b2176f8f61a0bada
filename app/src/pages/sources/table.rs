//! The table of sources.

use leptos::prelude::*;

use crate::model::{SourceRun, SourceStatus, Timestamp, duration_text};
use crate::ui::{Badge, DataTable, IconName, RelativeTime, Tone, count_text};

/// A row for each source.
#[component]
pub(super) fn SourcesTable(sources: Vec<SourceStatus>, now: Timestamp) -> impl IntoView {
    // Where nothing is asked by Pharos itself, there is nothing to say of runs.
    let has_runs = sources.iter().any(|source| source.expected.is_some() || source.record.last_run.is_some());
    let heading = move |label: &'static str| has_runs.then(|| view! { <th scope="col">{label}</th> });
    let rows = sources.iter().map(|source| row(source, has_runs, now)).collect_view();
    view! {
        <DataTable>
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    {heading("Kind")}
                    <th scope="col">"State"</th>
                    {heading("Every")}
                    {heading("Last run")}
                    <th scope="col">"Last success"</th>
                    {heading("Took")}
                    {heading("Result")}
                    {heading("Next run")}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
}

fn row(source: &SourceStatus, has_runs: bool, now: Timestamp) -> impl IntoView + use<> {
    let record = &source.record;
    let expected = source.expected.as_ref();
    let run = record.last_run.as_ref();
    let time = |at: Option<Timestamp>| at.map(|at| view! { <RelativeTime at now/> }).into_any();
    let cell = |label: &'static str, value: AnyView| has_runs.then(|| view! { <td data-label=label>{value}</td> });
    // A source that reports by itself has no runs: what counts is when it reported last.
    let heard = record.heard_at().or(record.reported_at.filter(|_| run.is_none()));
    let interval = expected.and_then(|expected| expected.interval_ms).map(duration_text);
    view! {
        <tr>
            <th scope="row">{record.name.clone()} {run.and_then(|run| failure(run, record.failures))}</th>
            {cell("Kind", expected.map(|expected| expected.kind.as_str()).into_any())}
            <td data-label="State">{state(source)}</td>
            {cell("Every", interval.into_any())}
            {cell("Last run", time(run.map(|run| run.ended_at)))}
            <td data-label="Last success">{time(heard)}</td>
            {cell("Took", run.map(|run| duration_text(run.took_ms())).into_any())}
            {cell("Result", run.map(result).into_any())}
            {cell("Next run", time(record.next_run_at))}
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
