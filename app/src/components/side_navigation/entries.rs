//! What the left navigation shows, as the server renders it.

use maud::{Markup, html};

use crate::api::Fragment;
use crate::catalog::Catalog;
use crate::components::{count_text, icon, resources_text, type_icon};
use crate::model::{KNOWN_TYPES, ResourceType};

/// The left navigation beside the page at a path.
pub(crate) async fn navigation(catalog: &dyn Catalog, path: &str) -> Fragment {
    let counts = catalog.counts().await.ok();
    // Without counts the ways to the listings still work.
    let types: Vec<_> = match &counts {
        Some(counts) => counts.types.iter().map(|entry| (entry.resource_type.clone(), Some(entry.total()))).collect(),
        None => KNOWN_TYPES.iter().map(|info| (ResourceType::new(info.name), None)).collect(),
    };
    let index = catalog.index_status().await;
    let total = counts.is_some().then(|| types.iter().filter_map(|(_, count)| *count).sum());
    let html = html! {
        nav.side-navigation aria-label="Resource types" {
            details.nav-menu {
                summary { (icon("menu")) "Resource types" }
                (entries(&types, total, path))
            }
        }
        @if index.rebuilding {
            p.notice role="status" data-passing {
                (icon("clock"))
                "The index is being rebuilt: " (resources_text(index.indexed))
                " so far. Counts and search are incomplete."
            }
        }
    };
    Fragment { html: html.into_string(), status: 200, passing: index.rebuilding, ..Fragment::default() }
}

fn entries(types: &[(ResourceType, Option<u64>)], total: Option<u64>, path: &str) -> Markup {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let here = (segments[0] == "resources").then(|| segments.get(1).copied().unwrap_or_default());
    let current = |is_here: bool| is_here.then_some("page");
    html! {
        ul {
            li {
                a href="/" aria-current=[current(path == "/")] { (icon("home")) span.grow { "Overview" } }
            }
            li {
                a href="/resources" aria-current=[current(here == Some(""))] {
                    (icon("list"))
                    span.grow { "All Resources" }
                    span.count { @if let Some(total) = total { (count_text(total)) } }
                }
            }
            @for (resource_type, count) in types {
                @let slug = resource_type.slug();
                li {
                    a.is-empty[*count == Some(0)] href={ "/resources/" (slug) } aria-current=[current(here == Some(slug))] {
                        (type_icon(resource_type))
                        span.grow { (resource_type.plural()) }
                        span.count { @if let Some(count) = count { (count_text(*count)) } }
                    }
                }
            }
            li.nav-foot {
                a href="/sources" aria-current=[current(path == "/sources")] {
                    (icon("refresh"))
                    span.grow { "Sources" }
                }
            }
        }
    }
}
