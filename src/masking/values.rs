//! Values that hide nothing.

/// The longest placeholder, in bytes: something generated would be longer.
const MAX_PLACEHOLDER: usize = 48;

/// Whether a value hides nothing: it is blank, masked already, or a placeholder to be filled in.
pub(crate) fn hides_nothing(value: &str) -> bool {
    let value = value.trim();
    if value.bytes().all(|byte| byte == b'*' || byte.is_ascii_whitespace()) {
        return true;
    }
    let inner = value.strip_prefix('$').unwrap_or(value);
    if let Some(name) = inner.strip_prefix("{{").and_then(|inner| inner.strip_suffix("}}")) {
        let name = name.trim();
        return name.len() <= MAX_PLACEHOLDER
            && !name.bytes().any(|byte| byte.is_ascii_digit())
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    }
    is_variable(value)
}

/// `${NAME}`, `$(NAME)`: what shells and containers fill in.
fn is_variable(value: &str) -> bool {
    let braces = value.strip_prefix("${").and_then(|inner| inner.strip_suffix('}'));
    let brackets = || value.strip_prefix("$(").and_then(|inner| inner.strip_suffix(')'));
    braces.or_else(brackets).is_some_and(|name| {
        name.len() <= MAX_PLACEHOLDER
            && name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    })
}

/// Whether an unquoted value in a text is a word that says that there is no value, or a flag.
pub(super) fn is_flag_or_nothing(value: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "null", "none", "nil", "yes", "no", "undefined", "~"];
    WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_hide_nothing() {
        for value in ["${{gitsync-token}}", "****", "", "${DB_PASSWORD_2}", "$(DB_PASSWORD)", "{{ .Values.token }}"] {
            assert!(hides_nothing(value), "{value}");
        }
        for value in ["{{hunter2}}", "x", "$hunter2", "${hunter2}", "$(cat x)"] {
            assert!(!hides_nothing(value), "{value}");
        }
    }
}
