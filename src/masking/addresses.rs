//! URLs, connection strings and webhooks.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::{memchr_iter, memmem};
use regex::Regex;

use super::randomness::looks_random;
use super::{MASK, mask_text};

/// How many URLs within one URL are looked at.
const MAX_INNER_URLS: usize = 8;

/// The longest part of an address that is looked at, in bytes.
const MAX_PART: usize = 512;

/// From this length on a user without a password is a token.
const LONG_USER: usize = 20;

/// Hosts whose paths let anybody post who knows them.
const WEBHOOK_HOSTS: &[&str] = &[
    "hooks.slack.com",
    "webhook.office.com",
    "outlook.office.com",
    "outlook.office365.com",
    "hooks.zapier.com",
    "chat.googleapis.com",
    "maker.ifttt.com",
    "events.pagerduty.com",
    "alert.victorops.com",
    "hook.eu1.make.com",
    "hook.us1.make.com",
    "hooks.glip.com",
    "discordapp.com",
    "discord.com",
    "logic.azure.com",
    "hooks.mattermost.com",
    "open.feishu.cn",
    "oapi.dingtalk.com",
    "qyapi.weixin.qq.com",
    "api.telegram.org",
    "webhook.site",
    "webexapis.com",
];

/// Words before a colon after which an address of electronic mail may stand, or a name.
const NO_USERS: &[&str] =
    &["mailto", "email", "mail", "id", "user", "users", "owner", "to", "cc", "from", "group", "groups"];

/// `jdbc:oracle:thin:user/SECRET@host`.
static ORACLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?i)jdbc:oracle:\w{1,8}:[^/\s@"']{1,128}/([^\s"'<>]{1,512})@"#).expect("valid"));

/// `SharedAccessSignature=...`, which holds pairs of its own.
static SHARED_ACCESS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?i)SharedAccessSignature(?:=|\s{1,2}s)([^\s;"'<>]+)"#).expect("valid"));

/// Adds the places of secrets in addresses.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    in_urls(text, found);
    before_hosts(text, found);
    let group = |captures: regex::Captures<'_>| captures.get(1).map(|secret| secret.range());
    if memmem::find(text.as_bytes(), b"oracle").is_some() || memmem::find(text.as_bytes(), b"ORACLE").is_some() {
        found.extend(ORACLE.captures_iter(text).filter_map(group));
    }
    if text.contains('S') || text.contains('s') {
        found.extend(SHARED_ACCESS.captures_iter(text).filter_map(group));
    }
}

/// The URL of a webhook without what follows the host: that is what lets anybody post.
pub(crate) fn mask_webhook(url: &str) -> Option<String> {
    let masked = mask_text(url);
    let is_masked = masked.is_some();
    let url = masked.map_or(Cow::Borrowed(url), Cow::Owned);
    let host = url.find("://").map_or(0, |at| at + 3);
    let path = url[host..].find(['/', '?', '#']).map(|at| host + at + 1).filter(|path| *path < url.len());
    match path {
        Some(path) if url[path..] != *MASK => Some(format!("{}/{MASK}", &url[..path - 1])),
        _ => is_masked.then(|| url.into_owned()),
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>')
}

/// `scheme://user:SECRET@host`, long tokens in the place of the user, and the paths of webhooks.
fn in_urls(text: &str, found: &mut Vec<Range<usize>>) {
    let mut from = 0;
    while let Some(at) = text[from..].find("://") {
        let start = from + at + 3;
        let end = text[start..].find(ends_word).map_or(text.len(), |end| start + end);
        // URLs may stand within URLs. Nobody writes many of them, and looking at each costs the length of the rest.
        let inner: Vec<usize> =
            text[start..end].match_indices("://").take(MAX_INNER_URLS + 1).map(|(at, _)| start + at + 3).collect();
        if inner.len() > MAX_INNER_URLS {
            found.push(start..end);
        } else {
            for start in [start].into_iter().chain(inner) {
                found.extend(in_user_info(text, start, end));
                found.extend(in_path(text, start, end));
            }
        }
        from = end;
    }
}

/// The secret before the host of one URL; `start` is the place after `://`.
fn in_user_info(text: &str, start: usize, end: usize) -> Option<Range<usize>> {
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
        None => (user_info.len() >= LONG_USER || looks_random(user_info)).then(|| start..start + user_info.len()),
    }
}

/// What follows the host of a webhook, or the word `webhook` in any other path.
fn in_path(text: &str, start: usize, end: usize) -> Option<Range<usize>> {
    let path = start + text[start..end].find(['/', '?'])? + 1;
    let authority = &text[start..path - 1];
    let host = authority.rsplit('@').next().unwrap_or(authority).split(':').next().unwrap_or_default();
    let lower = host.to_ascii_lowercase();
    let is_webhook = WEBHOOK_HOSTS.iter().any(|known| lower.ends_with(known) && is_whole(&lower, known));
    let trimmed = text[path..end].trim_end_matches(['.', ',', ';', ')', ']', '}']);
    let end = path + trimmed.len();
    if is_webhook {
        return Some(path..end);
    }
    // Elsewhere only what was made up by a machine: `/hooks/abc123...`, `/webhook/T0/B1/...`.
    let mut after_hook = lower.starts_with("hooks.") || lower.contains("webhook");
    let mut at = path;
    for segment in trimmed.split('/') {
        if after_hook && looks_random(segment) {
            return Some(at..end);
        }
        let is_hook = segment.len() <= 32 && segment.to_ascii_lowercase().contains("hook");
        after_hook |= is_hook;
        at += segment.len() + 1;
    }
    None
}

/// Whether a host is a known one or one below it.
fn is_whole(host: &str, known: &str) -> bool {
    host.len() == known.len() || host[..host.len() - known.len()].ends_with('.')
}

/// `user:SECRET@tcp(host)`, `user:SECRET@host:5432`: addresses without a scheme.
fn before_hosts(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for at in memchr_iter(b'@', bytes) {
        let word_start = text[done..at].rfind(ends_word).map_or(done, |before| done + before + 1);
        let mut word_start = word_start.max(at.saturating_sub(MAX_PART)).min(at);
        while !text.is_char_boundary(word_start) {
            word_start += 1;
        }
        let word = &text[word_start..at];
        done = at;
        let Some((user, password)) = word.split_once(':') else { continue };
        let start = at - password.len();
        let user = user.rsplit(['=', ',', ';', '(', '[', '{']).next().unwrap_or(user);
        // That of Oracle has a form of its own.
        if user.is_empty()
            || user.eq_ignore_ascii_case("jdbc")
            || password.is_empty()
            || password.starts_with("//")
            || user.contains('/')
        {
            continue;
        }
        let mut host_end = (at + 1 + 80).min(text.len());
        while !text.is_char_boundary(host_end) {
            host_end -= 1;
        }
        if is_after_password(user, password, &text[at + 1..host_end]) {
            found.push(start..at);
        }
    }
}

fn is_after_password(user: &str, password: &str, host: &str) -> bool {
    let name = host.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))).unwrap_or(host.len());
    let after = &host[name..];
    if name == 0 || after.starts_with(':') && host.starts_with("sha") {
        return false;
    }
    let is_port = after.strip_prefix(':').is_some_and(|port| port.starts_with(|c: char| c.is_ascii_digit()));
    if after.starts_with('(') || is_port || after.starts_with('/') {
        return true;
    }
    let is_name = NO_USERS.iter().any(|word| user.eq_ignore_ascii_case(word));
    // An address of electronic mail has letters before its sign; a password mostly more than that.
    !is_name && !password.contains(':') && password.bytes().any(|byte| !byte.is_ascii_lowercase() && byte != b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_keeps_only_its_host() {
        assert_eq!(mask_webhook("https://hooks.example.com/T0/B1/x").as_deref(), Some("https://hooks.example.com/***"));
        assert_eq!(mask_webhook("https://hooks.example.com/"), None);
        assert_eq!(mask_webhook("https://hooks.example.com/***"), None);
    }

    #[test]
    fn webhooks_are_known_by_host_or_by_path() {
        for url in [
            "https://hooks.slack.com/services/T0/B0/x",
            "https://acme.webhook.office.com/webhookb2/x/y",
            "https://discord.com/api/webhooks/1/x",
            "https://chat.example.com/hooks/a1b2c3d4e5f6g7h8i9",
        ] {
            let mut found = Vec::new();
            find(url, &mut found);
            assert_eq!(found.len(), 1, "{url}");
        }
        let mut found = Vec::new();
        find("https://example.com/hooks/alerts https://notdiscord.com/a", &mut found);
        assert!(found.is_empty(), "{found:?}");
    }
}
