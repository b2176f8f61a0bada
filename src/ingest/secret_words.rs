//! What looks like a secret: by the name of its key, or by its place in a text.

use std::borrow::Cow;
use std::ops::Range;

/// What stands in the place of a secret.
pub(super) const MASK: &str = "***";

/// Parts of names whose values are secrets, without signs and in lower case.
const SECRET_PARTS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secretkey",
    "accesskey",
    "apikey",
    "token",
    "credential",
    "privatekey",
    "webhookurl",
    "authorization",
    "connectionstring",
    "accountkey",
    "encryptionkey",
    "jsonkey",
    "cookie",
];

/// How many URLs within one URL are looked at.
const MAX_INNER_URLS: usize = 8;

/// Whether the value of a key of this name is a secret, whatever it is.
pub(super) fn is_secret_key(key: &str) -> bool {
    let word = normalised(key);
    if matches!(word.as_str(), "pwd" | "pass") {
        return true;
    }
    // References to secrets and settings that only sound like one.
    if word.ends_with("ref") || word.contains("tokeniz") || matches!(word.as_str(), "maxtokens" | "tokenurl") {
        return false;
    }
    SECRET_PARTS.iter().any(|part| word.contains(part))
}

/// Whether a single value of a key of this name is a secret; a mapping or a list of that name may be a reference.
pub(super) fn is_secret_scalar_key(key: &str) -> bool {
    let word = normalised(key);
    is_secret_key(key) || (word.ends_with("secret") && word != "imagepullsecret")
}

/// A key without signs, in lower case: `secret_access-key` is `secretaccesskey`.
pub(super) fn normalised(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a value hides nothing: it is blank, masked already, or a placeholder to be filled in.
pub(super) fn hides_nothing(value: &str) -> bool {
    let value = value.trim();
    if value.chars().all(|c| c == '*') {
        return true;
    }
    let inner = value.strip_prefix('$').unwrap_or(value);
    inner.strip_prefix("{{").and_then(|inner| inner.strip_suffix("}}")).is_some_and(|name| {
        let name = name.trim();
        // Something generated would be long and have digits; a name to fill in is words.
        name.len() <= 48
            && !name.chars().any(|c| c.is_ascii_digit())
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
    })
}

/// A text whose secrets are masked: passwords in URLs, `password=...`, `Bearer ...`. `None` when there are none.
pub(super) fn mask_within(text: &str) -> Option<String> {
    let mut secrets = in_urls(text);
    secrets.extend(after_secret_words(text));
    secrets.extend(after_schemes(text));
    secrets.retain(|range| !range.is_empty() && !hides_nothing(&text[range.clone()]));
    if secrets.is_empty() {
        return None;
    }
    secrets.sort_by_key(|range| (range.start, range.end));
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for range in secrets {
        if range.start >= done {
            masked.push_str(&text[done..range.start]);
            masked.push_str(MASK);
        }
        done = done.max(range.end);
    }
    masked.push_str(&text[done..]);
    Some(masked)
}

/// The URL of a webhook without what follows the host: that is what lets anybody post.
pub(super) fn mask_webhook(url: &str) -> Option<String> {
    let url = mask_within(url).map_or(Cow::Borrowed(url), Cow::Owned);
    let host = url.find("://").map_or(0, |at| at + 3);
    let path = host + url[host..].find(['/', '?', '#'])?;
    (path + 1 < url.len()).then(|| format!("{}/{MASK}", &url[..path]))
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>')
}

/// `scheme://user:SECRET@host`, and long tokens in the place of the user.
fn in_urls(text: &str) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("://") {
        let start = from + at + 3;
        let end = text[start..].find(ends_word).map_or(text.len(), |end| start + end);
        // URLs may stand within URLs. Nobody writes many of them, and looking at each costs the length of the rest.
        let inner: Vec<usize> =
            text[start..end].match_indices("://").take(MAX_INNER_URLS + 1).map(|(at, _)| start + at + 3).collect();
        if inner.len() > MAX_INNER_URLS {
            secrets.push(start..end);
        } else {
            secrets.extend([start].into_iter().chain(inner).filter_map(|start| in_url(text, start, end)));
        }
        from = end;
    }
    secrets
}

/// The secret of one URL; `start` is the place after `://`.
fn in_url(text: &str, start: usize, end: usize) -> Option<Range<usize>> {
    let authority_end = text[start..end].find(['/', '?', '#']).map_or(end, |end| start + end);
    let user_info = match text[start..authority_end].rfind('@') {
        Some(at) => &text[start..start + at],
        // An unescaped slash in the password: what follows the colon is then no port.
        None => match (text[start..authority_end].split_once(':'), text[start..end].rfind('@')) {
            (Some((_, port)), Some(at)) if !port.bytes().all(|byte| byte.is_ascii_digit()) => &text[start..start + at],
            _ => return None,
        },
    };
    match user_info.split_once(':') {
        Some((user, password)) => {
            let start = start + user.len() + 1;
            Some(start..start + password.len())
        }
        None => (user_info.len() >= 20).then(|| start..start + user_info.len()),
    }
}

/// `password=SECRET`, `"apikey": "SECRET"`, `--token SECRET`.
fn after_secret_words(text: &str) -> Vec<Range<usize>> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut secrets = Vec::new();
    let mut word: Option<Range<usize>> = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if is_word(c) {
            let end = at + c.len_utf8();
            match &mut word {
                Some(word) if word.end == at => word.end = end,
                _ => word = Some(at..end),
            }
            continue;
        }
        let Some(before) = word.clone() else { continue };
        // Between the word and its sign there may be a quote, with an escape before, and blanks.
        let between = &text[before.end..at];
        if between.len() > 8 || !between.chars().all(|c| matches!(c, '"' | '\'' | '\\' | ' ')) {
            word = None;
            continue;
        }
        let name = &text[before.clone()];
        let is_flag = c == ' ' && between.is_empty() && name.starts_with("--");
        if !(matches!(c, '=' | ':') || is_flag) || !is_secret_scalar_key(name) {
            continue;
        }
        word = None;
        let rest = &text[at + 1..];
        let start = at + 1 + (rest.len() - rest.trim_start_matches([' ', '"', '\'', '\\', '=']).len());
        let end = text[start..]
            .find(|c: char| ends_word(c) || matches!(c, '&' | ';' | ',' | '}' | '\\'))
            .map_or(text.len(), |end| start + end);
        // `Authorization: Bearer SECRET` is found by its scheme.
        if !matches!(text[start..end].to_ascii_lowercase().as_str(), "bearer" | "basic") {
            secrets.push(start..end);
        }
        while chars.next_if(|(at, _)| *at < end).is_some() {}
    }
    secrets
}

/// `Bearer SECRET`, `Basic SECRET`.
fn after_schemes(text: &str) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let mut secrets = Vec::new();
    for scheme in ["bearer ", "basic "] {
        for (at, _) in lower.match_indices(scheme) {
            let start = at + scheme.len();
            let end = text[start..].find(ends_word).map_or(text.len(), |end| start + end);
            let has_digit = text[start..end].bytes().any(|byte| byte.is_ascii_digit());
            if end - start >= 8 && has_digit {
                secrets.push(start..end);
            }
        }
    }
    secrets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_secrets_are_told_from_references() {
        for key in ["password", "PGPASSWORD", "secret_access_key", "accesskeyid", "x-api-key", "webHookUrl", "gitToken"]
        {
            assert!(is_secret_key(key), "{key}");
        }
        for key in ["secrets", "secret", "keys", "allKeys", "name", "secretProjection", "type", "acl", "secretKeyRef"] {
            assert!(!is_secret_key(key), "{key}");
        }
        assert!(is_secret_scalar_key("clientSecret"));
    }

    #[test]
    fn secrets_within_texts_are_masked() {
        for (text, masked) in [
            ("postgres://ada:hunter2@db:5432/x", "postgres://ada:***@db:5432/x"),
            ("postgres://ada:hun/ter2@db:5432/x", "postgres://ada:***@db:5432/x"),
            ("https://ghp_0123456789abcdef01@example.com/x", "https://***@example.com/x"),
            ("jdbc:x://h/d?user=ada&password=hunter2&ssl=true", "jdbc:x://h/d?user=ada&password=***&ssl=true"),
            ("{\"apikey\": \"hunter2\", \"a\": 1}", "{\"apikey\": \"***\", \"a\": 1}"),
            ("{\\\"token\\\": \\\"hunter2\\\"}", "{\\\"token\\\": \\\"***\\\"}"),
            ("run --password hunter2 --token=abc", "run --password *** --token=***"),
            ("Authorization: Bearer abcdef123456", "Authorization: Bearer ***"),
        ] {
            assert_eq!(mask_within(text).as_deref(), Some(masked), "{text}");
        }
        for text in ["https://host:8080/a@b", "https://ada@example.com", "dataos://lakehouse:default/x", "password=***"]
        {
            assert_eq!(mask_within(text), None, "{text}");
        }
    }

    #[test]
    fn a_webhook_keeps_only_its_host() {
        assert_eq!(mask_webhook("https://hooks.example.com/T0/B1/x").as_deref(), Some("https://hooks.example.com/***"));
        assert_eq!(mask_webhook("https://hooks.example.com/"), None);
    }

    #[test]
    fn placeholders_hide_nothing() {
        assert!(hides_nothing("${{gitsync-token}}") && hides_nothing("****") && hides_nothing(""));
        assert!(!hides_nothing("{{hunter2}}") && !hides_nothing("x"));
    }
}
