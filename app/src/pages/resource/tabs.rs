//! The tabs, as links.

use leptos::prelude::*;

use super::address::{Address, Tab};
use crate::model::Resource as CatalogResource;

/// The tabs of a Resource; the Runtime tab only where it has one.
pub(super) fn tabs(resource: &CatalogResource, address: &Address) -> impl IntoView + use<> {
    let path = resource.key.path();
    let tab = |tab: Tab, label: &'static str| {
        let href = address.link(&path, tab, &[]);
        let current = (address.tab == tab).then_some("page");
        view! { <a href=href aria-current=current data-noscroll="">{label}</a> }
    };
    view! {
        <nav class="tabs" aria-label="Parts of this page">
            {tab(Tab::Details, "Details")}
            {resource.has_runtime_tab().then(|| tab(Tab::Runtime, "Runtime"))}
            {tab(Tab::Events, "Events")}
            {tab(Tab::Manifest, "Manifest")}
        </nav>
    }
}
