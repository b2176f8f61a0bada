//! What somebody should look at.

use leptos::prelude::*;

use super::changes::{ResourceLink, Section};
use crate::api::Attention;
use crate::model::{Common, Key, ListingQuery, Timestamp};
use crate::ui::{CardList, CodeText, HealthBadge, RelativeTime, count_text};

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
    let (what, why, when) = match common {
        None => {
            let resource = keys.into_iter().next().map(|key| {
                let href = key.path();
                view! { <ResourceLink key href/> }
            });
            let why = view! { <CodeText text=health.reason/> }.into_any();
            (resource.into_any(), why, "since ")
        }
        Some(common) => {
            let number = count_text(count.into()) + if has_more { "+" } else { "" };
            let (what, why) = match common {
                Common::Whole(whole) => {
                    let (href, label) = (whole.path(), whole.resource_type.label().to_lowercase());
                    let what = view! { {format!("{number} parts of the {label} ")} <a class="font-[550]" href=href>{whole.name}</a> };
                    (what.into_any(), ().into_any())
                }
                Common::Cause(cause) => {
                    let what = view! { <strong class="font-[550]">{format!("{number} Resources")}</strong> };
                    (what.into_any(), view! { <CodeText text=cause/> " " }.into_any())
                }
            };
            let all = ListingQuery::of_health([health.level]);
            (
                view! { <span class="min-w-0 truncate">{what}</span> }.into_any(),
                view! { {why} {names(keys, count, has_more, all)} }.into_any(),
                "latest ",
            )
        }
    };
    view! {
        <li class="relative items-baseline hover:bg-raised grid-cols-[auto_minmax(0,1fr)]! xl:grid-cols-[5.75rem_minmax(0,4fr)_minmax(0,5fr)_9rem]!">
            {badge}
            {what}
            <span class="xl:truncate text-sm text-muted max-xl:col-span-2">{why}</span>
            <span class="text-sm text-muted max-xl:col-span-2 xl:text-end">{when} <RelativeTime at now/></span>
        </li>
    }
}

/// The first names of a group, and the way to the rest.
fn names(keys: Vec<Key>, count: u32, has_more: bool, all: ListingQuery) -> impl IntoView {
    let rest = count.saturating_sub(u32::try_from(keys.len()).unwrap_or(u32::MAX));
    let names = keys
        .into_iter()
        .enumerate()
        .map(|(at, key)| {
            let (href, separator) = (key.path(), (at > 0).then_some(", "));
            view! { {separator} <a class="text-ink" href=href>{key.name}</a> }
        })
        .collect_view();
    let rest = (rest > 0).then(|| {
        let plus = if has_more { "+" } else { "" };
        view! { ", " <a href=all.url()>{format!("and {}{plus} more", count_text(rest.into()))}</a> }
    });
    view! { {names} {rest} }
}
