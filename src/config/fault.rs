//! What is wrong with a configuration file.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

/// The longest piece of a file that a message shows, in characters.
const SHOWN: usize = 60;

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("cannot read the configuration `{file}`: {source}; name another with --config", file = file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is far too long.
    #[error("the configuration `{file}` has more than 1 MiB; is it the right file?", file = file.display())]
    TooLong {
        /// The file.
        file: PathBuf,
    },
    /// Something in it is wrong.
    #[error("{}", lines(.0))]
    Wrong(Vec<Fault>),
}

fn lines(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    lines.join("\n")
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file as it was named.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// The key, such as `source.interval`; blank where there is none.
    pub key: String,
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: ", self.file, self.line)?;
        if !self.key.is_empty() {
            write!(formatter, "`{}`: ", self.key)?;
        }
        write!(formatter, "found {}, expected {}", self.found, self.expected)
    }
}

/// Collects what is wrong with a file.
pub(crate) struct Faults<'t> {
    file: &'t str,
    text: &'t str,
    found: RefCell<Vec<Fault>>,
}

impl<'t> Faults<'t> {
    pub(super) fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text, found: RefCell::default() }
    }

    /// The line of a place in the text.
    pub(super) fn line(&self, at: usize) -> u64 {
        let before = self.text.as_bytes().get(..at).unwrap_or(self.text.as_bytes());
        before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1
    }

    pub(super) fn add(&self, line: u64, key: &str, found: &str, expected: &str) {
        self.found.borrow_mut().push(Fault {
            file: self.file.to_owned(),
            line,
            key: key.to_owned(),
            found: found.to_owned(),
            expected: expected.to_owned(),
        });
    }

    /// The text is not TOML. What stands there is not shown: it might be anything.
    pub(super) fn syntax(&self, span: Option<Range<usize>>, message: &str) {
        let line = self.line(span.map_or(0, |span| span.start));
        self.add(line, "", "something that is not TOML", &message.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    pub(super) fn into_result(self) -> Result<(), ConfigError> {
        let mut faults = self.found.into_inner();
        if faults.is_empty() {
            return Ok(());
        }
        faults.sort_by_key(|fault| fault.line);
        Err(ConfigError::Wrong(faults))
    }
}

/// A value as a message shows it: in backticks, on one line, short.
pub(crate) fn quoted(value: &str) -> String {
    let clean: String = value.chars().map(|c| if c.is_control() || c == '`' { '\u{fffd}' } else { c }).collect();
    let short: String = clean.chars().take(SHOWN).collect();
    if short.len() < clean.len() { format!("`{short}…`") } else { format!("`{short}`") }
}
