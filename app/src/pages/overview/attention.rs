//! What somebody should look at.

use leptos::prelude::*;

use crate::components::{HealthBadge, Moment, TypeIcon, count_text};
use crate::model::{FacetName, HealthLevel, ListingQuery, ListingRow, Timestamp};

/// The Resources that are failed or degraded, with the reason, the last changed first.
pub(super) fn attention(rows: Vec<ListingRow>, total: u64, now: Timestamp) -> impl IntoView {
    let mut all = ListingQuery::default();
    for level in [HealthLevel::Failed, HealthLevel::Degraded] {
        all.filters.push((FacetName::Health, level.as_str().to_owned()));
    }
    let more = (total > 0).then(|| view! { <a href=all.url()>{format!("See all {}", count_text(total))}</a> });
    let body = if rows.is_empty() {
        view! { <p class="muted">"Nothing is failed or degraded."</p> }.into_any()
    } else {
        let entries = rows.into_iter().map(|row| entry(row, now)).collect::<Vec<_>>();
        view! { <ul class="entries" data-live-rows="">{entries}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="attention">
            <div class="section-head">
                <h2 id="attention">"Needs attention"</h2>
                {more}
            </div>
            {body}
        </section>
    }
}

fn entry(row: ListingRow, now: Timestamp) -> impl IntoView {
    let href = row.key.path();
    let reason = row.health.reason.clone();
    let place = row.key.workspace.map(|workspace| format!("in {workspace}"));
    let key = href.clone();
    view! {
        <li data-key=key>
            <span class="subject">
                <HealthBadge health=row.health/>
                <TypeIcon resource_type=row.key.resource_type.clone()/>
                <a href=href>{row.key.name}</a>
                <span class="muted">{row.key.resource_type.label()}" "{place}</span>
            </span>
            <span class="when"><Moment at=row.changed_at now/></span>
            <span class="what">{reason}</span>
        </li>
    }
}
