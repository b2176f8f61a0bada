//! The facets of a listing: what it can be narrowed down by, with counts.

use std::sync::Arc;

use leptos::prelude::*;

use super::links::FilterLinks;
use crate::api::ListingView;
use crate::model::{Facet, FacetName, FacetValue, HealthLevel, ListingQuery, ResourceType};
use crate::ui::{Icon, IconName, count_text};

/// How many values of a facet are shown before the rest is folded away.
const SHOWN: usize = 10;

/// The facets side by side, below each other where there is a column for them. An entry has a box, the value, and how
/// often it occurs.
const FACETS: &str = "grid grid-cols-[repeat(auto-fill,minmax(min(12rem,100%),1fr))] gap-x-4 gap-y-1 max-xl:pt-2 \
    [&_a]:flex [&_a]:items-baseline [&_a]:gap-1.5 [&_a]:rounded-sm [&_a]:px-1.5 [&_a]:py-px \
    [&_a]:text-ink [&_a:hover]:bg-hover [&_a:hover]:no-underline [&_a]:before:size-3 [&_a]:before:flex-none \
    [&_a]:before:self-center [&_a]:before:rounded-[3px] [&_a]:before:border [&_a]:before:border-edge \
    [&_a]:before:content-[''] [&_a[aria-current]]:font-semibold [&_a[aria-current]]:before:border-accent \
    [&_a[aria-current]]:before:bg-accent [&_a[aria-current]]:before:text-center \
    [&_a[aria-current]]:before:text-[0.7rem] [&_a[aria-current]]:before:leading-[0.7rem] \
    [&_a[aria-current]]:before:text-ground [&_a[aria-current]]:before:content-['✓'/''] \
    [&_a>span:first-child]:min-w-0 [&_a>span:first-child]:flex-1 [&_a>span:first-child]:truncate \
    [&_a>span+span]:text-sm [&_a>span+span]:text-muted [&_a>span+span]:tabular-nums";

/// All facets; folded away where there is little room.
#[component]
pub(super) fn Facets(query: Arc<ListingQuery>, view: Arc<ListingView>) -> impl IntoView {
    let links = FilterLinks::new(&query);
    let sections: Vec<_> = view
        .facets
        .iter()
        .filter(|facet| !facet.values.is_empty() && (facet.name != FacetName::Type || query.resource_type.is_none()))
        .map(|facet| section(&query, &links, facet))
        .collect();
    view! {
        <details class="supports-[selector(::details-content)]:xl:unfolded">
            <summary class="inline-flex min-h-8 items-center gap-1.5 rounded-md border border-line px-3">
                <Icon name=IconName::Filter/>
                "Filters"
            </summary>
            <div class=FACETS role="group" aria-label="Filters">
                {sections}
            </div>
        </details>
    }
}

fn section(query: &ListingQuery, links: &FilterLinks<'_>, facet: &Facet) -> impl IntoView + use<> {
    let Facet { name, values, more } = facet;
    let is_chosen = query.filters.iter().any(|(filter, _)| filter == name);
    let is_open = is_chosen || !matches!(name, FacetName::Source | FacetName::Tag);
    // Chosen values stay in sight.
    let mut values: Vec<&FacetValue> = values.iter().collect();
    values.sort_by_key(|value| !query.has(*name, &value.value));
    let (shown, folded) = values.split_at(values.len().min(SHOWN));
    let entries = |values: &[&FacetValue]| values.iter().map(|value| entry(links, *name, value)).collect::<Vec<_>>();
    let rest = (!folded.is_empty()).then(|| {
        view! {
            <details>
                <summary class="px-1.5 py-px text-sm text-muted">{folded.len()} " more"</summary>
                <ul>{entries(folded)}</ul>
            </details>
        }
    });
    let unlisted = (*more > 0).then(|| {
        view! {
            <p class="px-1.5 py-px text-sm text-muted">
                "and " {count_text(*more)} " more, which the search finds with " {name.as_str()} ":"
            </p>
        }
    });
    view! {
        <details class="min-w-0 border-b border-line pb-1.5" open=is_open>
            <summary class="py-0.5 font-semibold">{name.label()}</summary>
            <ul>{entries(shown)}</ul>
            {rest}
            {unlisted}
        </details>
    }
}

fn entry(links: &FilterLinks<'_>, name: FacetName, value: &FacetValue) -> impl IntoView + use<> {
    let (href, is_chosen) = links.toggle(name, &value.value);
    view! {
        <li>
            <a href=href aria-current=is_chosen.then_some("true")>
                <span>{value_text(name, &value.value)}</span>
                <span>{count_text(value.count)}</span>
            </a>
        </li>
    }
}

/// A value of a facet as the screen shows it.
pub(super) fn value_text(facet: FacetName, value: &str) -> String {
    match facet {
        FacetName::Type => ResourceType::from_slug(value).plural(),
        FacetName::Health => HealthLevel::parse(value).label().to_owned(),
        FacetName::Runtime if value == "none" => "no runtime".to_owned(),
        _ => value.to_owned(),
    }
}
