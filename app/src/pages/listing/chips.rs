//! The counts per State above a listing, and what the listing is narrowed down by.

use std::sync::Arc;

use leptos::prelude::*;

use super::facets::value_text;
use super::links::FilterLinks;
use crate::api::ListingView;
use crate::model::{FacetName, ListingQuery, Position, State, shortened};
use crate::ui::{Chip, ChipRow, Icon, IconName, count_text};

/// How many Resources are in which State, under the words and the other filters. A chip chooses its State.
#[component]
pub(super) fn StateChips(query: Arc<ListingQuery>, view: Arc<ListingView>) -> impl IntoView {
    let links = FilterLinks::new(&query);
    let mut counts = counts(&query, &view);
    counts.retain(|(state, count)| *count > 0 || query.has(FacetName::State, state.as_str()));
    // What is there and what is gone come first; the rest keeps its order.
    counts.sort_by_key(|(state, _)| match state {
        State::Active => 0,
        State::Deleted => 1,
        _ => 2,
    });
    let chips: Vec<_> = counts
        .into_iter()
        .map(|(state, count)| {
            let (href, is_chosen) = links.toggle(FacetName::State, state.as_str());
            let (name, word, count) = (icon(&state), state.to_string(), count_text(count));
            view! {
                <Chip href is_chosen>
                    <Icon name class="size-3.5"/>
                    <strong class="font-semibold tabular-nums">{count}</strong>
                    " "
                    {word}
                </Chip>
            }
        })
        .collect();
    (!chips.is_empty()).then(|| view! { <ChipRow label="States">{chips}</ChipRow> })
}

fn counts(query: &ListingQuery, view: &ListingView) -> Vec<(State, u64)> {
    let is_whole = query.q.is_empty() && query.filters.iter().all(|(name, _)| *name == FacetName::State);
    match view.facets.iter().find(|facet| facet.name == FacetName::State) {
        Some(facet) if !is_whole => {
            facet.values.iter().map(|value| (State::parse(&value.value), value.count)).collect()
        }
        None if !is_whole => Vec::new(),
        _ => view.states.clone(),
    }
}

fn icon(state: &State) -> IconName {
    match state {
        State::Active => IconName::Check,
        State::Error => IconName::Cross,
        State::Pending => IconName::Clock,
        State::Deleted => IconName::Bin,
        State::Unknown | State::Other(_) => IconName::Question,
    }
}

/// The words and filters of the listing, each with a way to drop it.
#[component]
pub(super) fn FilterChips(query: Arc<ListingQuery>) -> impl IntoView {
    let links = FilterLinks::new(&query);
    if query.q.is_empty() && query.filters.is_empty() {
        return None;
    }
    let chip = |href: String, text: String| {
        let label = format!("Remove {text}");
        view! {
            <Chip href label>
                <span>{text}</span>
                <Icon name=IconName::Cross class="size-3.5"/>
            </Chip>
        }
    };
    let words = (!query.q.is_empty()).then(|| {
        let without = ListingQuery { q: String::new(), position: Position::Start, ..(*query).clone() };
        chip(without.url(), format!("“{}”", shortened(&query.q)))
    });
    let filters: Vec<_> = query
        .filters
        .iter()
        .map(|(facet, value)| {
            chip(links.toggle(*facet, value).0, format!("{}: {}", facet.label(), value_text(*facet, value)))
        })
        .collect();
    let everywhere = (query.resource_type.is_some() && !query.q.is_empty()).then(|| {
        let all = ListingQuery { q: query.q.clone(), ..ListingQuery::default() };
        view! { <li><a href=all.url()>"Search all types"</a></li> }
    });
    let cleared = query.cleared().url();
    Some(view! {
        <ChipRow label="Filters">
            {words}
            {filters}
            <li><a href=cleared>"Clear all"</a></li>
            {everywhere}
        </ChipRow>
    })
}
