//! No secret is left in what is stored, however it is written and wherever it stands; and ordinary manifests stay whole.

use std::fmt::Write as _;

use aho_corasick::AhoCorasick;
use app::model::{Batch, Observation, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pharos::catalog::Record;
use pharos::ingest::{ReadOptions, Reading, read};
use serde_json::Value;

const AT: Timestamp = Timestamp(1_760_000_000_000);

fn read_text(text: &str) -> Reading {
    read(text.as_bytes(), &ReadOptions { source: "test", at: AT, file: "input.txt", workspace: "public" })
}

/// A text that tells by itself that a part of it is secret. `@` stands for the secret.
const TEXTS: &[&str] = &[
    "ghp_@abcd",
    "gho_@abcd",
    "github_pat_@_x",
    "glpat-@",
    "xoxb-1234-@",
    "xapp-1-@",
    "AKIA@",
    "ASIA@",
    "sk-@abcd",
    "sk-ant-@-x",
    "eyJhbGci@.e30.sig",
    "pharos_@abc",
    "AIza@@abcdefgh",
    "npm_@abcdefgh",
    "pypi-@abc",
    "hvs.@abc",
    "sk_live_@",
    "rk_test_@",
    "SG.@.abcdefgh",
    "dckr_pat_@",
    "hf_@abcdefgh",
    "GOCSPX-@abc",
    "ya29.@abc",
    "whsec_@abc",
    "AGE-SECRET-KEY-1@ABCDEFGH",
    "glsa_@abc",
    "LS0tLS1CRUdJTi@",
    "bot123456:@abcdefgh",
    "PMAK-@abcdefgh",
    "NRAK-@AB",
    "password=@",
    "PASSWORD=\"my @ word\"",
    "PASSWORD='my @ word'",
    "DB_PASS=my @ word",
    "SMTP_PASS: @",
    "MYSQL_PWD=@",
    "dbPwd=@",
    "passcode: @",
    "clientSecretValue=@",
    "secret_id=@",
    "signing_key=@",
    "masterKey: @",
    "conn_str=@",
    "export API_KEY=@",
    "token: @",
    "x-api-key: @",
    "{\"client_secret\": \"@\"}",
    "{\\\"accessKey\\\": \\\"@ x\\\"}",
    "{'password': 'a @ b'}",
    "spring.datasource.password=@",
    "password := \"@\"",
    "'token' => 'a @'",
    "password%3D@%26x",
    "run --password @",
    "run --db-password '@ b'",
    "run -password @",
    "run --token=@",
    "--api-key @ --verbose",
    "curl -u ada:@ https://h",
    "curl -s --user ada:@ https://h",
    "mysql -u root -p@ db",
    "mysqldump --user x -p@",
    "sshpass -p @ ssh h",
    "redis-cli -a @ ping",
    "docker login -u ada -p @ h",
    "sqlplus ada/@@db",
    "ldapsearch -w @",
    "sqlcmd -S h -P @",
    "openssl enc -pass pass:@",
    "vault login @",
    "aws configure set aws_secret_access_key @",
    "echo @ | docker login --password-stdin",
    "smbclient -U ada%@ //h/x",
    "[\"run\", \"--password\", \"@\"]",
    "https://h/b/c?sv=1&sig=@%3D&se=2",
    "https://h/x?X-Amz-Credential=a&X-Amz-Signature=@",
    "https://h/?access_token=@&x=1",
    "SharedAccessSignature=sv=1&sig=@;A=b",
    "AccountName=a;AccountKey=@==;EndpointSuffix=x",
    "Endpoint=sb://h/;SharedAccessKey=@",
    "jdbc:oracle:thin:ada/@@//db:1521/x",
    "jdbc:postgresql://h/d?user=a&password=@&ssl=true",
    "postgres://ada:@@db:5432/x",
    "mongodb+srv://ada:@@h/x",
    "https://@abcdefgh@git.example.com/x",
    "ada:@@tcp(db:3306)/x",
    "amqp://ada:a/@@h/x",
    "ada:@@db:5432",
    "Server=h;Database=d;User Id=a;Password=@;",
    "Driver={x};PWD=@;Server=h",
    "redis://:@@h:6379/0",
    "<password>@</password>",
    "<Password encrypted=\"no\">@</Password>",
    "<property><name>fs.s3a.secret.key</name><value>@</value></property>",
    "<add key=\"DbPassword\" value=\"@\"/>",
    "<param value=\"@\" name=\"token\"/>",
    "https://hooks.slack.com/services/T0/B0/@",
    "https://acme.webhook.office.com/webhookb2/@/IncomingWebhook/x",
    "https://discord.com/api/webhooks/123/@",
    "https://chat.example.com/hooks/@",
    "https://h/webhook/@",
    "https://api.telegram.org/bot12:@/sendMessage",
    "Authorization: Bearer @",
    "bearer @",
    "Authorization: Basic @",
    "Authorization: Token @",
    "Proxy-Authorization: Digest @",
    "Cookie: sid=@",
    "-----BEGIN RSA PRIVATE KEY-----\n@\n@\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN CERTIFICATE-----\n@",
    "{\"private_key\": \"-----BEGIN PRIVATE KEY-----\\nabc\\n@\\n-----END PRIVATE KEY-----\\n\"}",
    "a:\n  password: |\n    @\n    @\n  b: c",
    "tokens:\n- @\n- b",
    "kind: Secret\ndata:\n  some: @",
    "type: secret\nsecret:\n  data:\n    x: @",
    "{\"kind\": \"Secret\", \"stringData\": {\"some\": \"@\"}}",
    "PuTTY-User-Key-File-2: x\n@",
    "fs.azure.account.key.store.example.net=@",
    "sasl.jaas.config=x required username=\"a\" password=\"@\";",
];

/// Names of keys whose values are secret whatever they are.
const KEYS: &[&str] = &[
    "password",
    "DB_PASS",
    "SMTP_PASS",
    "MYSQL_PWD",
    "dbPwd",
    "passcode",
    "passphrase",
    "clientSecret",
    "clientSecretValue",
    "client_secret",
    "secret_id",
    "signing_key",
    "signingKey",
    "ssh_key",
    "ssh-key",
    "masterKey",
    "sas",
    "sasToken",
    "conn_str",
    "connectionString",
    "basicAuth",
    "keytab",
    "apiKey",
    "API_KEY",
    "x-api-key",
    "accessKey",
    "AWS_SECRET_ACCESS_KEY",
    "access_key_id",
    "privateKey",
    "private-key",
    "id_rsa",
    "tls.key",
    "webhookUrl",
    "authorization",
    "auth_token",
    "gitToken",
    "PGPASSWORD",
    "DBPassword",
    "spring.datasource.password",
    "encryption_key",
    "accountKey",
    "cookie",
    "jwtSecret",
    "refreshToken",
    "bearer",
    "otp",
    "pin",
    "salt",
    "credentials",
    ".dockerconfigjson",
    "htpasswd",
    "pw",
    "licenseKey",
];

/// Ways to write a value below a key.
const WRITINGS: &[&str] = &[
    "@",
    "'@'",
    "\"my @ word\"",
    "|\n      @\n      @",
    ">-\n      @\n      and more",
    "x@ # note",
    "[a, @]",
    "{a: {b: @}}",
];

/// A secret that no other is alike, in the letters that every form allows.
struct Canaries {
    made: Vec<String>,
}

impl Canaries {
    fn next(&mut self, form: &str) -> String {
        let mut secret = format!("Q7Z{:05}V3M9XK2B8", self.made.len());
        if form.contains("LS0t") || form.contains("AGE-") || form.contains("AKIA") || form.contains("ASIA") {
            secret = secret.to_uppercase();
        }
        self.made.push(secret.clone());
        secret
    }
}

fn filled(form: &str, canaries: &mut Canaries) -> String {
    let secret = canaries.next(form);
    // `@@` is a secret before the sign of an address.
    match form.split_once("@@") {
        Some((before, after)) if before.contains("//") || before.contains(['/', ':']) => {
            format!("{before}{secret}@{}", after.replace('@', &secret))
        }
        _ => form
            .replacen("@abcdefgh@", &format!("{secret}abcdefgh\u{1}"), 1)
            .replace('@', &secret)
            .replace('\u{1}', "@"),
    }
}

fn indented(text: &str, indentation: &str) -> String {
    text.lines().map(|line| format!("{indentation}{line}\n")).collect()
}

/// Puts a text into every place where a manifest, a listing or a report has texts.
fn documents(number: usize, canaries: &mut Canaries, form: &str) -> Vec<String> {
    let head = |place: &str| format!("name: n{number}-{place}\nversion: v1\ntype: service\nworkspace: public\n");
    let mut quoted = || Value::String(filled(form, canaries)).to_string();
    let mut all = vec![
        format!("{}description: {}\n", head("description"), quoted()),
        format!("{}tags: [plain, {}]\n", head("tags"), quoted()),
        format!("{}service:\n  note: {}\n", head("note"), quoted()),
        format!("{}service:\n  arguments:\n    - {}\n", head("list"), quoted()),
        format!("{}status:\n  aggregateStatus: error\n  error: {}\n", head("status"), quoted()),
    ];
    let text = filled(form, canaries);
    all.push(format!(
        "{}service:\n  script: |\n    first line\n{}    last line\n",
        head("block"),
        indented(&text, "    ")
    ));
    let text = filled(form, canaries);
    all.push(format!(
        "{}{}service: {{}}\n",
        head("comment"),
        indented(&text, if form.starts_with("ada:") { "# was " } else { "# " })
    ));
    let text = Value::String(filled(form, canaries)).to_string();
    let json = Value::String(format!("{{\"a\": {text}}}")).to_string();
    all.push(format!("{}service:\n  config: {json}\n", head("json")));
    // A cell is one line.
    if form.contains('\n') {
        return all;
    }
    let text = filled(form, canaries).replace('|', " ");
    all.push(format!("NAME | TYPE | WORKSPACE | OWNER\nn{number}-listed | service | public | {text}\n"));
    let text = filled(form, canaries).replace('|', " ");
    all.push(format!(
        "NAME | TYPE | WORKSPACE\nn{number}-runtime | service | public\n\nNODE NAME | POD NAME | PHASE\nnode | {text} | failed\n"
    ));
    all
}

fn observations() -> (Canaries, Vec<Observation>, String) {
    let mut canaries = Canaries { made: Vec::new() };
    let (mut seen, mut told) = (Vec::new(), String::new());
    let mut take = |text: &str| {
        let reading = read_text(text);
        assert!(reading.refused.is_empty(), "{:?}\n{text}", reading.refused);
        let _ = writeln!(told, "{:?}", reading.observations);
        seen.extend(reading.observations);
    };
    let encoded: Vec<(String, String)> =
        (0..8).map(|number| (format!("ghp_Q7Z{number:05}V3M9Xabcd"), String::new())).collect();
    for (number, form) in TEXTS.iter().enumerate() {
        for document in documents(number, &mut canaries, form) {
            take(&document);
        }
    }
    for (number, (token, _)) in encoded.iter().enumerate() {
        let word = STANDARD.encode(token);
        canaries.made.push(word.trim_end_matches('=').to_owned());
        take(&format!("name: e{number}\nversion: v1\ntype: depot\ndescription: x {word} y\ndepot: {{note: {word}}}\n"));
    }
    for (number, key) in KEYS.iter().enumerate() {
        for (way, form) in WRITINGS.iter().enumerate() {
            if matches!(*key, "clientSecret" | "client_secret" | "sas" | "jwtSecret" | "otp" | "pin" | "salt")
                && way > 5
            {
                // A list or a mapping of such a name may be a reference.
                continue;
            }
            let value = form.replace('@', &canaries.next(""));
            take(&format!(
                "name: k{number}-{way}\nversion: v1\ntype: worker\nworker:\n  envs:\n    {key}: {value}\n    other: y\n"
            ));
        }
        let (one, two) = (canaries.next(""), canaries.next(""));
        take(&format!(
            "name: p{number}\nversion: v1\ntype: worker\nworker:\n  env:\n    - name: {key}\n      value: {one}\n    - {{key: {key}, value: a {two} b}}\n"
        ));
        let (one, two) = (canaries.next(""), canaries.next(""));
        take(&format!(
            "name: q{number}\nversion: v1\ntype: worker\nworker:\n  file: |\n    {key}={one}\n    \"{key}\": \"a {two} b\"\n  # {key}: {one}\n"
        ));
    }
    let bodies = [
        "type: secret\ndata:\n  some: @\n",
        "type: instance-secret\nstringData:\n  some: @\n",
        "type: secret\nvalues: {some: [@]}\n",
        "type: secret\nsecret:\n  data:\n    - k: @\n",
        "type: instance-secret\ninstance-secret:\n  other: @\n",
        "type: depot\ndepot:\n  manifest:\n    kind: Secret\n    data: {some: @}\n",
        "type: depot\ndepot:\n  items: [{apiVersion: v1, kind: Secret, stringData: {some: @}}]\n",
        "type: bundle\nbundle:\n  resources:\n    - spec: {name: s, type: secret, secret: {data: {some: @}}}\n",
        "type: depot\nconnectionSecret:\n  - acl: rw\n    data: {some: @}\n",
        "type: depot\ndepot:\n  ghp_@abcd: plain\n",
        "type: service\nservice:\n  command: [mysql]\n  args: [-u, root, -p@]\n",
        "type: service\nservice:\n  command: [curl, -u, 'ada:@']\n",
        "type: service\nservice:\n  args: [--password, 'my @ word']\n",
        "type: service\nservice:\n  entrypoint: redis-cli\n  arguments: [-a, @]\n",
        "type: pager\npager:\n  output:\n    webHook: {url: 'https://h.example.com/a/@'}\n",
        "type: service\nservice:\n  one: {password: @}\n  two: it is @ again\n",
        "type: service\nservice:\n  cert: |\n    -----BEGIN PRIVATE KEY-----\n    @\n    -----END PRIVATE KEY-----\n",
        "type: service\nservice:\n  cert: \"-----BEGIN PRIVATE KEY-----\\n@\\n-----END PRIVATE KEY-----\"\n",
    ];
    for (number, body) in bodies.iter().enumerate() {
        let secret = canaries.next("");
        take(&format!("name: b{number}\nversion: v1\n{}", body.replace('@', &secret)));
    }
    (canaries, seen, told)
}

#[tokio::test]
async fn no_secret_is_readable_in_what_is_stored() {
    let (canaries, observations, told) = observations();
    assert!(canaries.made.len() >= 400, "only {}", canaries.made.len());
    let search = AhoCorasick::builder().ascii_case_insensitive(true).build(&canaries.made).expect("canaries");
    let found: Vec<&str> = search.find_iter(&told).map(|found| context(&told, found.start())).collect();
    assert!(found.is_empty(), "{} of {} are readable:\n{}", found.len(), canaries.made.len(), found.join("\n"));

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pharos.db");
    let store = pharos::store::open(&format!("sqlite://{}", path.display())).await.expect("a store");
    let batch = Batch { source: "test".to_owned(), at: AT, observations, ..Batch::default() };
    store.record(&batch).await.expect("recorded");
    store.close().await;
    let mut names = 0;
    for entry in std::fs::read_dir(folder.path()).expect("files") {
        let bytes = std::fs::read(entry.expect("a file").path()).expect("bytes");
        assert!(search.find(&bytes).is_none(), "readable in the database");
        names += memchr::memmem::find_iter(&bytes, b"aggregateStatus").count();
        names += memchr::memmem::find_iter(&bytes, b"n0-description").count();
    }
    assert!(names > 0, "the database holds what was recorded");
}

fn context(text: &str, at: usize) -> &str {
    let (mut start, mut end) = (at.saturating_sub(160), (at + 60).min(text.len()));
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    &text[start..end]
}

#[test]
fn what_cannot_be_read_is_told_without_its_secrets() {
    let mut canaries = Canaries { made: Vec::new() };
    let mut told = String::new();
    for form in TEXTS.iter().filter(|form| !form.contains('\n')) {
        let text = filled(form, &mut canaries);
        for input in [format!("{text}\n"), format!("NAME | TYPE\n {text} | x | y | z\n"), format!("name: \"{text}\n")] {
            for refusal in read_text(&input).refused {
                let _ = writeln!(told, "{refusal}");
            }
        }
    }
    let found: Vec<_> = canaries.made.iter().filter(|secret| told.contains(secret.as_str())).collect();
    assert!(found.is_empty(), "{found:?}\n{told}");
}

/// The ordinary manifests of a year: every template with several names and numbers.
fn ordinary() -> Vec<String> {
    let templates = include_str!("fixtures/masking/ordinary.yaml");
    let names = ["orders", "customer-key", "tokens", "sales-2024", "passengers", "author-index", "secretary"];
    let fill = |template: &str, name: &str, number: usize| {
        template.replace("ZN", name).replace("ZX", &(number * 7 + 3).to_string())
    };
    let templates: Vec<&str> = templates.split("---\n").filter(|text| text.contains("name: ")).collect();
    names
        .iter()
        .enumerate()
        .flat_map(|(number, name)| templates.iter().map(move |template| fill(template, name, number)))
        .collect()
}

fn count(value: &Value, values: &mut usize, masked: &mut Vec<String>, path: &str) {
    match value {
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                count(item, values, masked, &format!("{path}/{place}"));
            }
        }
        Value::Object(fields) => {
            for (key, field) in fields {
                count(field, values, masked, &format!("{path}/{key}"));
            }
        }
        leaf => {
            *values += 1;
            if leaf.as_str().is_some_and(|text| text.contains("***")) {
                masked.push(format!("{path}: {leaf}"));
            }
        }
    }
}

#[test]
fn at_most_two_in_a_hundred_harmless_values_are_masked() {
    let (mut values, mut masked, mut types) = (0, Vec::new(), std::collections::BTreeSet::new());
    let manifests = ordinary();
    assert!(manifests.len() >= 200, "only {}", manifests.len());
    for text in &manifests {
        let reading = read_text(text);
        assert!(reading.refused.is_empty(), "{:?}\n{text}", reading.refused);
        for seen in &reading.observations {
            types.insert(seen.key.resource_type.as_str().to_owned());
            let manifest = seen.manifest.as_ref().expect("a manifest");
            let mut found = Vec::new();
            count(&manifest.content, &mut values, &mut found, seen.key.resource_type.as_str());
            // What the platform had masked already is none of ours.
            let ours = found.len() - text.matches("\"***\"").count();
            masked.extend(found.into_iter().take(ours));
        }
    }
    assert!(types.len() >= 21, "{types:?}");
    assert!(masked.len() * 50 <= values, "{} of {values}:\n{}", masked.len(), masked.join("\n"));
}
