//! One table of a configuration file: gives its values, notes what is wrong with them, and refuses keys that nobody
//! asked for.

use std::cell::RefCell;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Faults, quoted};
use super::values::{parse_bytes, parse_duration};

/// A value and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) line: u64,
}

/// A table.
pub(crate) struct Section<'a, 't> {
    faults: &'a Faults<'t>,
    path: String,
    line: u64,
    entries: &'a DeTable<'a>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a, 't> Section<'a, 't> {
    pub(super) fn root(faults: &'a Faults<'t>, entries: &'a DeTable<'a>) -> Self {
        Self { faults, path: String::new(), line: 1, entries, asked: RefCell::default() }
    }

    /// Notes that a value is not what it should be.
    pub(crate) fn refuse(&self, line: u64, key: &str, found: &str, expected: &str) {
        let key = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        self.faults.add(line, &key, found, expected);
    }

    /// The line it begins at.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Notes that a key is missing.
    pub(crate) fn missing(&self, key: &str, expected: &str) {
        self.refuse(self.line, key, "nothing", expected);
    }

    /// Whether there is such a key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    fn get(&self, key: &'static str) -> Option<(&'a DeValue<'a>, u64)> {
        self.asked.borrow_mut().push(key);
        let value = self.entries.get(key)?;
        Some((value.get_ref(), self.faults.line(value.span().start)))
    }

    /// A text. It is never blank.
    pub(crate) fn text(&self, key: &'static str, expected: &str) -> Option<Placed<String>> {
        let (value, line) = self.get(key)?;
        match value {
            DeValue::String(text) if !text.trim().is_empty() => Some(Placed { value: text.trim().to_owned(), line }),
            DeValue::String(_) => {
                self.refuse(line, key, "a blank text", expected);
                None
            }
            other => {
                self.refuse(line, key, kind(other), expected);
                None
            }
        }
    }

    /// A list of texts.
    pub(crate) fn texts(&self, key: &'static str, expected: &str) -> Option<Placed<Vec<Placed<String>>>> {
        let (value, line) = self.get(key)?;
        let DeValue::Array(values) = value else {
            self.refuse(line, key, kind(value), expected);
            return None;
        };
        let mut texts = Vec::with_capacity(values.len());
        for value in values.iter() {
            let place = self.faults.line(value.span().start);
            match value.get_ref() {
                DeValue::String(text) => texts.push(Placed { value: text.clone().into_owned(), line: place }),
                other => self.refuse(place, key, kind(other), expected),
            }
        }
        Some(Placed { value: texts, line })
    }

    /// A length of time within bounds.
    pub(crate) fn duration(&self, key: &'static str, least: Duration, most: Duration) -> Option<Duration> {
        const EXPECTED: &str = "a length of time such as `30s`, `5m` or `2h`";
        let text = self.text(key, EXPECTED)?;
        let Some(duration) = parse_duration(&text.value) else {
            self.refuse(text.line, key, &quoted(&text.value), EXPECTED);
            return None;
        };
        if duration < least || duration > most {
            let expected = format!("a length of time from {} to {}", in_words(least), in_words(most));
            self.refuse(text.line, key, &quoted(&text.value), &expected);
            return None;
        }
        Some(duration)
    }

    /// A number of bytes within bounds.
    pub(crate) fn bytes(&self, key: &'static str, most: u64) -> Option<u64> {
        let expected = format!("a size such as `16 MiB`, at most {}", super::bytes_text(most));
        let text = self.text(key, &expected)?;
        let bytes = parse_bytes(&text.value).filter(|bytes| (1..=most).contains(bytes));
        if bytes.is_none() {
            self.refuse(text.line, key, &quoted(&text.value), &expected);
        }
        bytes
    }

    /// A whole number within bounds.
    pub(crate) fn number(&self, key: &'static str, least: u64, most: u64) -> Option<u64> {
        let expected = format!("a number from {least} to {most}");
        let (value, line) = self.get(key)?;
        let DeValue::Integer(number) = value else {
            self.refuse(line, key, kind(value), &expected);
            return None;
        };
        let parsed = u64::from_str_radix(number.as_str(), number.radix()).ok();
        let parsed = parsed.filter(|number| (least..=most).contains(number));
        if parsed.is_none() {
            self.refuse(line, key, &quoted(number.as_str()), &expected);
        }
        parsed
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, key: &'static str) -> Option<bool> {
        let (value, line) = self.get(key)?;
        match value {
            DeValue::Boolean(flag) => Some(*flag),
            other => {
                self.refuse(line, key, kind(other), "`true` or `false`");
                None
            }
        }
    }

    /// A table, written as `[key]`.
    pub(crate) fn section(&self, key: &'static str) -> Option<Section<'a, 't>> {
        let (value, line) = self.get(key)?;
        let DeValue::Table(entries) = value else {
            self.refuse(line, key, kind(value), &format!("a table that begins with `[{key}]`"));
            return None;
        };
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Some(Section { faults: self.faults, path, line, entries, asked: RefCell::default() })
    }

    /// A list of tables, written as `[[key]]`.
    pub(crate) fn sections(&self, key: &'static str) -> Vec<Section<'a, 't>> {
        let expected = format!("tables that begin with `[[{key}]]`");
        let Some((value, line)) = self.get(key) else { return Vec::new() };
        let DeValue::Array(values) = value else {
            self.refuse(line, key, kind(value), &expected);
            return Vec::new();
        };
        let mut sections = Vec::with_capacity(values.len());
        for value in values.iter() {
            let line = self.faults.line(value.span().start);
            match value.get_ref() {
                DeValue::Table(entries) => sections.push(Section {
                    faults: self.faults,
                    path: if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) },
                    line,
                    entries,
                    asked: RefCell::default(),
                }),
                other => self.refuse(line, key, kind(other), &expected),
            }
        }
        sections
    }

    /// Refuses the keys that were not asked for.
    pub(crate) fn end(self) {
        let mut known = self.asked.borrow().clone();
        known.sort_unstable();
        known.dedup();
        for key in self.entries.keys() {
            let word = key.get_ref();
            if known.iter().any(|known| known == word) {
                continue;
            }
            let line = self.faults.line(Spanned::span(key).start);
            let expected = match nearest(word, &known) {
                Some(near) => format!("a key that is known here; did you mean `{near}`?"),
                None => format!("one of {}", list(&known)),
            };
            self.refuse(line, word, "an unknown key", &expected);
        }
    }
}

/// The word that was most likely meant.
pub(crate) fn nearest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    let word = word.to_lowercase().replace('-', "_");
    known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&word, known), *known))
        .min()
        .filter(|(distance, known)| *distance <= (known.len() / 3).max(1))
        .map(|(_, known)| known)
}

/// Words in backticks, parted by commas.
pub(crate) fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn in_words(duration: Duration) -> String {
    match u64::try_from(duration.as_millis()).unwrap_or(u64::MAX) {
        millis if millis > 0 && millis.is_multiple_of(86_400_000) => format!("`{}d`", millis / 86_400_000),
        millis if millis > 0 && millis.is_multiple_of(3_600_000) => format!("`{}h`", millis / 3_600_000),
        millis if millis.is_multiple_of(1_000) => format!("`{}s`", millis / 1_000),
        millis => format!("`{millis}ms`"),
    }
}
