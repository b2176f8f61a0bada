//! Secrets that stand in other places once more.

use aho_corasick::AhoCorasick;

use crate::masking::forms_of;

/// The shortest secret that is looked for elsewhere, in bytes: shorter ones occur everywhere.
const MIN_SOUGHT: usize = 4;
/// The shortest that was only a part of a text, and the shortest that is looked for in other forms.
const MIN_PART: usize = 8;
/// From this length on a secret is also found in the middle of a word.
const MIN_WITHIN_WORD: usize = 16;
/// How much of a secret is looked for, in bytes, and how many.
const MAX_SOUGHT_BYTES: usize = 64;
const MAX_SOUGHT: usize = 10_000;

/// What was hidden: whole, or line by line.
#[derive(Debug, Default)]
pub(super) struct Repeated {
    sought: Vec<String>,
}

impl Repeated {
    /// A whole value that was hidden.
    pub(super) fn whole(&mut self, secret: &str) {
        let secret = secret.trim();
        if secret.contains('\n') {
            // Of a text of many lines each line is a secret, but for brackets and the like.
            let lines = secret.lines().map(str::trim).filter(|line| line.len() >= MIN_PART);
            self.sought.extend(lines.map(str::to_owned));
        } else if secret.len() >= MIN_SOUGHT && !matches!(secret, "true" | "false" | "null" | "none") {
            if secret.len() >= MIN_PART {
                self.sought.extend(forms_of(shortened(secret)));
            }
            self.sought.push(secret.to_owned());
        }
    }

    /// What was hidden within a text.
    pub(super) fn parts(&mut self, secrets: &[&str]) {
        for secret in secrets.iter().filter(|secret| secret.trim().len() >= MIN_PART) {
            self.whole(secret);
        }
    }

    /// Looks for all of it; `None` when there is nothing to look for.
    pub(super) fn search(&self) -> Option<Search> {
        let mut sought: Vec<&str> = self.sought.iter().map(|line| shortened(line)).collect();
        sought.sort_unstable();
        sought.dedup();
        if sought.is_empty() {
            return None;
        }
        let automaton = (sought.len() <= MAX_SOUGHT).then(|| AhoCorasick::new(&sought).ok()).flatten();
        Some(Search { automaton })
    }
}

/// Finds what was masked in other texts.
pub(super) struct Search {
    /// `None` when there are too many secrets to look for: then everything counts as found.
    automaton: Option<AhoCorasick>,
}

impl Search {
    pub(super) fn finds(&self, text: &str) -> bool {
        let Some(automaton) = &self.automaton else { return true };
        automaton.find_overlapping_iter(text).any(|found| {
            let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            found.end() - found.start() >= MIN_WITHIN_WORD
                || !(joins(text[..found.start()].chars().next_back()) || joins(text[found.end()..].chars().next()))
        })
    }
}

fn shortened(secret: &str) -> &str {
    let mut end = secret.len().min(MAX_SOUGHT_BYTES);
    while !secret.is_char_boundary(end) {
        end -= 1;
    }
    &secret[..end]
}
