//! Statements of SQL: `IDENTIFIED BY 'SECRET'`, `WITH PASSWORD 'SECRET'`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::assignments::closing_quote;

/// What stands before a password in quotes, with the first of them.
static BEFORE_QUOTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i-u)\b(?:password|identified\s{1,20}(?:with\s{1,20}[!-~]{1,64}\s{1,20})?(?:by|as)(?:\s{1,20}values)?)\s{1,20}(\\{0,7})["']"#)
        .expect("valid")
});

/// `CREATE USER ada IDENTIFIED BY SECRET`.
static UNQUOTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:user|role)\s{1,20}\S{1,128}\s{1,20}identified\s{1,20}by\s{1,20}([^\s"'\\;]{1,128})"#)
        .expect("valid")
});

/// Adds the places of passwords.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let mut from = 0;
    while let Some(captures) = BEFORE_QUOTED.captures_at(text, from) {
        let (Some(before), Some(escapes)) = (captures.get(0), captures.get(1)) else { break };
        let (start, escapes) = (before.end(), escapes.len());
        let quote = text.as_bytes()[start - 1];
        let mut end = closing_quote(text, start, quote, escapes);
        // A quote that is doubled is a part of the password.
        while let Some(at) = end
            && escapes == 0
            && text.as_bytes().get(at + 1) == Some(&quote)
        {
            end = closing_quote(text, at + 2, quote, escapes);
        }
        let end = end.unwrap_or_else(|| text[start..].find('\n').map_or(text.len(), |end| start + end));
        found.push(start..end);
        from = end;
    }
    found.extend(UNQUOTED.captures_iter(text).filter_map(|captures| captures.get(1)).map(|secret| secret.range()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_statements_are_found() {
        for (text, expected) in [
            ("CREATE USER ada IDENTIFIED BY 'hunter 2';", "hunter 2"),
            ("create user ada identified with sha256_password by 'it''s 2'", "it''s 2"),
            ("CREATE ROLE ada WITH LOGIN PASSWORD 'hunter2' VALID", "hunter2"),
            ("ALTER USER ada PASSWORD\n  'hunter2'", "hunter2"),
            (r#"{"sql": "ALTER USER ada IDENTIFIED BY \"hunter2\""}"#, "hunter2"),
            ("ALTER USER ada IDENTIFIED BY hunter2;", "hunter2"),
            ("PASSWORD 'cut off", "cut off"),
        ] {
            let mut found = Vec::new();
            find(text, &mut found);
            assert_eq!(found.into_iter().map(|range| &text[range]).collect::<Vec<_>>(), [expected], "{text}");
        }
        let mut found = Vec::new();
        find("Orders are identified by order_id; the password is rotated.", &mut found);
        assert!(found.is_empty(), "{found:?}");
    }
}
