//! Tables as `dataos-ctl` draws them, with `| - +` or `│ ─ ┼`.

/// The columns that the tables of `get` and `get runtime` are known to have (domain.md 3.1 and 3.2).
const KNOWN_COLUMNS: &[&str] = &[
    "NAME",
    "VERSION",
    "TYPE",
    "WORKSPACE",
    "STATUS",
    "RUNTIME",
    "OWNER",
    "TITLE",
    "STACK",
    "LAYER",
    "TAGS",
    "DESCRIPTION",
    "READY REPLICAS COUNT",
    "REPLICAS COUNT",
    "REASON",
    "MESSAGE",
    "LAST UPDATE",
    "NODE NAME",
    "SERVICE NAME",
    "POD NAME",
    "DATA PLANE",
    "CONTAINERS",
    "CONTAINER NAME",
    "ERROR",
    "IMAGE PULL SECRETS",
    "PHASE",
    "JOB NAME",
    "JOB TITLE",
    "JOB DEPENDENCIES",
    "SCHEDULED RUNTIME",
    "LAST SCHEDULED TIME",
    "PROGRESS",
    "STARTED",
    "FINISHED",
    "RUN ID",
    "RUN STATUS",
    "RESULT",
];

/// The header row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    columns: Vec<String>,
    separator: char,
    /// Whether rows begin and end with a separator.
    bordered: bool,
}

impl Header {
    /// Reads a line whose cells are names of columns; `None` for any other line.
    pub(super) fn read(plain: &str) -> Option<Self> {
        let separator = separator_of(plain)?;
        let trimmed = plain.trim();
        let bordered = trimmed.len() > 1 && trimmed.starts_with(separator) && trimmed.ends_with(separator);
        let mut columns = Vec::new();
        let mut known = 0;
        for cell in cells(plain, separator, bordered) {
            // Headers are centred, and some terminals stretch the blanks within them.
            let column = cell.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
            if KNOWN_COLUMNS.contains(&column.as_str()) {
                known += 1;
            } else if cell.chars().any(char::is_lowercase) || !cell.chars().any(char::is_alphabetic) {
                return None;
            }
            columns.push(column);
        }
        (known >= 1 && columns.len() >= 2).then_some(Self { columns, separator, bordered })
    }

    /// Where a column stands.
    pub(super) fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }

    /// Whether there is a column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.position(column).is_some()
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// The cells of a row, trimmed.
    pub(super) fn cells<'row>(&self, row: &'row str) -> impl Iterator<Item = &'row str> {
        let separator =
            if row.contains(self.separator) { self.separator } else { separator_of(row).unwrap_or(self.separator) };
        cells(row, separator, self.bordered)
    }
}

impl std::fmt::Display for Header {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.columns.join(" | "))
    }
}

/// A header and its rows, which are kept as text: a listing may have a million of them.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) line: u64,
    pub(super) header: Header,
    /// The rows, each with a line end.
    pub(super) text: String,
    /// The line of each row.
    pub(super) lines: Vec<u64>,
}

impl Table {
    pub(super) fn new(line: u64, header: Header) -> Self {
        Self { line, header, text: String::new(), lines: Vec::new() }
    }

    pub(super) fn push(&mut self, line: u64, row: &str) {
        self.text.push_str(row);
        self.text.push('\n');
        self.lines.push(line);
    }

    /// Every row with its line.
    pub(super) fn rows(&self) -> impl Iterator<Item = (u64, &str)> {
        self.lines.iter().copied().zip(self.text.lines())
    }

    /// The value of one column in the first row; `None` when it is blank or there is no such column.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        let place = self.header.position(name)?;
        self.header.cells(self.text.lines().next()?).nth(place).filter(|cell| !cell.is_empty())
    }
}

/// Whether a line is a row: it holds a separator.
pub(super) fn separator_of(plain: &str) -> Option<char> {
    if plain.contains('│') { Some('│') } else { plain.contains('|').then_some('|') }
}

/// Whether a line only draws: the line below the header, or a border.
pub(super) fn is_rule(plain: &str) -> bool {
    let trimmed = plain.trim();
    let mut strokes = 0;
    for c in trimmed.chars() {
        match c {
            '-' | '─' | '━' | '═' | '=' => strokes += 1,
            '|' | '+' | ' ' | ':' | '\u{2500}'..='\u{257f}' => {}
            _ => return false,
        }
    }
    strokes > 0 && trimmed != "---"
}

fn cells(row: &str, separator: char, bordered: bool) -> impl Iterator<Item = &str> {
    let mut row = row;
    if bordered {
        row = row.trim();
        row = row.strip_prefix(separator).unwrap_or(row);
        row = row.strip_suffix(separator).unwrap_or(row);
    }
    row.split(separator).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_drawings_have_the_same_header() {
        for line in ["   NAME  | TYPE |   NODE  NAME ", " NAME │ TYPE │ NODE NAME", "| Name | Type | Node name |"] {
            let header = Header::read(line).expect("a header");
            assert_eq!(header.to_string(), "NAME | TYPE | NODE NAME");
        }
    }

    #[test]
    fn rows_and_prose_are_no_headers() {
        for line in
            ["  orders | v1 | service", "A | B", "NAME", "name: a | type", "|  |  |", "NAME | is | TYPE", "A1 | B"]
        {
            assert_eq!(Header::read(line), None, "{line}");
        }
    }

    #[test]
    fn drawn_lines_are_no_rows() {
        for line in ["-----|---", "────┼───", "+----+---+", "|:---|---|", "┌──┬──┐"] {
            assert!(is_rule(line), "{line}");
        }
        for line in ["---", "a---|", " | | "] {
            assert!(!is_rule(line), "{line}");
        }
    }

    #[test]
    fn an_empty_last_cell_is_a_cell() {
        let header = Header::read("NAME | TYPE | OWNER").expect("a header");
        assert_eq!(header.cells("  a | depot | ").collect::<Vec<_>>(), ["a", "depot", ""]);
    }
}
