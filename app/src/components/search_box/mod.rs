//! The search box: a plain form without JavaScript, a combobox with suggestions with it.

mod offers;

use std::time::Duration;

use leptos::ev::{FocusEvent, KeyboardEvent, SubmitEvent};
use leptos::html::{Form, Input};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Node;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use self::offers::{LIST_ID, Offers, offer_id, offer_list};
use super::Icon;
use crate::api::suggest;
use crate::model::{ListingQuery, Position, Sorting};

/// The id of the input, for the keys that lead to it.
pub(super) const SEARCH_INPUT_ID: &str = "search";

/// How long typing must rest before suggestions are asked for.
const DEBOUNCE: Duration = Duration::from_millis(120);

/// The search box. On a listing it searches within that listing and keeps its filters; elsewhere it searches all
/// Resources. On the server and without JavaScript it is a form and nothing else.
#[component]
pub(crate) fn SearchBox() -> impl IntoView {
    let location = use_location();
    let listing = Memo::new(move |_| {
        let address = format!("{}?{}", location.pathname.get(), location.search.get());
        ListingQuery::from_address(&address)
    });
    let q =
        Memo::new(move |_| listing.with(|listing| listing.as_ref().map(|query| query.q.clone()).unwrap_or_default()));
    let offers = RwSignal::new(Offers::default());
    let open = RwSignal::new(false);
    let active = RwSignal::new(None::<usize>);
    let asked = StoredValue::new(0_u32);
    let form = NodeRef::<Form>::new();
    let input = NodeRef::<Input>::new();
    let navigate = use_navigate();

    let close = move || {
        // Whatever is still under way must not open it again.
        asked.update_value(|asked| *asked += 1);
        open.set(false);
        active.set(None);
    };
    Effect::new(move |before: Option<()>| {
        let q = q.get();
        // What was typed before the page came alive stays.
        if before.is_some()
            && let Some(input) = input.get_untracked()
        {
            input.set_value(&q);
        }
    });
    Effect::new(move |before: Option<()>| {
        location.pathname.track();
        location.search.track();
        if before.is_some() {
            close();
        }
    });

    let ask = move |text: String| {
        asked.update_value(|asked| *asked += 1);
        let ticket = asked.get_value();
        if text.trim().is_empty() {
            close();
            return;
        }
        set_timeout(
            move || {
                if asked.get_value() != ticket {
                    return;
                }
                spawn_local(async move {
                    let found = suggest(text.clone()).await.unwrap_or_default();
                    if asked.try_get_value() == Some(ticket) {
                        offers.set(Offers::new(&text, found, listing.get_untracked()));
                        active.set(None);
                        open.set(true);
                    }
                });
            },
            DEBOUNCE,
        );
    };
    let go = {
        let navigate = navigate.clone();
        move |address: &str| {
            close();
            navigate(address, NavigateOptions::default());
        }
    };
    let submit = {
        let go = go.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = input.get_untracked() {
                go(&searched(listing.get_untracked(), &input.value()).url());
            }
        }
    };
    let keydown = move |event: KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            key @ ("ArrowDown" | "ArrowUp") => {
                let count = offers.with_untracked(Offers::len);
                if count == 0 {
                    return;
                }
                event.prevent_default();
                if !open.get_untracked() {
                    open.set(true);
                }
                let next = match (active.get_untracked(), key) {
                    (Some(at), "ArrowDown") => (at + 1) % count,
                    (None, "ArrowDown") => 0,
                    (Some(at), _) if at > 0 => at - 1,
                    _ => count - 1,
                };
                active.set(Some(next));
                reveal(next);
            }
            "Enter" => {
                let chosen = active
                    .get_untracked()
                    .filter(|_| open.get_untracked())
                    .and_then(|at| offers.with_untracked(|offers| offers.address(at).map(str::to_owned)));
                if let Some(address) = chosen {
                    event.prevent_default();
                    go(&address);
                }
            }
            "Escape" => {
                event.prevent_default();
                let shown = open.get_untracked();
                close();
                if !shown && let Some(input) = input.get_untracked() {
                    if input.value().is_empty() {
                        let _ = input.blur();
                    } else {
                        input.set_value("");
                        offers.set(Offers::default());
                    }
                }
            }
            _ => {}
        }
    };
    let focusout = move |event: FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        if !form.get_untracked().is_some_and(|form| form.contains(to.as_ref())) {
            close();
        }
    };

    let action =
        move || listing.with(|listing| listing.as_ref().map_or_else(|| "/resources".to_owned(), ListingQuery::path));
    let kept = move || {
        listing.with(|listing| {
            listing.as_ref().map(|query| {
                query
                    .filters
                    .iter()
                    .map(|(facet, value)| view! { <input type="hidden" name=facet.as_str() value=value.clone()/> })
                    .collect_view()
            })
        })
    };
    view! {
        <form
            class="search"
            role="search"
            method="get"
            action=action
            node_ref=form
            on:submit=submit
            on:focusout=focusout
        >
            <div class="search-field">
                <span class="icon-search"><Icon name="search"/></span>
                <input
                    type="text"
                    id=SEARCH_INPUT_ID
                    name="q"
                    value=q.get_untracked()
                    maxlength="500"
                    placeholder="Search Resources"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    enterkeyhint="search"
                    aria-label="Search Resources"
                    aria-keyshortcuts="/ Control+K"
                    role="combobox"
                    aria-autocomplete="list"
                    aria-controls=LIST_ID
                    aria-expanded=move || if open.get() { "true" } else { "false" }
                    aria-activedescendant=move || active.get().map(offer_id)
                    node_ref=input
                    on:input=move |event| ask(event_target_value(&event))
                    on:keydown=keydown
                />
                <span class="hint needs-script" aria-hidden="true"><kbd>"/"</kbd></span>
            </div>
            {kept}
            // Pressing the mouse must not take the focus from the input, or the list would close before the click. And
            // browsers let Tab stop at whatever scrolls, unless told otherwise.
            <div
                class="suggestions"
                id=LIST_ID
                role="listbox"
                tabindex="-1"
                aria-label="Suggestions"
                hidden=move || !open.get()
                on:mousedown=move |event| event.prevent_default()
            >
                {move || open.get().then(|| offers.with(|offers| offer_list(offers, active)))}
            </div>
        </form>
    }
}

/// The listing that a text of the search box leads to: the one on the screen narrowed down, or all Resources. The best
/// match comes first, whatever the order was.
fn searched(listing: Option<ListingQuery>, text: &str) -> ListingQuery {
    let listing = listing.unwrap_or_default();
    ListingQuery { q: text.trim().to_owned(), sorting: Sorting::default(), position: Position::Start, ..listing }
}

fn reveal(at: usize) {
    // Not in the page yet when the list has just been opened; then nothing needs scrolling either.
    #[cfg(feature = "hydrate")]
    if let Some(element) = document().get_element_by_id(&offer_id(at)) {
        use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = at;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_stays_on_its_listing() {
        let listing = ListingQuery::from_address("/resources/depots?state=active&sort=-updated&after=x");
        assert_eq!(searched(listing, " sales ").url(), "/resources/depots?q=sales&state=active");
        assert_eq!(searched(None, "sales").url(), "/resources?q=sales");
        assert_eq!(searched(None, " ").url(), "/resources");
    }
}
