//! Commands: `--password SECRET`, `curl -u user:SECRET`, `mysql -pSECRET`.

use std::cell::LazyCell;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::key_names::{KeyKind, kind_of};
use super::randomness::looks_random;

/// How a command takes a secret.
#[derive(Clone, Copy, Debug)]
enum Takes {
    /// In the word of the flag, or in the next: `-pSECRET`, `-p SECRET`.
    With(&'static str),
    /// Only in the word of the flag, for without one it asks: `-pSECRET`.
    Joined(&'static str),
    /// After a sign in what follows the flag: `-u user:SECRET`.
    After(&'static str, char),
    /// After a sign in a word without a flag: `user/SECRET@host`.
    Word(char),
    /// Whatever comes after a word: `login SECRET`.
    Next(&'static str),
}

const MYSQL: &[Takes] = &[Takes::Joined("-p")];
const LOGIN: &[Takes] = &[Takes::With("-p")];
const ORACLE: &[Takes] = &[Takes::Word('/')];
const LDAP: &[Takes] = &[Takes::With("-w")];
const SQL_SERVER: &[Takes] = &[Takes::With("-P")];
const CURL: &[Takes] = &[Takes::After("-u", ':'), Takes::After("-U", ':'), Takes::With("-b")];

/// Commands and how they take secrets.
const COMMANDS: &[(&str, &[Takes])] = &[
    ("mysql", MYSQL),
    ("mysqldump", MYSQL),
    ("mysqladmin", MYSQL),
    ("mysqlimport", MYSQL),
    ("mysqlsh", MYSQL),
    ("mariadb", MYSQL),
    ("mariadb-dump", MYSQL),
    ("mariadb-admin", MYSQL),
    ("sshpass", LOGIN),
    ("mongo", LOGIN),
    ("mongosh", LOGIN),
    ("mongodump", LOGIN),
    ("mongorestore", LOGIN),
    ("mongoexport", LOGIN),
    ("mongoimport", LOGIN),
    ("cqlsh", LOGIN),
    ("beeline", LOGIN),
    ("az", LOGIN),
    ("oc", LOGIN),
    ("7z", &[Takes::Joined("-p")]),
    ("7za", &[Takes::Joined("-p")]),
    ("zip", SQL_SERVER),
    ("unzip", SQL_SERVER),
    ("redis-cli", &[Takes::With("-a")]),
    ("sqlcmd", SQL_SERVER),
    ("bcp", SQL_SERVER),
    ("osql", SQL_SERVER),
    ("isql", SQL_SERVER),
    ("ldapsearch", LDAP),
    ("ldapadd", LDAP),
    ("ldapmodify", LDAP),
    ("ldapdelete", LDAP),
    ("ldappasswd", &[Takes::With("-w"), Takes::With("-s"), Takes::With("-a")]),
    ("openssl", &[Takes::With("-k"), Takes::With("-passin"), Takes::With("-passout"), Takes::With("-pass")]),
    ("sqlplus", ORACLE),
    ("sqlldr", ORACLE),
    ("expdp", ORACLE),
    ("impdp", ORACLE),
    ("rman", ORACLE),
    ("sqlcl", ORACLE),
    ("curl", CURL),
    ("http", &[Takes::After("-a", ':')]),
    ("https", &[Takes::After("-a", ':')]),
    ("smbclient", &[Takes::After("-U", '%')]),
    ("lftp", &[Takes::After("-u", ',')]),
    ("vault", &[Takes::Next("login")]),
    ("htpasswd", &[Takes::With("-b")]),
    ("snmpget", &[Takes::With("-c"), Takes::With("-A"), Takes::With("-X")]),
    ("snmpwalk", &[Takes::With("-c"), Takes::With("-A"), Takes::With("-X")]),
    ("ipmitool", &[Takes::With("-P")]),
    ("winexe", &[Takes::After("-U", '%')]),
    ("rpcclient", &[Takes::After("-U", '%')]),
    ("nats", &[]),
    ("xfreerdp", &[]),
    ("docker", &[]),
    ("podman", &[]),
    ("helm", &[]),
    ("skopeo", &[]),
    ("nerdctl", &[]),
    ("buildah", &[]),
    ("oras", &[]),
    ("crane", &[]),
    ("argocd", &[]),
];

/// Commands whose `-p` is a password only after this word.
const LOGIN_WORD: &str = "login";

/// How deep commands stand in quotes within commands.
const MAX_QUOTED: usize = 3;

/// `["--password", "SECRET"]` within a text.
static LISTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"["'](--?[A-Za-z][\w.-]{0,80}|-u)\\{0,3}["']\s{0,20},\s{0,20}\\{0,3}(?:"([^"]+)"|'([^']+)')"#)
        .expect("valid")
});

/// A word of a command.
struct Word {
    /// Its place, without the quotes around it.
    range: Range<usize>,
    /// Whether it stands in quotes.
    is_quoted: bool,
}

/// Adds the places of secrets in the commands of a text.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    // Every flag has such a sign, and `sqlplus user/SECRET@host` this one; the others are words.
    let words = || ["login", "set "].iter().any(|word| text.contains(word));
    if memchr::memchr2(b'-', b'/', bytes).is_none() && !words() {
        return;
    }
    let mut words = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line = text[start..end].trim_end_matches('\r');
        let joined = line.strip_suffix('\\');
        split(joined.unwrap_or(line), start, &mut words);
        if joined.is_none() || end == text.len() {
            in_command(text, &words, 0, found);
            words.clear();
        }
        start = end + 1;
    }
    if text.contains("\"-") || text.contains("'-") {
        for captures in LISTED.captures_iter(text) {
            let value = captures.get(2).or_else(|| captures.get(3));
            let (Some(flag), Some(value)) = (captures.get(1), value) else { continue };
            found.extend(
                in_words(&[flag.as_str(), value.as_str()], |_| false)
                    .into_iter()
                    .map(|(_, range)| value.start() + range.start..value.start() + range.end),
            );
        }
    }
}

/// Adds the places of secrets in the words of one command, and in the commands that stand in quotes in it.
fn in_command(text: &str, words: &[Word], depth: usize, found: &mut Vec<Range<usize>>) {
    let texts: Vec<&str> = words.iter().map(|word| &text[word.range.clone()]).collect();
    for (word, range) in in_words(&texts, |word| words[word].is_quoted) {
        let start = words[word].range.start;
        found.push(start + range.start..start + range.end);
    }
    for (word, inner) in words.iter().zip(&texts).filter(|(word, _)| word.is_quoted && depth < MAX_QUOTED) {
        if inner.contains(' ') {
            let mut words = Vec::new();
            split(inner, word.range.start, &mut words);
            in_command(text, &words, depth + 1, found);
        }
    }
}

/// The secrets among the arguments of a command that is given word by word: which word, and where in it.
pub(crate) fn secret_arguments(words: &[&str]) -> Vec<(usize, Range<usize>)> {
    in_words(words, |_| false)
}

fn in_words(words: &[&str], is_quoted: impl Fn(usize) -> bool) -> Vec<(usize, Range<usize>)> {
    let mut secrets = Vec::new();
    let mut command: Option<(&str, &[Takes])> = None;
    let mut is_login = false;
    // Looked for once, however many words ask.
    let pipes_password =
        LazyCell::new(|| words.iter().any(|word| matches!(*word, "--password-stdin" | "--stdin" | "-S")));
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied();
        if !is_quoted(at) && (matches!(*word, "|" | "||" | "&&" | ";" | "&") || word.ends_with(';')) {
            command = None;
            is_login = false;
            continue;
        }
        if let Some(known) = known_command(word)
            && !word.starts_with('-')
        {
            command = Some(known);
            is_login = false;
            continue;
        }
        is_login |= *word == LOGIN_WORD;
        if *word == "echo" && *pipes_password {
            secrets.extend(next.filter(|next| !next.starts_with('-')).map(|next| (at + 1, 0..next.len())));
            continue;
        }
        if matches!(*word, "set" | "configure")
            && let (Some(name), Some(value)) = (next, words.get(at + 2))
            && matches!(kind_of(name), KeyKind::Secret | KeyKind::SecretScalar)
            && !name.contains('=')
        {
            secrets.push((at + 2, 0..value.len()));
            continue;
        }
        if let Some((name, takes)) = command {
            let with_login: &[Takes] = if is_login && takes.is_empty() && name != "nats" { LOGIN } else { &[] };
            for take in takes.iter().chain(with_login) {
                secrets.extend(taken(*take, at, word, next));
            }
        }
        if word.starts_with('-') {
            secrets.extend(after_flag(at, word, next));
        }
    }
    secrets
}

fn known_command(word: &str) -> Option<(&'static str, &'static [Takes])> {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let name = name.trim_start_matches(['$', '(', '`', '"', '\'', '[', '@', ':']).trim_end_matches([',', ':']);
    if name.len() > 16 {
        return None;
    }
    let name = name.strip_suffix(".exe").unwrap_or(name);
    COMMANDS.iter().find(|(known, _)| *known == name).copied()
}

/// The secret that a command takes with a word.
fn taken(take: Takes, at: usize, word: &str, next: Option<&str>) -> Option<(usize, Range<usize>)> {
    match take {
        Takes::With(flag) if word == flag => next.map(|next| (at + 1, 0..next.len())),
        Takes::With(flag) | Takes::Joined(flag) => {
            let secret = word.strip_prefix(flag).filter(|secret| !secret.is_empty())?;
            (flag.len() == 2).then(|| (at, word.len() - secret.len()..word.len()))
        }
        Takes::After(flag, sign) => {
            let (place, value) = if word == flag { (at + 1, next?) } else { (at, word.strip_prefix(flag)?) };
            let from = if place == at { word.len() - value.len() } else { 0 };
            let sign = value.find(sign)?;
            Some((place, from + sign + 1..from + value.len()))
        }
        Takes::Word(sign) => {
            if word.starts_with(['-', '/', '@', '.']) || word.contains("://") {
                return None;
            }
            let start = word.find(sign)? + 1;
            let end = word.rfind('@').filter(|end| *end > start).unwrap_or(word.len());
            Some((at, start..end))
        }
        Takes::Next(before) => {
            let next = next?;
            (word == before && !next.starts_with('-') && !next.contains('=')).then_some((at + 1, 0..next.len()))
        }
    }
}

/// The secret after a flag that says by its name that it is one.
fn after_flag(at: usize, flag: &str, next: Option<&str>) -> Option<(usize, Range<usize>)> {
    let next = next?;
    if matches!(flag, "-u" | "--user" | "--proxy-user" | "-U" | "--auth") {
        let (user, secret) = next.split_once(':')?;
        let is_number =
            secret.bytes().all(|byte| byte.is_ascii_digit()) && user.bytes().all(|byte| byte.is_ascii_digit());
        return (!is_number && !secret.starts_with("//")).then(|| (at + 1, user.len() + 1..next.len()));
    }
    let name = flag.trim_start_matches('-');
    if name.len() < 2 || flag.contains(['=', ':']) || next.starts_with("--") {
        return None;
    }
    let is_secret = match kind_of(name) {
        KeyKind::Secret | KeyKind::SecretScalar => true,
        KeyKind::Suspect => looks_random(next),
        KeyKind::Plain => false,
    };
    is_secret.then_some((at + 1, 0..next.len()))
}

/// Splits a line into words as a shell does, as far as that matters here.
fn split(line: &str, offset: usize, words: &mut Vec<Word>) {
    let bytes = line.as_bytes();
    let mut at = 0;
    // A quote that is not closed is none; which kinds are not is found out once.
    let mut unclosed = [false; 2];
    while at < bytes.len() {
        if bytes[at].is_ascii_whitespace() || matches!(bytes[at], b'[' | b']' | b',' | b'(' | b')') {
            at += 1;
            continue;
        }
        let start = at;
        let kind = usize::from(bytes[at] == b'\'');
        if matches!(bytes[at], b'"' | b'\'') && !unclosed[kind] {
            if let Some(length) = memchr::memchr(bytes[at], &bytes[at + 1..]) {
                words.push(Word { range: offset + at + 1..offset + at + 1 + length, is_quoted: true });
                at += length + 2;
                continue;
            }
            unclosed[kind] = true;
        }
        while at < bytes.len() && !bytes[at].is_ascii_whitespace() {
            let kind = usize::from(bytes[at] == b'\'');
            // `-p'my SECRET'`, `--name="a b"`
            let opens = matches!(bytes[at], b'"' | b'\'')
                && (at - start == 2 && bytes[start] == b'-' || bytes[at.max(1) - 1] == b'=');
            if opens && !unclosed[kind] {
                match memchr::memchr(bytes[at], &bytes[at + 1..]) {
                    Some(length) => at += length + 1,
                    None => unclosed[kind] = true,
                }
            }
            at += 1;
        }
        let end = at.min(bytes.len());
        let trimmed = line[start..end].trim_end_matches([']', ',', ')', '"', '\'']).len();
        let word = if trimmed == 0 { start..end } else { start..start + trimmed };
        words.push(Word { range: offset + word.start..offset + word.end, is_quoted: false });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        find(text, &mut found);
        found.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn secrets_of_commands_are_found() {
        for (text, expected) in [
            ("run --password hunter2", "hunter2"),
            ("run -password 'my hunter2 word'", "my hunter2 word"),
            ("curl -s -u ada:hunter2 https://h", "hunter2"),
            ("curl -uada:hunter2 https://h", "hunter2"),
            ("/usr/bin/mysql -phunter2", "hunter2"),
            ("mysql -u root -p'hunter 2' db", "'hunter 2"),
            ("sshpass -p hunter2 ssh x", "hunter2"),
            ("redis-cli -a hunter2", "hunter2"),
            ("docker login -u ada -p hunter2 registry", "hunter2"),
            ("sqlplus ada/hunter2@db", "hunter2"),
            ("echo hunter2 | docker login --password-stdin", "hunter2"),
            ("aws configure set aws_secret_access_key hunter2", "hunter2"),
            ("vault login hunter2", "hunter2"),
            ("openssl enc -k hunter2", "hunter2"),
            (r#"["run","--password","hunter2"]"#, "hunter2"),
            ("run \\\n  --password \\\n  hunter2", "hunter2"),
        ] {
            assert!(secrets(text).contains(&expected), "{text}: {:?}", secrets(text));
        }
        for text in [
            "docker run -p 8080:80 -u 1000:1000 x",
            "mkdir -p a/b",
            "run --password-file /run/x",
            "run --max-tokens 5",
            "mysql -u root -p db",
            "helm install -p x",
            "kubectl -n public get -o yaml",
            "cp -p a b",
        ] {
            assert_eq!(secrets(text), [""; 0], "{text}");
        }
    }
}
