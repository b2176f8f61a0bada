//! XML and what looks like it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::key_names::{KeyKind, kind_of};
use super::randomness::looks_random;

/// `<password ...>SECRET<`.
static ELEMENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<([A-Za-z_][\w.:-]{0,80})(?:\s[^<>]{0,300})?>([^<]+)").expect("valid"));

/// `<name>fs.s3a.secret.key</name><value>SECRET<`.
static PROPERTY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"<(?:name|key)>\s{0,8}([^<>]{1,120}?)\s{0,8}</(?:name|key)>\s{0,80}<(?:value|string|default)>([^<]+)")
        .expect("valid")
});

/// `name="password" value="SECRET"`.
static ATTRIBUTES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:name|key|id|header)\s{0,3}=\s{0,3}\\{0,7}["']([^"'<>\\]{1,120})\\{0,7}["'][^<>]{0,120}?\b(?:value|content)\s{0,3}=\s{0,3}\\{0,7}(?:"([^"]+)"|'([^']+)')"#)
        .expect("valid")
});

/// `value="SECRET" name="password"`.
static REVERSED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:value|content)\s{0,3}=\s{0,3}\\{0,7}["']([^"'<>\\]{1,1000})\\{0,7}["']\s{1,8}(?:name|key|id)\s{0,3}=\s{0,3}\\{0,7}["']([^"'<>\\]{1,120})\\{0,7}["']"#)
        .expect("valid")
});

/// Adds the places of secrets.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    if !text.contains('<') {
        return;
    }
    for rule in [&*ELEMENT, &*PROPERTY, &*ATTRIBUTES] {
        for captures in rule.captures_iter(text) {
            let value = captures.get(2).or_else(|| captures.get(3));
            if let (Some(name), Some(value)) = (captures.get(1), value)
                && is_secret(name.as_str(), value.as_str())
            {
                found.push(value.range());
            }
        }
    }
    for captures in REVERSED.captures_iter(text) {
        if let (Some(value), Some(name)) = (captures.get(1), captures.get(2))
            && is_secret(name.as_str(), value.as_str())
        {
            found.push(value.range());
        }
    }
}

fn is_secret(name: &str, value: &str) -> bool {
    match kind_of(name) {
        KeyKind::Secret | KeyKind::SecretScalar => true,
        KeyKind::Suspect => looks_random(value),
        KeyKind::Plain => false,
    }
}
