//! The facets of a listing: what it can be narrowed down by, with counts.

use maud::{Markup, html};

use super::links::FilterLinks;
use crate::components::{count_text, icon};
use crate::model::{Facet, FacetName, FacetValue, HealthLevel, ListingQuery, ResourceType};

/// How many values of a facet are shown before the rest is folded away.
const SHOWN: usize = 10;

/// All facets; folded away where there is little room.
pub(super) fn facets(query: &ListingQuery, links: &FilterLinks<'_>, facets: Vec<Facet>) -> Markup {
    let shown = facets
        .into_iter()
        .filter(|facet| !facet.values.is_empty() && (facet.name != FacetName::Type || query.resource_type.is_none()));
    html! {
        details.facets {
            summary { (icon("filter")) "Filters" }
            div.facet-list role="group" aria-label="Filters" { @for facet in shown { (section(query, links, facet)) } }
        }
    }
}

fn section(query: &ListingQuery, links: &FilterLinks<'_>, facet: Facet) -> Markup {
    let Facet { name, mut values, more } = facet;
    let chosen = query.filters.iter().any(|(filter, _)| *filter == name);
    let open = chosen || !matches!(name, FacetName::Source | FacetName::Tag);
    // Chosen values stay in sight.
    values.sort_by_key(|value| !query.has(name, &value.value));
    let (shown, folded) = values.split_at(values.len().min(SHOWN));
    html! {
        details.facet data-key=(name.as_str()) open[open] {
            summary { (name.label()) }
            ul { @for value in shown { (entry(links, name, value)) } }
            @if !folded.is_empty() {
                details {
                    summary { (folded.len()) " more" }
                    ul { @for value in folded { (entry(links, name, value)) } }
                }
            }
            @if more > 0 {
                p.more { "and " (count_text(more)) " more, which the search finds with " (name.as_str()) ":" }
            }
        }
    }
}

fn entry(links: &FilterLinks<'_>, name: FacetName, value: &FacetValue) -> Markup {
    let (url, chosen) = links.toggle(name, &value.value);
    html! {
        li {
            a href=(url) aria-current=[chosen.then_some("true")] {
                span { (value_text(name, &value.value)) }
                span { (count_text(value.count)) }
            }
        }
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
