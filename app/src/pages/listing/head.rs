//! The title of a listing, how many Resources match, and the ways out as files.

use leptos::prelude::*;

use maud::{Markup, html};

use crate::components::{Icon, SEARCH_FORM_ID, TypeIcon, count_text};
use crate::model::{ListingQuery, Position, ResourceType};

/// The title of a listing as the screen shows it.
pub(super) fn title(resource_type: Option<&ResourceType>) -> String {
    resource_type.map_or_else(|| "All Resources".to_owned(), ResourceType::plural)
}

/// The title of the whole page.
pub(super) fn document_title(query: &ListingQuery) -> String {
    let heading = title(query.resource_type.as_ref());
    if query.q.is_empty() { heading } else { format!("{} · {heading}", query.q) }
}

pub(super) fn head(query: &ListingQuery, total: u64) -> impl IntoView + use<> {
    let heading = title(query.resource_type.as_ref());
    let results = if total == 1 { "1 result".to_owned() } else { format!("{} results", count_text(total)) };
    view! {
        <div class="page-head">
            <h1>
                {query.resource_type.clone().map(|resource_type| view! { <TypeIcon resource_type/> })}
                {heading}
            </h1>
            <p class="muted" role="status" data-live="">{results}</p>
            <div class="actions">
                <a class="button" href=export(query, "csv") download="" title="All results as a table">
                    <Icon name="download"/>
                    "CSV"
                </a>
                <a class="button" href=export(query, "json") download="" title="All results as JSON">
                    <Icon name="download"/>
                    "JSON"
                </a>
            </div>
        </div>
    }
}

/// The filters of the listing, for a search of it without JavaScript.
pub(super) fn kept(query: &ListingQuery) -> Markup {
    html! {
        @for (facet, value) in &query.filters {
            input type="hidden" form=(SEARCH_FORM_ID) name=(facet.as_str()) value=(value);
        }
    }
}

/// The address of the listing as a file: all pages of it.
fn export(query: &ListingQuery, ending: &str) -> String {
    let all = query.at(Position::Start);
    let parameters = all.to_query_string();
    let mark = if parameters.is_empty() { "" } else { "?" };
    ["/export", &all.path(), ".", ending, mark, &parameters].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_hold_all_pages_of_the_listing() {
        let export = |address: &str| export(&ListingQuery::from_address(address).expect("a listing"), "csv");
        assert_eq!(export("/resources"), "/export/resources.csv");
        assert_eq!(export("/resources/depots?state=active&after=x"), "/export/resources/depots.csv?state=active");
    }
}
