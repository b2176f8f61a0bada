//! How the whole catalog is, in four numbers.

use leptos::prelude::*;

use crate::model::{FacetName, HealthLevel, ListingQuery, STALE, Summary};
use crate::ui::{Icon, IconName, count_text};

/// How many Resources are healthy, degraded, failed and stale; each number leads to them.
#[component]
pub(super) fn Tiles(summary: Summary) -> impl IntoView {
    let of_level = |level: HealthLevel, icon, alarm: &'static str| {
        let count = summary.of_level(&level);
        let href = ListingQuery::of_health([level.clone()]).url();
        tile(level.label().to_owned(), count, href, icon, alarm)
    };
    let stale = ListingQuery::of(None).toggled(FacetName::Fresh, STALE).url();
    view! {
        <ul class="*:h-full grid grid-cols-2 gap-3 md:grid-cols-4" aria-label="Health of all Resources">
            {of_level(HealthLevel::Failed, IconName::Cross, "text-bad")}
            {of_level(HealthLevel::Degraded, IconName::Warning, "text-warn")}
            {tile("Stale".to_owned(), summary.stale, stale, IconName::Clock, "text-warn")}
            {of_level(HealthLevel::Healthy, IconName::Heart, "text-good")}
        </ul>
    }
}

/// A number that is coloured only where there is something to count.
fn tile(label: String, count: u64, href: String, icon: IconName, colour: &'static str) -> impl IntoView {
    let number = if count == 0 { "text-muted" } else { colour };
    view! {
        <li>
            <a
                class="grid h-full grid-cols-[minmax(0,1fr)_auto] content-center items-center rounded-lg border border-line px-3 py-2.5 text-ink hover:bg-hover hover:no-underline"
                href=href
            >
                <span class="text-muted">{label}</span>
                <Icon name=icon class="size-4 text-muted max-lg:hidden"/>
                <strong class=["col-span-2 text-[1.625rem]/tight font-[650] tabular-nums ", number].concat()>
                    {count_text(count)}
                </strong>
            </a>
        </li>
    }
}
