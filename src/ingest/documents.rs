//! The documents of an input, one after the other.

use std::collections::VecDeque;
use std::io::{self, BufRead};
use std::mem;

use app::model::{Observation, Timestamp};

use super::decode::{decode, is_utf16};
use super::listing::{Columns, read_row};
use super::refusal::{Fault, Refusal};
use super::split::{Piece, Splitter};
use super::table::Table;
use super::{ReadOptions, manifest, runtime_listing};
use crate::masking::mask_observation;

/// The largest input that is read, in bytes: 1 GiB.
pub const MAX_INPUT_BYTES: u64 = 1 << 30;

/// How much text is held until a table is read, and how much of what was passed over is told, in pieces.
const MAX_HELD: usize = 10_000;
const PASSED_OVER_KEPT: usize = 100;

/// The longest line that is read, in bytes: as long as the longest manifest, which may be one line of JSON.
const MAX_LINE_BYTES: usize = super::split::MAX_MANIFEST_BYTES;

/// One document: a table, a YAML document, or the tables about one Resource's runtime.
#[derive(Debug)]
pub struct Document {
    /// The line it begins at, counted from 1.
    pub line: u64,
    /// What it says, or why it was refused.
    pub outcome: Result<Observations, Refusal>,
}

/// What a document says. A listing is kept as text until its observations are asked for one by one, so that a million
/// rows need no more memory than the file they came from.
#[derive(Debug)]
pub struct Observations {
    rest: Rest,
}

#[derive(Debug)]
enum Rest {
    One(Option<Box<Observation>>),
    Rows(Box<Rows>),
}

#[derive(Debug)]
struct Rows {
    table: Table,
    columns: Columns,
    at: Timestamp,
    workspace: String,
    row: usize,
    offset: usize,
}

impl Observations {
    fn none() -> Self {
        Self { rest: Rest::One(None) }
    }

    fn one(observation: Observation) -> Self {
        Self { rest: Rest::One(Some(Box::new(observation))) }
    }

    fn rows(table: Table, columns: Columns, options: &ReadOptions<'_>) -> Self {
        let workspace = options.workspace.to_owned();
        Self { rest: Rest::Rows(Box::new(Rows { table, columns, at: options.at, workspace, row: 0, offset: 0 })) }
    }
}

impl Iterator for Observations {
    type Item = Observation;

    fn next(&mut self) -> Option<Observation> {
        match &mut self.rest {
            Rest::One(observation) => observation.take().map(|observation| *observation),
            Rest::Rows(rows) => rows.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = match &self.rest {
            Rest::One(observation) => usize::from(observation.is_some()),
            Rest::Rows(rows) => rows.table.lines.len() - rows.row,
        };
        (left, Some(left))
    }
}

impl ExactSizeIterator for Observations {}

impl Rows {
    fn next(&mut self) -> Option<Observation> {
        let line = *self.table.lines.get(self.row)?;
        let rest = &self.table.text[self.offset..];
        let row = rest.split_once('\n').map_or(rest, |(row, _)| row);
        self.row += 1;
        self.offset += row.len() + 1;
        let observation = read_row(&self.table.header, &self.columns, line, row, self.at, &self.workspace);
        let mut observation = observation.expect("every row was read once before it was kept");
        mask_observation(&mut observation);
        Some(observation)
    }
}

/// Reads documents off an input as they end. Only one document is held at a time.
#[derive(Debug)]
pub struct Documents<'options, R> {
    input: R,
    options: ReadOptions<'options>,
    splitter: Splitter<'options>,
    ready: VecDeque<Document>,
    line: u64,
    bytes: u64,
    buffer: Vec<u8>,
    ended: bool,
    /// Whether a table was read: text is then what stands around it.
    has_table: bool,
    /// Text of which it is not known yet whether it stands around a table.
    held: Vec<Document>,
    passed_over: PassedOver,
}

/// Text around tables that was passed over.
#[derive(Debug, Default)]
pub struct PassedOver {
    /// How many pieces there were.
    pub count: u64,
    /// The first of them, as they would have been refused without a table.
    pub first: Vec<Refusal>,
}

impl PassedOver {
    fn add(&mut self, document: Document) {
        self.count += 1;
        if let Err(refusal) = document.outcome
            && self.first.len() < PASSED_OVER_KEPT
        {
            self.first.push(refusal);
        }
    }
}

impl<'options, R: BufRead> Documents<'options, R> {
    /// The documents of an input.
    pub fn new(input: R, options: ReadOptions<'options>) -> Self {
        Self {
            input,
            options,
            splitter: Splitter::new(options),
            ready: VecDeque::new(),
            line: 0,
            bytes: 0,
            buffer: Vec::new(),
            ended: false,
            has_table: false,
            held: Vec::new(),
            passed_over: PassedOver::default(),
        }
    }

    /// The text that was passed over so far. What stands before the first table counts once that was read.
    pub fn passed_over(&self) -> &PassedOver {
        &self.passed_over
    }

    /// Takes the next line. Says whether there may be more.
    fn advance(&mut self) -> io::Result<bool> {
        let mut bytes = mem::take(&mut self.buffer);
        bytes.clear();
        let (length, complete) = read_line(&mut self.input, &mut bytes, MAX_LINE_BYTES)?;
        if length == 0 {
            return Ok(false);
        }
        self.line += 1;
        self.bytes += length;
        let number = self.line;
        if number == 1 && is_utf16(&bytes) {
            self.splitter.refuse_open(Fault::new(1, "text in UTF-16", "text in UTF-8: save the file in this encoding"));
            return Ok(false);
        }
        if self.bytes > MAX_INPUT_BYTES {
            let fault = Fault::new(number, "more than 1 GiB", "a smaller input: split it between two documents");
            self.splitter.refuse_open(fault);
            return Ok(false);
        }
        if complete {
            self.splitter.push(&decode(number, &bytes));
        } else {
            let fault = Fault::new(number, "a line of more than 4 MiB", "shorter lines");
            self.splitter.refuse_open(fault);
        }
        self.buffer = bytes;
        Ok(true)
    }

    fn settle(&mut self) {
        for piece in self.splitter.take() {
            let is_table = matches!(piece, Piece::Nothing { .. } | Piece::Listing { .. } | Piece::Runtime { .. });
            let may_be_text = matches!(piece, Piece::Text { .. } | Piece::Yaml { is_prose: true, .. });
            let document = document(piece, &self.options);
            if is_table && document.outcome.is_ok() && !self.has_table {
                self.has_table = true;
                mem::take(&mut self.held).into_iter().for_each(|text| self.passed_over.add(text));
            }
            if !may_be_text || document.outcome.is_ok() {
                self.ready.push_back(document);
            } else if self.has_table {
                self.passed_over.add(document);
            } else if self.held.len() < MAX_HELD {
                self.held.push(document);
            } else {
                self.ready.push_back(document);
            }
        }
        if self.ended {
            // Without any table, text is what cannot be read.
            self.ready.extend(mem::take(&mut self.held));
        }
    }
}

impl<R: BufRead> Iterator for Documents<'_, R> {
    type Item = io::Result<Document>;

    fn next(&mut self) -> Option<io::Result<Document>> {
        loop {
            if let Some(document) = self.ready.pop_front() {
                return Some(Ok(document));
            }
            if self.ended {
                return None;
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => {
                    self.ended = true;
                    self.splitter.finish();
                }
                Err(error) => {
                    // What is open was cut off: it must not be taken for whole.
                    self.ended = true;
                    return Some(Err(error));
                }
            }
            self.settle();
        }
    }
}

/// Reads a line with its end. Gives its length, and whether all of it was kept: one that is too long is read past.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>, limit: usize) -> io::Result<(u64, bool)> {
    let mut length = 0;
    let mut complete = true;
    loop {
        let available = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if available.is_empty() {
            return Ok((length, complete));
        }
        let end = available.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
        let taken = end.unwrap_or(available.len());
        complete &= line.len() + taken <= limit;
        if complete {
            line.extend_from_slice(&available[..taken]);
        }
        input.consume(taken);
        length += taken as u64;
        if end.is_some() || length > MAX_INPUT_BYTES {
            return Ok((length, complete));
        }
    }
}

fn document(piece: Piece, options: &ReadOptions<'_>) -> Document {
    let (line, outcome) = match piece {
        Piece::Nothing { line } => (line, Ok(Observations::none())),
        Piece::Listing { table, columns } => (table.line, Ok(Observations::rows(table, columns, options))),
        Piece::Runtime { tables } => (
            tables.first().map_or(1, |table| table.line),
            runtime_listing::read(&tables, options).map(Observations::one),
        ),
        Piece::Yaml { line, text, .. } => (line, manifest::read(&text, line, options).map(Observations::one)),
        Piece::Text { line, fault } | Piece::Refused { line, fault } => (line, Err(fault)),
    };
    Document { line, outcome: outcome.map_err(|fault| fault.in_file(options.file)) }
}
