//! The table of `dataos-ctl get`, space by space.

use app::model::{Resource, Timestamp};

const COLUMNS: &[&str] = &["NAME", "VERSION", "TYPE", "WORKSPACE", "STATUS", "RUNTIME", "OWNER"];
const WIDE_COLUMNS: &[&str] = &[
    "NAME",
    "VERSION",
    "TYPE",
    "WORKSPACE",
    "STATUS",
    "RUNTIME",
    "OWNER",
    "STATE",
    "HEALTH",
    "UPDATED",
    "LAST OBSERVED",
];

/// A table that is being filled. Keeps the text of its cells only: the widths are not known before the last row.
#[derive(Clone, Debug)]
pub struct Table {
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    /// The columns of `dataos-ctl get`.
    #[must_use]
    pub fn narrow() -> Self {
        Self { columns: COLUMNS, rows: Vec::new() }
    }

    /// These and what the catalog knows beyond: State, health, last change and last observation.
    #[must_use]
    pub fn wide() -> Self {
        Self { columns: WIDE_COLUMNS, rows: Vec::new() }
    }

    /// Adds a Resource, with its health at `now`.
    pub fn add(&mut self, resource: &Resource, now: Timestamp) {
        let cells = self.cells(resource, now);
        self.rows.push(cells);
    }

    /// Adds a row of texts, one for each column.
    pub(super) fn push(&mut self, mut cells: Vec<String>) {
        cells.resize(self.columns.len(), String::new());
        self.rows.push(cells.iter().map(|text| cell(text)).collect());
    }

    /// The last row alone, as wide as the table is; with the header before it when it is the only one.
    pub(super) fn last_line(&self) -> String {
        match self.rows.as_slice() {
            [] | [_] => self.to_string(),
            [.., last] => row_text(last, &self.widths()),
        }
    }

    fn widths(&self) -> Vec<usize> {
        self.columns
            .iter()
            .enumerate()
            .map(|(column, header)| self.rows.iter().map(|row| width(&row[column])).fold(width(header), usize::max))
            .collect()
    }

    fn cells(&self, resource: &Resource, now: Timestamp) -> Vec<String> {
        let status = if resource.deleted { "deleted" } else { resource.status.as_deref().unwrap_or_default() };
        let mut cells = vec![
            cell(&resource.key.name),
            cell(&resource.version),
            cell(resource.key.resource_type.as_str()),
            cell(resource.key.workspace.as_deref().unwrap_or_default()),
            cell(status),
            cell(resource.runtime.as_deref().unwrap_or_default()),
            cell(resource.owner.as_deref().unwrap_or_default()),
        ];
        if self.columns.len() > cells.len() {
            cells.push(cell(resource.state().as_str()));
            cells.push(cell(resource.health(now).level.as_str()));
            cells.push(resource.changed_at.to_rfc3339());
            cells.push(resource.last_seen().map(|seen| seen.at.to_rfc3339()).unwrap_or_default());
        }
        cells
    }

    /// Whether no Resource has been added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Every line ends in a line break. A column is as wide as its widest cell and a blank at either side; the outer
/// edges are one blank further out. Headers are centred, an odd blank goes to their right; cells begin at the left.
impl std::fmt::Display for Table {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let widths = self.widths();
        for (column, (header, width)) in self.columns.iter().zip(&widths).enumerate() {
            write!(formatter, "{} {header:^width$} ", if column == 0 { " " } else { "|" })?;
        }
        formatter.write_str(" \n")?;
        for (column, width) in widths.iter().enumerate() {
            let dashes = width + 2;
            write!(formatter, "{}{:-<dashes$}", if column == 0 { "-" } else { "|" }, "")?;
        }
        formatter.write_str("-\n")?;
        for row in &self.rows {
            formatter.write_str(&row_text(row, &widths))?;
        }
        Ok(())
    }
}

fn row_text(row: &[String], widths: &[usize]) -> String {
    let mut text = String::new();
    for (column, (cell, &width)) in row.iter().zip(widths).enumerate() {
        text.push_str(&format!("{} {cell:<width$} ", if column == 0 { " " } else { "|" }));
    }
    text.push_str(" \n");
    text
}

/// The table of `dataos-ctl get`.
#[must_use]
pub fn table<'a>(resources: impl IntoIterator<Item = &'a Resource>) -> String {
    filled(Table::narrow(), resources, Timestamp::default())
}

/// The table with the further columns of `--output wide`.
#[must_use]
pub fn wide<'a>(resources: impl IntoIterator<Item = &'a Resource>, now: Timestamp) -> String {
    filled(Table::wide(), resources, now)
}

fn filled<'a>(mut table: Table, resources: impl IntoIterator<Item = &'a Resource>, now: Timestamp) -> String {
    for resource in resources {
        table.add(resource, now);
    }
    table.to_string()
}

/// Values come from outside: nothing in them may steer a terminal.
fn cell(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use app::model::Key;

    use super::*;

    fn resource(resource_type: &str, workspace: Option<&str>, name: &str, runtime: &str, owner: &str) -> Resource {
        let key = Key::new(resource_type, workspace, name).expect("a key");
        Resource {
            version: "v1".to_owned(),
            status: Some("active".to_owned()),
            runtime: Some(runtime.to_owned()),
            owner: Some(owner.to_owned()),
            ..Resource::new(key, Timestamp(0))
        }
    }

    #[test]
    fn a_depot_is_listed_as_the_platform_lists_it() {
        let depot = resource("depot", None, "systemstreams", "", "dataos-manager");
        assert_eq!(
            table([&depot]),
            concat!(
                "      NAME      | VERSION | TYPE  | WORKSPACE | STATUS | RUNTIME |     OWNER       \n",
                "----------------|---------|-------|-----------|--------|---------|-----------------\n",
                "  systemstreams | v1      | depot |           | active |         | dataos-manager  \n",
            )
        );
    }

    #[test]
    fn services_are_listed_as_the_platform_lists_them() {
        let training = resource("service", Some("public"), "flash-service-training", "running:1", "ownerofname");
        let pals = resource("service", Some("public"), "pals01", "running:1", "owner");
        assert_eq!(
            table([&training, &pals]),
            concat!(
                "           NAME          | VERSION |  TYPE   | WORKSPACE | STATUS |  RUNTIME  |    OWNER     \n",
                "-------------------------|---------|---------|-----------|--------|-----------|--------------\n",
                "  flash-service-training | v1      | service | public    | active | running:1 | ownerofname  \n",
                "  pals01                 | v1      | service | public    | active | running:1 | owner        \n",
            )
        );
    }

    #[test]
    fn a_deleted_resource_says_so_and_letters_are_counted_rather_than_bytes() {
        let mut gone = resource("depot", None, "größe", "", "ada\u{1b}[31m");
        gone.deleted = true;
        let text = table([&gone]);
        assert!(text.contains("\n  größe | v1      | depot |           | deleted |         | ada [31m  \n"), "{text}");
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn the_wide_table_tells_state_health_and_times() {
        let mut depot = resource("depot", None, "lakehouse", "", "ada");
        depot.changed_at = Timestamp(1_753_690_200_000);
        let text = wide([&depot], Timestamp(1_753_690_300_000));
        assert!(text.lines().next().is_some_and(|line| line.contains("| LAST OBSERVED ")), "{text}");
        assert!(text.contains("| active | healthy | 2025-07-28T08:10:00Z |"), "{text}");
    }

    #[test]
    fn a_table_without_rows_is_its_header() {
        assert_eq!(table([]).lines().next(), Some("  NAME | VERSION | TYPE | WORKSPACE | STATUS | RUNTIME | OWNER  "));
    }
}
