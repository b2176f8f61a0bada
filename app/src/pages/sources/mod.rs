//! The sources: where what is shown comes from, and whether it still comes.

mod table;

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use self::table::SourcesTable;
use super::loaded::{PageState, load, loaded};
use crate::api::{Current, load_sources};
use crate::live::{LiveFeed, Throttle};
use crate::model::{FacetName, ListingQuery, STALE, SourceStatus, Timestamp};
use crate::ui::{CodeBlock, EmptyState, page_title};

/// How often the page follows changes at most.
const REFRESH_EVERY: Duration = Duration::from_secs(2);

/// `/sources`: every source that is configured or has reported.
pub(crate) struct SourcesPage;

#[lazy_route]
impl LazyRoute for SourcesPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let answers = load(|| (), |()| load_sources());
        let shown = RwSignal::new(Current::<Vec<SourceStatus>>::default());
        let throttle = Throttle::new(REFRESH_EVERY);
        LiveFeed::of_app().follow(move |_| throttle.run(move || answers.refetch()));
        loaded(
            answers,
            PageState::waiting(),
            move |(), answer| shown.set(answer),
            move || {
                view! {
                    {page_title(|| "Sources".to_owned())}
                    {move || {
                        let Current { value: sources, now, .. } = shown.get();
                        view! { <Sources sources now/> }.into_any()
                    }}
                }
                .into_any()
            },
        )
        .into_any()
    }
}

#[component]
fn Sources(sources: Vec<SourceStatus>, now: Timestamp) -> impl IntoView {
    let overdue = sources.iter().any(|source| source.quiet).then(|| {
        let stale = ListingQuery::default().toggled(FacetName::Fresh, STALE).url();
        view! {
            <p>
                "Some sources have not been heard of for three of their intervals: "
                <a href=stale>"what they told last is stale"</a>
                "."
            </p>
        }
    });
    let body = if sources.is_empty() {
        view! { <NoSources/> }.into_any()
    } else {
        view! { <SourcesTable sources now/> }.into_any()
    };
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)] gap-3">
            <h1>"Sources"</h1>
            {overdue}
            {body}
        </div>
    }
}

#[component]
fn NoSources() -> impl IntoView {
    view! {
        <EmptyState title="No source yet">
            <p>
                "Import something, or list in "
                <code>"pharos.toml"</code>
                " what Pharos should ask by itself, and start it again:"
            </p>
            <CodeBlock text="[[source]]\nname = \"depots\"\nkind = \"command\"\nrun = [\"dataos-ctl\", \"get\", \"-t\", \"depot\", \"-a\"]\ninterval = \"5m\""/>
        </EmptyState>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ExpectedSource, SourceKind, SourceRecord, SourceRun};
    use crate::ui::Clock;

    const NOW: Timestamp = Timestamp(1_763_640_000_000);

    fn html(sources: Vec<SourceStatus>) -> String {
        Owner::new().with(|| {
            Clock::provide();
            view! { <Sources sources now=NOW/> }.to_html()
        })
    }

    #[test]
    fn an_empty_page_shows_how_to_begin() {
        let html = html(Vec::new());
        assert!(html.contains("pharos.toml") && html.contains("[[source]]"), "{html}");
    }

    #[test]
    fn columns_of_runs_are_left_out_where_nothing_is_asked() {
        let reported = SourceRecord { name: "ci".into(), reported_at: Some(NOW), ..SourceRecord::default() };
        let html = html(SourceStatus::all(&[], vec![reported], NOW));
        assert!(html.contains("Last success") && !html.contains("Next run"), "{html}");
    }

    #[test]
    fn a_failing_source_says_why_and_since_when_nothing_was_heard() {
        let minute = 60_000;
        let ago = |minutes: i64| Timestamp(NOW.0 - minutes * minute);
        let expected =
            ExpectedSource { name: "depots".into(), kind: SourceKind::Command, interval_ms: Some(5 * minute) };
        let record = SourceRecord {
            name: "depots".into(),
            last_success_at: Some(ago(120)),
            next_run_at: Some(Timestamp(NOW.0 + 40 * minute)),
            failures: 4,
            last_run: Some(SourceRun {
                started_at: ago(3),
                ended_at: ago(2),
                error: Some("`dataos-ctl` ended with exit code 1: <no token>".into()),
                ..SourceRun::default()
            }),
            ..SourceRecord::default()
        };
        let html = html(SourceStatus::all(&[expected], vec![record], NOW));
        for text in ["failing, stale", "2 hours ago", "in 40 minutes", "4 failures in a row", "&lt;no token&gt;"] {
            assert!(html.contains(text), "{text}: {html}");
        }
        assert!(html.contains("/resources?fresh=stale"), "{html}");
    }
}
