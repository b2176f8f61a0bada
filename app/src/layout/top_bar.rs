//! The bar on top of every page.

use leptos::prelude::*;

use super::HelpOpen;
use super::live_button::LiveButton;
use super::search::SearchBox;
use super::theme::ThemeToggle;
use crate::ui::{Icon, IconButton, IconName};

/// Brand, search, live updates, help on keys with the settings, theme.
#[component]
pub(crate) fn TopBar() -> impl IntoView {
    let HelpOpen(is_open) = expect_context();
    view! {
        <header class="sticky top-0 z-30 flex h-bar items-center gap-3 border-b border-line bg-ground px-4 max-md:gap-1.5 max-md:px-3">
            <a
                class="inline-flex items-center gap-1.5 text-lg font-bold text-ink hover:no-underline"
                href="/"
                title="Overview"
                aria-label="Pharos: overview"
            >
                <span class="inline-flex text-accent">
                    <Icon name=IconName::Pharos class="size-6"/>
                </span>
                <span class="max-md:hidden">"Pharos"</span>
            </a>
            <SearchBox/>
            <LiveButton/>
            <IconButton
                icon=IconName::Question
                label="Keyboard shortcuts and settings"
                on_click=move |_| is_open.set(true)
            />
            <ThemeToggle/>
        </header>
    }
}
