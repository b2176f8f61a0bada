//! Documents that are written as YAML with comments and, from the same tree, as JSON.

use std::fmt::Write as _;

use serde_json::Value;

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// True or false.
    Flag(bool),
    /// Values in order.
    List(Vec<Tree>),
    /// Named values in order, each with the comment above it.
    Map(Vec<(&'static str, Tree, Option<&'static str>)>),
}

impl From<&str> for Tree {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Tree {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Tree {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Tree {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Vec<Tree>> for Tree {
    fn from(list: Vec<Tree>) -> Self {
        Self::List(list)
    }
}

/// `map! { "name" => value, "note above" # "other" => value }`
macro_rules! map {
    ($($key:literal $(# $comment:literal)? => $value:expr),* $(,)?) => {
        Tree::Map(vec![$(($key, Tree::from($value), map!(@comment $($comment)?))),*])
    };
    (@comment) => { None };
    (@comment $comment:literal) => { Some($comment) };
}
pub(super) use map;

impl Tree {
    /// A list of one text.
    pub(super) fn texts(texts: &[&str]) -> Self {
        Self::List(texts.iter().map(|text| Self::from(*text)).collect())
    }

    /// Adds a named value to a map.
    pub(super) fn put(&mut self, key: &'static str, value: impl Into<Self>) {
        if let Self::Map(entries) = self {
            entries.push((key, value.into(), None));
        }
    }

    /// The document as YAML, ending in a line break.
    pub(super) fn to_yaml(&self) -> String {
        let mut text = String::with_capacity(1_024);
        self.write(&mut text, 0);
        text
    }

    /// The document as JSON.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.clone()),
            Self::Number(number) => Value::from(*number),
            Self::Flag(flag) => Value::Bool(*flag),
            Self::List(list) => Value::Array(list.iter().map(Self::to_json).collect()),
            Self::Map(entries) => {
                Value::Object(entries.iter().map(|(key, value, _)| ((*key).to_owned(), value.to_json())).collect())
            }
        }
    }

    fn write(&self, text: &mut String, indent: usize) {
        match self {
            Self::Map(entries) => {
                for (key, value, comment) in entries {
                    if let Some(comment) = comment {
                        let _ = writeln!(text, "{:indent$}# {comment}", "");
                    }
                    let _ = write!(text, "{:indent$}{key}:", "");
                    value.write_after_key(text, indent);
                }
            }
            Self::List(list) => {
                for value in list {
                    let _ = write!(text, "{:indent$}- ", "");
                    match value {
                        Self::Map(entries) if !entries.is_empty() => {
                            let start = text.len();
                            value.write(text, indent + 2);
                            // The first line follows the dash.
                            text.replace_range(start..start + indent + 2, "");
                        }
                        other => {
                            other.write_scalar(text);
                            text.push('\n');
                        }
                    }
                }
            }
            scalar => {
                scalar.write_scalar(text);
                text.push('\n');
            }
        }
    }

    fn write_after_key(&self, text: &mut String, indent: usize) {
        match self {
            Self::Map(entries) if !entries.is_empty() => {
                text.push('\n');
                self.write(text, indent + 2);
            }
            Self::List(list) if !list.is_empty() => {
                text.push('\n');
                self.write(text, indent + 2);
            }
            scalar => {
                text.push(' ');
                scalar.write_scalar(text);
                text.push('\n');
            }
        }
    }

    fn write_scalar(&self, text: &mut String) {
        match self {
            Self::Text(value) if is_plain(value) => text.push_str(value),
            Self::Text(value) => {
                text.push('\'');
                text.push_str(&value.replace('\'', "''"));
                text.push('\'');
            }
            Self::Number(number) => {
                let _ = write!(text, "{number}");
            }
            Self::Flag(flag) => {
                let _ = write!(text, "{flag}");
            }
            Self::List(_) => text.push_str("[]"),
            Self::Map(_) => text.push_str("{}"),
        }
    }
}

/// Whether YAML reads a text as that very text without quotes. Told narrowly: quotes too many do no harm.
fn is_plain(text: &str) -> bool {
    let starts_well = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
    starts_well
        && !word
        && !text.ends_with(' ')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" _-./".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_yaml_says_what_the_json_says() {
        let document = map! {
            "name" => "salesraw",
            "empty" # "nothing yet" => Vec::new(),
            "odd" => "it's: 100% # \"quoted\" é <b>",
            "words" => Tree::texts(&["yes", "3.0", "null", "a b", "*/5 * * * *", "12", ""]),
            "parts" => vec![
                map! { "id" => "one", "spec" => map! { "name" => "x", "count" => 3, "on" => true } },
                map! { "id" # "a comment" => "two", "list" => Tree::texts(&["x"]) },
            ],
        };
        let yaml = document.to_yaml();
        assert!(yaml.contains("# nothing yet\nempty: []\n"), "{yaml}");
        let parsed: Value = serde_saphyr::from_str(&yaml).expect("YAML");
        assert_eq!(parsed, document.to_json(), "{yaml}");
    }
}
