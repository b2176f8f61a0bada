//! Just enough YAML to print named values. A JSON string is a YAML string too, so whatever is not plainly a word is
//! printed as JSON.

use std::fmt::Write as _;

use serde_json::Value;

/// Appends `name: value` lines; the first line begins with `lead`, the others with as many blanks.
pub(super) fn write_entries<'a>(
    text: &mut String,
    lead: &str,
    entries: impl IntoIterator<Item = (&'a str, &'a Value)>,
) {
    for (place, (name, value)) in entries.into_iter().enumerate() {
        let indent = lead.len();
        if place == 0 {
            text.push_str(lead);
        } else {
            let _ = write!(text, "{:indent$}", "");
        }
        text.push_str(name);
        text.push(':');
        match value {
            Value::Array(items) if !items.is_empty() => {
                text.push('\n');
                for item in items {
                    let _ = writeln!(text, "{:indent$}- {}", "", scalar(item));
                }
            }
            value => {
                let _ = writeln!(text, " {}", scalar(value));
            }
        }
    }
}

/// A value on one line.
pub(super) fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        other => one_line(other),
    }
}

/// A value as JSON on one line, free of what YAML forbids and terminals obey: such letters are escaped, which means
/// the same in both languages.
pub(super) fn one_line(value: &Value) -> String {
    let json = value.to_string();
    let harmless = |letter: char| {
        !letter.is_control() && !matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    if json.chars().all(harmless) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for letter in json.chars() {
        if harmless(letter) {
            escaped.push(letter);
        } else {
            let _ = write!(escaped, "\\u{:04x}", u32::from(letter));
        }
    }
    escaped
}

/// Whether YAML reads a text as that very text without quotes. Told narrowly: quotes too many do no harm.
fn is_plain(text: &str) -> bool {
    const WORDS: &[&str] = &["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_lowercase().as_str())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" _-./".contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_read_back(text in ".*", items in proptest::collection::vec(".{0,8}", 0..4)) {
            let (value, list) = (json!(text), json!(items));
            let mut yaml = String::new();
            write_entries(&mut yaml, "- ", [("text", &value), ("items", &list), ("nothing", &Value::Null)]);
            let parsed: Value = serde_saphyr::from_str(&yaml).expect(&yaml);
            prop_assert_eq!(parsed, json!([{ "text": value, "items": list, "nothing": null }]));
        }
    }
}
