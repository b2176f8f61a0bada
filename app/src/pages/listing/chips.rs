//! The counts per State above a listing, and what the listing is narrowed down by.

use leptos::prelude::*;

use super::facets::value_text;
use super::links::FilterLinks;
use crate::components::{Icon, count_text};
use crate::model::{FacetName, ListingQuery, Position, State};

/// How many Resources of the type are in which State. A chip chooses its State.
pub(super) fn states(
    query: &ListingQuery,
    links: &FilterLinks<'_>,
    counts: Vec<(State, u64)>,
) -> Option<impl IntoView + use<>> {
    let mut counts: Vec<_> =
        counts.into_iter().filter(|(state, count)| *count > 0 || query.has(FacetName::State, state.as_str())).collect();
    // What is there and what is gone come first; the rest keeps its order.
    counts.sort_by_key(|(state, _)| match state {
        State::Active => 0,
        State::Deleted => 1,
        _ => 2,
    });
    let chips = counts
        .into_iter()
        .map(|(state, count)| {
            let (url, chosen) = links.toggle(FacetName::State, state.as_str());
            view! {
                <li>
                    <a class="chip" href=url aria-current=chosen.then_some("true")>
                        <Icon name=state_icon(&state)/>
                        <strong data-live="">{count_text(count)}</strong>
                        " "
                        {state.to_string()}
                    </a>
                </li>
            }
        })
        .collect::<Vec<_>>();
    (!chips.is_empty()).then(|| view! { <ul class="chip-row" aria-label="States">{chips}</ul> })
}

fn state_icon(state: &State) -> &'static str {
    match state {
        State::Active => "check",
        State::Error => "cross",
        State::Pending => "clock",
        State::Deleted => "bin",
        State::Unknown | State::Other(_) => "question",
    }
}

/// The words and filters of the listing, each with a way to drop it.
pub(super) fn chosen(query: &ListingQuery, links: &FilterLinks<'_>) -> Option<impl IntoView + use<>> {
    if query.q.is_empty() && query.filters.is_empty() {
        return None;
    }
    let drop = |url: String, text: String| {
        let label = format!("Remove {text}");
        view! { <li><a class="chip" href=url aria-label=label.clone() title=label><span>{text}</span><Icon name="close"/></a></li> }
    };
    let words = (!query.q.is_empty()).then(|| {
        let without = ListingQuery { q: String::new(), position: Position::Start, ..query.clone() };
        drop(without.url(), format!("“{}”", query.q))
    });
    let filters = query
        .filters
        .iter()
        .map(|(facet, value)| {
            drop(links.toggle(*facet, value).0, format!("{}: {}", facet.label(), value_text(*facet, value)))
        })
        .collect::<Vec<_>>();
    let everywhere = (query.resource_type.is_some() && !query.q.is_empty()).then(|| {
        let all = ListingQuery { q: query.q.clone(), ..ListingQuery::default() };
        view! { <li><a href=all.url()>"Search all types"</a></li> }
    });
    Some(view! {
        <ul class="chip-row" aria-label="Filters">
            {words}
            {filters}
            <li><a href=query.cleared().url()>"Clear all"</a></li>
            {everywhere}
        </ul>
    })
}
