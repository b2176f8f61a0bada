//! Credentials after the name of their scheme: `Bearer SECRET`, `Basic SECRET`.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use super::encoded::is_user_and_password;

/// The shortest credential.
const SHORTEST: usize = 8;

/// From this length on a word is no word of a sentence.
const LONG: usize = 20;

/// The longest credential that is looked at closely, in bytes; longer ones are some.
const MAX_LOOKED_AT: usize = 1_024;

static SCHEME: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let schemes = ["bearer ", "basic ", "digest ", "ssws ", "apikey "];
    AhoCorasickBuilder::new().ascii_case_insensitive(true).build(schemes).expect("a few short words")
});

/// Whether a word is the name of a scheme.
pub(super) fn is_scheme(word: &str) -> bool {
    ["bearer", "basic", "digest", "ssws", "apikey", "token", "negotiate", "hmac"]
        .iter()
        .any(|scheme| word.eq_ignore_ascii_case(scheme))
}

/// Adds the places of credentials.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    for scheme in SCHEME.find_iter(text) {
        let blanks = text[scheme.end()..].len() - text[scheme.end()..].trim_start_matches([' ', '"', '\'']).len();
        let start = scheme.end() + blanks.min(4);
        let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | ',' | '\\');
        let end = text[start..].find(ends).map_or(text.len(), |end| start + end);
        if is_credential(&text[start..end]) {
            found.push(start..end);
        }
    }
}

fn is_credential(word: &str) -> bool {
    let capitals =
        || word.as_bytes().windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    word.len() > MAX_LOOKED_AT
        || (word.len() >= SHORTEST
            && (word.bytes().any(|byte| byte.is_ascii_digit())
                || word.len() >= LONG
                || capitals()
                || is_user_and_password(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_told_from_sentences() {
        for text in ["Bearer abcdef123456", "basic dXNlcjpwYXNz", "Basic YTpi1234"] {
            let mut found = Vec::new();
            find(text, &mut found);
            assert_eq!(found.len(), 1, "{text}");
        }
        let mut found = Vec::new();
        find("basic authentication and bearer tokens, a digest of it", &mut found);
        assert!(found.is_empty(), "{found:?}");
    }
}
