//! The facets of a listing: what it can be narrowed down by, with counts.

use leptos::prelude::*;

use super::links::FilterLinks;
use crate::components::{Icon, count_text};
use crate::model::{Facet, FacetName, FacetValue, HealthLevel, ListingQuery, ResourceType};

/// How many values of a facet are shown before the rest is folded away.
const SHOWN: usize = 10;

/// All facets; folded away where there is little room.
pub(super) fn facets(query: &ListingQuery, links: &FilterLinks<'_>, facets: Vec<Facet>) -> impl IntoView + use<> {
    let sections = facets
        .into_iter()
        .filter(|facet| !facet.values.is_empty() && (facet.name != FacetName::Type || query.resource_type.is_none()))
        .map(|facet| section(query, links, facet))
        .collect::<Vec<_>>();
    view! {
        <details class="facets">
            <summary><Icon name="filter"/>"Filters"</summary>
            <div class="facet-list" role="group" aria-label="Filters">{sections}</div>
        </details>
    }
}

fn section(query: &ListingQuery, links: &FilterLinks<'_>, facet: Facet) -> impl IntoView + use<> {
    let Facet { name, mut values, more } = facet;
    let chosen = query.filters.iter().any(|(filter, _)| *filter == name);
    let open = chosen || !matches!(name, FacetName::Source | FacetName::Tag);
    // Chosen values stay in sight.
    values.sort_by_key(|value| !query.has(name, &value.value));
    let folded = values.split_off(values.len().min(SHOWN));
    let entry = |value: FacetValue| {
        let (url, chosen) = links.toggle(name, &value.value);
        view! {
            <li>
                <a href=url aria-current=chosen.then_some("true")>
                    <span>{value_text(name, &value.value)}</span>
                    <span>{count_text(value.count)}</span>
                </a>
            </li>
        }
    };
    let shown = values.into_iter().map(entry).collect::<Vec<_>>();
    let folded = (!folded.is_empty()).then(|| {
        let text = format!("{} more", folded.len());
        let folded = folded.into_iter().map(entry).collect::<Vec<_>>();
        view! { <details><summary>{text}</summary><ul>{folded}</ul></details> }
    });
    let rest = (more > 0).then(|| {
        let text = format!("and {} more, which the search finds with {}:", count_text(more), name.as_str());
        view! { <p class="more">{text}</p> }
    });
    view! {
        <details class="facet" data-key=name.as_str() open=open>
            <summary>{name.label()}</summary>
            <ul>{shown}</ul>
            {folded}
            {rest}
        </details>
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
