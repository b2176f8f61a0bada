//! How the whole catalog is, in a few numbers.

use leptos::prelude::*;

use crate::model::{FacetName, HealthLevel, ListingQuery, STALE, Summary};
use crate::ui::{Icon, IconName, count_text};

/// What is under way: a run, or a start.
const UNDER_WAY: [HealthLevel; 2] = [HealthLevel::InProgress, HealthLevel::Starting];

/// How many Resources are failed, degraded, under way and healthy, and how many are none of these: together all of them.
/// How many are stale stands apart, as they are among the others. Each number leads to them.
#[component]
pub(super) fn Tiles(summary: Summary) -> impl IntoView {
    let of_levels = |label: &str, levels: &[HealthLevel], icon, alarm: &'static str| {
        let count = levels.iter().map(|level| summary.of_level(level)).sum();
        tile(label.to_owned(), count, ListingQuery::of_health(levels.to_vec()).url(), icon, alarm)
    };
    let of_level =
        |level: HealthLevel, icon, alarm| of_levels(level.label(), std::slice::from_ref(&level), icon, alarm);
    let stale = ListingQuery::of(None).toggled(FacetName::Fresh, STALE).url();
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)] grid-rows-[1fr_auto] gap-1.5">
            <ul class="grid grid-cols-2 gap-3 *:h-full max-lg:*:last:col-span-2 lg:grid-cols-5" aria-label="Health of all Resources">
                {of_level(HealthLevel::Failed, IconName::Cross, "text-bad")}
                {of_level(HealthLevel::Degraded, IconName::Warning, "text-warn")}
                {of_levels("Under way", &UNDER_WAY, IconName::Play, "text-info")}
                {of_level(HealthLevel::Healthy, IconName::Heart, "text-good")}
                {tile("Stale".to_owned(), summary.stale, stale, IconName::Clock, "text-warn")}
            </ul>
            {rest(&summary)}
        </div>
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

/// How many Resources no tile counts.
fn rest(summary: &Summary) -> Option<impl IntoView + use<>> {
    let [in_progress, starting] = UNDER_WAY;
    let told = [HealthLevel::Failed, HealthLevel::Degraded, HealthLevel::Healthy, in_progress, starting];
    let others = summary.other_than(&told);
    if others.is_empty() {
        return None;
    }
    let entries: Vec<_> = others
        .into_iter()
        .map(|(level, count)| {
            let text = format!("{} {}", count_text(count), level.label().to_lowercase());
            view! { <li><a class="text-muted" href=ListingQuery::of_health([level]).url()>{text}</a></li> }
        })
        .collect();
    Some(view! {
        <div class="flex flex-wrap gap-x-3 text-sm text-muted tabular-nums">
            <span>"Besides"</span>
            <ul class="flex flex-wrap gap-x-3" aria-label="Besides">{entries}</ul>
        </div>
    })
}
