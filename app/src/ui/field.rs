//! A field to type into.

use leptos::ev::{Event, KeyboardEvent};
use leptos::html::Input;
use leptos::prelude::*;

use super::{Icon, IconName};
use crate::model::MAX_SEARCH_CHARS;

/// A search field that is the input of a combobox: `list` is the id of its list, `active` that of the chosen option.
/// `has_slash` says whether the key `/` leads to it, as Ctrl-K always does.
#[component]
pub(crate) fn SearchField(
    id: &'static str,
    label: &'static str,
    list: &'static str,
    value: String,
    #[prop(into)] is_open: Signal<bool>,
    #[prop(into)] active: Signal<Option<String>>,
    #[prop(into)] has_slash: Signal<bool>,
    input: NodeRef<Input>,
    on_input: impl FnMut(Event) + Send + 'static,
    on_keydown: impl FnMut(KeyboardEvent) + Send + 'static,
) -> impl IntoView {
    view! {
        <div class="relative">
            <span class="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-muted">
                <Icon name=IconName::Search/>
            </span>
            // 16 px on a phone, so that it does not zoom in.
            <input
                class="h-9 w-full rounded-lg border border-edge bg-raised pr-12 pl-8 text-ink placeholder:text-muted placeholder:opacity-100 focus-visible:bg-ground focus-visible:outline-offset-0 max-md:pr-2.5 max-md:text-[1rem]"
                type="text"
                id=id
                name="q"
                value=value
                maxlength=MAX_SEARCH_CHARS
                placeholder=label
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                enterkeyhint="search"
                aria-label=label
                aria-keyshortcuts=move || if has_slash.get() { "/ Control+K" } else { "Control+K" }
                role="combobox"
                aria-autocomplete="list"
                aria-controls=list
                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                aria-activedescendant=move || active.get()
                node_ref=input
                on:input=on_input
                on:keydown=on_keydown
            />
            <span
                class="pointer-events-none absolute inset-y-0 right-2 flex items-center text-muted no-script:invisible max-md:hidden in-focus-within:invisible"
                aria-hidden="true"
                hidden=move || !has_slash.get()
            >
                <kbd>"/"</kbd>
            </span>
        </div>
    }
}
