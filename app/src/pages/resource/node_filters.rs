//! What a long table of nodes is narrowed down by: a name, statuses and data planes.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::address::{Address, TabName};
use crate::api::RuntimeView;
use crate::model::MAX_SEARCH_CHARS;
use crate::ui::{Chip, ChipRow};

/// Up to this many nodes nobody needs a filter.
const NODES_WITHOUT_FILTER: u32 = 3;

/// The id of the field for a name.
const SEARCH_ID: &str = "node-search";

/// The filters of the Runtime tab, and how many nodes there are; nothing for few nodes. `path` is that of the Resource;
/// `open` opens an address.
pub(super) fn node_filters(
    view: &RuntimeView,
    path: &str,
    address: &Address,
    open: Callback<String>,
) -> Option<impl IntoView + use<>> {
    let is_narrowed = address.narrows_nodes();
    if view.nodes_total <= NODES_WITHOUT_FILTER && !is_narrowed {
        return None;
    }
    let chip = |value: &str, count: u32, is_chosen: bool, choose: fn(&mut Address, String)| {
        let mut other = address.clone();
        choose(&mut other, if is_chosen { String::new() } else { value.to_owned() });
        let (href, value) = (other.runtime_link(path), value.to_owned());
        view! { <Chip href is_chosen keeps_place=true>{value} " " {count}</Chip> }
    };
    let statuses = view
        .statuses
        .iter()
        .map(|(value, count)| chip(value, *count, *value == address.status, |address, value| address.status = value))
        .collect_view();
    let is_planned = view.data_planes.len() > 1 || !address.data_plane.is_empty();
    let planes = is_planned.then(|| {
        let chips = view
            .data_planes
            .iter()
            .map(|(value, count)| {
                chip(value, *count, *value == address.data_plane, |address, value| address.data_plane = value)
            })
            .collect_view();
        view! { <span class="text-sm text-muted">"Data plane"</span> <ChipRow label="Data plane">{chips}</ChipRow> }
    });
    let all = is_narrowed.then(|| {
        let every = Address { sort: address.sort.clone(), from: address.from.clone(), ..Address::default() };
        view! { <a href=every.runtime_link(path) data-noscroll="">"Show all nodes"</a> }
    });
    Some(view! {
        <div class="flex flex-wrap items-center gap-x-3 gap-y-2">
            {search(path, address, open)}
            <span class="text-sm text-muted">"Status"</span>
            <ChipRow label="Status">{statuses}</ChipRow>
            {planes}
        </div>
        <p class="flex flex-wrap gap-x-3 text-sm text-muted">
            <span role="status">{count_text(view)}</span>
            {all}
        </p>
    })
}

/// `3 of 14 nodes`, or `14 nodes` where all are shown.
fn count_text(view: &RuntimeView) -> String {
    let (shown, all) = (view.nodes.len(), view.nodes_total);
    let nodes = if all == 1 { "node" } else { "nodes" };
    if u32::try_from(shown) == Ok(all) { format!("{all} {nodes}") } else { format!("{shown} of {all} {nodes}") }
}

/// A form, so that it works without JavaScript; what else is chosen goes with it.
fn search(path: &str, address: &Address, open: Callback<String>) -> impl IntoView + use<> {
    let kept = address
        .node_values()
        .into_iter()
        .chain([("from", address.from.as_str())])
        .filter(|(name, value)| *name != "q" && !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.to_owned()/> })
        .collect_view();
    let (path, own) = (path.to_owned(), address.clone());
    let action = own.link(&path, TabName::Runtime, &[]);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let field = document().get_element_by_id(SEARCH_ID);
        if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
            open.run(Address { q: field.value().trim().to_owned(), ..own.clone() }.runtime_link(&path));
        }
    };
    view! {
        <form class="flex max-w-full items-center gap-1.5" role="search" aria-label="Nodes" method="get" action=action on:submit=submit>
            <input
                class="h-8 w-48 min-w-0 rounded-md border border-edge bg-raised px-2.5 text-ink placeholder:text-muted placeholder:opacity-100 focus-visible:bg-ground max-md:text-[1rem]"
                type="search"
                id=SEARCH_ID
                name="q"
                value=address.q.clone()
                maxlength=MAX_SEARCH_CHARS
                placeholder="Find a node by name"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                enterkeyhint="search"
                aria-label="Find a node by name"
            />
            {kept}
            <button class="inline-flex min-h-8 items-center rounded-md border border-line bg-ground px-3 text-ink hover:bg-hover" type="submit">
                "Find"
            </button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NodeStatus, RuntimeNode};

    #[test]
    fn what_is_shown_is_counted_against_all() {
        let nodes = |shown: usize, all: u32| {
            let node = |at: usize| RuntimeNode::new(format!("n{at}"), NodeStatus::Running);
            count_text(&RuntimeView {
                nodes: (0..shown).map(node).collect(),
                nodes_total: all,
                ..RuntimeView::default()
            })
        };
        assert_eq!(nodes(3, 14), "3 of 14 nodes");
        assert_eq!(nodes(14, 14), "14 nodes");
        assert_eq!(nodes(0, 1), "0 of 1 node");
    }
}
