//! The sources: where what is shown comes from, and whether it still comes.

mod table;

use leptos::prelude::*;

use crate::api::{ApiError, Fragment};
use crate::catalog::Catalog;
use crate::model::{FacetName, ListingQuery, STALE, SourceStatus, Timestamp};

/// `/sources`: every source that is configured or has reported.
pub(super) async fn page(catalog: &dyn Catalog) -> Result<Fragment, ApiError> {
    Ok(Fragment::of("Sources", sources(catalog.sources().await?, catalog.now())))
}

fn sources(sources: Vec<SourceStatus>, now: Timestamp) -> impl IntoView {
    let quiet = sources.iter().any(|source| source.quiet).then(|| {
        let stale = ListingQuery::default().toggled(FacetName::Fresh, STALE).url();
        view! {
            <p>
                "Some sources have not been heard of for three of their intervals: "
                <a href=stale>"what they told last is stale"</a>"."
            </p>
        }
    });
    let body = if sources.is_empty() { none().into_any() } else { table::table(&sources, now).into_any() };
    view! {
        <div class="page-head">
            <h1>"Sources"</h1>
        </div>
        {quiet}
        {body}
    }
}

fn none() -> impl IntoView {
    view! {
        <div class="empty-state">
            <h2>"No source yet"</h2>
            <p>
                "Import something, or list in "<code>"pharos.toml"</code>
                " what Pharos should ask by itself, and start it again:"
            </p>
            <pre class="code-block">
                <code>
                    "[[source]]\nname = \"depots\"\nkind = \"command\"\nrun = [\"dataos-ctl\", \"get\", \"-t\", \"depot\", \"-a\"]\ninterval = \"5m\""
                </code>
            </pre>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ExpectedSource, SourceKind, SourceRecord, SourceRun};

    const NOW: Timestamp = Timestamp(1_763_640_000_000);

    fn html(all: Vec<SourceStatus>) -> String {
        Fragment::of("", sources(all, NOW)).html
    }

    #[test]
    fn an_empty_page_shows_how_to_begin() {
        let html = html(Vec::new());
        assert!(html.contains("pharos.toml") && html.contains("[[source]]"), "{html}");
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
