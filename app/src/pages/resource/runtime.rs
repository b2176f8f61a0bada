//! The Runtime tab: the nodes of a Resource, or the parts of a composite one.

use leptos::either::Either;
use leptos::prelude::*;

use super::address::{Address, TabName};
use super::parts::{command, part_runtime, part_type, parts_command};
use super::tab::tab;
use crate::api::{Current, Row, RuntimeView, load_runtime};
use crate::live::patch_in_place;
use crate::model::{Key, NodeColumn, NodeSorting, NodeStatus, Runtime, RuntimeNode, RuntimeState, Timestamp};
use crate::ui::{
    Chip, ChipRow, CodeBlock, DataTable, EmptyState, ExactTime, NodeStatusBadge, RelativeTime, RuntimeBadge, SortArrow,
    StateBadge, Uptime,
};

/// Up to this many nodes nobody needs a filter.
const NODES_WITHOUT_FILTER: u32 = 8;

/// The runtime of a Resource.
#[component]
pub(super) fn RuntimeTab() -> impl IntoView {
    let load = |Address { types, fqn, sort, status, data_plane, .. }: Address| {
        load_runtime(types, fqn, sort, status, data_plane)
    };
    tab(load, merge, |address, answer| runtime_view(address, answer).into_any())
}

/// Values change at once; nodes that come, go or move are pending.
fn merge(before: &RuntimeView, new: &RuntimeView) -> (RuntimeView, u32) {
    let (nodes, pending) = patch_in_place(&before.nodes, &new.nodes, |node| node.name.clone());
    (RuntimeView { nodes, ..new.clone() }, pending)
}

pub(super) fn runtime_view(address: &Address, answer: &Current<RuntimeView>) -> Option<impl IntoView + use<>> {
    let (view, now) = (&answer.value, answer.now);
    let key = view.key.as_ref()?;
    let nodes = match (view.nodes_total, &view.parts) {
        (0, Some(_)) => None,
        (0, None) => Some(no_nodes(view, key).into_any()),
        _ => Some(nodes_view(view, key, address, now).into_any()),
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
        (_, false) => view! { <RuntimeBadge runtime/> }.into_any(),
        _ if view.parts.is_some() => "It has no runtime of its own: its parts run.".into_any(),
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

fn nodes_view(view: &RuntimeView, key: &Key, address: &Address, now: Timestamp) -> impl IntoView + use<> {
    let path = key.path();
    let sorting = NodeSorting::parse(&address.sort);
    let head = NodeColumn::ALL.into_iter().map(|column| heading(column, sorting, &path, address)).collect_view();
    let none = view.nodes.is_empty().then(|| {
        view! {
            <p class="py-4">
                "No node is like that. "
                <a href=address.link(&path, TabName::Runtime, &[])>"Show all nodes"</a>
            </p>
        }
    });
    let rows = view.nodes.iter().map(|node| row(node, now)).collect_view();
    view! {
        {filters(view, &path, address)}
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
    let values = [("sort", target.as_str()), ("status", &address.status), ("dataplane", &address.data_plane)];
    let href = address.link(path, TabName::Runtime, &values);
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

fn uptime(since: Option<Timestamp>, now: Timestamp) -> impl IntoView + use<> {
    match since {
        Some(since) => Either::Left(view! { <Uptime since now/> }),
        None => Either::Right("–"),
    }
}

/// Links that narrow a long table down to one status or data plane.
fn filters(view: &RuntimeView, path: &str, address: &Address) -> Option<impl IntoView + use<>> {
    if view.nodes_total <= NODES_WITHOUT_FILTER && address.status.is_empty() && address.data_plane.is_empty() {
        return None;
    }
    let chip = |name: &'static str, other: (&str, &str), value: &str, count: u32, chosen: &str| {
        let is_chosen = value == chosen;
        let wanted = if is_chosen { "" } else { value };
        let href = address.link(path, TabName::Runtime, &[("sort", &address.sort), other, (name, wanted)]);
        let value = value.to_owned();
        view! { <Chip href is_chosen keeps_place=true>{value} " " {count}</Chip> }
    };
    let statuses = view
        .statuses
        .iter()
        .map(|(value, count)| chip("status", ("dataplane", &address.data_plane), value, *count, &address.status))
        .collect_view();
    let planes = (view.data_planes.len() > 1).then(|| {
        let chips = view
            .data_planes
            .iter()
            .map(|(value, count)| chip("dataplane", ("status", &address.status), value, *count, &address.data_plane))
            .collect_view();
        view! { <ChipRow label="Data plane">{chips}</ChipRow> }
    });
    Some(view! {
        <ChipRow label="Status">{statuses}</ChipRow>
        {planes}
    })
}

fn no_nodes(view: &RuntimeView, key: &Key) -> impl IntoView + use<> {
    let runtime = view.runtime.clone().filter(|runtime| !runtime.trim().is_empty());
    let command = command("get runtime", key);
    let value = runtime.map(|runtime| view! { " Its runtime is " <code>{runtime}</code> "." });
    view! {
        <EmptyState title="No runtime nodes have been reported" is_nested=true>
            <p>"Which nodes it runs on is not known." {value} " To report them:"</p>
            <CodeBlock text=command/>
        </EmptyState>
    }
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
    let rows = parts.iter().map(|part| part_row(part, now)).collect_view();
    view! {
        <DataTable caption="Parts and their runtime">
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Type"</th>
                    <th scope="col">"Created"</th>
                    <th scope="col">"Workspace"</th>
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

fn part_row(part: &Row, now: Timestamp) -> impl IntoView + use<> {
    let running_since = part.runtime_since.filter(|_| part.runtime().state == RuntimeState::Running);
    view! {
        <tr>
            <th class="wrap-anywhere" scope="row" data-label="Name">
                <a href=part.id()>{part.key.name.clone()}</a>
            </th>
            <td data-label="Type">{part_type(&part.key)}</td>
            <td data-label="Created">{exact(part.created_at)}</td>
            <td data-label="Workspace">{part.key.workspace.clone().unwrap_or_else(|| "–".to_owned())}</td>
            <td data-label="State">
                <StateBadge state=part.state.clone()/>
            </td>
            <td data-label="Status">{part_runtime(part)}</td>
            <td data-label="Uptime">{uptime(running_since, now)}</td>
        </tr>
    }
}
