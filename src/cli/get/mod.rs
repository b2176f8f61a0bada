//! `pharos get`: lists Resources as `dataos-ctl get` does, out of the catalog's database.

mod fields;
mod printer;
mod remote;
mod table;
mod watch;
mod yaml;

use std::io::{self, Write};
use std::time::Instant;

use app::model::{Identifier, Key, Manifest, Resource, ResourceId, ResourceType, Timestamp};
use serde_json::Value;

use super::server::ServerArguments;
use crate::store::{DEFAULT_URL, Selection, Store, StoreError};

pub use fields::Fields;
pub(super) use remote::run as run_remote;
pub use table::{Table, table, wide};
pub(super) use watch::run as watch;

/// Resources that are asked for at a time.
const PAGE: usize = 1_000;

/// What is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    /// The table of `dataos-ctl get`
    #[default]
    Table,
    /// The table with State, health and times
    Wide,
    /// An array of objects
    Json,
    /// The same as YAML
    Yaml,
}

/// Lists Resources as `dataos-ctl get` does. Deleted ones are left out unless asked for.
#[derive(Clone, Debug, clap::Args)]
pub struct GetArguments {
    /// Only this type, as in manifests (`instance-secret`) or as many (`depots`)
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    pub resource_type: Option<String>,

    /// Only this name
    #[arg(short, long)]
    pub name: Option<String>,

    /// Only this workspace
    #[arg(short, long)]
    pub workspace: Option<String>,

    /// Resources of all owners; that is the default here, since nobody signs in
    #[arg(short, long)]
    pub all: bool,

    /// Only Resources of this owner
    #[arg(short, long, conflicts_with = "all")]
    pub owner: Option<String>,

    /// Print the manifest and what the platform made of it, as YAML documents
    #[arg(short, long, conflicts_with = "output")]
    pub details: bool,

    /// Only this Resource: `NAME:VERSION:TYPE[:WORKSPACE]`, or a row copied from a table
    #[arg(short, long, value_parser = Identifier::parse, conflicts_with_all = ["resource_type", "name", "workspace", "id"])]
    pub identifier: Option<Identifier>,

    /// Only this Resource: `TYPE:VERSION:NAME[:WORKSPACE]`
    #[arg(long, value_parser = |text: &str| ResourceId::parse(text), conflicts_with_all = ["resource_type", "name", "workspace"])]
    pub id: Option<ResourceId>,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    pub output: Output,

    /// List deleted Resources, too
    #[arg(long)]
    pub deleted: bool,

    /// Print Resources again when they change, until interrupted; JSON one object a line
    #[arg(long, conflicts_with = "details")]
    pub watch: bool,

    /// The database
    #[arg(long, value_name = "URL", env = "PHAROS_DATABASE", default_value = DEFAULT_URL)]
    pub database: String,

    #[command(flatten)]
    pub(super) server: ServerArguments,
}

/// Why nothing, or not all, could be listed.
#[derive(Debug, thiserror::Error)]
pub enum GetError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The output cannot be written.
    #[error("cannot write the output")]
    Write(#[from] io::Error),
}

impl GetArguments {
    /// The Resource that is asked for by its id, if one is.
    fn wanted(&self) -> Option<&ResourceId> {
        self.identifier.as_ref().map(|identifier| &identifier.0).or(self.id.as_ref())
    }

    fn selection(&self) -> Selection {
        let mut selection = Selection {
            resource_type: self.resource_type.as_deref().map(ResourceType::from_slug),
            workspace: self.workspace.clone(),
            name: self.name.clone(),
            owner: self.owner.clone(),
            include_deleted: self.deleted,
        };
        if let Some(ResourceId { key, .. }) = self.wanted() {
            selection.resource_type = Some(key.resource_type.clone());
            selection.workspace.clone_from(&key.workspace);
            selection.name = Some(key.name.clone());
        }
        selection
    }

    /// Whether a selected Resource has the version of the id, where one was given.
    fn has_wanted_version(&self, resource: &Resource) -> bool {
        self.wanted().is_none_or(|id| id.version.is_empty() || id.version == resource.version)
    }
}

/// Lists what `store` has to `output` and says so to `progress`, as the platform's command line does.
///
/// # Errors
/// When the database fails or the output cannot be written. An output that nobody reads any more is no error.
pub async fn run(
    arguments: &GetArguments,
    store: &dyn Store,
    now: Timestamp,
    output: &mut (impl Write + Send),
    progress: &mut (impl Write + Send),
) -> Result<(), GetError> {
    match list(arguments, store, now, output, progress).await {
        Err(GetError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

async fn list(
    arguments: &GetArguments,
    store: &dyn Store,
    now: Timestamp,
    output: &mut (impl Write + Send),
    progress: &mut (impl Write + Send),
) -> Result<(), GetError> {
    let start = Instant::now();
    log(progress, start, "🔍 get...")?;
    let selection = arguments.selection();
    let mut rows = Table::narrow();
    if arguments.output == Output::Wide {
        rows = Table::wide();
    }
    let mut printed = 0_u64;
    let mut after: Option<Key> = None;
    loop {
        let page = store.select(&selection, after.as_ref(), PAGE).await?;
        let full = page.len() == PAGE;
        after = page.last().map(|(_, resource)| resource.key.clone());
        for (number, resource) in page {
            if !arguments.has_wanted_version(&resource) {
                continue;
            }
            match arguments.output {
                _ if arguments.details => {
                    let manifest = store.manifest(number).await?;
                    if printed > 0 {
                        output.write_all(b"---\n")?;
                    }
                    output.write_all(details(&resource, manifest.as_ref()).as_bytes())?;
                }
                Output::Table | Output::Wide => rows.add(&resource, now),
                Output::Json => {
                    output.write_all(if printed == 0 { b"[\n" } else { b",\n" })?;
                    output.write_all(json_object(&Fields::of(&resource, now)).as_bytes())?;
                }
                Output::Yaml => output.write_all(yaml_item(&Fields::of(&resource, now)).as_bytes())?,
            }
            printed += 1;
        }
        if !full {
            break;
        }
    }
    if printed == 0 {
        log(progress, start, "🔍 get...nothing")?;
    } else {
        log(progress, start, "🔍 get...complete")?;
    }
    match arguments.output {
        _ if arguments.details => {}
        Output::Table | Output::Wide => {
            if !rows.is_empty() {
                writeln!(progress)?;
                output.write_all(rows.to_string().as_bytes())?;
            }
        }
        Output::Json => output.write_all(if printed == 0 { b"[]\n" } else { b"\n]\n" })?,
        Output::Yaml if printed == 0 => output.write_all(b"[]\n")?,
        Output::Yaml => {}
    }
    output.flush()?;
    Ok(())
}

/// The Resources as a JSON array.
#[must_use]
pub fn json<'a>(resources: impl IntoIterator<Item = &'a Resource>, now: Timestamp) -> String {
    json_array(resources.into_iter().map(|resource| Fields::of(resource, now)))
}

fn json_array(resources: impl Iterator<Item = Fields>) -> String {
    let objects: Vec<String> = resources.map(|fields| json_object(&fields)).collect();
    if objects.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", objects.join(",\n")) }
}

/// The Resources as a YAML list.
#[must_use]
pub fn yaml<'a>(resources: impl IntoIterator<Item = &'a Resource>, now: Timestamp) -> String {
    let text: String = resources.into_iter().map(|resource| yaml_item(&Fields::of(resource, now))).collect();
    if text.is_empty() { "[]\n".to_owned() } else { text }
}

fn json_object(fields: &Fields) -> String {
    let lines: Vec<String> =
        fields.iter().map(|(name, value)| format!("    \"{name}\": {}", yaml::one_line(value))).collect();
    format!("  {{\n{}\n  }}", lines.join(",\n"))
}

fn yaml_item(fields: &Fields) -> String {
    let mut text = String::with_capacity(768);
    yaml::write_entries(&mut text, "- ", fields.iter());
    text
}

/// A YAML document: the manifest, and what the platform made of it, in the shape the platform prints it in.
#[must_use]
pub fn details(resource: &Resource, manifest: Option<&Manifest>) -> String {
    let mut text = String::with_capacity(1_024);
    let key = &resource.key;
    let workspace = key.workspace.as_deref().map(|workspace| format!(":{workspace}")).unwrap_or_default();
    text.push_str(&format!("# {}:{}:{}{workspace}\n", key.name, resource.version, key.resource_type));
    text.push_str(&format!("# {}\n", resource.id()));
    match manifest {
        Some(manifest) => {
            text.push_str(manifest.text.trim_start_matches("---\n").trim_end());
            text.push('\n');
            // What is read back from the platform says its status itself, and what is no mapping cannot be added to.
            let may_add = manifest.content.is_object() && manifest.content.get("status").is_none();
            if !may_add {
                return text;
            }
        }
        None => {
            text.push_str("# No manifest has been reported.\n");
            let string = |text: &str| Value::String(text.to_owned());
            let optional = |text: Option<&str>| text.map(string);
            let entries = [
                ("name", Some(string(&key.name))),
                ("version", Some(string(&resource.version))),
                ("type", Some(string(key.resource_type.as_str()))),
                ("tags", Some(Value::from(resource.tags.clone()))),
                ("description", optional(resource.description.as_deref())),
                ("owner", optional(resource.owner.as_deref())),
                ("layer", optional(resource.layer.as_deref())),
                ("workspace", optional(key.workspace.as_deref())),
            ];
            let known = entries.iter().filter_map(|(name, value)| value.as_ref().map(|value| (*name, value)));
            yaml::write_entries(&mut text, "", known);
        }
    }
    let said_already = manifest.is_some_and(|manifest| manifest.content.get("created").is_some());
    if let Some(created) = resource.created_at.filter(|_| !said_already) {
        text.push_str(&format!("created: {}\n", yaml::scalar(&Value::String(created.to_rfc3339()))));
    }
    let value = |text: &str| yaml::scalar(&Value::String(text.to_owned()));
    text.push_str("status:\n");
    text.push_str(&format!("  aggregateStatus: {}\n", value(resource.status.as_deref().unwrap_or_default())));
    if resource.deleted {
        text.push_str("  deleted: true\n");
    }
    if let Some(stage) = &resource.builder_stage {
        text.push_str(&format!("  builderState:\n    stage: {}\n", value(stage)));
        if let Some(message) = &resource.message {
            text.push_str(&format!("    info: {}\n", value(message)));
        }
    }
    if let Some(runtime) = resource.runtime.as_deref().filter(|runtime| !runtime.is_empty()) {
        text.push_str(&format!("  runtimeState:\n    status: {}\n", value(runtime)));
    }
    text
}

/// A log line in the form of the platform's command line.
fn log(progress: &mut impl Write, start: Instant, message: &str) -> io::Result<()> {
    writeln!(progress, "INFO[{:04}] {message:<44} ", start.elapsed().as_secs())
}

#[cfg(test)]
mod tests;
