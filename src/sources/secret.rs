//! Words that must not be told to anybody.

use std::fmt;

/// Shorter values are no secrets worth hiding: masking every `a` would make messages unreadable.
const SHORTEST: usize = 6;

/// The longest message that is kept, in characters.
const MAX_MESSAGE: usize = 500;

/// A secret. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(String);

impl Secret {
    pub(super) fn new(value: String) -> Self {
        Self(value)
    }

    /// The secret itself, for those who need it.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

/// A message without the secrets that may have got into it, on one line and bounded.
pub(super) fn without_secrets(message: &str, secrets: &[Secret]) -> String {
    let mut clean = message.to_owned();
    for secret in secrets.iter().filter(|secret| secret.0.len() >= SHORTEST) {
        clean = clean.replace(&secret.0, "***");
    }
    let words: Vec<&str> = clean.split_whitespace().collect();
    let mut shown = Vec::with_capacity(words.len());
    let mut hide_next = false;
    for word in words {
        shown.push(if hide_next { "***" } else { word });
        // What follows such a word is a secret wherever it came from.
        hide_next = word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).eq_ignore_ascii_case("bearer");
    }
    let text = shown.join(" ");
    match text.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let secret = [Secret::new("hunter2-hunter2".to_owned()), Secret::new("a".to_owned())];
        assert_eq!(without_secrets("bad token\n hunter2-hunter2!", &secret), "bad token ***!");
        assert_eq!(without_secrets("Authorization: Bearer abcdef sent", &[]), "Authorization: Bearer *** sent");
        assert_eq!(format!("{:?}", secret[0]), "Secret");
        assert_eq!(without_secrets(&"x ".repeat(2_000), &[]).chars().count(), MAX_MESSAGE + 1);
    }
}
