//! The title of a listing, how many Resources match, and the ways out as files.

use std::sync::Arc;

use leptos::prelude::*;

use crate::model::{ListingQuery, Position, ResourceType};
use crate::ui::{ButtonLink, Icon, IconName, TypeIcon, count_text};

/// The title of a listing as the screen shows it.
pub(super) fn title(resource_type: Option<&ResourceType>) -> String {
    resource_type.map_or_else(|| "All Resources".to_owned(), ResourceType::plural)
}

/// The title of the whole page.
pub(super) fn document_title(query: &ListingQuery) -> String {
    let heading = title(query.resource_type.as_ref());
    if query.q.is_empty() { heading } else { format!("{} · {heading}", query.q) }
}

/// The head of a listing.
#[component]
pub(super) fn Head(query: Arc<ListingQuery>, total: u64) -> impl IntoView {
    let heading = title(query.resource_type.as_ref());
    let results = if total == 1 { "1 result".to_owned() } else { format!("{} results", count_text(total)) };
    let icon = query
        .resource_type
        .clone()
        .map(|resource_type| view! { <TypeIcon resource_type class="size-5.5 text-muted"/> });
    view! {
        <div class="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <h1 class="flex min-w-0 items-center gap-2">{icon} {heading}</h1>
            <p class="text-muted" role="status">{results}</p>
            <div class="ml-auto flex flex-wrap gap-1.5">
                <ButtonLink href=export(&query, "csv") download=true title="All results as a table">
                    <Icon name=IconName::Download/>
                    "CSV"
                </ButtonLink>
                <ButtonLink href=export(&query, "json") download=true title="All results as JSON">
                    <Icon name=IconName::Download/>
                    "JSON"
                </ButtonLink>
            </div>
        </div>
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
