//! Where the focus goes when another page is opened.

use leptos::html::Main;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use web_sys::{FocusOptions, HtmlElement};

use crate::model::{ListingQuery, Position};

/// The id of the place of the page.
pub(crate) const MAIN_ID: &str = "main";

/// Gives an element the focus. Where the page is scrolled to is for the router and the scroll memory to say.
pub(crate) fn focus_in_place(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

/// The place of the page. It takes the focus when another page is opened, or another page of a listing, so that keyboards
/// and screen readers go on from its beginning; changing the filters of a listing, or the tab of a Resource, leaves the
/// focus where it is.
#[component]
pub(crate) fn MainContent(children: Children) -> impl IntoView {
    let main = NodeRef::<Main>::new();
    let location = use_location();
    Effect::new(move |before: Option<(String, Position)>| {
        let page = page_of(&location.pathname.read(), &location.search.read());
        if before.is_some_and(|before| before != page)
            && let Some(main) = main.get_untracked()
        {
            focus_in_place(&main);
        }
        page
    });
    view! {
        <main
            id=MAIN_ID
            class="min-w-0 max-w-[120rem] px-5 pt-4 pb-12 focus-visible:outline-none max-md:px-3 max-md:pt-3 max-md:pb-10 md:col-start-2 md:row-start-2"
            tabindex="-1"
            node_ref=main
        >
            {children()}
        </main>
    }
}

/// What tells the page of an address from other pages: its path without the tab, and the place in a listing.
fn page_of(path: &str, query: &str) -> (String, Position) {
    let end = path.match_indices('/').nth(3).map_or(path.len(), |(at, _)| at);
    let listing = ListingQuery::from_address(&[path, "?", query].concat());
    (path[..end].to_owned(), listing.map(|listing| listing.position).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tab_or_a_filter_is_no_other_page_and_the_next_rows_are() {
        let page = |address: &str| {
            let (path, query) = address.split_once('?').unwrap_or((address, ""));
            page_of(path, query)
        };
        assert_eq!(page("/resources/depots/x"), page("/resources/depots/x/runtime?sort=name"));
        assert_ne!(page("/resources/depots/x"), page("/resources/depots/y"));
        assert_eq!(page("/resources/depots"), page("/resources/depots?state=active&sort=name"));
        assert_ne!(page("/resources"), page("/resources/depots"));
        assert_ne!(page("/resources?sort=name"), page("/resources?sort=name&after=WzEsMl0"));
    }
}
