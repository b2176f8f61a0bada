//! The title of a listing, how many Resources match, and the ways out as files.

use std::sync::Arc;

use leptos::prelude::*;

use super::toolbar::Toolbar;
use crate::api::ListingView;
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
pub(super) fn Head(query: RwSignal<Arc<ListingQuery>>, view: RwSignal<Arc<ListingView>>) -> impl IntoView {
    let heading = move || {
        let resource_type = query.with(|query| query.resource_type.clone());
        let text = title(resource_type.as_ref());
        let icon = resource_type.map(|resource_type| view! { <TypeIcon resource_type class="size-5.5 text-muted"/> });
        view! { {icon} {text} }.into_any()
    };
    let total = Memo::new(move |_| view.with(|view| view.total));
    let results = move || match total.get() {
        1 => "1 result".to_owned(),
        total => format!("{} results", count_text(total)),
    };
    let file = move |ending: &'static str, title: &'static str, label: &'static str| {
        move || {
            view! {
                <ButtonLink href=export(&query.read(), ending) download=true title>
                    <Icon name=IconName::Download/>
                    {label}
                </ButtonLink>
            }
            .into_any()
        }
    };
    view! {
        <div class="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <h1 class="flex min-w-0 items-center gap-2">{heading}</h1>
            <p class="text-muted" role="status">{results}</p>
            <div class="relative ml-auto flex flex-wrap gap-1.5 max-md:ml-0">
                <Toolbar query/>
                {file("csv", "All results as a table", "CSV")}
                {file("json", "All results as JSON", "JSON")}
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
