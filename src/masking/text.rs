//! Texts of any kind.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use super::values::hides_nothing;
use super::{MASK, addresses, arguments, assignments, credentials, encoded, key_names, markup, pem, sql, tokens};

/// What every text holds in which anything but a known token is secret, besides the names of secrets. Most texts hold
/// none of it.
const HINTS: &[&str] = &[
    "://",
    "@",
    "-----begin",
    "-----end",
    "---- begin",
    "putty-user-key",
    "basic ",
    "digest ",
    "mysql",
    "maria",
    "curl",
    "-u",
    "-p",
    "redis",
    "stringdata",
    "sql",
    "zip",
    "ldap",
    "login",
    "set ",
    "smb",
    "snmp",
    "ipmi",
    "-a",
    "-w",
    "-b",
    "expdp",
    "impdp",
    "rman",
    "echo",
    "openssl",
    "ssws",
    "identified",
];

static HINT: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let hints = HINTS.iter().chain(key_names::HINTS);
    AhoCorasickBuilder::new().ascii_case_insensitive(true).build(hints).expect("a few short words")
});

/// A text whose secrets are masked; `None` when it holds none.
pub(crate) fn mask_text(text: &str) -> Option<String> {
    let secrets = secrets_of(text);
    (!secrets.is_empty()).then(|| replaced(text, &secrets))
}

/// The same for a text that is there to stay.
pub(crate) fn masked(text: String) -> String {
    mask_text(&text).unwrap_or(text)
}

/// The secrets of a text, so that they can be looked for elsewhere.
pub(crate) fn secrets_in(text: &str) -> Vec<&str> {
    secrets_of(text).into_iter().map(|secret| &text[secret]).collect()
}

/// The places of secrets, in order, none within another. NUL, which is not stored, parts no words.
fn secrets_of(text: &str) -> Vec<Range<usize>> {
    if !text.contains('\0') {
        return secrets_without_nul(text);
    }
    let places: Vec<usize> = text.bytes().enumerate().filter(|(_, byte)| *byte != 0).map(|(at, _)| at).collect();
    let secrets = secrets_without_nul(&text.replace('\0', ""));
    secrets.into_iter().map(|secret| places[secret.start]..places[secret.end - 1] + 1).collect()
}

fn secrets_without_nul(text: &str) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    tokens::find(text, &mut secrets);
    encoded::find(text, &mut secrets);
    if HINT.is_match(text) {
        pem::find(text, &mut secrets);
        addresses::find(text, &mut secrets);
        assignments::find(text, &mut secrets);
        credentials::find(text, &mut secrets);
        arguments::find(text, &mut secrets);
        markup::find(text, &mut secrets);
        sql::find(text, &mut secrets);
    }
    secrets.retain(|range| !range.is_empty() && !hides_nothing(&text[range.clone()]));
    secrets.sort_unstable_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(secrets.len());
    for secret in secrets {
        match apart.last_mut() {
            Some(last) if secret.start < last.end => last.end = last.end.max(secret.end),
            _ => apart.push(secret),
        }
    }
    apart
}

/// The text with a mask in each place. It keeps its lines: of a secret of many lines each is masked.
fn replaced(text: &str, secrets: &[Range<usize>]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for secret in secrets {
        masked.push_str(&text[done..secret.start]);
        for (number, line) in text[secret.clone()].split_inclusive('\n').enumerate() {
            let content = line.trim();
            if content.is_empty() {
                masked.push_str(line);
                continue;
            }
            if number > 0 {
                masked.push_str(&line[..line.len() - line.trim_start().len()]);
            }
            masked.push_str(MASK);
            if line.ends_with('\n') {
                masked.push('\n');
            }
        }
        done = secret.end;
    }
    masked.push_str(&text[done..]);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("PASSWORD=\"my hunter2 word\" next", "PASSWORD=\"***\" next"),
            ("PASSWORD=my hunter2 word\nA=b", "PASSWORD=***\nA=b"),
            ("curl -u ada:hunter2 https://h", "curl -u ada:*** https://h"),
            ("mysql -u root -phunter2 db", "mysql -u root -p*** db"),
            ("jdbc:oracle:thin:ada/hunter2@db:1521/x", "jdbc:oracle:thin:ada/***@db:1521/x"),
            ("ada:hunter2@tcp(db:3306)/x", "ada:***@tcp(db:3306)/x"),
            ("<password>hunter2</password>", "<password>***</password>"),
            ("https://h/b?sv=1&sig=hunter2%3D&se=2", "https://h/b?sv=1&sig=***&se=2"),
            ("SharedAccessSignature=sv=1&sig=hunter2;A=b", "SharedAccessSignature=***;A=b"),
            ("https://hooks.slack.com/services/T0/B0/hunter2", "https://hooks.slack.com/***"),
            ("AccountName=a;AccountKey=hunter2==;EndpointSuffix=x", "AccountName=a;AccountKey=***;EndpointSuffix=x"),
            ("DB_PASSWORD: EnvPw123  # was OldEnvPw1", "DB_PASSWORD: ***  # ***"),
            ("x: 1\ntoken=\"hunter2\"; // was old\ny: 1", "x: 1\ntoken=\"***\"; // ***\ny: 1"),
            ("{\"a\": \"password: hunter2 # was \\\"old\\\"\"}", "{\"a\": \"password: *** # ***\"}"),
            ("token: | # was old\n  hunter2", "token: | # ***\n  ***"),
            ("CREATE USER ada IDENTIFIED BY 'hunter2';", "CREATE USER ada IDENTIFIED BY '***';"),
            ("CREATE ROLE ada WITH PASSWORD 'hunter2';", "CREATE ROLE ada WITH PASSWORD '***';"),
            ("a:\n  password: |\n    hunter2\n    more\nb: 1", "a:\n  password: |\n    ***\n    ***\nb: 1"),
        ] {
            assert_eq!(mask_text(text).as_deref(), Some(masked), "{text}");
            assert_eq!(mask_text(masked), None, "masked once, it is masked: {masked}");
        }
    }

    #[test]
    fn no_rule_is_passed_over_for_want_of_a_hint() {
        for text in [
            "pepper=hunter2",
            "service_account_json=hunter2",
            "serviceAccountJson=hunter2",
            "service-account-json=hunter2",
            "impdp ada/hunter2",
            "expdp ada/hunter2",
            "rman target ada/hunter2",
            "echo hunter2 | sudo -S ls",
            "openssl enc -k hunter2",
            "idRsa=hunter2",
            "id-rsa=hunter2",
            "idEd25519=hunter2",
            "SSWS hunter2hunter2",
        ] {
            assert!(mask_text(text).is_some_and(|masked| !masked.contains("hunter2")), "{text}");
        }
    }

    #[test]
    fn nul_parts_no_words() {
        assert_eq!(mask_text("pass\0word=hunter22").as_deref(), Some("pass\0word=***"));
        assert_eq!(mask_text("\0ä password=hun\0ter22\0 x").as_deref(), Some("\0ä password=***\0 x"));
        assert_eq!(mask_text("a\0b"), None);
    }

    #[test]
    fn harmless_texts_stay_as_they_are() {
        for text in [
            "https://host:8080/a@b",
            "https://ada@example.com",
            "dataos://lakehouse:default/x",
            "password=***",
            "password: \"${DB_PASSWORD}\"  # kept in the vault",
            "mailto:ada@example.com",
            "users:id:ada@example.com",
            "docker.io/example/orders:1.4.2@sha256:0f8fad5bd9cb469fa16570867728950e",
            "mkdir -p /data && docker run -p 8080:80 -u 1000:1000 x",
            "git@git.example.com:models/orders.git",
            "The password is rotated every month.",
            "SELECT * FROM tokens WHERE key = 'region'",
            "-u ada",
            "basic authentication is switched off",
            "bearer authentication",
            "partition-key: order_id",
            "a < b and b > c",
        ] {
            assert_eq!(mask_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_hostile_text_takes_no_longer_than_its_length_allows() {
        let pieces = [
            "password=",
            "token:\"",
            "token='",
            "://",
            "://a:b@",
            "eyJ",
            "sk-",
            "--password ",
            "-u a:",
            "{token:{",
            "token:[",
            "<password>",
            "<a name=\"password\" value=",
            "-----BEGIN ",
            "u:x@",
            "jdbc:oracle:thin:a/",
            "token=\\\"",
            "password,",
            "password: |\n",
            "curl ",
            "mysql -p",
            "AKIA",
            "Bearer ",
            "hooks.slack.com/",
            "<name>password</name>",
            "a=",
            "\"-p\",\"",
            "%3Dpassword",
            "password:\n ",
            "kind: Secret\ndata:\n",
            "''",
            "\\",
            "xoxb-",
            "key=a,",
            "token: | # ",
            "echo  -p",
            "password '",
            "token=a # \"",
            "identified by '\\'",
            "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n",
        ];
        for piece in pieces {
            let started = std::time::Instant::now();
            mask_text(&piece.repeat((1 << 17) / piece.len()));
            assert!(started.elapsed() < std::time::Duration::from_secs(4), "{piece}: {:?}", started.elapsed());
        }
    }
}
