//! Readers: text in, observations out. No database in here, and no clock: the moment is the caller's.
//!
//! One input may hold any number of documents in different formats: listings of `dataos-ctl get`, listings of
//! `dataos-ctl get runtime`, manifests, and what `get -d` prints. Each is taken as a whole or refused as a whole.

mod decode;
mod documents;
mod line_kind;
mod listing;
mod manifest;
mod mask;
mod read_back;
mod refusal;
mod runtime_listing;
mod scalar;
mod split;
mod table;
mod yaml;

use app::model::{Observation, Timestamp};

pub use documents::{Document, Documents, MAX_INPUT_BYTES, Observations, PassedOver};
pub use refusal::Refusal;
pub use split::MAX_MANIFEST_BYTES;

/// What the text does not say itself.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions<'a> {
    /// Who reports.
    pub source: &'a str,
    /// When it was observed.
    pub at: Timestamp,
    /// The input as the user named it, or `<stdin>`: for messages.
    pub file: &'a str,
    /// The workspace of those that live in one and do not say which.
    pub workspace: &'a str,
}

/// All of an input.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// How many documents there were, the refused ones included.
    pub documents: u64,
    /// What they say, in order.
    pub observations: Vec<Observation>,
    /// Which were refused, in order.
    pub refused: Vec<Refusal>,
    /// How many pieces of text around tables were passed over.
    pub passed_over: u64,
}

/// Reads an input that is in memory. For large ones see [`Documents`].
#[must_use]
pub fn read(input: &[u8], options: &ReadOptions<'_>) -> Reading {
    let mut reading = Reading::default();
    // Reading from memory cannot fail.
    let mut documents = Documents::new(input, *options);
    for document in documents.by_ref().filter_map(Result::ok) {
        reading.documents += 1;
        match document.outcome {
            Ok(observations) => reading.observations.extend(observations),
            Err(refusal) => reading.refused.push(refusal),
        }
    }
    reading.refused.sort_by_key(|refusal| refusal.line);
    reading.passed_over = documents.passed_over().count;
    reading
}

/// Reads the text of one manifest, as [`read`] would find it in an input of its own.
///
/// # Errors
/// When it is too long, no manifest, or more than one.
pub fn read_manifest(text: &str, options: &ReadOptions<'_>) -> Result<Observation, Refusal> {
    let refuse = |found: &str, expected: &str| refusal::Fault::new(1, found, expected).in_file(options.file);
    if text.len() > MAX_MANIFEST_BYTES {
        return Err(refuse("more than 4 MiB", "a shorter manifest"));
    }
    manifest::read(text, 1, options).map_err(|fault| fault.in_file(options.file))
}
