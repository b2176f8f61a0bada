//! What somebody should look at.

use leptos::prelude::*;

use super::changes::{Section, place_of};
use crate::api::Row;
use crate::model::{ListingQuery, Timestamp};
use crate::ui::{CardList, CodeText, HealthBadge, RelativeTime, TypeIcon, count_text};

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
    let place = place_of(&row.key);
    view! {
        <li class="relative items-baseline hover:bg-raised grid-cols-[auto_minmax(0,1fr)]! xl:grid-cols-[5.75rem_minmax(0,4fr)_minmax(0,5fr)_9rem]!">
            <span>
                <HealthBadge health=row.health.clone()/>
            </span>
            <span class="flex min-w-0 items-baseline gap-x-2">
                <a class="flex min-w-0 items-baseline gap-1.5 font-[550] after:absolute after:inset-0" href=href>
                    <TypeIcon resource_type=row.key.resource_type.clone() class="size-4 translate-y-0.5 text-muted"/>
                    <span class="truncate">{row.key.name}</span>
                </a>
                <span class="min-w-12 truncate text-sm text-muted">{place}</span>
            </span>
            <span class="truncate text-sm text-muted max-xl:col-span-2"><CodeText text=row.health.reason/></span>
            <span class="text-sm text-muted max-xl:col-span-2 xl:text-end">"since " <RelativeTime at now/></span>
        </li>
    }
}
