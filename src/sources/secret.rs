//! Words that must not be told to anybody.

use std::fmt;

use crate::masking::{MASK, forms_of, masked};

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
    let clean = masked(without_known(message, secrets));
    let text = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The last line of a text that says something, without the secrets that may have got into it. The whole text is looked at,
/// for what a line is can stand in the lines before it.
pub(super) fn last_line_without_secrets(text: &str, secrets: &[Secret]) -> String {
    let clean = masked(without_known(text, secrets));
    clean.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

/// A text without the secrets that were passed to who wrote it, as they are, line by line or in base64.
fn without_known(text: &str, secrets: &[Secret]) -> String {
    let mut clean = text.to_owned();
    for secret in secrets {
        let forms = forms_of(&secret.0);
        let lines = secret.0.lines().map(str::trim);
        for form in [secret.0.as_str()].into_iter().chain(lines).chain(forms.iter().map(String::as_str)) {
            if form.len() >= SHORTEST {
                clean = clean.replace(form, MASK);
            }
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let secret = [Secret::new("hunter2-hunter2".to_owned()), Secret::new("a".to_owned())];
        assert_eq!(without_secrets("bad token\n hunter2-hunter2!", &secret), "bad token ***!");
        assert_eq!(without_secrets("Authorization: Bearer abcdef1 sent", &[]), "Authorization: Bearer ***");
        let encoded = forms_of("hunter2-hunter2");
        assert_eq!(without_secrets(&format!("sent {}== to it", encoded[0]), &secret), "sent ***== to it");
        let said = "cannot log in\n-----BEGIN PRIVATE KEY-----\nhunter3\n";
        assert_eq!(last_line_without_secrets(said, &[]), "***");
        assert_eq!(
            last_line_without_secrets("a\npostgres://ada:hunter3@db refused\n\n", &[]),
            "postgres://ada:***@db refused"
        );
        assert_eq!(format!("{:?}", secret[0]), "Secret");
        assert_eq!(without_secrets(&"x ".repeat(2_000), &[]).chars().count(), MAX_MESSAGE + 1);
    }
}
