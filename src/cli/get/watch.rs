//! `pharos get --watch`: the listing, and every Resource again when it changes.

use std::io::{self, Write};
use std::time::Duration;

use app::model::Resource;

use super::printer::Printer;
use super::{GetArguments, GetError, PAGE};
use crate::catalog::Clock;
use crate::store::{Selection, Store};

/// How often the log is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Entries of the log that are taken at a time.
const ENTRIES_AT_ONCE: usize = 1_000;

/// Whether a Resource that changed is one of those that are watched. One that was deleted is told, too: that is a change
/// like others.
fn is_selected(selection: &Selection, resource: &Resource) -> bool {
    fn fits<T: PartialEq>(wanted: Option<&T>, is: Option<&T>) -> bool {
        wanted.is_none() || wanted == is
    }
    fits(selection.resource_type.as_ref(), Some(&resource.key.resource_type))
        && fits(selection.workspace.as_ref(), resource.key.workspace.as_ref())
        && fits(selection.name.as_ref(), Some(&resource.key.name))
        && fits(selection.owner.as_ref(), resource.owner.as_ref())
}

/// Lists, and prints Resources again when they change. Ends only when nobody reads any more, or with an error.
///
/// # Errors
/// When the database fails or the output cannot be written.
pub(crate) async fn run(
    arguments: &GetArguments,
    store: &dyn Store,
    clock: &Clock,
    output: &mut (impl Write + Send),
    progress: &mut (impl Write + Send),
) -> Result<(), GetError> {
    match watch(arguments, store, clock, output, progress).await {
        Err(GetError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

async fn watch(
    arguments: &GetArguments,
    store: &dyn Store,
    clock: &Clock,
    output: &mut (impl Write + Send),
    progress: &mut (impl Write + Send),
) -> Result<(), GetError> {
    // Taken before the listing, so that nothing falls between the two; a Resource may then be printed twice.
    let mut seq = store.last_seq().await?;
    let selection = arguments.selection();
    let mut printer = Printer::new(arguments.output);
    list(arguments, store, clock, &mut printer, output).await?;
    printer.listed(output)?;
    writeln!(progress, "Watching; changed Resources are printed again.")?;
    loop {
        let changed = store.changed_after(seq, ENTRIES_AT_ONCE).await?;
        if changed.lost {
            writeln!(progress, "Some changes were pruned before they could be read; all is printed again.")?;
            seq = store.last_seq().await?;
            list(arguments, store, clock, &mut printer, output).await?;
            continue;
        }
        seq = changed.seq;
        for (_, resource) in &changed.resources {
            if is_selected(&selection, resource) && arguments.has_wanted_version(resource) {
                printer.resource(output, resource, clock())?;
            }
        }
        output.flush()?;
        if !changed.more {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// Prints all that is selected.
async fn list(
    arguments: &GetArguments,
    store: &dyn Store,
    clock: &Clock,
    printer: &mut Printer,
    output: &mut (impl Write + Send),
) -> Result<(), GetError> {
    let selection = arguments.selection();
    let mut after = None;
    loop {
        let page = store.select(&selection, after.as_ref(), PAGE).await?;
        after = page.last().map(|(_, resource)| resource.key.clone());
        for (_, resource) in page.iter().filter(|(_, resource)| arguments.has_wanted_version(resource)) {
            printer.resource(output, resource, clock())?;
        }
        if page.len() < PAGE {
            return Ok(());
        }
    }
}
