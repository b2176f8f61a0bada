//! What somebody should look at.

use leptos::prelude::*;

use super::changes::{Entry, Section};
use crate::api::Row;
use crate::model::{ListingQuery, Timestamp};
use crate::ui::{CardList, HealthBadge, count_text};

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

fn entry(row: Row, now: Timestamp) -> impl IntoView {
    let reason = row.health.reason.clone();
    view! {
        <Entry key=row.key at=row.changed_at now badge=view! { <HealthBadge health=row.health/> }.into_any()>
            {reason}
        </Entry>
    }
}
