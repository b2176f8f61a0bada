//! Secrets in base64.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::{pem, tokens};

/// The shortest word that may be a token in base64.
const SHORTEST: usize = 20;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Adds the places of words that are base64 of a known token or of a private key.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    if text.len() < SHORTEST {
        return;
    }
    let mut start = None;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=');
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        match (is_word(byte), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                start = None;
                // `key=BASE64`: the sign between is no padding.
                let word = &text[from..at];
                let padding = word.len() - word.trim_end_matches('=').len();
                let from = word[..word.len() - padding].rfind('=').map_or(from, |sign| from + sign + 1);
                if at - from >= SHORTEST && hides_token(&text[from..at]) {
                    found.push(from..at);
                }
            }
            _ => {}
        }
    }
}

fn hides_token(word: &str) -> bool {
    // Names and paths are words too, and nothing that is base64 of a token lacks capital letters.
    if !word.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return false;
    }
    decoded(word).is_some_and(|inner| tokens::holds_token(&inner) || pem::holds_block(&inner))
}

fn decoded(word: &str) -> Option<String> {
    let bytes = if word.contains(['-', '_']) { URL_SAFE.decode(word) } else { STANDARD.decode(word) };
    String::from_utf8(bytes.ok()?).ok()
}

/// Whether a word is base64 of `user:password`.
pub(super) fn is_user_and_password(word: &str) -> bool {
    word.len() >= 4
        && decoded(word).is_some_and(|inner| inner.contains(':') && inner.bytes().all(|byte| !byte.is_ascii_control()))
}

/// The other forms in which a secret may be repeated: base64, with and without padding.
pub(crate) fn forms_of(secret: &str) -> [String; 2] {
    let standard = STANDARD.encode(secret).trim_end_matches('=').to_owned();
    let url_safe = URL_SAFE.encode(secret).trim_end_matches('=').to_owned();
    [standard, url_safe]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_base64_is_found() {
        let word = STANDARD.encode("ghp_0123456789abcdefABCD");
        for text in [word.clone(), format!("x={word}"), format!("a {word}, b")] {
            let mut found = Vec::new();
            find(&text, &mut found);
            let at = text.find(word.trim_end_matches('=')).expect("there");
            assert_eq!(found.first().map(|range| range.start), Some(at), "{text}");
        }
        let mut found = Vec::new();
        find(&STANDARD.encode("a harmless text about orders"), &mut found);
        assert!(found.is_empty(), "{found:?}");
    }
}
