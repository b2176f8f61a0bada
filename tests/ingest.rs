//! Reading whole inputs, as users paste them.

use app::model::{Observation, Timestamp};
use pharos::ingest::{ReadOptions, Reading, read};

const AT: Timestamp = Timestamp(1_760_000_000_000);

fn read_text(text: &[u8]) -> Reading {
    read(text, &ReadOptions { source: "test", at: AT, file: "input.txt", workspace: "public" })
}

/// One line per observation: id, status, runtime, owner.
fn told(observations: &[Observation]) -> Vec<String> {
    observations
        .iter()
        .map(|seen| {
            format!(
                "{} {} {} {}",
                seen.key.id(seen.version.as_deref().unwrap_or("-")),
                seen.status.as_deref().unwrap_or("-"),
                seen.runtime.as_deref().map_or("-".to_owned(), |runtime| format!("{runtime:?}")),
                seen.owner.as_deref().unwrap_or("-"),
            )
        })
        .collect()
}

fn refusals(reading: &Reading) -> Vec<String> {
    reading.refused.iter().map(ToString::to_string).collect()
}

#[test]
fn a_listing_is_read_as_the_command_line_prints_it() {
    let reading = read_text(include_bytes!("fixtures/ingest/services.txt"));
    assert_eq!(refusals(&reading), [""; 0]);
    assert_eq!(reading.documents, 1);
    assert_eq!(
        told(&reading.observations),
        [
            "service:v1:orders-api:public active \"running:1\" ada",
            "service:v1:orders-batch:sandbox error \"pending:0/1\" bob",
            "depot:v2alpha:salesraw active \"\" dataos-manager",
            "workflow:v1:ingest-orders:public active \"next:2025-07-28T13:40:00+05:30\" -",
        ]
    );
    assert!(reading.observations.iter().all(|seen| seen.at == AT));
}

#[test]
fn both_drawings_and_empty_results_stand_in_one_input() {
    let reading = read_text(include_bytes!("fixtures/ingest/two-drawings.txt"));
    assert_eq!(refusals(&reading), [""; 0]);
    assert_eq!(reading.documents, 4, "a table, nothing, a table, a table without rows");
    assert_eq!(
        told(&reading.observations),
        [
            "depot:v1:systemstreams active \"\" dataos-manager",
            "lens:-:sales360:public - - ada",
            "cluster:-:minervaone:public pending - bob",
        ]
    );
}

#[test]
fn what_a_terminal_or_an_editor_adds_is_no_part_of_the_listing() {
    let reading = read_text(include_bytes!("fixtures/ingest/windows.txt"));
    assert_eq!(refusals(&reading), [""; 0]);
    assert_eq!(told(&reading.observations), ["depot:v1:años active \"running:1\" ada"]);
}

#[test]
fn text_around_a_table_that_is_read_is_passed_over() {
    let reading = read_text(include_bytes!("fixtures/ingest/pasted.txt"));
    assert_eq!(refusals(&reading), [""; 0]);
    assert_eq!(
        told(&reading.observations),
        ["depot:v2alpha:salesraw active \"running:1\" ada", "service:v1:orders-api:public active \"running:1\" ada"]
    );
    assert_eq!((reading.documents, reading.passed_over), (2, 2), "what is passed over is no document, but counted");
}

#[test]
fn text_without_a_table_and_rows_without_a_header_are_refused() {
    let table = "NAME | TYPE\n---|---\nsalesraw | depot\n";
    let text = "This is a letter.\n\nIt has two paragraphs.\n";
    assert_eq!(read_text(text.as_bytes()).refused.len(), 1);
    let both = read_text(format!("{text}\n{table}\n\n{text}").as_bytes());
    assert_eq!((both.refused.len(), both.passed_over, both.observations.len()), (0, 2, 1));
    for rows in ["a | v1 | depot\n", "Some text:\n\na | v1 | depot\nb | v1 | depot\n"] {
        let reading = read_text(format!("{rows}\n{table}").as_bytes());
        assert!(refusals(&reading).iter().any(|told| told.contains("a header row first")), "{:?}", reading.refused);
    }
    let cut = read_text(b"NAME | TYPE\n---|---\nsalesraw | depot\n  sal");
    assert_eq!((cut.refused.len(), cut.observations.len()), (1, 0), "a row that was cut off refuses its listing");
}

#[test]
fn a_refused_document_leaves_the_others_alone() {
    let reading = read_text(include_bytes!("fixtures/ingest/refused.txt"));
    let names: Vec<_> = reading.observations.iter().map(|seen| seen.key.name.as_str()).collect();
    assert_eq!(names, ["kept", "fine"]);
    let expected = [
        "input.txt:4: found `3 cells: short | v1 | depot`, expected 7 cells as in the header \
         `NAME | VERSION | TYPE | WORKSPACE | STATUS | RUNTIME | OWNER`",
        "input.txt:11: found `name`, expected a manifest with `name`, `version` and `type`; the type is missing",
        "input.txt:13: found `This is a letter, not a listing.`, expected a `dataos-ctl get` table, a manifest or a runtime listing",
        "input.txt:17: found `a/b`, expected the name of a Resource, but the name `a/b` holds a blank, a slash, a colon or a control character",
        "input.txt:22: found `depot:`, expected valid YAML: ",
        "input.txt:24: found `${{name}}`, expected a name: fill in the placeholder, for the catalog has no use for templates",
        "input.txt:27: found `a list`, expected a `dataos-ctl get` table, a manifest or a runtime listing",
        "input.txt:30: found `entity: product`, expected a Resource: other entities are not in the catalog",
    ];
    let found = refusals(&reading);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
    assert_eq!(reading.documents, 10);
}

#[test]
fn the_tables_of_a_runtime_are_one_observation() {
    let reading = read_text(include_bytes!("fixtures/ingest/runtime.txt"));
    assert_eq!(
        told(&reading.observations),
        [
            "service:v1:orders-api:public - \"running:1\" ada",
            "depot:v1:salesraw - \"pending:0/1\" ada",
            "workflow:v1:ingest-orders:sandbox - \"failed\" ada",
            "monitor:v1alpha:pulse:public active \"next:2025-07-28T10:18:00Z\" ada",
        ]
    );
    let found = refusals(&reading);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("found `STATUS | RUNTIME`") && found[0].contains("NAME | VERSION | TYPE"), "{found:?}");

    let nodes: Vec<_> = reading
        .observations
        .iter()
        .flat_map(|seen| seen.nodes.iter().flatten())
        .map(|node| {
            format!(
                "{} {} {} {} {}",
                node.name,
                node.pod.as_deref().unwrap_or("-"),
                node.kind.as_deref().unwrap_or("-"),
                node.workspace.as_deref().unwrap_or("-"),
                node.status
            )
        })
        .collect();
    assert_eq!(
        nodes,
        [
            "orders-api-x1y2-d orders-api-x1y2-d-abcde-fghij pod-deployment public running",
            "salesraw-ss salesraw-ss-0 pod-statefulset user-system pending",
            "load-pod - pod-workflow sandbox failed",
            "system-pod - pod-workflow sandbox succeeded",
            "r1 - - public succeeded",
            "r2 - - public running",
        ]
    );
    assert_eq!(reading.observations[0].replicas, Some(1));
    let run = &reading.observations[3].nodes.as_ref().expect("runs")[0];
    assert_eq!(run.started_at, Timestamp::parse("2025-07-28T10:16:00Z"));
    assert_eq!(run.ended_at, Timestamp::parse("2025-07-28T10:16:02Z"));
}

fn manifest_of<'a>(reading: &'a Reading, name: &str) -> (&'a Observation, &'a str) {
    let seen = reading.observations.iter().find(|seen| seen.key.name == name).expect("the Resource");
    (seen, seen.manifest.as_ref().map(|manifest| manifest.text.as_str()).expect("a manifest"))
}

#[test]
fn manifests_of_all_kinds_are_read_with_their_facts() {
    let input = include_bytes!("fixtures/ingest/manifests.yaml");
    let reading = read_text(input);
    assert_eq!(refusals(&reading), [""; 0]);
    let ids: Vec<_> = told(&reading.observations);
    assert_eq!(
        ids,
        [
            "depot:v2alpha:salesraw - - ada",
            "instance-secret:v1:salesraw-rw - - -",
            "depot:v1:oldwarehouse - - -",
            "service:v1:orders-api:public - - -",
            "vulcan:1:2024 - - -",
            "pager:v1alpha:sales-pager:public - - -",
            "depot:v2alpha:json-depot - - -",
        ]
    );
    let (depot, text) = manifest_of(&reading, "salesraw");
    assert_eq!(depot.depot_source.as_deref(), Some("S3"));
    assert_eq!(depot.tags.as_deref(), Some(&["dropzone".to_owned(), "7".to_owned()][..]));
    assert_eq!(depot.layer.as_deref(), Some("user"));
    assert!(depot.description.as_deref().is_some_and(|text| text.contains("--- and more")));
    let whole = std::str::from_utf8(input).expect("text");
    assert!(whole.contains(text), "nothing to mask, so kept to the letter:\n{text}");
    let (service, _) = manifest_of(&reading, "orders-api");
    assert_eq!(service.replicas, Some(2));
}

#[test]
fn secrets_never_leave_the_reader() {
    let reading = read_text(include_bytes!("fixtures/ingest/manifests.yaml"));
    let everything = format!("{reading:?}");
    for secret in [
        "AKDEMO0123456789",
        "s3cr3t",
        "bm90IHJ",
        "first part",
        "second part",
        "pw-of-reader",
        "/secrets/key.json",
        "hunter2",
        "p4ss-w0rd",
        "T0PS3CRET",
    ] {
        assert!(!everything.contains(secret), "{secret}");
    }
    let (_, text) = manifest_of(&reading, "salesraw-rw");
    assert_eq!(
        text,
        r#"name: salesraw-rw
version: v1
type: instance-secret
layer: user
instance-secret:
  type: key-value-properties
  acl: rw
  data:
    accesskeyid: "***"   # rotate in May
    secretkey: "***"
    # ***
    certificate: |
      ***
      ***

      ***
    folded: "***\
      "
    masked: "***"
    placeholder: ${{token-of-sales}}
"#
    );
    let (_, text) = manifest_of(&reading, "oldwarehouse");
    assert!(text.contains("data: {username: \"***\", password: \"***\"}"), "{text}");
    assert!(text.contains("host: db.example.com"), "{text}");
    let (service, text) = manifest_of(&reading, "orders-api");
    assert!(text.contains("PGPASSWORD: &pg \"***\""), "{text}");
    assert!(text.contains("postgres://ada:***@db.example.com:5432/orders"), "{text}");
    let content = &service.manifest.as_ref().expect("a manifest").content;
    assert_eq!(content.pointer("/service/envs/COPY").and_then(|value| value.as_str()), Some("***"));
    let (_, text) = manifest_of(&reading, "sales-pager");
    assert!(text.contains("url: https://hooks.example.com/***"), "{text}");
    assert!(text.contains("{{ .Monitor.Name }}"), "{text}");
}

#[test]
fn what_the_platform_prints_of_a_resource_tells_its_status() {
    let reading = read_text(include_bytes!("fixtures/ingest/read-back.yaml"));
    assert_eq!(refusals(&reading), [""; 0]);
    let (pager, text) = manifest_of(&reading, "demo-pager");
    assert_eq!(pager.status.as_deref(), Some("active"));
    assert_eq!(pager.builder_stage.as_deref(), Some("building"));
    assert_eq!(pager.runtime.as_deref(), Some("running"));
    assert_eq!(pager.message, None);
    assert_eq!(pager.created_at, Timestamp::parse("2025-08-06T11:32:37Z"));
    let counts = pager.counts.expect("counts");
    assert_eq!((counts.cloud_kernel, counts.web_service, counts.operator_runtime), (Some(1), Some(1), None));
    assert!(pager.tags.as_ref().is_some_and(|tags| tags.contains(&"dataos:type:resource".to_owned())));
    assert!(
        text.starts_with("# demo-pager:v1alpha:pager\n") && text.ends_with("created: 2025-08-06T11:32:37Z\n"),
        "{text}"
    );

    let (monitor, text) = manifest_of(&reading, "demo-monitor");
    assert_eq!(monitor.status.as_deref(), Some("error"));
    assert_eq!(monitor.runtime, None);
    assert_eq!(monitor.message.as_deref(), Some("Invalid Parameter; builder encountered an error"));
    assert!(text.ends_with("schedule: '*/2 * * * *'\n# kept, for it is about the owner\nowner: bob\n"), "{text}");
    assert!(!text.contains("aggregateStatus"), "{text}");
}
