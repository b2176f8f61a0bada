//! Buttons, and links that look like them.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::{Icon, IconName};

const BUTTON: &str = "inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md border border-line bg-ground \
                      px-3 whitespace-nowrap text-ink hover:bg-hover hover:no-underline";

/// The look of buttons and links that are an icon.
pub(super) const ICON_BUTTON: &str = "relative inline-flex min-h-8 min-w-8 items-center justify-center rounded-md text-muted \
                           hover:bg-hover hover:text-ink hover:no-underline";

/// A link that looks like a button. `download` saves what it leads to instead of opening it.
#[component]
pub(crate) fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(optional)] rel: Option<&'static str>,
    #[prop(optional)] title: Option<&'static str>,
    #[prop(optional)] download: bool,
    children: Children,
) -> impl IntoView {
    view! { <a class=BUTTON href=href rel=rel title=title download=download.then_some("")>{children()}</a> }
}

/// A button with a text, where only JavaScript puts one.
#[component]
pub(crate) fn Button(on_click: impl FnMut(MouseEvent) + Send + 'static, children: Children) -> impl IntoView {
    view! { <button class=BUTTON type="button" on:click=on_click>{children()}</button> }
}

/// A button that is an icon. `label` names it. Without JavaScript it keeps its place but is not shown, since it could
/// do nothing; `class` adds to its layout.
#[component]
pub(crate) fn IconButton(
    icon: IconName,
    label: &'static str,
    #[prop(default = "")] class: &'static str,
    #[prop(optional)] title: Option<&'static str>,
    on_click: impl FnMut(MouseEvent) + Send + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=[ICON_BUTTON, " no-script:invisible ", class].concat()
            aria-label=label
            title=title.unwrap_or(label)
            on:click=on_click
        >
            <Icon name=icon/>
        </button>
    }
}

/// A link that is an icon. `label` names it.
#[component]
pub(crate) fn IconLink(
    icon: IconName,
    #[prop(into)] href: String,
    #[prop(into)] label: String,
    #[prop(into)] title: String,
    rel: &'static str,
) -> impl IntoView {
    view! { <a class=ICON_BUTTON href=href rel=rel aria-label=label title=title><Icon name=icon/></a> }
}
