//! The bar on top of every page.

use leptos::prelude::*;

use super::{Icon, SearchBox, ThemeToggle};

/// Brand, search, theme.
#[component]
pub(crate) fn TopBar() -> impl IntoView {
    view! {
        <header class="top-bar">
            <a class="brand" href="/">
                <Icon name="pharos"/>
                "Pharos"
            </a>
            <SearchBox/>
            <ThemeToggle/>
        </header>
    }
}
