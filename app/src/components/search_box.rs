//! The search box.

use leptos::prelude::*;

/// The search box: a plain form without JavaScript.
#[component]
pub(crate) fn SearchBox() -> impl IntoView {
    view! {
        <form class="search" role="search" method="get" action="/resources">
            <input type="search" name="q" aria-label="Search Resources" placeholder="Search Resources"/>
        </form>
    }
}
