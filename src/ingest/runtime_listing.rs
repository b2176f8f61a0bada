//! The tables of `dataos-ctl get runtime` (domain.md 3.2): several tables, one observation.

use std::collections::HashMap;

use app::model::{Key, NodeStatus, Observation, RuntimeNode, Timestamp};

use super::ReadOptions;
use super::listing::{split, workspace_or_default};
use super::refusal::Fault;
use super::table::{Header, Table};
use crate::masking::mask_observation;

/// Where the platform runs the pods of depots.
const DEPOT_WORKSPACE: &str = "user-system";

/// Reads the tables about one Resource.
///
/// # Errors
/// When the first table does not say which Resource it is, or a row does not fit its header.
pub(super) fn read(tables: &[Table], options: &ReadOptions<'_>) -> Result<Observation, Fault> {
    let identity = tables.iter().find(|table| table.header.has("NAME") && table.header.has("TYPE"));
    let Some(identity) = identity else {
        let (line, found) = tables.first().map_or((1, String::new()), |table| (table.line, table.header.to_string()));
        let expected = "the table with the columns `NAME | VERSION | TYPE | WORKSPACE` before it: \
                        without it nobody knows which Resource this is about, so copy it too";
        return Err(Fault::new(line, &found, expected));
    };
    if identity.lines.len() != 1 {
        let found = format!("{} Resources", identity.lines.len());
        let expected = "one Resource in the table before its runtime: put each Resource and its tables together";
        return Err(Fault::new(identity.line, &found, expected));
    }
    for table in tables {
        // Messages and results may hold anything, also separators; only what is used has to fit.
        let is_used = ["RUNTIME", "TYPE", "PHASE"].iter().any(|column| table.header.has(column));
        if is_used && !table.header.has("MESSAGE") {
            for (line, row) in table.rows() {
                split(&table.header, line, row)?;
            }
        }
    }
    let (line, row) = identity.rows().next().unwrap_or((identity.line, ""));
    let resource_type = identity.first("TYPE").unwrap_or_default();
    let workspace = workspace_or_default(resource_type, identity.first("WORKSPACE"), options.workspace);
    let key = Key::new(resource_type, workspace, identity.first("NAME").unwrap_or_default())
        .map_err(|error| Fault::new(line, row, format!("the row of a Resource, but {error}")))?;

    let mut observation = Observation::new(key, options.at);
    observation.version = identity.first("VERSION").map(str::to_owned);
    observation.owner = identity.first("OWNER").map(str::to_owned);
    for table in tables {
        let header = &table.header;
        if observation.status.is_none() {
            observation.status = table.first("STATUS").map(str::to_owned);
        }
        if header.has("RUNTIME") && !table.lines.is_empty() {
            let (runtime, replicas) = runtime(table);
            observation.runtime = Some(runtime);
            observation.replicas = replicas;
        }
        if header.has("NODE NAME") && header.has("PHASE") && !header.has("IMAGE PULL SECRETS") {
            let nodes = table.text.lines().map(|row| node(header, row, &observation.key)).collect();
            add(&mut observation.nodes, nodes);
        }
        if header.has("RUN ID") {
            let runs = runs(table, &observation.key);
            add(&mut observation.nodes, runs);
        }
    }
    let scheduled = tables.iter().find_map(|table| table.first("SCHEDULED RUNTIME"));
    if observation.runtime.as_deref().is_none_or(str::is_empty)
        && let Some(scheduled) = scheduled
    {
        let is_time = Timestamp::parse(scheduled).is_some();
        observation.runtime = Some(if is_time { format!("next:{scheduled}") } else { scheduled.to_owned() });
    }
    mask_observation(&mut observation);
    Ok(observation)
}

/// The runtime as the listing of `get` would print it, and how many replicas are wanted.
fn runtime(table: &Table) -> (String, Option<u32>) {
    let word = table.first("RUNTIME").unwrap_or_default();
    let ready = table.first("READY REPLICAS COUNT").and_then(|count| count.parse::<u32>().ok());
    let wanted = table.first("REPLICAS COUNT").and_then(|count| count.parse::<u32>().ok());
    let runtime = match (word.to_lowercase().as_str(), ready, wanted) {
        ("running", Some(ready), _) => format!("{word}:{ready}"),
        ("pending", Some(ready), Some(wanted)) => format!("{word}:{ready}/{wanted}"),
        _ => word.to_owned(),
    };
    (runtime, wanted)
}

fn node(header: &Header, row: &str, key: &Key) -> RuntimeNode {
    let cells: Vec<&str> = header.cells(row).collect();
    let cell = |column: &str| {
        header.position(column).and_then(|place| cells.get(place)).copied().filter(|cell| !cell.is_empty())
    };
    let said = |column: &str| cell(column).map(str::to_owned);
    let time = |column: &str| cell(column).and_then(Timestamp::parse);
    let pod = said("POD NAME");
    let name = said("NODE NAME").or_else(|| pod.clone()).unwrap_or_default();
    RuntimeNode {
        pod: pod.filter(|pod| *pod != name),
        kind: said("TYPE"),
        workspace: if key.resource_type.as_str() == "depot" {
            Some(DEPOT_WORKSPACE.to_owned())
        } else {
            key.workspace.clone()
        },
        data_plane: said("DATA PLANE"),
        started_at: time("STARTED"),
        ended_at: time("FINISHED"),
        ..RuntimeNode::new(name, cell("PHASE").map_or(NodeStatus::Unknown, NodeStatus::parse))
    }
}

/// The runs of a monitor, as nodes.
fn runs(table: &Table, key: &Key) -> Vec<RuntimeNode> {
    let place = |column: &str| table.header.position(column);
    table
        .text
        .lines()
        .filter_map(|row| {
            let cells: Vec<&str> = table.header.cells(row).collect();
            let cell = |column: &str| {
                place(column).and_then(|place| cells.get(place)).copied().filter(|cell| !cell.is_empty())
            };
            let status = match cell("RUN STATUS").map(str::to_lowercase).as_deref() {
                None => NodeStatus::Unknown,
                Some("completed") => NodeStatus::Succeeded,
                Some(word) => NodeStatus::parse(word),
            };
            Some(RuntimeNode {
                workspace: key.workspace.clone(),
                started_at: cell("STARTED").and_then(Timestamp::parse),
                ended_at: cell("FINISHED").and_then(Timestamp::parse),
                ..RuntimeNode::new(cell("RUN ID")?, status)
            })
        })
        .collect()
}

/// Adds nodes; of two with one name the later stands.
fn add(nodes: &mut Option<Vec<RuntimeNode>>, more: Vec<RuntimeNode>) {
    let nodes = nodes.get_or_insert_default();
    let mut places: HashMap<String, usize> =
        nodes.iter().enumerate().map(|(place, node)| (node.name.clone(), place)).collect();
    for node in more {
        match places.get(&node.name) {
            Some(place) => nodes[*place] = node,
            None => {
                places.insert(node.name.clone(), nodes.len());
                nodes.push(node);
            }
        }
    }
}
