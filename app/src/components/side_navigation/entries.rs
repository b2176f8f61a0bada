//! What the left navigation shows, as the server renders it.

use leptos::prelude::*;

use crate::api::Fragment;
use crate::catalog::catalog;
use crate::components::{Icon, TypeIcon, count_text, resources_text};
use crate::model::{IndexStatus, KNOWN_TYPES, ResourceType};

/// The left navigation beside the page at a path.
pub(crate) async fn navigation(path: &str) -> Fragment {
    let catalog = catalog();
    let counts = match &catalog {
        Ok(catalog) => catalog.counts().await.ok(),
        Err(_) => None,
    };
    // Without counts the ways to the listings still work.
    let types: Vec<_> = match &counts {
        Some(counts) => counts.types.iter().map(|entry| (entry.resource_type.clone(), Some(entry.total()))).collect(),
        None => KNOWN_TYPES.iter().map(|info| (ResourceType::new(info.name), None)).collect(),
    };
    let index = match &catalog {
        Ok(catalog) => catalog.index_status().await,
        Err(_) => IndexStatus::default(),
    };
    let total = counts.is_some().then(|| types.iter().filter_map(|(_, count)| *count).sum());
    let view = view! {
        <nav class="side-navigation" aria-label="Resource types">
            <details class="nav-menu">
                <summary><Icon name="menu"/>"Resource types"</summary>
                {entries(&types, total, path)}
            </details>
        </nav>
        {rebuilding(index)}
    };
    Fragment { passing: index.rebuilding, ..Fragment::of("", view) }
}

fn rebuilding(index: IndexStatus) -> Option<impl IntoView> {
    index.rebuilding.then(|| {
        let text = format!(
            "The index is being rebuilt: {} so far. Counts and search are incomplete.",
            resources_text(index.indexed)
        );
        view! { <p class="notice" role="status"><Icon name="clock"/>{text}</p> }
    })
}

fn entries(types: &[(ResourceType, Option<u64>)], total: Option<u64>, path: &str) -> impl IntoView + use<> {
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
