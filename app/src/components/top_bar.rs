//! The bar on top of every page.

use leptos::prelude::*;

use super::{HelpOpen, Icon, LiveSign, SearchBox, ThemeToggle};

/// Brand, search, help on keys, theme.
#[component]
pub(crate) fn TopBar() -> impl IntoView {
    let help = use_context::<HelpOpen>();
    let open_help = move |_| {
        if let Some(HelpOpen(open)) = help {
            open.set(true);
        }
    };
    view! {
        <header class="top-bar">
            <a class="brand" href="/" title="Overview" aria-label="Pharos: overview">
                <Icon name="pharos"/>
                <span class="brand-name">"Pharos"</span>
            </a>
            <SearchBox/>
            <LiveSign/>
            <button
                type="button"
                class="icon-button help-button needs-script"
                aria-label="Keyboard shortcuts"
                title="Keyboard shortcuts (?)"
                on:click=open_help
            >
                <Icon name="question"/>
            </button>
            <ThemeToggle/>
        </header>
    }
}
