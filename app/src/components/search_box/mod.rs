//! The search box: a plain form without JavaScript, a combobox with suggestions with it.

#[cfg(feature = "ssr")]
mod offers;
mod place;

use std::time::Duration;

use leptos::ev::{FocusEvent, KeyboardEvent, SubmitEvent};
use leptos::html::{Form, Input};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Node};
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

#[cfg(feature = "ssr")]
pub(crate) use self::offers::offers;
pub(crate) use self::place::Place;
use super::Icon;
use crate::api::suggest;

/// The id of the input, for the keys that lead to it.
pub(super) const SEARCH_INPUT_ID: &str = "search";

/// The id of the form, for the filters of a listing that a search without JavaScript keeps.
pub(crate) const SEARCH_FORM_ID: &str = "search-form";

/// The id of the list, which the input names as the one it controls.
const LIST_ID: &str = "suggestions";

/// How long typing must rest before suggestions are asked for.
const DEBOUNCE: Duration = Duration::from_millis(120);

/// The search box. On a listing it searches within that listing and keeps its filters; elsewhere it searches all
/// Resources. On the server and without JavaScript it is a form and nothing else.
#[component]
pub(crate) fn SearchBox() -> impl IntoView {
    let location = use_location();
    let place = Memo::new(move |_| place(&location.pathname.read(), &location.search.read()));
    let words = Memo::new(move |_| place.with(|place| place.words.clone()));
    let offers = RwSignal::new(String::new());
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
        let words = words.get();
        // What was typed before the page came alive stays.
        if before.is_some()
            && let Some(input) = input.get_untracked()
        {
            input.set_value(&words);
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
                    let here = place.with_untracked(|place| place.searched(""));
                    let found = suggest(text, here).await.map(|fragment| fragment.html).unwrap_or_default();
                    if asked.try_get_value() == Some(ticket) {
                        offers.set(found);
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
                go(&place.with_untracked(|place| place.searched(&input.value())));
            }
        }
    };
    let keydown = move |event: KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            key @ ("ArrowDown" | "ArrowUp") => {
                let count = options();
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
            }
            "Enter" => {
                let chosen = active
                    .get_untracked()
                    .filter(|_| open.get_untracked())
                    .and_then(|at| option(at)?.get_attribute("href"));
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
                        offers.set(String::new());
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

    Effect::new(move |_| {
        let (active, _) = (active.get(), offers.track());
        mark(active);
    });

    view! {
        <form
            class="search"
            id=SEARCH_FORM_ID
            role="search"
            method="get"
            action=move || place.with(Place::action)
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
                    value=words.get_untracked()
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
                    aria-activedescendant=move || active.get().map(option_id)
                    node_ref=input
                    on:input=move |event| ask(event_target_value(&event))
                    on:keydown=keydown
                />
                <span class="hint needs-script" aria-hidden="true"><kbd>"/"</kbd></span>
            </div>
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
                inner_html=move || offers.get()
            ></div>
        </form>
    }
}

#[cfg(not(feature = "ssr"))]
fn place(path: &str, query: &str) -> Place {
    Place::new(path, query)
}

/// On the server only the frame is rendered; what the address says goes into its slots.
#[cfg(feature = "ssr")]
fn place(_path: &str, _query: &str) -> Place {
    use crate::document::Slot;

    Place {
        listing: Some(Slot::SearchAction.mark().to_owned()),
        words: Slot::SearchWords.mark().to_owned(),
        filters: Vec::new(),
    }
}

/// The id of an option of the list, which the input names as the active one.
fn option_id(at: usize) -> String {
    format!("suggestion-{at}")
}

fn option(at: usize) -> Option<Element> {
    document().get_element_by_id(&option_id(at))
}

/// How many options the list has.
fn options() -> usize {
    (0..).take_while(|at| option(*at).is_some()).count()
}

/// Marks the active option and brings it into view.
fn mark(active: Option<usize>) {
    for (at, option) in (0..).map_while(|at| Some((at, option(at)?))) {
        let chosen = active == Some(at);
        let _ = option.set_attribute("aria-selected", if chosen { "true" } else { "false" });
        if chosen {
            reveal(&option);
        }
    }
}

#[cfg(feature = "hydrate")]
fn reveal(option: &Element) {
    use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    option.scroll_into_view_with_scroll_into_view_options(&options);
}

#[cfg(not(feature = "hydrate"))]
fn reveal(_option: &Element) {}
