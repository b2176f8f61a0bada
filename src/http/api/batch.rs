//! The observations of a body: a JSON array, lines of JSON, or what the platform printed.

use app::model::{Observation, Timestamp};
use serde_json::value::RawValue;

use super::observation;
use crate::http::problem::{Fault, MAX_FAULTS, Problem, ProblemKind};
use crate::ingest::{Documents, ReadOptions};

/// The most observations of one batch.
pub(crate) const MAX_OBSERVATIONS: usize = 100_000;

/// Who reports, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reporter<'a> {
    pub(super) source: &'a str,
    pub(super) now: Timestamp,
}

/// What is wrong with a batch so far. Only so many faults are kept, but all are counted.
#[derive(Debug, Default)]
struct Faults {
    kept: Vec<Fault>,
    items: usize,
}

impl Faults {
    fn add(&mut self, item: Option<usize>, line: u64, faults: impl IntoIterator<Item = (String, String)>) {
        self.items += 1;
        for (field, detail) in faults {
            if self.kept.len() >= MAX_FAULTS {
                break;
            }
            let field = (!field.is_empty()).then_some(field);
            let item = item.map(|item| item as u64 + 1);
            self.kept.push(Fault { line: Some(line), item, field, detail });
        }
    }

    fn outcome(self, what: &str, observations: Vec<Observation>) -> Result<Vec<Observation>, Problem> {
        if self.items == 0 {
            return Ok(observations);
        }
        let detail = format!(
            "{} {what} cannot be taken, so nothing was stored. `errors` names {} with its line; mend them and send the \
             whole batch again.",
            self.items,
            if self.items == 1 { "it" } else { "them" }
        );
        Err(Problem::new(ProblemKind::BatchRefused, detail).with_faults(self.kept))
    }
}

/// The body as text.
fn text(body: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(body).map_err(|error| {
        let line = line_at(body, error.valid_up_to());
        let detail = format!("Line {line} of the body is not UTF-8. Send text in UTF-8.");
        let fault = Fault { line: Some(line), detail: "it is not UTF-8".to_owned(), ..Fault::default() };
        Problem::new(ProblemKind::MalformedBody, detail).with_faults(vec![fault])
    })
}

/// The line of a byte, counted from 1.
fn line_at(body: &[u8], at: usize) -> u64 {
    memchr::memchr_iter(b'\n', &body[..at.min(body.len())]).count() as u64 + 1
}

fn too_many(found: usize) -> Problem {
    let detail = format!(
        "The batch has {found} or more observations; at most {MAX_OBSERVATIONS} are taken at once. Send them in \
         several batches."
    );
    Problem::new(ProblemKind::TooLarge, detail)
}

/// Reads a JSON array of observations.
///
/// # Errors
/// When it is none, or for every observation that cannot be taken.
pub(super) fn from_json(body: &[u8], reporter: Reporter<'_>) -> Result<Vec<Observation>, Problem> {
    let text = text(body)?;
    let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| {
        let fault = Fault {
            line: Some(error.line() as u64),
            detail: format!("column {}: {error}", error.column()),
            ..Fault::default()
        };
        let detail = format!("The body is no JSON array of observations: {error}. Send an array, or NDJSON.");
        Problem::new(ProblemKind::MalformedBody, detail).with_faults(vec![fault])
    })?;
    if items.len() > MAX_OBSERVATIONS {
        return Err(too_many(items.len()));
    }
    let mut observations = Vec::with_capacity(items.len());
    let mut faults = Faults::default();
    let (mut line, mut counted) = (1, 0);
    for (item, raw) in items.iter().enumerate() {
        match observation::read(raw.get(), reporter.source, reporter.now) {
            Ok(observation) => observations.push(observation),
            Err(wrong) => {
                // The items are pieces of the body, so their places in it tell their lines.
                let at = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(body.len());
                line += memchr::memchr_iter(b'\n', &body[counted..at]).count() as u64;
                counted = at;
                faults.add(Some(item), line, wrong);
            }
        }
    }
    faults.outcome("of the observations", observations)
}

/// Reads lines of JSON, an observation each; blank ones are passed over.
///
/// # Errors
/// For every line that cannot be taken.
pub(super) fn from_lines(body: &[u8], reporter: Reporter<'_>) -> Result<Vec<Observation>, Problem> {
    let text = text(body)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut observations = Vec::new();
    let mut faults = Faults::default();
    for (item, (number, line)) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).enumerate() {
        if item >= MAX_OBSERVATIONS {
            return Err(too_many(item + 1));
        }
        match observation::read(line, reporter.source, reporter.now) {
            Ok(observation) => observations.push(observation),
            Err(wrong) => faults.add(Some(item), number as u64 + 1, wrong),
        }
    }
    faults.outcome("of the lines", observations)
}

/// Reads what `pharos import` reads: listings, manifests, runtime listings.
///
/// # Errors
/// For every document that cannot be taken.
pub(super) fn from_printed(body: &[u8], workspace: &str, reporter: Reporter<'_>) -> Result<Vec<Observation>, Problem> {
    let options = ReadOptions { source: reporter.source, at: reporter.now, file: "body", workspace };
    let mut observations = Vec::new();
    let mut faults = Faults::default();
    let mut documents = 0;
    // Reading from memory cannot fail.
    for document in Documents::new(body, options).filter_map(Result::ok) {
        documents += 1;
        match document.outcome {
            Ok(read) => {
                observations.extend(read.take(MAX_OBSERVATIONS + 1 - observations.len()));
                if observations.len() > MAX_OBSERVATIONS {
                    return Err(too_many(observations.len()));
                }
            }
            Err(refusal) => {
                let detail = format!("found `{}`, expected {}", refusal.found, refusal.expected);
                faults.add(None, refusal.line, [(String::new(), detail)]);
            }
        }
    }
    if documents == 0 {
        let detail = "The body is empty. Send what `dataos-ctl get` printed, or manifests.";
        return Err(Problem::new(ProblemKind::BatchRefused, detail));
    }
    faults.outcome(&format!("of {documents} documents"), observations)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORTER: Reporter<'static> = Reporter { source: "test", now: Timestamp(1_763_640_000_000) };

    fn places(problem: &Problem) -> Vec<(Option<u64>, Option<u64>, Option<&str>)> {
        problem.faults().iter().map(|fault| (fault.line, fault.item, fault.field.as_deref())).collect()
    }

    #[test]
    fn every_wrong_line_is_named_with_its_fields() {
        let body = "[\n  {\"id\": \"depot:v1:a\"},\n  {\"id\": \"nonsense\",\n   \"at\": \"noon\"},\n  5\n]";
        let problem = from_json(body.as_bytes(), REPORTER).expect_err("refused");
        assert_eq!(problem.kind(), ProblemKind::BatchRefused);
        let expected = [(Some(3), Some(2), Some("id")), (Some(3), Some(2), Some("at")), (Some(5), Some(3), None)];
        assert_eq!(places(&problem), expected);

        let body = "{\"id\": \"depot:v1:a\"}\n\n{\"id\": \"depot:v1:b\", \"stat\": 1}\n{broken\n";
        let problem = from_lines(body.as_bytes(), REPORTER).expect_err("refused");
        assert_eq!(places(&problem), [(Some(3), Some(2), Some("stat")), (Some(4), Some(3), None)]);
    }

    #[test]
    fn what_is_no_array_or_no_text_is_told_with_its_line() {
        for body in [&b"{}"[..], b"[{]", b"", b"[\n\"\xff\"]", b"[] []"] {
            let problem = from_json(body, REPORTER).expect_err("malformed");
            assert_eq!(problem.kind(), ProblemKind::MalformedBody);
            assert!(problem.faults()[0].line.is_some());
        }
    }

    #[test]
    fn there_are_bounds() {
        let line = "{\"id\": \"depot:v1:a\"}\n";
        assert_eq!(from_lines(line.repeat(100).as_bytes(), REPORTER).map(|read| read.len()).ok(), Some(100));
        let many = line.repeat(MAX_OBSERVATIONS + 1);
        assert_eq!(from_lines(many.as_bytes(), REPORTER).expect_err("too many").kind(), ProblemKind::TooLarge);
        let wrong = from_lines("5\n".repeat(500).as_bytes(), REPORTER).expect_err("refused");
        assert_eq!(wrong.faults().len(), MAX_FAULTS);
        assert!(serde_json::to_string(&wrong).expect("JSON").contains("500 of the lines"), "all are counted");
    }

    #[test]
    fn what_the_platform_printed_is_read_or_refused_by_line() {
        let manifest = "name: salesraw\nversion: v1\ntype: depot\n---\nname: lakehouse\nversion: v1\ntype: depot\n";
        assert_eq!(from_printed(manifest.as_bytes(), "public", REPORTER).map(|read| read.len()).ok(), Some(2));
        let problem = from_printed(b"name: a\nversion: v1\n", "public", REPORTER).expect_err("refused");
        assert_eq!(places(&problem), [(Some(1), None, None)]);
        assert!(from_printed(b"\n\n", "public", REPORTER).is_err(), "nothing to import");
    }
}
