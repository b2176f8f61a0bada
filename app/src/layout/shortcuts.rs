//! Keys that work on every page, and the help on them, which holds the settings as well.

use std::time::Duration;

use leptos::ev::KeyboardEvent;
use leptos::html::Dialog;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::Selection;
use super::focus::is_typing;
use super::search::SEARCH_INPUT_ID;
use super::settings::{Settings, SingleKeys};
use crate::model::KNOWN_TYPES;
use crate::ui::{IconButton, IconName};

/// Whether the help on keys is shown; in the context of the frame.
#[derive(Clone, Copy)]
pub(crate) struct HelpOpen(pub(crate) RwSignal<bool>);

const LIST: &str = "grid grid-cols-[repeat(auto-fill,minmax(14rem,1fr))] gap-x-6 gap-y-1 pt-2 pb-4";

const ENTRY: &str = "flex items-baseline justify-between gap-3";

/// How long `g` waits for its letter.
const CHORD_WAIT: Duration = Duration::from_millis(1_500);

/// Listens for the keys, and shows which there are. Does nothing on the server.
#[component]
pub(crate) fn KeyboardShortcuts() -> impl IntoView {
    let HelpOpen(open) = expect_context();
    let dialog = NodeRef::<Dialog>::new();
    let chord = StoredValue::new(false);
    let single_keys = SingleKeys::of_app();
    let navigate = use_navigate();
    let selection = Selection::of_app();

    Effect::new(move |_| {
        let navigate = navigate.clone();
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            let key = event.key();
            if (event.ctrl_key() || event.meta_key())
                && !event.alt_key()
                && !event.shift_key()
                && key.eq_ignore_ascii_case("k")
            {
                event.prevent_default();
                focus_search();
                return;
            }
            if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() || is_typing() {
                return;
            }
            if !single_keys.are_on_untracked() {
                return;
            }
            if chord.get_value() {
                chord.set_value(false);
                if let Some(path) = destination(&key) {
                    event.prevent_default();
                    open.set(false);
                    navigate(&path, NavigateOptions::default());
                }
                return;
            }
            if open.get_untracked() {
                return;
            }
            selection.on_key(&key);
            on_key(&event, &key, chord, open);
        });
        on_cleanup(move || handle.remove());
    });
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });

    view! {
        <dialog
            node_ref=dialog
            class="m-auto max-h-[calc(100dvh-4rem)] w-[min(44rem,calc(100vw-2rem))] rounded-xl border border-line bg-ground px-5 pt-4 pb-5 text-ink backdrop:bg-black/45"
            aria-labelledby="shortcuts-title"
            on:close=move |_| open.set(false)
        >
            {move || open.get().then(|| help(open, single_keys)).into_any()}
        </dialog>
    }
}

fn on_key(event: &KeyboardEvent, key: &str, chord: StoredValue<bool>, open: RwSignal<bool>) {
    match key {
        "/" => {
            event.prevent_default();
            focus_search();
        }
        "?" => {
            event.prevent_default();
            open.set(true);
        }
        "g" => {
            chord.set_value(true);
            set_timeout(move || chord.set_value(false), CHORD_WAIT);
        }
        "j" => step(1),
        "k" => step(-1),
        _ => {}
    }
}

/// Where `g` and a letter lead.
fn destination(key: &str) -> Option<String> {
    match key {
        "r" => return Some("/resources".to_owned()),
        "z" => return Some("/".to_owned()),
        _ => {}
    }
    let mut letters = key.chars();
    let letter = letters.next().filter(|_| letters.next().is_none())?;
    KNOWN_TYPES.iter().find(|info| info.shortcut == Some(letter)).map(|info| format!("/resources/{}", info.slug))
}

fn focus_search() {
    if let Some(element) = document().get_element_by_id(SEARCH_INPUT_ID)
        && let Ok(input) = element.dyn_into::<leptos::web_sys::HtmlInputElement>()
    {
        let _ = input.focus();
        input.select();
    }
}

/// Moves the focus to the next or previous row of a listing.
fn step(by: i32) {
    let Ok(rows) = document().query_selector_all("main tbody th[scope=row] a") else { return };
    let count = i32::try_from(rows.length()).unwrap_or_default();
    if count == 0 {
        return;
    }
    let row = |at: i32| u32::try_from(at).ok().and_then(|at| rows.item(at));
    let here = document()
        .active_element()
        .and_then(|active| (0..count).find(|&at| row(at).is_some_and(|row| row.is_same_node(Some(&active)))));
    let next = match here {
        Some(at) => (at + by).clamp(0, count - 1),
        None if by > 0 => 0,
        None => count - 1,
    };
    if let Some(row) = row(next).and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        let _ = row.focus();
    }
}

fn help(open: RwSignal<bool>, single_keys: SingleKeys) -> impl IntoView {
    view! {
        <header class="flex items-center justify-between">
            <h2 id="shortcuts-title">"Keyboard shortcuts and settings"</h2>
            <IconButton icon=IconName::Cross label="Close" on_click=move |_| open.set(false)/>
        </header>
        <Settings/>
        <h3>"Searching"</h3>
        <dl class=LIST>
            {keys(&["state:error"], "Only those in a State; also type, health, owner, tag …")}
            {keys(&["-depot", "-state:active"], "Without a word or a value")}
            {keys(&["tag:\"very gold\""], "A value with blanks")}
        </dl>
        <h3>"Keys"</h3>
        <dl class=LIST>
            {keys(&["Ctrl", "K"], "Search, from anywhere")}
            {keys(&["Enter"], "Open the row")}
            {keys(&["Esc"], "Close")}
            {move || single_keys.are_on().then(keys_of_pages).into_any()}
        </dl>
        {move || single_keys.are_on().then(keys_to_pages).into_any()}
    }
}

fn keys(keys: &'static [&'static str], what: &'static str) -> impl IntoView {
    view! {
        <div class=ENTRY>
            <dt>{what}</dt>
            <dd>{keys.iter().map(|key| view! { <kbd>{*key}</kbd>" " }).collect_view()}</dd>
        </div>
    }
}

fn keys_of_pages() -> impl IntoView {
    view! {
        {keys(&["/"], "Search")}
        {keys(&["j"], "Next row")}
        {keys(&["k"], "Previous row")}
        {keys(&["x"], "Select the row")}
        {keys(&["p"], "Look at the row beside the list")}
        {keys(&["?"], "This help")}
    }
}

fn keys_to_pages() -> impl IntoView {
    let types = KNOWN_TYPES
        .iter()
        .filter_map(|info| info.shortcut.map(|letter| (letter, info.plural)))
        .map(|(letter, plural)| {
            view! { <div class=ENTRY><dt>{plural}</dt><dd><kbd>"g"</kbd>" "<kbd>{letter.to_string()}</kbd></dd></div> }
        })
        .collect_view();
    view! {
        <h3>"Go to"</h3>
        <dl class=LIST>
            {keys(&["g", "z"], "Overview")}
            {keys(&["g", "r"], "All Resources")}
            {types}
        </dl>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_lead_to_listings() {
        assert_eq!(destination("d").as_deref(), Some("/resources/depots"));
        assert_eq!(destination("r").as_deref(), Some("/resources"));
        assert_eq!(destination("z").as_deref(), Some("/"));
        assert_eq!(destination("Enter"), None);
        assert_eq!(destination("x"), None);
    }

    #[test]
    fn no_type_takes_the_letters_of_the_overview_and_of_all_resources() {
        assert!(KNOWN_TYPES.iter().all(|info| !matches!(info.shortcut, Some('r' | 'z'))));
    }
}
