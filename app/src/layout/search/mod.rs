//! The search box: a plain form without JavaScript, a combobox with suggestions with it.

mod recent;
mod scope;
mod suggestions;

use std::time::Duration;

use leptos::ev::{FocusEvent, KeyboardEvent, SubmitEvent};
use leptos::html::{Form, Input};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use web_sys::{Node, ScrollIntoViewOptions, ScrollLogicalPosition};

use self::recent::{forget, recent_searches, remember};
use self::scope::SearchScope;
use self::suggestions::{Choice, Suggestions, option_id, suggestion_list};
use super::SingleKeys;
use crate::api::suggest;
use crate::ui::{Popover, SearchField};

/// The id of the input, for the keys that lead to it.
pub(super) const SEARCH_INPUT_ID: &str = "search";

/// The id of the list, which the input names as the one it controls.
const LIST_ID: &str = "suggestions";

/// How long typing must rest before suggestions are asked for.
const DEBOUNCE: Duration = Duration::from_millis(120);

/// How long what is offered must stay the same before it is announced.
const ANNOUNCE_AFTER: Duration = Duration::from_millis(500);

/// The search box. On a listing it searches within that listing and keeps its filters; elsewhere it searches all
/// Resources. Without JavaScript it is a form and nothing else.
#[component]
pub(super) fn SearchBox() -> impl IntoView {
    let location = use_location();
    let scope = Memo::new(move |_| SearchScope::new(&location.pathname.read(), &location.search.read()));
    let words = Memo::new(move |_| scope.with(|scope| scope.words.clone()));
    let found = RwSignal::new(Suggestions::default());
    let is_open = RwSignal::new(false);
    let active = RwSignal::new(None::<usize>);
    let announcement = RwSignal::new(String::new());
    // The number of what was typed last: an answer to anything before is too late.
    let asked = StoredValue::new(0_u32);
    // Whether suggestions are on their way.
    let is_waiting = StoredValue::new(false);
    // The text and the scope that suggestions were asked for last.
    let asked_for = StoredValue::new(None::<(String, SearchScope)>);
    let form = NodeRef::<Form>::new();
    let input = NodeRef::<Input>::new();
    let navigate = use_navigate();
    let single_keys = SingleKeys::of_app();

    let close = move || {
        // Whatever is still under way must not open it again.
        asked.update_value(|asked| *asked += 1);
        if is_waiting.get_value() {
            is_waiting.set_value(false);
            asked_for.set_value(None);
        }
        is_open.set(false);
        active.set(None);
        announcement.set(String::new());
    };
    Effect::new(move |before: Option<()>| {
        let words = words.get();
        // What was typed before the page was hydrated stays.
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

    let show = move |suggestions: Suggestions| {
        let text = suggestions.announcement();
        let number = asked.get_value();
        set_timeout(
            move || {
                if asked.try_get_value() == Some(number) {
                    announcement.set(text);
                }
            },
            ANNOUNCE_AFTER,
        );
        found.set(suggestions);
        active.set(None);
        is_open.set(true);
    };
    // For an empty box: what was searched for last, if anything.
    let offer_recent = move || {
        close();
        asked_for.set_value(Some((String::new(), scope.get_untracked())));
        let searches = recent_searches();
        if searches.is_empty() {
            found.set(Suggestions::default());
        } else {
            show(scope.with_untracked(|scope| Suggestions::recent(searches, scope)));
        }
    };
    let ask = move |text: String, wait: Duration| {
        if text.trim().is_empty() {
            offer_recent();
            return;
        }
        asked.update_value(|asked| *asked += 1);
        let number = asked.get_value();
        asked_for.set_value(Some((text.clone(), scope.get_untracked())));
        is_waiting.set_value(true);
        // Enter must not choose what was offered for another text.
        active.set(None);
        set_timeout(
            move || {
                if asked.get_value() != number {
                    return;
                }
                let types = scope.with_untracked(SearchScope::resource_type);
                let types = types.map(|types| types.slug().to_owned()).unwrap_or_default();
                spawn_local(async move {
                    let answer = suggest(text.clone(), types).await;
                    if asked.try_get_value() == Some(number) {
                        is_waiting.set_value(false);
                        let Ok(answer) = answer else {
                            close();
                            asked_for.set_value(None);
                            return;
                        };
                        show(scope.with_untracked(|scope| Suggestions::new(&text, answer.value, scope)));
                    }
                });
            },
            wait,
        );
    };
    // The box says what the page shows that is opened: nothing, unless that is a search.
    let settle = move |address: &str| {
        if let Some(input) = input.get_untracked() {
            let (path, query) = address.split_once('?').unwrap_or((address, ""));
            input.set_value(&SearchScope::new(path, query).words);
        }
    };
    // All that choosing an option does, but for opening its page.
    let choose = move |choice: &Choice| match choice {
        Choice::Open { address, searched } => {
            if let Some(text) = searched {
                remember(text);
            }
            close();
            settle(address);
        }
        Choice::Complete(text) => {
            if let Some(input) = input.get_untracked() {
                input.set_value(text);
                let _ = input.focus();
                ask(text.clone(), Duration::ZERO);
            }
        }
        Choice::Forget => {
            forget();
            close();
            found.set(Suggestions::default());
            announcement.set("Recent searches are cleared".to_owned());
        }
    };
    let submit = {
        let navigate = navigate.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = input.get_untracked() {
                let text = input.value();
                let address = scope.with_untracked(|scope| scope.searched(&text));
                remember(&text);
                close();
                settle(&address);
                navigate(&address, NavigateOptions::default());
            }
        }
    };
    let keydown = move |event: KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            key @ ("ArrowDown" | "ArrowUp") => {
                let text = input.get_untracked().map(|input| input.value()).unwrap_or_default();
                let now = Some((text.clone(), scope.get_untracked()));
                if asked_for.with_value(|asked_for| *asked_for != now) {
                    event.prevent_default();
                    ask(text, DEBOUNCE);
                    return;
                }
                if is_waiting.get_value() {
                    return;
                }
                let count = found.with_untracked(Suggestions::len);
                if count == 0 {
                    return;
                }
                event.prevent_default();
                if !is_open.get_untracked() {
                    is_open.set(true);
                }
                let next = match (active.get_untracked(), key) {
                    (Some(at), "ArrowDown") => (at + 1) % count,
                    (None, "ArrowDown") => 0,
                    (Some(at), _) if at > 0 => at - 1,
                    _ => count - 1,
                };
                active.set(Some(next));
            }
            key @ ("Enter" | "Tab") => {
                let chosen = active.get_untracked().filter(|_| is_open.get_untracked());
                let Some(choice) = chosen.and_then(|at| found.with_untracked(|found| found.choice(at))) else { return };
                let completes = matches!(choice, Choice::Complete(_)) && !event.shift_key();
                if key == "Tab" && !completes {
                    return;
                }
                event.prevent_default();
                choose(&choice);
                if let Choice::Open { address, .. } = choice {
                    navigate(&address, NavigateOptions::default());
                }
            }
            "Escape" => {
                event.prevent_default();
                let was_open = is_open.get_untracked();
                close();
                if !was_open && let Some(input) = input.get_untracked() {
                    if input.value().is_empty() {
                        let _ = input.blur();
                    } else {
                        input.set_value("");
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
    let focusin = move |_| {
        if !is_open.get_untracked() && input.get_untracked().is_some_and(|input| input.value().is_empty()) {
            offer_recent();
        }
    };
    Effect::new(move |_| {
        if let Some(at) = active.get() {
            reveal(at);
        }
    });

    view! {
        <form
            class="flex-1 md:relative md:mx-auto md:max-w-2xl"
            role="search"
            method="get"
            action=move || scope.with(SearchScope::action)
            node_ref=form
            on:submit=submit
            on:focusin=focusin
            on:focusout=focusout
        >
            <SearchField
                id=SEARCH_INPUT_ID
                label="Search Resources"
                list=LIST_ID
                value=words.get_untracked()
                is_open
                active=Signal::derive(move || active.get().map(option_id))
                has_slash=Signal::derive(move || single_keys.are_on())
                input
                on_input=move |event| ask(event_target_value(&event), DEBOUNCE)
                on_keydown=keydown
            />
            // What a search without JavaScript keeps of the listing.
            {move || {
                scope
                    .with(|scope| scope.filters.clone())
                    .into_iter()
                    .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
                    .collect_view()
                    .into_any()
            }}
            <Popover id=LIST_ID label="Suggestions" is_open>
                {move || found.with(|found| suggestion_list(found, active, choose).into_any())}
            </Popover>
            <div class="sr-only" role="status">{move || announcement.get()}</div>
        </form>
    }
}

/// Brings an option of the list into view.
fn reveal(at: usize) {
    if let Some(option) = document().get_element_by_id(&option_id(at)) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        option.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
