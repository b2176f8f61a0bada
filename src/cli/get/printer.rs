//! Prints Resources one by one, as they come and come again.

use std::io::{self, Write};

use app::model::{Resource, Timestamp};

use super::{Fields, Output, Table};

/// A Resource ready to be printed: the cells of its row, and its named values.
pub(super) struct Row {
    pub(super) cells: Vec<String>,
    pub(super) fields: Fields,
}

/// What has been printed, as far as what follows depends on it.
pub(super) struct Printer {
    output: Output,
    table: Table,
    /// Whether rows are printed at once: a table knows its widths only when the listing is whole.
    live: bool,
}

impl Printer {
    pub(super) fn new(output: Output) -> Self {
        let table = if output == Output::Wide { Table::wide() } else { Table::narrow() };
        Self { output, table, live: false }
    }

    /// Prints a Resource of the store.
    pub(super) fn resource(&mut self, to: &mut impl Write, resource: &Resource, now: Timestamp) -> io::Result<()> {
        match self.output {
            Output::Table | Output::Wide => {
                self.table.add(resource, now);
                self.row(to)
            }
            Output::Json => writeln!(to, "{}", serde_json::to_string(&Fields::of(resource, now))?),
            Output::Yaml => to.write_all(super::yaml_item(&Fields::of(resource, now)).as_bytes()),
        }
    }

    /// Prints a Resource that a server told of.
    pub(super) fn told(&mut self, to: &mut impl Write, row: Row) -> io::Result<()> {
        match self.output {
            Output::Table | Output::Wide => {
                self.table.push(row.cells);
                self.row(to)
            }
            Output::Json => writeln!(to, "{}", serde_json::to_string(&row.fields)?),
            Output::Yaml => to.write_all(super::yaml_item(&row.fields).as_bytes()),
        }
    }

    fn row(&self, to: &mut impl Write) -> io::Result<()> {
        if self.live { to.write_all(self.table.last_line().as_bytes()) } else { Ok(()) }
    }

    /// The listing is whole: what comes from now on is printed at once.
    pub(super) fn listed(&mut self, to: &mut impl Write) -> io::Result<()> {
        if !self.live && !self.table.is_empty() {
            to.write_all(self.table.to_string().as_bytes())?;
        }
        self.live = true;
        to.flush()
    }
}
