//! The Runtime tab: the nodes of a Resource, or the parts of a composite one.

use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::address::{Address, TabName};
use super::node_filters::node_filters;
use super::parts::{command, part_runtime, part_type, parts_command};
use super::tab::tab;
use crate::api::{Current, Row, RuntimeView, load_runtime};
use crate::live::patch_in_place;
use crate::model::{Key, NodeColumn, NodeSorting, NodeStatus, Runtime, RuntimeNode, RuntimeState, Timestamp};
use crate::ui::{
    CodeBlock, DataTable, EmptyState, ExactTime, NodeStatusBadge, RelativeTime, RuntimeBadge, SortArrow, StateBadge,
    Uptime,
};

/// The runtime of a Resource.
#[component]
pub(super) fn RuntimeTab() -> impl IntoView {
    let load = |Address { types, fqn, q, sort, status, data_plane, .. }: Address| {
        load_runtime(types, fqn, q, sort, status, data_plane)
    };
    let navigate = use_navigate();
    let open = Callback::new(move |address: String| {
        navigate(&address, NavigateOptions { scroll: false, ..NavigateOptions::default() });
    });
    tab(load, merge, move |address, answer| runtime_view(address, answer, open).into_any())
}

/// Values change at once; nodes that come, go or move are pending.
fn merge(before: &RuntimeView, new: &RuntimeView) -> (RuntimeView, u32) {
    let (nodes, pending) = patch_in_place(&before.nodes, &new.nodes, |node| node.name.clone());
    (RuntimeView { nodes, ..new.clone() }, pending)
}

/// The tab; `open` opens an address.
pub(super) fn runtime_view(
    address: &Address,
    answer: &Current<RuntimeView>,
    open: Callback<String>,
) -> Option<impl IntoView + use<>> {
    let (view, now) = (&answer.value, answer.now);
    let key = view.key.as_ref()?;
    let nodes = match (view.nodes_total, &view.parts) {
        (0, Some(_)) => None,
        (0, None) => Some(no_nodes(view, key, address).into_any()),
        _ => Some(nodes_view(view, key, address, open, now).into_any()),
    };
    let parts = view.parts.as_ref().map(|parts| parts_view(parts, key, now).into_any());
    Some(view! {
        {status_view(view, now)}
        {nodes}
        {parts}
    })
}

/// The runtime value and since when; what it is when there is none.
fn status_view(view: &RuntimeView, now: Timestamp) -> impl IntoView + use<> {
    let runtime = Runtime::parse(view.runtime.as_deref().unwrap_or_default());
    let value = match (&view.runtime, runtime.is_none()) {
        (_, false) => view! { <RuntimeBadge runtime now is_exact=true/> }.into_any(),
        _ if view.parts.is_some() => "It has no runtime of its own: its parts run.".into_any(),
        // What stands below says so.
        _ if view.nodes_total == 0 => ().into_any(),
        (Some(_), true) => "None: the platform reports no runtime.".into_any(),
        (None, true) => "Not known: nobody has reported a runtime.".into_any(),
    };
    let since = view.since.map(|at| {
        view! { <span>"since " <ExactTime at/> ", " <RelativeTime at now/></span> }
    });
    let observed = view.seen.clone().map(|seen| {
        view! {
            <span class="text-muted">"last observed " <RelativeTime at=seen.at now is_focusable=true/> " by " {seen.source}</span>
        }
    });
    view! {
        <h2 class="sr-only">"Runtime"</h2>
        <p class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <span>{value}</span>
            {since}
            {observed}
        </p>
    }
}

fn nodes_view(
    view: &RuntimeView,
    key: &Key,
    address: &Address,
    open: Callback<String>,
    now: Timestamp,
) -> impl IntoView + use<> {
    let path = key.path();
    let sorting = NodeSorting::parse(&address.sort);
    let head = NodeColumn::ALL.into_iter().map(|column| heading(column, sorting, &path, address)).collect_view();
    let none = view.nodes.is_empty().then(|| {
        view! { <p class="py-4">"No node is like that."</p> }
    });
    let rows = view.nodes.iter().map(|node| row(node, now)).collect_view();
    view! {
        {node_filters(view, &path, address, open)}
        <DataTable caption="Runtime nodes">
            <thead>
                <tr>{head}</tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        {none}
    }
}

fn heading(column: NodeColumn, sorting: NodeSorting, path: &str, address: &Address) -> impl IntoView + use<> {
    let descending = sorting.by.filter(|(sorted, _)| *sorted == column).map(|(_, descending)| descending);
    let target = match descending {
        Some(false) => format!("-{}", column.as_str()),
        Some(true) | None => column.as_str().to_owned(),
    };
    let href = Address { sort: target, ..address.clone() }.runtime_link(path);
    let direction = descending.map(|descending| if descending { "descending" } else { "ascending" });
    view! {
        <th scope="col" aria-sort=direction>
            <a href=href data-noscroll="">{column.label()} <SortArrow descending/></a>
        </th>
    }
}

fn row(node: &RuntimeNode, now: Timestamp) -> impl IntoView + use<> {
    let said = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let pod = node.pod.as_ref().filter(|pod| **pod != node.name);
    let title = match (&node.kind, pod) {
        (Some(kind), Some(pod)) => Some(format!("{kind}, pod {pod}")),
        (Some(kind), None) => Some(kind.clone()),
        (None, Some(pod)) => Some(format!("pod {pod}")),
        (None, None) => None,
    };
    let running_since = node.started_at.or(node.created_at).filter(|_| node.status == NodeStatus::Running);
    view! {
        <tr>
            <th class="wrap-anywhere" scope="row" data-label="Name" title=title>{node.name.clone()}</th>
            <td data-label="Created">{exact(node.created_at)}</td>
            <td data-label="Workspace">{said(&node.workspace)}</td>
            <td data-label="Data plane">{said(&node.data_plane)}</td>
            <td data-label="Status">
                <NodeStatusBadge status=node.status.clone()/>
            </td>
            <td data-label="Uptime">{uptime(running_since, now)}</td>
        </tr>
    }
}

fn exact(at: Option<Timestamp>) -> impl IntoView + use<> {
    match at {
        Some(at) => Either::Left(view! { <ExactTime at/> }),
        None => Either::Right("–"),
    }
}

fn ago(at: Option<Timestamp>, now: Timestamp) -> impl IntoView + use<> {
    match at {
        Some(at) => Either::Left(view! { <RelativeTime at now is_focusable=true/> }),
        None => Either::Right("–"),
    }
}

fn uptime(since: Option<Timestamp>, now: Timestamp) -> impl IntoView + use<> {
    match since {
        Some(since) => Either::Left(view! { <Uptime since now is_focusable=true/> }),
        None => Either::Right("–"),
    }
}

/// Says once why there are no nodes, and what helps.
fn no_nodes(view: &RuntimeView, key: &Key, address: &Address) -> impl IntoView + use<> {
    if view.failed_building {
        let href = address.link(&key.path(), TabName::Manifest, &[]);
        return view! {
            <EmptyState title="Nothing runs: it failed while building" is_nested=true>
                <p>"It can run once its " <a href=href>"manifest"</a> " is fixed."</p>
            </EmptyState>
        }
        .into_any();
    }
    let title = match view.runtime.as_deref().map(str::trim) {
        Some("") => {
            return view! {
                <EmptyState title="Nothing runs" is_nested=true>
                    <p>"The platform reports that it has no runtime."</p>
                </EmptyState>
            }
            .into_any();
        }
        Some(_) => "No runtime nodes have been reported",
        None => "No runtime has been reported",
    };
    let command = command("get runtime", key);
    view! {
        <EmptyState title is_nested=true>
            <p>"This command reports it, with its nodes:"</p>
            <CodeBlock text=command/>
        </EmptyState>
    }
    .into_any()
}

/// The parts of a composite Resource, which run in its stead.
fn parts_view(parts: &[Row], key: &Key, now: Timestamp) -> impl IntoView + use<> {
    if parts.is_empty() {
        let command = parts_command(key);
        return view! {
            <EmptyState title="None of its parts are in the catalog" is_nested=true>
                <p>"Its parts show here as soon as they are reported, as by:"</p>
                <CodeBlock text=command/>
            </EmptyState>
        }
        .into_any();
    }
    // Where all are in the workspace of the whole, a column says nothing.
    let is_scattered = parts.iter().any(|part| part.key.workspace != key.workspace);
    let rows = parts.iter().map(|part| part_row(part, is_scattered, now)).collect_view();
    view! {
        <DataTable caption="Parts and their runtime">
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Type"</th>
                    <th scope="col">"Created"</th>
                    {is_scattered.then(|| view! { <th scope="col">"Workspace"</th> })}
                    <th scope="col">"State"</th>
                    <th scope="col">"Status"</th>
                    <th scope="col">"Uptime"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn part_row(part: &Row, is_scattered: bool, now: Timestamp) -> impl IntoView + use<> {
    let workspace = part.key.workspace.clone().unwrap_or_else(|| "–".to_owned());
    let running_since = part.runtime_since.filter(|_| part.runtime().state == RuntimeState::Running);
    view! {
        <tr>
            <th class="wrap-anywhere" scope="row" data-label="Name">
                <a href=part.id()>{part.key.name.clone()}</a>
            </th>
            <td data-label="Type">{part_type(&part.key)}</td>
            <td data-label="Created">{ago(part.created_at, now)}</td>
            {is_scattered.then(|| view! { <td data-label="Workspace">{workspace}</td> })}
            <td data-label="State">
                <StateBadge state=part.state.clone()/>
            </td>
            <td data-label="Status">{part_runtime(part, now)}</td>
            <td data-label="Uptime">{uptime(running_since, now)}</td>
        </tr>
    }
}
