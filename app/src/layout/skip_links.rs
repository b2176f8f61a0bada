//! Links to the parts of a page, for those who go through it with the keyboard.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::MAIN_ID;
use crate::model::ListingQuery;

/// The id of the filters of a listing.
pub(crate) const FILTERS_ID: &str = "filters";

/// The id of the rows of a listing and the ways to its other pages.
pub(crate) const RESULTS_ID: &str = "results";

/// Each is seen while it has the focus.
const SKIP_LINK: &str = "fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-2 text-ground \
                         focus:translate-none";

/// The first links of a page. Browsers follow them by themselves, but then take the page for one that was gone back to
/// when a link is followed again: so the focus is given to the part here, which also scrolls to it.
#[component]
pub(crate) fn SkipLinks() -> impl IntoView {
    let path = use_location().pathname;
    let is_listing = Memo::new(move |_| path.with(|path| ListingQuery::from_address(path).is_some()));
    let link = |to: &'static str, text: &'static str| {
        let skip = move |event: MouseEvent| {
            let part = document().get_element_by_id(to).and_then(|part| part.dyn_into::<HtmlElement>().ok());
            if let Some(part) = part.filter(|part| part.offset_parent().is_some()) {
                event.prevent_default();
                let _ = part.focus();
                part.scroll_into_view();
            }
        };
        view! { <a class=SKIP_LINK href=["#", to].concat() rel="external" on:click=skip>{text}</a> }
    };
    view! {
        {link(MAIN_ID, "Skip to content")}
        {move || {
            is_listing
                .get()
                .then(|| view! { {link(FILTERS_ID, "Skip to filters")} {link(RESULTS_ID, "Skip to results")} })
                .into_any()
        }}
    }
}
