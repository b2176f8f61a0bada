//! What somebody should look at.

use leptos::prelude::*;

use super::changes::{ResourceLink, Section};
use crate::api::Row;
use crate::model::{ListingQuery, Timestamp};
use crate::ui::{CardList, HealthBadge, Reason, RelativeTime, count_text};

/// The Resources that are failed or degraded, with the reason, the gravest first.
#[component]
pub(super) fn Attention(rows: Vec<Row>, total: u64, now: Timestamp) -> impl IntoView {
    let more = (total > 0).then(|| {
        let all = ListingQuery::needing_attention().url();
        view! { <a href=all>{format!("See all {}", count_text(total))}</a> }.into_any()
    });
    let body = if rows.is_empty() {
        view! { <p class="text-muted">"Nothing is failed or degraded."</p> }.into_any()
    } else {
        let entries = rows.into_iter().map(|row| entry(row, now)).collect_view();
        view! { <CardList>{entries}</CardList> }.into_any()
    };
    view! { <Section id="attention" title="Needs attention" more>{body}</Section> }
}

/// One line where there is room for it: how grave, what, why, since when.
fn entry(row: Row, now: Timestamp) -> impl IntoView {
    let (href, at) = (row.id(), row.health_since.unwrap_or(row.changed_at));
    view! {
        <li class="relative items-baseline hover:bg-raised grid-cols-[auto_minmax(0,1fr)]! xl:grid-cols-[5.75rem_minmax(0,4fr)_minmax(0,5fr)_9rem]!">
            <span>
                <HealthBadge health=row.health.clone()/>
            </span>
            <ResourceLink key=row.key href/>
            <span class="truncate text-sm text-muted max-xl:col-span-2"><Reason reason=row.health.reason now has_age_beside=true/></span>
            <span class="text-sm text-muted max-xl:col-span-2 xl:text-end">"since " <RelativeTime at now/></span>
        </li>
    }
}
