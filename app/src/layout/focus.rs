//! Where the focus goes when another page is opened, and what is announced of it.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, FocusOptions, HtmlElement};

use super::by_address::ByAddress;
use crate::model::{ListingQuery, Position};

/// The id of the place of the page.
pub(crate) const MAIN_ID: &str = "main";

/// Gives an element the focus. Where the page is scrolled to is for the router and the scroll memory to say.
pub(crate) fn focus_in_place(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

/// Whether keys are text just now.
pub(crate) fn is_typing() -> bool {
    document().active_element().is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || element.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable)
    })
}

/// Knows when a page that was opened is on the screen; in the context of the frame.
#[derive(Clone, Copy)]
pub(crate) struct Arrival {
    state: StoredValue<State>,
    /// Counts what pages were shown with.
    shown: RwSignal<u32>,
    /// What is announced of the page that has come.
    title: RwSignal<String>,
}

#[derive(Default)]
struct State {
    stage: Stage,
    /// Whether somebody was typing when the page was opened, as in the search box that led to it.
    was_typing: bool,
    /// The address that one went back or forward to.
    returned_to: Option<String>,
    /// For each address that one left by a link of its page, the link.
    left_by: ByAddress<String>,
}

/// What became of the page that was opened last.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    /// It is on the screen, and has got the focus.
    #[default]
    Settled,
    /// It is on its way.
    Awaited,
    /// It is there; the router may still be exchanging the one before for it.
    Shown,
}

impl Arrival {
    /// Provides it to the application.
    pub(crate) fn provide() {
        provide_context(Self {
            state: StoredValue::new(State::default()),
            shown: RwSignal::new(0),
            title: RwSignal::new(String::new()),
        });
    }

    /// The one of the application.
    pub(crate) fn of_app() -> Self {
        expect_context()
    }

    /// Says that a page shows what its address says.
    pub(crate) fn tell(self) {
        self.state.update_value(|state| {
            if state.stage == Stage::Awaited {
                state.stage = Stage::Shown;
            }
        });
        self.shown.update(|shown| *shown = shown.wrapping_add(1));
    }

    /// Whether a page that was opened is not on the screen yet.
    pub(super) fn is_awaited(self) -> bool {
        self.state.with_value(|state| state.stage != Stage::Settled)
    }

    /// Gives the focus to the page that has come, and announces it. Of a page that one went back or forward to, the link
    /// by which it was left gets the focus, if it is still there; of any other, the heading.
    fn settle(self) {
        let (is_shown, was_typing, link) = self
            .state
            .try_update_value(|state| {
                let is_shown = state.stage == Stage::Shown;
                let here = state
                    .returned_to
                    .take_if(|_| is_shown)
                    .filter(|returned_to| Some(returned_to) == address().as_ref());
                if is_shown {
                    state.stage = Stage::Settled;
                }
                (is_shown, state.was_typing, here.and_then(|here| state.left_by.get(&here).cloned()))
            })
            .unwrap_or_default();
        if !is_shown {
            return;
        }
        // Who began to type, or opened a dialog, while the page was on its way is not interrupted.
        let is_busy =
            (is_typing() && !was_typing) || document().query_selector("dialog[open]").is_ok_and(|open| open.is_some());
        if !is_busy
            && let Some(target) =
                link.and_then(|left_by| link_to(|href| href == left_by)).or_else(heading).or_else(main_content)
        {
            focus_in_place(&target);
        }
        self.title.set(document().title());
    }

    /// Remembers by which links pages are left, and that one goes back or forward.
    fn watch(self) {
        // Before the router sees it, which may change the address at once.
        let clicked = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let link = event.target().and_then(|target| target.dyn_into::<Element>().ok()?.closest("a[href]").ok()?);
            let (Some(link), Some(address)) = (link, address()) else { return };
            let is_of_page = main_content().is_some_and(|main| main.contains(Some(&link)));
            let href = link.get_attribute("href").filter(|_| is_of_page);
            self.state.update_value(|state| {
                if let Some(href) = href {
                    state.left_by.insert(address, href);
                } else {
                    state.left_by.remove(&address);
                }
            });
        });
        let listener = clicked.as_ref().unchecked_ref();
        let _ = window().add_event_listener_with_callback_and_bool("click", listener, true);
        // The frame is there as long as the document.
        clicked.forget();
        let returned = window_event_listener_untyped("popstate", move |_| {
            self.state.update_value(|state| state.returned_to = address());
        });
        on_cleanup(move || returned.remove());
    }
}

/// Where the window is. What lies beside a listing does not make it another place.
pub(super) fn address() -> Option<String> {
    let location = window().location();
    let (path, query) = (location.pathname().ok()?, location.search().ok()?);
    let address = [path, query].concat();
    Some(ListingQuery::from_address(&address).map_or(address, |listing| listing.url()))
}

/// Whether what had the focus is gone.
pub(crate) fn is_focus_lost() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY")
}

/// The place of the page.
pub(super) fn main_content() -> Option<HtmlElement> {
    document().get_element_by_id(MAIN_ID)?.dyn_into().ok()
}

/// The heading of the page, ready to get the focus.
fn heading() -> Option<HtmlElement> {
    let heading: HtmlElement = main_content()?.query_selector("h1").ok()??.dyn_into().ok()?;
    heading.set_attribute("tabindex", "-1").ok()?;
    Some(heading)
}

/// The first link of the page whose address is the one that is looked for.
pub(super) fn link_to(is_wanted: impl Fn(&str) -> bool) -> Option<HtmlElement> {
    let links = main_content()?.query_selector_all("a[href]").ok()?;
    (0..links.length())
        .filter_map(|at| links.item(at)?.dyn_into::<HtmlElement>().ok())
        .find(|link| link.get_attribute("href").is_some_and(|href| is_wanted(&href)))
}

/// The place of the page. When another page is opened, or another page of a listing, its heading gets the focus as soon
/// as it is there, so that keyboards and screen readers go on from its beginning; changing the filters of a listing, or
/// the tab of a Resource, leaves the focus where it is. `is_loading` tells that the router is exchanging pages.
#[component]
pub(crate) fn MainContent(is_loading: ReadSignal<bool>, children: Children) -> impl IntoView {
    let arrival = Arrival::of_app();
    let location = use_location();
    Effect::new(move |before: Option<(String, Position)>| {
        let page = page_of(&location.pathname.read(), &location.search.read());
        if before.is_some_and(|before| before != page) {
            arrival.state.update_value(|state| {
                state.stage = Stage::Awaited;
                state.was_typing = is_typing();
            });
        }
        page
    });
    Effect::new(move |_| {
        arrival.shown.track();
        if !is_loading.get() && arrival.is_awaited() {
            // Once the views have followed.
            request_animation_frame(move || arrival.settle());
        }
    });
    Effect::new(move |_| arrival.watch());
    view! {
        <main
            id=MAIN_ID
            class="min-w-0 max-w-[120rem] px-5 pt-4 pb-12 focus-visible:outline-none max-md:px-3 max-md:pt-3 max-md:pb-10 md:col-start-2 md:row-start-2"
            tabindex="-1"
        >
            {children()}
        </main>
    }
}

/// Announces the title of a page that was opened, to those who do not see it come.
#[component]
pub(crate) fn PageAnnouncement() -> impl IntoView {
    let title = Arrival::of_app().title;
    view! {
        <div class="sr-only" role="status" aria-label="Page">
            {move || title.get()}
        </div>
    }
}

/// What tells the page of an address from other pages: its path without the tab, and the place in a listing.
fn page_of(path: &str, query: &str) -> (String, Position) {
    if let Some(listing) = ListingQuery::from_address(&[path, "?", query].concat()) {
        return (listing.path(), listing.position);
    }
    let end = path.match_indices('/').nth(3).map_or(path.len(), |(at, _)| at);
    (path[..end].to_owned(), Position::Start)
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
        assert_eq!(page("/resources/depot"), page("/resources/depots"), "the same listing");
        assert_ne!(page("/resources?sort=name"), page("/resources?sort=name&after=WzEsMl0"));
    }
}
