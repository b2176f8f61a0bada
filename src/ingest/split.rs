//! One input, many documents: tells where each begins and ends, and which format it has.

use std::mem;

use super::ReadOptions;
use super::decode::{Line, plain};
use super::line_kind::{
    LogLine, begins_yaml, is_command, is_document_marker, is_fence, is_id_comment, is_key, log_line,
};
use super::listing::{Columns, read_row};
use super::refusal::{Fault, READABLE};
use super::table::{Header, Table, is_rule, separator_of};

/// The longest manifest that is read, in bytes: 4 MiB.
pub const MAX_MANIFEST_BYTES: usize = 4 << 20;

/// A document, cut out; only the rows of listings have been tried.
#[derive(Debug)]
pub(super) enum Piece {
    /// A `get` that found nothing.
    Nothing { line: u64 },
    /// The listing of `get`; every row has been tried.
    Listing { table: Table, columns: Columns },
    /// The tables of `get runtime` about one Resource.
    Runtime { tables: Vec<Table> },
    /// One YAML document. One that is prose has not a single field of a manifest, and no mark before it.
    Yaml { line: u64, text: String, is_prose: bool },
    /// Text of no known kind, which may stand around a table.
    Text { line: u64, fault: Fault },
    /// A document that cannot be read.
    Refused { line: u64, fault: Fault },
}

/// What is open while lines come in.
#[derive(Debug, Default)]
enum Open {
    #[default]
    Nothing,
    Tables(Group),
    Yaml(Manifest),
    /// Text of no known kind: one document, however many paragraphs.
    Unknown {
        line: u64,
        fault: Fault,
        /// Whether it is no text around a table: a row without its header, or what stands after the mark of a document.
        is_document: bool,
    },
}

/// Tables that may belong together.
#[derive(Debug)]
struct Group {
    tables: Vec<Table>,
    /// The places of the columns when the last table is a listing.
    columns: Option<Columns>,
    fault: Option<Fault>,
    /// Whether a new command has begun since: the next header opens a new group.
    closed: bool,
    /// Whether the line before was blank or said nothing.
    after_gap: bool,
}

#[derive(Debug)]
struct Manifest {
    line: u64,
    text: String,
    /// Whether there is more than comments and directives.
    has_content: bool,
    /// Whether a mark begins it.
    is_marked: bool,
    /// Whether it is written in braces.
    in_braces: bool,
    /// The indentation of the key whose block of text is open: what is deeper is that text, whatever it looks like.
    block: Option<usize>,
    fault: Option<Fault>,
}

/// Takes lines, gives documents.
#[derive(Debug)]
pub(super) struct Splitter<'options> {
    options: ReadOptions<'options>,
    open: Open,
    pieces: Vec<Piece>,
}

impl<'options> Splitter<'options> {
    pub(super) fn new(options: ReadOptions<'options>) -> Self {
        Self { options, open: Open::Nothing, pieces: Vec::new() }
    }

    /// The documents that have ended so far.
    pub(super) fn take(&mut self) -> Vec<Piece> {
        mem::take(&mut self.pieces)
    }

    /// Takes the next line.
    pub(super) fn push(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        let belongs = match &mut self.open {
            Open::Yaml(manifest) if manifest.holds(text) => {
                manifest.push(text);
                true
            }
            _ => self.push_free(line),
        };
        if let Some((byte, column)) = line.invalid
            && belongs
        {
            let found = format!("byte {byte:#04x} in column {column}");
            let fault = Fault::new(line.number, &found, "text in UTF-8: save the file in this encoding");
            self.refuse_open(fault);
        }
    }

    /// Refuses what is open; when nothing is, the fault is a document of its own.
    pub(super) fn refuse_open(&mut self, fault: Fault) {
        match &mut self.open {
            Open::Nothing => self.pieces.push(Piece::Refused { line: fault.line, fault }),
            Open::Tables(group) => group.refuse(fault),
            Open::Yaml(manifest) => {
                manifest.fault.get_or_insert(fault);
            }
            Open::Unknown { .. } => {}
        }
    }

    /// Ends the input.
    pub(super) fn finish(&mut self) {
        self.close();
    }

    /// A line that is not inside a manifest. Says whether it is part of a document.
    fn push_free(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        let plain = plain(text);
        if plain.trim().is_empty() {
            self.gap();
            return false;
        }
        if is_fence(text) || text.trim_end() == "..." {
            if !matches!(self.open, Open::Unknown { .. }) {
                self.close();
            }
            return false;
        }
        if let Some(kind) = log_line(&plain) {
            match kind {
                LogLine::Begin => self.command(),
                LogLine::Nothing => {
                    self.close();
                    self.pieces.push(Piece::Nothing { line: line.number });
                }
                LogLine::Other => self.gap(),
            }
            return false;
        }
        if is_command(&plain) {
            self.command();
            return false;
        }
        if is_document_marker(text) {
            self.close();
            // A bare mark is no part of the text; it may hold a comment or the first of the content.
            if text.trim_end() == "---" {
                self.open = Open::Yaml(Manifest { is_marked: true, ..Manifest::new(line.number + 1) });
            } else {
                let mut manifest = Manifest { is_marked: true, ..Manifest::new(line.number) };
                manifest.push(text);
                self.open = Open::Yaml(manifest);
            }
            return true;
        }
        if is_rule(&plain) {
            return false;
        }
        if let Some(header) = Header::read(&plain) {
            self.header(line.number, header);
            return true;
        }
        let first = if matches!(self.open, Open::Tables(_)) { plain.as_ref() } else { plain.trim() };
        if separator_of(&plain).is_some() && !first.starts_with(['{', '#']) && !is_key(first) {
            self.row(line.number, &plain);
            return true;
        }
        self.other(line.number, text, &plain);
        true
    }

    fn header(&mut self, line: u64, header: Header) {
        let table = Table::new(line, header);
        match &mut self.open {
            Open::Tables(group) if group.continues_with(&table) => group.add(table),
            _ => {
                self.close();
                self.open = Open::Tables(Group::new(table));
            }
        }
    }

    fn row(&mut self, line: u64, plain: &str) {
        match &mut self.open {
            Open::Tables(group) => group.row(line, plain, &self.options),
            Open::Unknown { is_document: true, .. } => {}
            Open::Unknown { .. } if !looks_like_row(plain) => {}
            _ if !looks_like_row(plain) => self.other(line, plain, plain),
            _ => {
                self.close();
                let fault = Fault::new(
                    line,
                    plain,
                    "a header row first, such as `NAME | VERSION | TYPE | WORKSPACE | STATUS | RUNTIME | OWNER`: copy it too",
                );
                self.open = Open::Unknown { line, fault, is_document: true };
            }
        }
    }

    fn other(&mut self, line: u64, text: &str, plain: &str) {
        let begins_manifest = match &self.open {
            // Prose has colons and list marks too; only the fields of a manifest end it.
            Open::Unknown { .. } => {
                ["name:", "version:", "type:", "{"].iter().any(|start| plain.starts_with(start)) || is_id_comment(text)
            }
            _ => begins_yaml(plain) || plain.trim_start().starts_with('#'),
        };
        match &mut self.open {
            _ if begins_manifest => {
                self.close();
                let mut manifest = Manifest::new(line);
                manifest.push(text);
                self.open = Open::Yaml(manifest);
            }
            Open::Unknown { .. } => {}
            // A row that was cut off is worse than an error: what is missing from a listing may count as deleted.
            Open::Tables(group) if !group.after_gap || plain.starts_with(' ') => group.row(line, plain, &self.options),
            open => {
                let is_document = matches!(open, Open::Yaml(manifest) if manifest.is_marked && !manifest.has_content);
                self.close();
                let shown = plain.split_once(':').filter(|_| is_key(plain.trim())).map_or(plain, |(key, _)| key);
                self.open = Open::Unknown { line, fault: Fault::new(line, shown, READABLE), is_document };
            }
        }
    }

    fn gap(&mut self) {
        if let Open::Tables(group) = &mut self.open {
            group.after_gap = true;
        } else if let Open::Yaml(_) = self.open {
            self.close();
        }
    }

    fn command(&mut self) {
        match &mut self.open {
            Open::Tables(group) => {
                group.closed = true;
                group.after_gap = true;
            }
            // Prose around commands is still one text.
            Open::Unknown { .. } => {}
            _ => self.close(),
        }
    }

    fn close(&mut self) {
        match mem::take(&mut self.open) {
            Open::Nothing => {}
            Open::Tables(group) => group.finish(&mut self.pieces),
            Open::Yaml(manifest) => self.pieces.extend(manifest.finish()),
            Open::Unknown { line, fault, is_document: true } => self.pieces.push(Piece::Refused { line, fault }),
            Open::Unknown { line, fault, .. } => self.pieces.push(Piece::Text { line, fault }),
        }
    }
}

impl Group {
    fn new(table: Table) -> Self {
        let mut group = Self { tables: Vec::new(), columns: None, fault: None, closed: false, after_gap: false };
        group.add(table);
        group
    }

    fn add(&mut self, table: Table) {
        self.after_gap = false;
        self.columns = None;
        if table.header.has("NAME") && (self.tables.is_empty() || names_resources(&table)) {
            match Columns::of(&table.header, table.line) {
                Ok(columns) => self.columns = Some(columns),
                Err(fault) => self.refuse(fault),
            }
        }
        self.tables.push(table);
    }

    /// Whether a table belongs to the same Resource: it names none of its own, and no command came between.
    fn continues_with(&self, table: &Table) -> bool {
        let is_listing = self.tables.iter().any(|table| table.header.has("STATUS") && table.lines.len() != 1)
            && self.columns.is_some();
        !self.closed && !is_listing && !names_resources(table)
    }

    fn row(&mut self, line: u64, plain: &str, options: &ReadOptions<'_>) {
        self.after_gap = false;
        let Some(table) = self.tables.last_mut() else { return };
        if self.fault.is_some() {
            return;
        }
        if let Some(columns) = &self.columns
            && let Err(fault) = read_row(&table.header, columns, line, plain, options.at, options.workspace)
        {
            self.refuse(fault);
            return;
        }
        table.push(line, plain);
    }

    fn refuse(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
        // Nothing of it will be used: let go of the rows.
        for table in &mut self.tables {
            table.text = String::new();
            table.lines = Vec::new();
        }
    }

    fn finish(mut self, pieces: &mut Vec<Piece>) {
        let line = self.tables.first().map_or(1, |table| table.line);
        if let Some(fault) = self.fault {
            pieces.push(Piece::Refused { line, fault });
            return;
        }
        match (self.columns, self.tables.len()) {
            (Some(columns), 1) => {
                if let Some(table) = self.tables.pop() {
                    pieces.push(Piece::Listing { table, columns });
                }
            }
            _ => pieces.push(Piece::Runtime { tables: self.tables }),
        }
    }
}

/// Whether a line with separators may be a row. Sentences have such signs too, but not many of them, and more words.
fn looks_like_row(plain: &str) -> bool {
    let cells = plain.split(['|', '│']);
    cells.clone().count() > 2 || cells.into_iter().all(|cell| cell.split_whitespace().count() <= 2)
}

/// Whether every row of a table is about another Resource.
fn names_resources(table: &Table) -> bool {
    table.header.has("NAME") && table.header.has("TYPE")
}

impl Manifest {
    fn new(line: u64) -> Self {
        Self {
            line,
            text: String::new(),
            has_content: false,
            is_marked: false,
            in_braces: false,
            block: None,
            fault: None,
        }
    }

    /// Whether a line still belongs to it.
    fn holds(&self, text: &str) -> bool {
        let trimmed = text.trim();
        let indentation = text.len() - text.trim_start().len();
        if trimmed.is_empty() || self.block.is_some_and(|block| indentation > block) {
            return true;
        }
        if is_document_marker(text) {
            return !self.has_content && self.text.trim_start().starts_with('%');
        }
        if text == "..." || text.starts_with("```") {
            return false;
        }
        let plain = plain(text);
        if indentation == 0 {
            if log_line(&plain).is_some() || is_command(&plain) {
                return false;
            }
            if self.has_content && is_id_comment(text) {
                return false;
            }
            if self.in_braces && text.starts_with('{') && self.text.trim_end().ends_with('}') {
                return false;
            }
            // Headings of prose look like comments.
            if !self.has_content && !trimmed.starts_with('#') && !begins_yaml(text) {
                return false;
            }
        }
        Header::read(&plain).is_none()
    }

    fn push(&mut self, text: &str) {
        let trimmed = text.trim();
        if !trimmed.is_empty() {
            let indentation = text.len() - text.trim_start().len();
            if self.block.is_none_or(|block| indentation <= block) {
                self.block = opens_block(trimmed).then_some(indentation);
            }
            if !self.has_content && !trimmed.starts_with('#') && !trimmed.starts_with('%') && trimmed != "---" {
                self.has_content = true;
                self.in_braces = trimmed.starts_with('{');
            }
        }
        if self.fault.is_some() {
            return;
        }
        if self.text.len() + text.len() >= MAX_MANIFEST_BYTES {
            self.text = String::new();
            let found = format!("a manifest of more than {} MiB", MAX_MANIFEST_BYTES >> 20);
            self.fault = Some(Fault::new(self.line, &found, "a smaller one"));
            return;
        }
        // Pages put no-break spaces where manifests need spaces.
        let indentation = text.len() - text.trim_start().len();
        if text[..indentation].contains('\u{a0}') {
            self.text.push_str(&text[..indentation].replace('\u{a0}', " "));
            self.text.push_str(&text[indentation..]);
        } else {
            self.text.push_str(text);
        }
        self.text.push('\n');
    }

    fn finish(self) -> Option<Piece> {
        if let Some(fault) = self.fault {
            return Some(Piece::Refused { line: self.line, fault });
        }
        self.has_content.then_some(())?;
        // Blank lines at both ends are no part of it; the line is that of the first which is.
        let blank = self.text.lines().take_while(|line| line.trim().is_empty()).count();
        let skipped: usize = self.text.split_inclusive('\n').take(blank).map(str::len).sum();
        let mut text = self.text[skipped..].trim_end().to_owned();
        text.push('\n');
        let is_prose = !self.is_marked && !text.lines().any(is_field);
        Some(Piece::Yaml { line: self.line + blank as u64, text, is_prose })
    }
}

/// Whether a line holds one of the fields that every manifest has.
fn is_field(line: &str) -> bool {
    let start = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '"' | '\'' | '-'));
    ["name", "type", "version", "entity"].iter().any(|field| {
        let rest = start.strip_prefix(field).map(|rest| rest.trim_start_matches(['"', '\'', ' ']));
        rest.is_some_and(|rest| rest.starts_with(':'))
    })
}

/// Whether a line ends with the mark of a block of text: `key: |`, `- >-`.
fn opens_block(trimmed: &str) -> bool {
    let before_comment = trimmed.split(" #").next().unwrap_or_default().trim_end();
    let Some(mark) = before_comment.split([' ', '\t']).next_back() else { return false };
    before_comment.len() > mark.len()
        && mark.starts_with(['|', '>'])
        && mark[1..].chars().all(|c| matches!(c, '+' | '-' | '1'..='9'))
        && mark.len() <= 3
}
