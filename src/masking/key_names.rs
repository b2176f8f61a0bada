//! What the name of a key says about its value.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

/// How secret the value of a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// All that it holds is secret.
    Secret,
    /// A single value is secret; a mapping or a list of that name may be a reference.
    SecretScalar,
    /// It is secret if it looks as if a machine had made it up.
    Suspect,
    /// Nothing says that it is secret.
    Plain,
}

/// What is secret wherever it stands in a name that is written without signs and in lower case.
const SECRET_PARTS: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "passcode",
    "pgpass",
    "userpass",
    "dbpass",
    "mypass",
    "secretkey",
    "secretaccess",
    "secretvalue",
    "secretid",
    "secrettext",
    "secretstring",
    "secretdata",
    "secrettoken",
    "clientsecretvalue",
    "accesskey",
    "apikey",
    "apisecretkey",
    "appkey",
    "token",
    "credential",
    "privatekey",
    "privkey",
    "webhookurl",
    "webhookuri",
    "authorization",
    "connectionstring",
    "connstr",
    "connectstring",
    "accountkey",
    "encryptionkey",
    "decryptionkey",
    "encryptkey",
    "jsonkey",
    "keyjson",
    "cookie",
    "signingkey",
    "signaturekey",
    "sshkey",
    "masterkey",
    "sharedkey",
    "sharedaccess",
    "storagekey",
    "sessionkey",
    "serviceaccountkey",
    "serviceaccountjson",
    "saskey",
    "sastoken",
    "jaasconfig",
    "keytab",
    "basicauth",
    "idrsa",
    "ided25519",
    "idecdsa",
    "iddsa",
    "tlskey",
    "sslkey",
    "serverkey",
    "clientkey",
    "rootkey",
    "authkey",
    "hmackey",
    "symmetrickey",
    "cipherkey",
    "aeskey",
    "rsakey",
    "licensekey",
    "licencekey",
    "subscriptionkey",
    "functionkey",
    "integrationkey",
    "ingestkey",
    "writekey",
    "dockerconfig",
    "kubeconfig",
    "htpasswd",
    "mnemonic",
    "bearer",
    "signedurl",
    "sasurl",
    "sasuri",
    "consumersecret",
    "recoverycode",
    "backupcode",
    "seedphrase",
    "unlockkey",
    "unsealkey",
    "storepass",
    "keypass",
    "keyphrase",
];

/// Words of a name that are secret in any place.
const SECRET_WORDS: &[&str] = &["pass", "passw", "pwd", "pw", "passwds", "creds", "cred"];

/// Last words of a name whose single value is secret.
const SECRET_LAST: &[&str] = &[
    "secret",
    "sas",
    "pin",
    "otp",
    "totp",
    "salt",
    "pepper",
    "sig",
    "signature",
    "jwt",
    "sessionid",
    "passkey",
    "mfa",
];

/// Last words of a name whose value is secret if it looks so.
const SUSPECT_LAST: &[&str] =
    &["key", "auth", "cert", "certificate", "pem", "license", "code", "session", "nonce", "seed", "hash", "pfx", "p12"];

/// Last words that make of a name one that only speaks of a secret: where it is, how long it lives, what it is called.
const ABOUT: &[&str] = &[
    "name",
    "names",
    "ref",
    "refs",
    "reference",
    "file",
    "filename",
    "path",
    "dir",
    "directory",
    "location",
    "mount",
    "type",
    "kind",
    "url",
    "uri",
    "endpoint",
    "host",
    "port",
    "issuer",
    "audience",
    "header",
    "headers",
    "prefix",
    "suffix",
    "field",
    "column",
    "columns",
    "policy",
    "provider",
    "providers",
    "manager",
    "store",
    "length",
    "size",
    "count",
    "limit",
    "ttl",
    "expiry",
    "expires",
    "expiration",
    "lifetime",
    "duration",
    "age",
    "timeout",
    "interval",
    "rotation",
    "period",
    "days",
    "enabled",
    "required",
    "version",
    "algorithm",
    "algo",
    "alg",
    "encoding",
    "format",
    "strategy",
    "mode",
    "method",
    "mechanism",
    "scheme",
    "scope",
    "scopes",
    "status",
    "label",
    "usage",
    "hint",
    "pattern",
    "regex",
    "domain",
    "samesite",
    "budget",
    "window",
    "position",
    "selector",
    "class",
    "plugin",
    "handler",
    "serializer",
    "deserializer",
    "separator",
    "delimiter",
    "projection",
    "acl",
    "variable",
    "management",
    "validation",
];

/// First words that make of a name one that counts.
const COUNTS: &[&str] = &["max", "min", "num", "total", "prompt", "completion"];

/// Names that only sound like one.
const NOT_SECRET: &[&str] = &["imagepullsecret", "existingsecret", "pullsecret", "publickey", "signaturev"];

/// What every name that is not plain holds. Most names hold none of it, and are told by that.
pub(super) const HINTS: &[&str] = &[
    "pass",
    "pwd",
    "pw",
    "secret",
    "token",
    "key",
    "cred",
    "auth",
    "webhook",
    "conn",
    "cookie",
    "shared",
    "sas",
    "jaas",
    "id_",
    "idrsa",
    "id-",
    "ided",
    "idec",
    "idds",
    "docker",
    "kube",
    "mnemonic",
    "bearer",
    "signed",
    "sig",
    "pin",
    "otp",
    "salt",
    "pepper",
    "jwt",
    "session",
    "mfa",
    "cert",
    "pem",
    "licen",
    "code",
    "nonce",
    "seed",
    "hash",
    "pfx",
    "p12",
    "serviceaccount",
    "service_account",
    "service-account",
];

static HINT: LazyLock<AhoCorasick> = LazyLock::new(|| automaton(HINTS));
static PARTS: LazyLock<AhoCorasick> = LazyLock::new(|| automaton(SECRET_PARTS));

fn automaton(words: &[&str]) -> AhoCorasick {
    AhoCorasickBuilder::new().ascii_case_insensitive(true).build(words).expect("a few short words")
}

/// What the name of a key says about its value.
pub(crate) fn kind_of(key: &str) -> KeyKind {
    if key.contains('\0') {
        return kind_of(&key.replace('\0', ""));
    }
    if !HINT.is_match(key) {
        return KeyKind::Plain;
    }
    let words = Words::of(key);
    let joined = words.joined.as_str();
    let last = words.last();
    let is_about = ABOUT.contains(&last) || joined.ends_with("ref");
    if joined.contains("tokeniz")
        || COUNTS.contains(&words.first())
        || NOT_SECRET.iter().any(|name| joined.ends_with(name))
    {
        return KeyKind::Plain;
    }
    let part = PARTS.find(joined);
    if let Some(part) = part
        && (!is_about
            || ["webhookurl", "webhookuri", "signedurl", "sasurl", "sasuri"].contains(&SECRET_PARTS[part.pattern()]))
    {
        return KeyKind::Secret;
    }
    let is_pass = |word: &str| SECRET_WORDS.contains(&word) || word.ends_with("pwd") || ends_with_pass(word);
    if !is_about && words.iter().any(is_pass) {
        return KeyKind::Secret;
    }
    if SECRET_LAST.contains(&last) || joined.ends_with("secret") {
        return KeyKind::SecretScalar;
    }
    if part.is_some() || SUSPECT_LAST.contains(&last) || words.iter().any(|word| word == "secret" || is_pass(word)) {
        return KeyKind::Suspect;
    }
    KeyKind::Plain
}

/// `dbpass` and the like, but no `bypass`.
fn ends_with_pass(word: &str) -> bool {
    let others =
        ["bypass", "compass", "trespass", "surpass", "lowpass", "highpass", "bandpass", "multipass", "encompass"];
    word.ends_with("pass") && !others.contains(&word)
}

/// A key without signs, in lower case: `secret_access-key` is `secretaccesskey`.
pub(crate) fn normalised(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words of a name in any style: `dbPassword`, `DB_PASSWORD`, `db-password`, `DBPassword`.
struct Words {
    /// All of them, without anything between.
    joined: String,
    /// Where each begins.
    starts: Vec<usize>,
}

impl Words {
    fn of(key: &str) -> Self {
        let mut words = Self { joined: String::with_capacity(key.len()), starts: Vec::with_capacity(4) };
        let mut chars = key.chars().peekable();
        let mut before: Option<char> = None;
        while let Some(c) = chars.next() {
            if !c.is_alphanumeric() {
                before = None;
                continue;
            }
            let begins = match before {
                None => true,
                Some(before) if c.is_uppercase() => {
                    !before.is_uppercase() || chars.peek().is_some_and(|next| next.is_lowercase())
                }
                Some(_) => false,
            };
            if begins {
                words.starts.push(words.joined.len());
            }
            words.joined.extend(c.to_lowercase());
            before = Some(c);
        }
        words
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let ends = self.starts.iter().skip(1).copied().chain([self.joined.len()]);
        self.starts.iter().zip(ends).map(|(start, end)| &self.joined[*start..end])
    }

    fn first(&self) -> &str {
        self.iter().next().unwrap_or_default()
    }

    fn last(&self) -> &str {
        self.starts.last().map_or("", |start| &self.joined[*start..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_in_every_style() {
        for key in [
            "password",
            "PGPASSWORD",
            "secret_access_key",
            "accesskeyid",
            "x-api-key",
            "webHookUrl",
            "gitToken",
            "DB_PASS",
            "SMTP_PASS",
            "MYSQL_PWD",
            "dbPwd",
            "passcode",
            "clientSecretValue",
            "secret_id",
            "signing_key",
            "ssh_key",
            "masterKey",
            "conn_str",
            "basicAuth",
            "keytab",
            "id_rsa",
            "tls.key",
            "spring.datasource.password",
            "DBPassword",
            "fs.azure.account.key",
            "_authToken",
            ".dockerconfigjson",
            "pw",
            "AZURE_STORAGE_KEY",
            "pa\0ssword",
        ] {
            assert_eq!(kind_of(key), KeyKind::Secret, "{key}");
        }
        for key in ["clientSecret", "sas", "secret", "OTP", "sig", "X-Amz-Signature"] {
            assert_eq!(kind_of(key), KeyKind::SecretScalar, "{key}");
        }
        for key in ["cert", "key", "auth", "tokenName", "activation_code"] {
            assert_eq!(kind_of(key), KeyKind::Suspect, "{key}");
        }
    }

    #[test]
    fn references_and_settings_are_told_from_secrets() {
        for key in [
            "secrets",
            "keys",
            "allKeys",
            "name",
            "type",
            "acl",
            "maxTokens",
            "tokenizer",
            "bypass",
            "imagePullSecret",
            "publicKey",
            "replicas",
            "compass",
            "author",
        ] {
            assert_eq!(kind_of(key), KeyKind::Plain, "{key}");
        }
        for key in [
            "secretProjection",
            "secretKeyRef",
            "tokenUrl",
            "passwordFile",
            "secretName",
            "apiKeyHeader",
            "cookieDomain",
        ] {
            assert_eq!(kind_of(key), KeyKind::Suspect, "{key}");
        }
    }
}
