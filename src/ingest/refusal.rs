//! Why a document was not read.

use std::fmt;

use crate::masking::masked;

/// What the reader can make sense of, for the message about everything else.
pub(super) const READABLE: &str = "a `dataos-ctl get` table, a manifest or a runtime listing";

/// The longest piece of the input that a message shows, in characters.
const SHOWN: usize = 80;

/// How much of it is looked at for secrets, in characters: one that is cut off could not be told.
const LOOKED_AT: usize = 4_000;

/// One document that was refused. Nothing of it goes into the catalog; the other documents of the input do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The file as the user named it, or `<stdin>`.
    pub file: String,
    /// The line that is at fault, counted from 1.
    pub line: u64,
    /// What stands there, shortened; never the value of a secret.
    pub found: String,
    /// What should stand there, and what to do.
    pub expected: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: found `{}`, expected {}", self.file, self.line, self.found, self.expected)
    }
}

impl std::error::Error for Refusal {}

/// A fault before it is known which file it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) line: u64,
    pub(super) found: String,
    pub(super) expected: String,
}

impl Fault {
    pub(super) fn new(line: u64, found: &str, expected: impl Into<String>) -> Self {
        Self { line, found: shown(found), expected: masked(expected.into()) }
    }

    pub(super) fn in_file(self, file: &str) -> Refusal {
        Refusal { file: file.to_owned(), line: self.line, found: self.found, expected: self.expected }
    }
}

/// Text of the input as a message may show it: on one line, short, without secrets and without the marks that quote it.
pub(super) fn shown(text: &str) -> String {
    let text = masked(text.chars().take(LOOKED_AT).collect());
    let mut clean = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        for c in (!clean.is_empty()).then_some(' ').into_iter().chain(word.chars()) {
            if count == SHOWN {
                clean.push('…');
                return clean;
            }
            clean.push(match c {
                '`' => '\'',
                c if c.is_control() => '\u{fffd}',
                c => c,
            });
            count += 1;
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_the_place_the_value_and_the_way_out() {
        let refusal = Fault::new(3, "  a |\t `b`  ", "7 cells").in_file("depots.txt");
        assert_eq!(refusal.to_string(), "depots.txt:3: found `a | 'b'`, expected 7 cells");
    }

    #[test]
    fn a_message_shows_no_secret() {
        let long = format!("{} password=hunter2 {}", "x ".repeat(10), "y".repeat(9_000));
        for found in [long.as_str(), "ada | postgres://ada:hunter2@db/x", "export TOKEN=hunter2"] {
            let fault = Fault::new(1, found, format!("something else than `{found}`"));
            assert!(!format!("{fault:?}").contains("hunter2"), "{fault:?}");
        }
    }

    #[test]
    fn long_lines_are_shortened() {
        assert_eq!(shown(&"x".repeat(500)).chars().count(), SHOWN + 1);
    }
}
