//! The left navigation: all types with the number of their Resources.

use std::time::Duration;

use leptos::html::Details;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Icon, TypeIcon, count_text, resources_text};
use crate::api::{ApiError, Navigation, load_navigation};
use crate::model::{KNOWN_TYPES, ResourceType};

/// How often the counts are asked for while the index is being rebuilt.
const REBUILD_POLL: Duration = Duration::from_secs(3);

/// The types with counts, and a notice while the index is being rebuilt. Keeps what it shows while it is loaded anew,
/// which happens with every page that is opened.
#[component]
pub(crate) fn SideNavigation() -> impl IntoView {
    let path = use_location().pathname;
    let loaded = Resource::new(move || path.get(), |_| load_navigation());
    let menu = NodeRef::<Details>::new();

    Effect::new(move |_| {
        // On a phone the menu has done its work once it led somewhere.
        path.track();
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    });
    Effect::new(move |_| {
        if loaded.get().is_some_and(|answer| answer.is_ok_and(|navigation| navigation.index.rebuilding)) {
            set_timeout(move || loaded.refetch(), REBUILD_POLL);
        }
    });

    view! {
        <Transition>
            {move || Suspend::new(async move {
                let answer = loaded.await;
                let notice = answer.as_ref().ok().and_then(rebuilding);
                view! {
                    <nav class="side-navigation" aria-label="Resource types">
                        <details class="nav-menu" node_ref=menu>
                            <summary><Icon name="menu"/>"Resource types"</summary>
                            {entries(answer, path)}
                        </details>
                    </nav>
                    {notice}
                }
            })}
        </Transition>
    }
}

fn rebuilding(navigation: &Navigation) -> Option<impl IntoView + use<>> {
    navigation.index.rebuilding.then(|| {
        let text = format!(
            "The index is being rebuilt: {} so far. Counts and search are incomplete.",
            resources_text(navigation.index.indexed)
        );
        view! { <p class="notice" role="status"><Icon name="clock"/>{text}</p> }
    })
}

fn entries(answer: Result<Navigation, ApiError>, path: Memo<String>) -> impl IntoView {
    // Without counts the ways to the listings still work.
    let (types, total) = match answer {
        Ok(navigation) => {
            let total = navigation.types.iter().map(|(_, count)| count).sum();
            let types = navigation.types.into_iter().map(|(resource_type, count)| (resource_type, Some(count)));
            (types.collect(), Some(total))
        }
        Err(_) => (KNOWN_TYPES.iter().map(|info| (ResourceType::new(info.name), None)).collect::<Vec<_>>(), None),
    };
    move || {
        let path = path.get();
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let here = (segments[0] == "resources").then(|| segments.get(1).copied().unwrap_or_default());
        let rows = types
            .iter()
            .map(|(resource_type, count)| {
                let slug = resource_type.slug();
                let current = (here == Some(slug)).then_some("page");
                view! {
                    <li>
                        <a href=["/resources/", slug].concat() aria-current=current class:is-empty=*count == Some(0)>
                            <TypeIcon resource_type=resource_type.clone()/>
                            <span class="grow">{resource_type.plural()}</span>
                            <span class="count">{count.map(count_text)}</span>
                        </a>
                    </li>
                }
            })
            .collect_view();
        view! {
            <ul>
                <li>
                    <a href="/" aria-current=(path == "/").then_some("page")>
                        <Icon name="home"/>
                        <span class="grow">"Overview"</span>
                    </a>
                </li>
                <li>
                    <a href="/resources" aria-current=(here == Some("")).then_some("page")>
                        <Icon name="list"/>
                        <span class="grow">"All Resources"</span>
                        <span class="count">{total.map(count_text)}</span>
                    </a>
                </li>
                {rows}
            </ul>
        }
    }
}
