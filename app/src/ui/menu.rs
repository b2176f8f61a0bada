//! A button with a panel of choices below it.

use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent};
use leptos::html::Details;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use super::{Icon, IconName};

/// The choices are links, buttons and labels; a paragraph is the title of those below it.
const PANEL: &str = "absolute right-0 z-20 mt-1 max-h-[70dvh] w-56 overflow-y-auto rounded-lg border border-line bg-ground p-1.5 \
    shadow-panel max-md:right-auto max-md:left-0 [&_:is(a,button,label)]:flex [&_:is(a,button,label)]:min-h-8 \
    [&_:is(a,button,label)]:w-full [&_:is(a,button,label)]:items-center [&_:is(a,button,label)]:justify-between \
    [&_:is(a,button,label)]:gap-3 [&_:is(a,button,label)]:rounded-sm [&_:is(a,button,label)]:px-2 [&_:is(a,button,label)]:text-ink \
    [&_:is(a,button,label)]:hover:bg-hover [&_a]:hover:no-underline [&_[aria-current]]:font-semibold \
    [&_[aria-current]]:text-accent [&_p]:px-2 [&_p]:pt-2 [&_p]:text-sm [&_p]:font-semibold [&_p]:text-muted";

/// Choices that fold out below a button, which `name` names as a group. It works without JavaScript, since it is an element
/// that browsers fold; only one is open at a time. With JavaScript it closes when a link of it was followed, when the focus
/// goes elsewhere, and with Escape.
#[component]
pub(crate) fn Menu(
    name: &'static str,
    label: impl Fn() -> String + Send + Sync + 'static,
    icon: IconName,
    children: Children,
) -> impl IntoView {
    let menu = NodeRef::<Details>::new();
    let close = move |gives_focus_back: bool| {
        let Some(menu) = menu.get_untracked() else { return };
        if gives_focus_back && let Ok(Some(button)) = menu.query_selector("summary") {
            let _ = button.unchecked_into::<HtmlElement>().focus();
        }
        let _ = menu.remove_attribute("open");
    };
    let focusout = move |event: FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        if !menu.get_untracked().is_some_and(|menu| to.is_some() && menu.contains(to.as_ref())) {
            close(false);
        }
    };
    let keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close(true);
        }
    };
    let click = move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| target.closest("a").is_ok_and(|link| link.is_some())) {
            close(true);
        }
    };
    // The panel can have the focus, so that a press between two choices does not count as one elsewhere.
    view! {
        <details class="group md:relative" name="menus" node_ref=menu on:focusout=focusout on:keydown=keydown>
            <summary class="inline-flex min-h-8 list-none items-center gap-1.5 rounded-md border border-line bg-ground px-3 whitespace-nowrap hover:bg-hover [&::-webkit-details-marker]:hidden">
                <Icon name=icon/>
                {label}
            </summary>
            <div class=PANEL role="group" aria-label=name tabindex="-1" on:click=click>
                {children()}
            </div>
        </details>
    }
}
