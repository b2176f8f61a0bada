//! What somebody should look at.

use leptos::prelude::*;

use super::changes::{ResourceLink, Section};
use crate::api::Attention;
use crate::model::{Common, HealthLevel, Key, ListingQuery, STUCK, Timestamp};
use crate::ui::{CardList, CodeText, HealthBadge, Reason, RelativeTime, count_text};

/// The Resources that are failed or degraded, with the reason, the gravest first.
#[component]
pub(super) fn NeedsAttention(entries: Vec<Attention>, total: u64, now: Timestamp) -> impl IntoView {
    let more = (total > 0).then(|| {
        let all = ListingQuery::needing_attention().url();
        view! { <a href=all>{format!("See all {}", count_text(total))}</a> }.into_any()
    });
    let body = if entries.is_empty() {
        view! { <p class="text-muted">"Nothing is failed or degraded."</p> }.into_any()
    } else {
        let entries = entries.into_iter().map(|entry| entry_view(entry, now)).collect_view();
        view! { <CardList>{entries}</CardList> }.into_any()
    };
    view! { <Section id="attention" title="Needs attention" more>{body}</Section> }
}

/// One line where there is room for it: how grave, what, why, since when.
fn entry_view(entry: Attention, now: Timestamp) -> impl IntoView {
    let Attention { common, health, since: at, keys, count, has_more } = entry;
    let badge = view! { <span><HealthBadge health=health.clone()/></span> };
    let plus = if has_more { "+" } else { "" };
    let number = count_text(count.into()) + plus;
    let rest = count.saturating_sub(u32::try_from(keys.len()).unwrap_or(u32::MAX));
    let rest = (rest > 0).then(|| format!("and {}{plus} more", count_text(rest.into())));
    let (what, why, when) = match common {
        None => {
            let resource = keys.into_iter().next().map(|key| {
                let href = key.path();
                view! { <ResourceLink key href/> }
            });
            (resource.into_any(), view! { <Reason reason=health.reason now has_age_beside=true/> }.into_any(), "since ")
        }
        Some(Common::Whole(whole)) => {
            let (href, label) = (whole.path(), whole.resource_type.label().to_lowercase());
            let names = names(keys, rest, href.clone());
            let parts = format!("{number} parts of the {label} ");
            let what = view! { <span class="min-w-0 truncate [&_a]:underline">{parts} <a class="font-[550]" href=href>{whole.name}</a></span> };
            (what.into_any(), names.into_any(), "latest ")
        }
        Some(Common::Cause(cause)) => {
            let level = if health.stuck { HealthLevel::parse(STUCK) } else { health.level };
            let names = names(keys, rest, ListingQuery::of_health([level]).url());
            let what = view! {
                <span class="flex min-w-0 items-baseline gap-x-2">
                    <strong class="flex-none font-[550]">{number} " Resources"</strong>
                    " "
                    {names}
                </span>
            };
            (what.into_any(), view! { <CodeText text=cause/> }.into_any(), "latest ")
        }
    };
    view! {
        <li class="relative items-baseline hover:bg-raised grid-cols-[auto_minmax(0,1fr)]! xl:grid-cols-[6.5rem_minmax(0,4fr)_minmax(0,5fr)_9rem]!">
            {badge}
            " "
            {what}
            " "
            <span class="truncate text-sm text-muted max-xl:col-span-2">{why}</span>
            " "
            <span class="text-sm text-muted max-xl:col-span-2 xl:text-end">{when} <RelativeTime at now/></span>
        </li>
    }
}

/// The first names of a group as far as they have room, and the way to the rest.
fn names(keys: Vec<Key>, rest: Option<String>, all: String) -> impl IntoView {
    let names = keys
        .into_iter()
        .enumerate()
        .map(|(at, key)| {
            let (href, separator) = (key.path(), (at > 0).then_some(", "));
            view! { {separator} <a class="text-ink" href=href>{key.name}</a> }
        })
        .collect_view();
    let rest = rest.map(|rest| view! { <a class="flex-none" href=all>{rest}</a> });
    view! {
        <span class="flex min-w-0 gap-x-1 text-sm text-muted [&_a]:underline">
            <span class="truncate">{names}</span>
            " "
            {rest}
        </span>
    }
}
