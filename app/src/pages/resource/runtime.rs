//! The Runtime tab: the nodes of a Resource, or the parts of a composite one.

use std::cmp::Ordering;

use leptos::prelude::*;

use super::address::{Address, Tab};
use super::load::ResourcePage;
use crate::components::{Moment, NodeStatusBadge, RuntimeBadge, StateBadge, TypeIcon};
use crate::model::{
    Aspect, Key, ListingRow, NodeStatus, Resource, RuntimeKind, RuntimeNode, RuntimeState, Timestamp, duration_text,
};

/// Up to this many nodes nobody needs a filter.
const NODES_WITHOUT_FILTER: usize = 8;

/// The runtime of a Resource.
pub(super) fn runtime(page: &ResourcePage, address: &Address) -> impl IntoView + use<> {
    let detail = &page.detail;
    let resource = &detail.resource;
    let composite = resource.key.resource_type.runtime_kind(None) == Some(RuntimeKind::Parts);
    let nodes = if detail.nodes.is_empty() {
        (!composite).then(|| no_nodes(resource).into_any())
    } else {
        Some(nodes(&detail.nodes, &resource.key.path(), address, page.now).into_any())
    };
    view! {
        {standing(resource, composite, page.now).into_any()}
        {nodes}
        {composite.then(|| parts(&detail.parts, &resource.key, page.now).into_any())}
    }
}

/// The runtime value and since when; what it is when there is none.
fn standing(resource: &Resource, composite: bool, now: Timestamp) -> impl IntoView + use<> {
    let runtime = resource.runtime();
    let value = match (&resource.runtime, runtime.is_none()) {
        (_, false) => view! { <RuntimeBadge runtime/> }.into_any(),
        _ if composite => "It has no runtime of its own: its parts run.".into_any(),
        (Some(_), true) => "None: the platform reports no runtime.".into_any(),
        (None, true) => "Not known: nobody has reported a runtime.".into_any(),
    };
    let since = resource.runtime_since.filter(|_| !resource.runtime().is_none()).map(|since| {
        let ago = since.relative_to(now);
        view! {
            <span>"since "<time datetime=since.to_rfc3339()>{since.exact()}</time>", "{ago}</span>
        }
    });
    let observed = resource.observed.get(&Aspect::Runtime).map(|seen| {
        view! {
            <span class="muted">"last observed "<Moment at=seen.at now/>" by "{seen.source.clone()}</span>
        }
    });
    view! {
        <h2 class="visually-hidden">"Runtime"</h2>
        <p class="runtime-standing"><span data-live=format!("{}: runtime", resource.key.name)>{value}</span>{since}{observed}</p>
    }
}

/// What the table of nodes is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    Created,
    Workspace,
    DataPlane,
    Status,
    Uptime,
}

impl Column {
    const ALL: [Self; 6] = [Self::Name, Self::Created, Self::Workspace, Self::DataPlane, Self::Status, Self::Uptime];

    fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Created => "created",
            Self::Workspace => "workspace",
            Self::DataPlane => "dataplane",
            Self::Status => "status",
            Self::Uptime => "uptime",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Created => "Created",
            Self::Workspace => "Workspace",
            Self::DataPlane => "Data plane",
            Self::Status => "Status",
            Self::Uptime => "Uptime",
        }
    }
}

/// Reads `created` or `-created`; `None` for the order of the tab's own: the running ones first, then the newest.
fn parse_sort(text: &str) -> Option<(Column, bool)> {
    let (word, descending) = match text.strip_prefix('-') {
        Some(word) => (word, true),
        None => (text, false),
    };
    Column::ALL.into_iter().find(|column| column.word() == word).map(|column| (column, descending))
}

/// Puts nodes into an order. What is not known comes last in either direction.
fn sort_nodes(nodes: &mut [&RuntimeNode], sort: Option<(Column, bool)>, now: Timestamp) {
    let Some((column, descending)) = sort else {
        nodes.sort_by_key(|node| {
            (node.status != NodeStatus::Running, std::cmp::Reverse(node.created_at), node.name.clone())
        });
        return;
    };
    nodes.sort_by(|left, right| {
        let order = match column {
            Column::Name => directed(Some(&left.name), Some(&right.name), descending),
            Column::Created => directed(left.created_at, right.created_at, descending),
            Column::Workspace => directed(left.workspace.as_ref(), right.workspace.as_ref(), descending),
            Column::DataPlane => directed(left.data_plane.as_ref(), right.data_plane.as_ref(), descending),
            Column::Status => directed(Some(left.status.as_str()), Some(right.status.as_str()), descending),
            Column::Uptime => directed(left.uptime(now), right.uptime(now), descending),
        };
        order.then_with(|| left.name.cmp(&right.name))
    });
}

fn directed<T: Ord>(left: Option<T>, right: Option<T>, descending: bool) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) if descending => right.cmp(&left),
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

fn nodes(nodes: &[RuntimeNode], path: &str, address: &Address, now: Timestamp) -> impl IntoView + use<> {
    let sort = parse_sort(&address.sort);
    let chosen = |filter: &str, value: &str| filter.is_empty() || filter == value;
    let mut shown: Vec<&RuntimeNode> = nodes
        .iter()
        .filter(|node| {
            chosen(&address.status, node.status.as_str())
                && chosen(&address.data_plane, node.data_plane.as_deref().unwrap_or_default())
        })
        .collect();
    sort_nodes(&mut shown, sort, now);
    let head = Column::ALL.map(|column| {
        let (aria, target) = match sort {
            Some((sorted, false)) if sorted == column => (Some("ascending"), format!("-{}", column.word())),
            Some((sorted, true)) if sorted == column => (Some("descending"), column.word().to_owned()),
            _ => (None, column.word().to_owned()),
        };
        let values = [("sort", target.as_str()), ("status", &address.status), ("dataplane", &address.data_plane)];
        let href = address.link(path, Tab::Runtime, &values);
        view! { <th scope="col" aria-sort=aria><a href=href data-noscroll="">{column.label()}</a></th> }
    });
    let none = shown.is_empty().then(|| {
        view! {
            <p class="empty-state">
                "No node is like that. "
                <a href=address.link(path, Tab::Runtime, &[])>"Show all nodes"</a>
            </p>
        }
    });
    let rows = shown.into_iter().map(|node| row(node, now)).collect_view();
    view! {
        {filters(nodes, path, address).into_any()}
        <div class="table-wrap">
            <table class="data-table">
                <caption class="visually-hidden">"Runtime nodes"</caption>
                <thead><tr>{head}</tr></thead>
                <tbody data-live-rows="">{rows}</tbody>
            </table>
        </div>
        {none}
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
    view! {
        <tr data-key=node.name.clone()>
            <th scope="row" data-label="Name" title=title>{node.name.clone()}</th>
            <td data-label="Created">{exact(node.created_at)}</td>
            <td data-label="Workspace">{said(&node.workspace)}</td>
            <td data-label="Data plane">{said(&node.data_plane)}</td>
            <td data-label="Status" data-live=format!("{}: status", node.name)><NodeStatusBadge status=node.status.clone()/></td>
            <td data-label="Uptime">{uptime(node.uptime(now))}</td>
        </tr>
    }
}

fn exact(at: Option<Timestamp>) -> impl IntoView + use<> {
    match at {
        Some(at) => leptos::either::Either::Left(view! { <time datetime=at.to_rfc3339()>{at.exact()}</time> }),
        None => leptos::either::Either::Right("–"),
    }
}

fn uptime(millis: Option<i64>) -> String {
    millis.map_or_else(|| "–".to_owned(), duration_text)
}

/// Links that narrow a long table down to one status or data plane.
fn filters(nodes: &[RuntimeNode], path: &str, address: &Address) -> impl IntoView + use<> {
    if nodes.len() <= NODES_WITHOUT_FILTER && address.status.is_empty() && address.data_plane.is_empty() {
        return None;
    }
    let statuses = counted(nodes.iter().map(|node| node.status.as_str()));
    let planes = counted(nodes.iter().filter_map(|node| node.data_plane.as_deref()));
    let chip = |name: &'static str, other: (&str, &str), value: &str, count: usize, chosen: &str| {
        let is_chosen = value == chosen;
        let wanted = if is_chosen { "" } else { value };
        let href = address.link(path, Tab::Runtime, &[("sort", &address.sort), other, (name, wanted)]);
        let current = is_chosen.then_some("true");
        view! {
            <a class="chip" href=href aria-current=current data-noscroll="">{value.to_owned()}" "{count}</a>
        }
    };
    let statuses = statuses
        .into_iter()
        .map(|(value, count)| chip("status", ("dataplane", &address.data_plane), value, count, &address.status))
        .collect_view();
    let planes = (planes.len() > 1).then(|| {
        planes
            .into_iter()
            .map(|(value, count)| chip("dataplane", ("status", &address.status), value, count, &address.data_plane))
            .collect_view()
    });
    let planes = planes.map(|planes| {
        view! { <div class="chip-row" role="group" aria-label="Data plane">{planes}</div> }
    });
    Some(view! {
        <div class="chip-row" role="group" aria-label="Status">{statuses}</div>
        {planes}
    })
}

fn counted<'a>(values: impl Iterator<Item = &'a str>) -> Vec<(&'a str, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for value in values {
        *counts.entry(value).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

fn no_nodes(resource: &Resource) -> impl IntoView + use<> {
    let runtime = resource.runtime();
    let value = (!runtime.is_none()).then(|| view! { " Its runtime is "<code>{runtime.raw}</code>"." });
    view! {
        <div class="empty-state">
            <h3>"No runtime nodes have been reported"</h3>
            <p>"Which nodes it runs on is not known."{value}" To report them:"</p>
            <pre class="code-block"><code>{command("get runtime", &resource.key)}</code></pre>
        </div>
    }
}

/// The command that reports something of a Resource.
pub(super) fn command(what: &str, key: &Key) -> String {
    let workspace = key.workspace.as_ref().map(|workspace| format!(" -w {workspace}")).unwrap_or_default();
    format!("dataos-ctl {what} -t {}{workspace} -n {} | pharos import -", key.resource_type, key.name)
}

/// The parts of a composite Resource, which run in its stead.
fn parts(parts: &[ListingRow], key: &Key, now: Timestamp) -> impl IntoView + use<> {
    if parts.is_empty() {
        return view! {
            <div class="empty-state">
                <h3>"None of its parts are in the catalog"</h3>
                <p>"Its parts show here as soon as they are reported, as by:"</p>
                <pre class="code-block"><code>{parts_command(key)}</code></pre>
            </div>
        }
        .into_any();
    }
    let rows = parts.iter().map(|part| part_row(part, now)).collect_view();
    view! {
        <div class="table-wrap">
            <table class="data-table">
                <caption class="visually-hidden">"Parts and their runtime"</caption>
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
            </table>
        </div>
    }
    .into_any()
}

fn parts_command(key: &Key) -> String {
    let workspace = key.workspace.as_ref().map(|workspace| format!(" -w {workspace}")).unwrap_or_default();
    format!("dataos-ctl get -a -t service{workspace} | pharos import -")
}

fn part_row(part: &ListingRow, now: Timestamp) -> impl IntoView + use<> {
    let runtime = part.runtime();
    let up =
        (runtime.state == RuntimeState::Running).then_some(part.runtime_since).flatten().map(|since| now.since(since));
    view! {
        <tr>
            <th scope="row" data-label="Name"><a href=part.key.path()>{part.key.name.clone()}</a></th>
            <td data-label="Type">
                <span><TypeIcon resource_type=part.key.resource_type.clone()/>" "{part.key.resource_type.label()}</span>
            </td>
            <td data-label="Created">{exact(part.created_at)}</td>
            <td data-label="Workspace">{part.key.workspace.clone().unwrap_or_else(|| "–".to_owned())}</td>
            <td data-label="State"><StateBadge state=part.state.clone()/></td>
            <td data-label="Status">{runtime_of_part(part)}</td>
            <td data-label="Uptime">{uptime(up)}</td>
        </tr>
    }
}

/// The runtime of a part; where there is none, whether that is known.
pub(super) fn runtime_of_part(part: &ListingRow) -> impl IntoView + use<> {
    let runtime = part.runtime();
    if runtime.is_none() {
        let word = if part.runtime_unknown { "not known" } else { "none" };
        return leptos::either::Either::Left(view! { <span class="muted">{word}</span> });
    }
    leptos::either::Either::Right(view! { <RuntimeBadge runtime/> })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(10_000);

    fn node(name: &str, status: NodeStatus, created: Option<i64>, plane: Option<&str>) -> RuntimeNode {
        RuntimeNode {
            created_at: created.map(Timestamp),
            data_plane: plane.map(str::to_owned),
            ..RuntimeNode::new(name, status)
        }
    }

    fn sorted(sort: &str) -> Vec<String> {
        let nodes = [
            node("a", NodeStatus::Failed, Some(3_000), Some("hub")),
            node("b", NodeStatus::Running, Some(1_000), None),
            node("c", NodeStatus::Running, Some(2_000), Some("edge")),
            node("d", NodeStatus::Deleted, None, Some("hub")),
        ];
        let mut shown: Vec<_> = nodes.iter().collect();
        sort_nodes(&mut shown, parse_sort(sort), NOW);
        shown.into_iter().map(|node| node.name.clone()).collect()
    }

    #[test]
    fn the_running_and_newest_nodes_come_first() {
        assert_eq!(sorted(""), ["c", "b", "a", "d"]);
        assert_eq!(sorted("nonsense"), ["c", "b", "a", "d"]);
    }

    #[test]
    fn every_column_sorts_both_ways_with_the_unknown_last() {
        assert_eq!(sorted("created"), ["b", "c", "a", "d"]);
        assert_eq!(sorted("-created"), ["a", "c", "b", "d"]);
        assert_eq!(sorted("-name"), ["d", "c", "b", "a"]);
        assert_eq!(sorted("dataplane"), ["c", "a", "d", "b"]);
        assert_eq!(sorted("-dataplane"), ["a", "d", "c", "b"]);
        assert_eq!(sorted("uptime"), ["c", "b", "a", "d"]);
        assert_eq!(sorted("-uptime"), ["b", "c", "a", "d"]);
        assert_eq!(sorted("status"), ["d", "a", "b", "c"]);
    }

    #[test]
    fn the_command_names_the_resource_as_the_platform_does() {
        let service = Key::new("service", Some("public"), "orders-api").expect("a key");
        assert_eq!(
            command("get runtime", &service),
            "dataos-ctl get runtime -t service -w public -n orders-api | pharos import -"
        );
        let depot = Key::new("depot", None, "salesraw").expect("a key");
        assert_eq!(command("get -d", &depot), "dataos-ctl get -d -t depot -n salesraw | pharos import -");
    }
}
