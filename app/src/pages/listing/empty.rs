//! What a listing without rows says: why it is empty, and the ways out.

use std::sync::Arc;

use leptos::prelude::*;

use super::head::title;
use crate::api::UnknownValue;
use crate::model::{ListingQuery, Position, SearchText, qualified, shortened};
use crate::ui::{CodeBlock, EmptyState, count_text};

/// `known` is how many Resources of the type there are without words and filters; `unknown` are the values of the search
/// text that none of them has.
#[component]
pub(super) fn EmptyListing(query: Arc<ListingQuery>, known: u64, unknown: Vec<UnknownValue>) -> impl IntoView {
    let what = match &query.resource_type {
        Some(resource_type) => resource_type.plural(),
        None => "Resources".to_owned(),
    };
    if known == 0 {
        let command = match &query.resource_type {
            Some(resource_type) => format!("dataos-ctl get -t {resource_type} -a | pharos import -"),
            None => "dataos-ctl get -t depot -a | pharos import -".to_owned(),
        };
        let others = query.resource_type.is_some().then(|| {
            view! { <p><a href="/resources">"See all Resources"</a></p> }
        });
        return view! {
            <EmptyState title=format!("No {what} in the catalog")>
                <p>"Import what the platform lists:"</p>
                <CodeBlock text=command/>
                {others}
            </EmptyState>
        }
        .into_any();
    }
    let unknown = unknown.iter().map(|unknown| existing_values(&query, unknown)).collect_view();
    let text = shortened(&query.q);
    let is_narrowed = !query.filters.is_empty();
    let unfiltered = (is_narrowed && !query.q.is_empty()).then(|| {
        let query = ListingQuery { filters: Vec::new(), position: Position::Start, ..(*query).clone() };
        view! { <li><a href=query.url()>{format!("Search for “{text}” without filters")}</a></li> }
    });
    let everywhere = (query.resource_type.is_some() && !query.q.is_empty()).then(|| {
        let all = ListingQuery { q: query.q.clone(), ..ListingQuery::default() };
        view! { <li><a href=all.url()>{format!("Search for “{text}” in all types")}</a></li> }
    });
    let reason = match (query.q.is_empty(), is_narrowed) {
        (true, false) => "There is nothing on this page of the listing.".to_owned(),
        (true, true) => format!("No {what} have all the chosen values."),
        (false, false) => format!("No {what} match “{text}”."),
        (false, true) => format!("No {what} match “{text}” and have all the chosen values."),
    };
    let plain = ListingQuery { sorting: query.sorting, ..query.cleared() };
    let all = format!("See all: {}", title(query.resource_type.as_ref()));
    view! {
        <EmptyState title="Nothing found">
            <p class="wrap-anywhere">{reason}</p>
            {unknown}
            <ul class="grid gap-1.5 wrap-anywhere">
                {unfiltered}
                {everywhere}
                <li><a href=plain.url()>{all}</a></li>
            </ul>
        </EmptyState>
    }
    .into_any()
}

/// Which values there are instead of one that the listing asks for, each with the listing that asks for it.
pub(super) fn existing_values(query: &ListingQuery, unknown: &UnknownValue) -> impl IntoView + use<> {
    let UnknownValue { facet, value, values, .. } = unknown;
    let links = values
        .iter()
        .map(|there_is| {
            let q = SearchText::replaced(&query.q, *facet, value, &there_is.value);
            let mut query = ListingQuery { q, position: Position::Start, ..query.clone() };
            for (name, chosen) in &mut query.filters {
                if name == facet && chosen.to_lowercase() == *value {
                    chosen.clone_from(&there_is.value);
                }
            }
            view! {
                <li>
                    <a href=query.url()>{qualified(*facet, &there_is.value)}</a>
                    " "
                    <span class="text-sm text-muted tabular-nums">{count_text(there_is.count)}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="grid gap-1.5 wrap-anywhere">
            <p>{unknown.note(query.resource_type.as_ref())}</p>
            <ul class="flex flex-wrap gap-x-4 gap-y-1.5">{links}</ul>
        </div>
    }
}
