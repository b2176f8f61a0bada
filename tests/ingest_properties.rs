//! What holds for every input.

use app::model::Timestamp;
use pharos::ingest::{Documents, ReadOptions, Reading, read};
use proptest::prelude::*;

fn options() -> ReadOptions<'static> {
    ReadOptions { source: "test", at: Timestamp(0), file: "<stdin>", workspace: "public" }
}

fn read_bytes(input: &[u8]) -> Reading {
    read(input, &options())
}

/// Lines that mean something to the reader, to be put together in ways nobody thought of.
const FRAGMENTS: &[&str] = &[
    "  NAME | VERSION | TYPE | WORKSPACE | STATUS | RUNTIME | OWNER",
    " NAME │ TYPE │ WORKSPACE",
    "-----|-----|----",
    "  a | v1 | depot | | active | | ada",
    "  b │ service │ public",
    "  RUNTIME | READY REPLICAS COUNT | REPLICAS COUNT",
    "  running | 1 | 1",
    "  NODE NAME | POD NAME | PHASE",
    "INFO[0000] 🔍 get...",
    "INFO[0000] 🔍 get...nothing",
    "---",
    "...",
    "```",
    "",
    "name: a",
    "type: secret",
    "version: v1",
    "secret:",
    "  data:",
    "    a: b",
    "    password: |",
    "      hunter2hunter2",
    "status:",
    "  aggregateStatus: active",
    "depot: {type: S3, x: [1, &a 2, *a]}",
    "{\"name\": \"x\", \"type\": \"depot\"}",
    "{{- if .x }}",
    "k: ${{name}}",
    "# a:v1:depot",
    "\u{feff}\u{a0}\u{1b}[31mred\u{1b}[0m",
    "some words",
    "- a: 'b",
    "\t|",
];

#[derive(Clone, Debug)]
struct Row {
    name: String,
    version: String,
    resource_type: String,
    workspace: String,
    status: String,
    runtime: String,
    owner: String,
}

fn row() -> impl Strategy<Value = Row> {
    (
        "[a-z0-9ñ][-a-z0-9._]{0,20}",
        "v[0-9]{0,2}(alpha|beta)?",
        prop_oneof![Just("service"), Just("WORKFLOW"), Just("Cluster"), Just("vulcan")],
        "[a-z][-a-z0-9]{0,10}",
        prop_oneof![Just("active"), Just("error"), Just("")],
        prop_oneof![Just("running:1"), Just(""), Just("pending:0/1"), Just("next:2025-07-28T13:40:00+05:30")],
        "([a-z][-a-z0-9]{0,10})?",
    )
        .prop_map(|(name, version, resource_type, workspace, status, runtime, owner)| Row {
            name,
            version,
            resource_type: resource_type.to_owned(),
            workspace,
            status: status.to_owned(),
            runtime: runtime.to_owned(),
            owner,
        })
}

/// Draws a listing the way `dataos-ctl` does, with blanks and blank lines where `noise` says so.
fn draw(rows: &[Row], boxes: bool, noise: &[u8]) -> String {
    let (bar, stroke, cross) = if boxes { ("│", "─", "┼") } else { ("|", "-", "|") };
    let mut noise = noise.iter().cycle().copied();
    let mut pad = move || " ".repeat(usize::from(noise.next().unwrap_or(1) % 4));
    let mut lines = vec!["INFO[0000] 🔍 get...".to_owned(), "INFO[0001] 🔍 get...complete".to_owned(), String::new()];
    let mut line = |cells: &[&str], lines: &mut Vec<String>| {
        let cells: Vec<String> = cells.iter().map(|cell| format!("{}{cell}{}", pad(), pad())).collect();
        lines.push(cells.join(bar));
        if pad().is_empty() {
            lines.push("  ".to_owned());
        }
    };
    line(&["NAME", "VERSION", "TYPE", "WORKSPACE", "STATUS", "RUNTIME", "OWNER"], &mut lines);
    lines.push(vec![stroke.repeat(9); 7].join(cross));
    for row in rows {
        line(
            &[&row.name, &row.version, &row.resource_type, &row.workspace, &row.status, &row.runtime, &row.owner],
            &mut lines,
        );
    }
    lines.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(input in prop::collection::vec(any::<u8>(), 0..400)) {
        read_bytes(&input);
    }

    #[test]
    fn any_mixture_of_documents_is_read_or_refused(
        lines in prop::collection::vec((prop::sample::select(FRAGMENTS), 0_usize..3), 0..30),
    ) {
        let text: Vec<String> = lines.iter().map(|(line, indent)| format!("{}{line}", "  ".repeat(*indent))).collect();
        let reading = read_bytes(text.join("\n").as_bytes());
        let lines = text.len() as u64;
        for refusal in &reading.refused {
            prop_assert!(refusal.line >= 1 && refusal.line <= lines.max(1) + 1, "{}", refusal);
        }
    }

    #[test]
    fn a_listing_reads_back_to_its_rows(
        rows in prop::collection::vec(row(), 0..12),
        boxes: bool,
        noise in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let text = draw(&rows, boxes, &noise);
        let reading = read_bytes(text.as_bytes());
        prop_assert!(reading.refused.is_empty(), "{:?}\n{}", reading.refused, text);
        prop_assert_eq!(reading.documents, 1);
        prop_assert_eq!(reading.observations.len(), rows.len());
        for (seen, row) in reading.observations.iter().zip(&rows) {
            prop_assert_eq!(&seen.key.name, &row.name);
            let resource_type = row.resource_type.to_lowercase();
            prop_assert_eq!(seen.key.resource_type.as_str(), resource_type.as_str());
            prop_assert_eq!(seen.key.workspace.as_deref(), Some(row.workspace.as_str()));
            prop_assert_eq!(seen.version.as_deref(), Some(row.version.as_str()));
            prop_assert_eq!(seen.status.as_deref().unwrap_or_default(), row.status.as_str());
            prop_assert_eq!(seen.runtime.as_deref(), Some(row.runtime.as_str()));
            prop_assert_eq!(seen.owner.as_deref().unwrap_or_default(), row.owner.as_str());
        }
    }

    #[test]
    fn no_secret_survives_however_it_is_written(
        secret in "[A-Za-z0-9+/=_-]{3}[0-9]{2}[A-Za-z0-9+/=_ -]{4,30}[A-Za-z0-9]{2}",
        form in 0_usize..9,
        place in 0_usize..6,
        again: bool,
    ) {
        let value = |indent: &str| match form {
            0 => format!("\"{secret}\""),
            1 => format!("'{secret}'"),
            2 => format!("|\n{indent}  {secret}\n\n{indent}  {secret}"),
            3 => format!(">-\n{indent}  {secret}\n{indent}  more"),
            4 => format!("\"{secret}\n{indent}  more\""),
            5 => format!("x{secret} # note"),
            6 => format!("x{secret}\n{indent}  and more"),
            7 => format!("{{ inner: 'x', deep: [ \"{secret}\" ] }}"),
            _ => format!("&anchor !!str \"{secret}\""),
        };
        let body = match place {
            0 => format!("type: secret\nsecret:\n  acl: r\n  data:\n    some: {}\n    other: y\n", value("    ")),
            1 => format!("type: instance-secret\ninstance-secret:\n  data:\n    - k: {}\n", value("      ")),
            2 => format!("type: depot\nspec:\n  a: 1\nconnectionSecret:\n  - acl: rw\n    data:\n      k: {}\n", value("      ")),
            3 => format!("type: service\nservice:\n  envs:\n    DB_PASSWORD: {}\n    OTHER: y\n", value("    ")),
            4 => format!("type: pager\npager:\n  output:\n    webHook:\n      authorization:\n        x: {}\n", value("        ")),
            _ => format!("type: worker\nworker:\n  api_key: {}\n  replicas: 2\n", value("  ")),
        };
        let whole = if matches!(form, 5 | 6) { format!("x{secret}") } else { secret.clone() };
        let comment = if again { format!("# was {whole} before\n") } else { String::new() };
        let text = format!("name: x\nversion: v1\n{comment}{body}description: plain\n");
        let reading = read_bytes(text.as_bytes());
        prop_assert!(reading.refused.is_empty(), "{:?}\n{}", reading.refused, text);
        let seen = &reading.observations[0];
        let manifest = seen.manifest.as_ref().expect("a manifest");
        let told = format!("{seen:?}");
        prop_assert!(!told.contains(secret.as_str()), "{}\n{}", text, manifest.text);
        prop_assert_eq!(manifest.text.lines().count(), text.lines().count(), "{}\n{}", text, manifest.text);
        prop_assert!(manifest.text.contains("***"));
        // What was masked is still a manifest, and masking it again finds nothing to do.
        let again = read_bytes(manifest.text.as_bytes());
        prop_assert!(again.refused.is_empty(), "{:?}\n{}", again.refused, manifest.text);
        prop_assert_eq!(&again.observations[0].manifest.as_ref().expect("a manifest").text, &manifest.text);
        prop_assert_eq!(seen.description.as_deref(), Some("plain"));
    }
}

#[test]
fn a_large_listing_is_given_out_row_by_row() {
    let mut text = String::from("NAME | VERSION | TYPE | WORKSPACE | STATUS | RUNTIME | OWNER\n-----|-----\n");
    for number in 0..100_000 {
        text.push_str(&format!("  orders-{number} | v1 | service | public | active | running:1 | ada\n"));
    }
    let mut rows = 0;
    for document in Documents::new(text.as_bytes(), options()) {
        let observations = document.expect("no fault of the input").outcome.expect("a listing");
        assert_eq!(observations.len(), 100_000);
        for observation in observations {
            assert_eq!(observation.key.name, format!("orders-{rows}"));
            rows += 1;
        }
    }
    assert_eq!(rows, 100_000);
}

#[test]
fn what_is_too_large_is_refused_and_the_rest_is_read() {
    let mut text = b"name: huge\ntype: depot\ndescription: |\n".to_vec();
    for _ in 0..100_000 {
        text.extend_from_slice(b"  0123456789012345678901234567890123456789012345678901234567890123456789\n");
    }
    text.extend_from_slice(b"---\nname: small\ntype: depot\n---\nname: long\ntype: depot\ndescription: ");
    text.resize(text.len() + (5 << 20), b'x');
    text.extend_from_slice(b"\n---\nname: last\ntype: depot\n");
    let reading = read_bytes(&text);
    let names: Vec<_> = reading.observations.iter().map(|seen| seen.key.name.as_str()).collect();
    assert_eq!(names, ["small", "last"]);
    assert_eq!(reading.refused.len(), 2);
    assert_eq!(reading.refused[0].found, "a manifest of more than 4 MiB");
    assert_eq!(reading.refused[1].found, "a line of more than 4 MiB");
}

#[test]
fn other_encodings_are_named() {
    let reading = read_bytes(b"\xff\xfeN\x00A\x00");
    assert_eq!(reading.refused[0].found, "text in UTF-16");
    let reading = read_bytes(b"NAME | TYPE\n a\xffb | depot\n\nINFO[0000] \xf0\x9f get...\nNAME | TYPE\nc | depot\n");
    assert_eq!(reading.observations.len(), 1);
    assert_eq!(
        reading.refused[0].to_string(),
        "<stdin>:2: found `byte 0xff in column 3`, expected text in UTF-8: save the file in this encoding"
    );
}
