//! The left navigation: all types with the number of their Resources.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::TypeIcon;
use crate::api::{Navigation, load_navigation};

/// The types with counts. Keeps what it shows while it is loaded anew.
#[component]
pub(crate) fn SideNavigation() -> impl IntoView {
    let loaded = Resource::new(|| (), |()| load_navigation());
    view! {
        <nav class="side-navigation" aria-label="Resource types">
            <Transition>
                {move || Suspend::new(async move { loaded.await.ok().map(types) })}
            </Transition>
        </nav>
    }
}

fn types(navigation: Navigation) -> impl IntoView {
    let path = use_location().pathname;
    let entry = move |href: String, inner: AnyView| {
        let current = {
            let href = href.clone();
            move || {
                let path = path.get();
                let here = path == href || (href != "/resources" && path.starts_with(&format!("{href}/")));
                here.then_some("page")
            }
        };
        view! { <li><a href=href aria-current=current>{inner}</a></li> }
    };
    let total: u64 = navigation.types.iter().map(|(_, count)| count).sum();
    let all = view! { <span class="grow">"All Resources"</span><span class="count">{total}</span> }.into_any();
    let rows = navigation
        .types
        .into_iter()
        .map(|(resource_type, count)| {
            let inner = view! {
                <TypeIcon resource_type=resource_type.clone()/>
                <span class="grow">{resource_type.plural()}</span>
                <span class="count">{count}</span>
            }
            .into_any();
            entry(format!("/resources/{}", resource_type.slug()), inner)
        })
        .collect_view();
    view! {
        <ul>{entry("/resources".to_owned(), all)}{rows}</ul>
    }
}
