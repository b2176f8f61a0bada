//! `pharos get --server`: the listing of another process.

use std::io::{self, Write};

use anyhow::{Result, bail};
use app::model::Key;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::printer::{Printer, Row};
use super::{Fields, GetArguments, Output, json_array};
use crate::catalog::feed::ChangeFilter;
use crate::cli::server::Server;
use crate::cli::tail::{Begin, Tail, Told};

/// Lists what a server has, and with `--watch` prints Resources again when they change.
///
/// # Errors
/// When the server does not answer or refuses, or the output cannot be written.
pub(crate) async fn run(
    arguments: &GetArguments,
    server: Server,
    output: &mut (impl Write + Send),
    progress: &mut (impl Write + Send),
) -> Result<()> {
    match list(arguments, server, output, progress).await {
        Err(error)
            if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) =>
        {
            Ok(())
        }
        other => other,
    }
}

async fn list(
    arguments: &GetArguments,
    server: Server,
    output: &mut (impl Write + Send),
    progress: &mut (impl Write + Send),
) -> Result<()> {
    if arguments.details {
        bail!("--details reads the database; leave --server away, or ask the server for the manifest");
    }
    // Begun before the listing, so that nothing falls between the two.
    let mut tail = match arguments.watch {
        true => Some(following(arguments, &server).await?),
        false => None,
    };
    let mut found: Vec<Map<String, Value>> = Vec::new();
    for line in server.lines(&listing(arguments)).await? {
        let Value::Object(resource) = line else { bail!("the server lists something that is no Resource") };
        if is_selected(arguments, &resource) && (arguments.deleted || text(&resource, "state") != "deleted") {
            found.push(resource);
        }
    }
    let place =
        |resource: &Map<String, Value>| ["type", "workspace", "name"].map(|name| text(resource, name).to_owned());
    found.sort_by_cached_key(place);
    if found.is_empty() {
        writeln!(progress, "There are no such Resources on the server.")?;
    }
    let mut printer = Printer::new(arguments.output);
    let found = found.into_iter().map(Fields::of_row);
    if arguments.output == Output::Json && tail.is_none() {
        output.write_all(json_array(found).as_bytes())?;
        return Ok(output.flush()?);
    }
    for resource in found {
        printer.told(output, row(resource))?;
    }
    printer.listed(output)?;
    let Some(tail) = &mut tail else { return Ok(()) };
    writeln!(progress, "Watching; changed Resources are printed again.")?;
    loop {
        let mut keys: Vec<Key> = Vec::new();
        for change in tail.next().await? {
            let told = Told::read(&change)?;
            let key = Key::new(&told.resource_type, told.workspace.as_deref(), &told.name)?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        for key in keys {
            if let Some(Value::Object(resource)) = server.json(&format!("/api/v1{}", key.path())).await?
                && is_selected(arguments, &resource)
            {
                printer.told(output, row(Fields::of_detail(resource)))?;
            }
        }
        output.flush()?;
    }
}

/// The feed of what is listed, from the present on.
async fn following(arguments: &GetArguments, server: &Server) -> Result<Tail> {
    let selection = arguments.selection();
    let filter = ChangeFilter {
        types: selection.resource_type.into_iter().collect(),
        workspaces: selection.workspace.into_iter().collect(),
        names: selection.name.into_iter().collect(),
        ..ChangeFilter::default()
    };
    let page = server.json("/api/v1/changes?after=now&limit=1").await?;
    let Some(seq) = page.as_ref().and_then(|page| page["next"].as_i64()) else {
        bail!("the server has no change feed; is it a Pharos server?");
    };
    Ok(Tail::of_server(server.clone(), Begin::After(seq), &filter))
}

/// The address of the listing. The name only narrows it down; what is like it is left out here.
fn listing(arguments: &GetArguments) -> String {
    let selection = arguments.selection();
    let filters = [
        ("type", selection.resource_type.as_ref().map(|resource_type| resource_type.as_str().to_owned())),
        ("workspace", selection.workspace),
        ("owner", selection.owner),
        ("q", selection.name),
    ];
    let mut query = String::new();
    for (name, value) in filters.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        let mark = if query.is_empty() { '?' } else { '&' };
        query.push_str(&format!("{mark}{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC)));
    }
    format!("/api/v1/resources{query}")
}

fn text<'r>(resource: &'r Map<String, Value>, name: &str) -> &'r str {
    resource.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn is_selected(arguments: &GetArguments, resource: &Map<String, Value>) -> bool {
    let selection = arguments.selection();
    let fits = |wanted: Option<&str>, name: &str| wanted.is_none_or(|wanted| text(resource, name) == wanted);
    let version = arguments.wanted().map(|id| id.version.as_str()).filter(|version| !version.is_empty());
    fits(selection.resource_type.as_ref().map(app::model::ResourceType::as_str), "type")
        && fits(selection.workspace.as_deref(), "workspace")
        && fits(selection.name.as_deref(), "name")
        && fits(selection.owner.as_deref(), "owner")
        && fits(version, "version")
}

/// A Resource as it is printed.
fn row(fields: Fields) -> Row {
    let cells = [
        "name",
        "version",
        "type",
        "workspace",
        "state",
        "runtime",
        "owner",
        "state",
        "health",
        "updated",
        "last_observed",
    ];
    Row { cells: cells.map(|name| fields.text(name).to_owned()).to_vec(), fields }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_resource_has_the_same_row_in_a_listing_and_alone() {
        let listed = json!({
            "type": "service", "version": "v1", "name": "orders-api", "workspace": "public", "state": "active",
            "runtime": "running:1", "health": "healthy", "owner": "ada", "updated": "2025-11-20T12:00:00Z",
            "last_observed": "2025-11-20T12:05:00Z"
        });
        let alone = json!({
            "type": "service", "version": "v1", "name": "orders-api", "workspace": "public", "state": "active",
            "status": "active", "runtime": "running:1", "health": { "level": "healthy" }, "owner": "ada",
            "updated": "2025-11-20T12:00:00Z",
            "observed": { "status": { "at": "2025-11-20T12:05:00Z" }, "owner": { "at": "2025-11-20T11:00:00Z" } }
        });
        let object = |value: &Value| value.as_object().expect("an object").clone();
        let (listed, alone) = (row(Fields::of_row(object(&listed))), row(Fields::of_detail(object(&alone))));
        assert_eq!(listed.cells, alone.cells);
        assert_eq!(listed.fields, alone.fields);
        assert_eq!(listed.cells[4..9], ["active", "running:1", "ada", "active", "healthy"]);
    }
}
