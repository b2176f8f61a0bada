use clap::Parser;

use super::*;
use crate::catalog::Record;
use crate::demo::Environment;
use crate::store::memory::MemoryStore;

const NOW: Timestamp = Timestamp(1_780_000_000_000);

#[derive(Debug, clap::Parser)]
struct CommandLine {
    #[command(flatten)]
    get: GetArguments,
}

fn arguments(words: &str) -> GetArguments {
    CommandLine::try_parse_from(std::iter::once("get").chain(words.split_whitespace())).expect(words).get
}

/// What is printed, and what is said beside it.
async fn get(words: &str) -> (String, String) {
    get_of(500, words).await
}

async fn get_of(resources: u64, words: &str) -> (String, String) {
    let store = MemoryStore::default();
    for batch in Environment::new(resources, 1, NOW).batches(1_000) {
        store.record(&batch).await.expect("recorded");
    }
    let (mut output, mut progress) = (Vec::new(), Vec::new());
    run(&arguments(words), &store, NOW, &mut output, &mut progress).await.expect("a listing");
    (String::from_utf8(output).expect("text"), String::from_utf8(progress).expect("text"))
}

#[tokio::test]
async fn one_depot_prints_as_on_the_platform() {
    let (output, progress) = get("-t depot -n systemstreams").await;
    assert_eq!(
        output.lines().map(str::trim_end).collect::<Vec<_>>(),
        [
            "      NAME      | VERSION | TYPE  | WORKSPACE | STATUS | RUNTIME |     OWNER",
            "----------------|---------|-------|-----------|--------|---------|-----------------",
            "  systemstreams | v1      | depot |           | active |         | dataos-manager",
        ]
    );
    let lines: Vec<&str> = progress.lines().collect();
    assert_eq!(lines[0], format!("INFO[0000] 🔍 get...{}", " ".repeat(37)));
    assert_eq!(lines[1], format!("INFO[0000] 🔍 get...complete{}", " ".repeat(29)));
    assert_eq!(lines[2..], [""]);
}

#[tokio::test]
async fn deleted_resources_are_listed_only_when_asked_for() {
    let (output, progress) = get("-t depot -n oldcrm").await;
    assert_eq!(output, "");
    assert!(progress.contains("🔍 get...nothing"), "{progress}");
    assert!(get("-t depots -n oldcrm --deleted").await.0.contains("| deleted |"));
    assert!(!get("-t depot -a").await.0.contains("| deleted |"));
}

#[tokio::test]
async fn a_resource_is_found_by_either_form_of_its_id() {
    for words in ["-i orders-api:v1:service:sandbox", "--id service:v1:orders-api:sandbox"] {
        let (output, _) = get(words).await;
        assert_eq!(output.lines().count(), 3, "{output}");
        assert!(output.contains("| sandbox   |"), "{output}");
    }
    assert_eq!(get("--id service:v9:orders-api:sandbox").await.0, "");
}

#[tokio::test]
async fn long_listings_are_read_page_by_page() {
    let all = get_of(2_500, "--deleted").await.0;
    assert_eq!(all.lines().count(), 2_502);
    let parsed: Value = serde_json::from_str(&get_of(2_000, "--deleted --output json").await.0).expect("JSON");
    assert_eq!(parsed.as_array().map(Vec::len), Some(2_000));
}

#[tokio::test]
async fn programs_get_the_same_values_as_json_and_as_yaml() {
    let json: Value = serde_json::from_str(&get("-w sandbox --output json").await.0).expect("JSON");
    let yaml: Value = serde_saphyr::from_str(&get("-w sandbox --output yaml").await.0).expect("YAML");
    assert_eq!(json, yaml);
    let odd = json.as_array().and_then(|all| all.iter().find(|one| one["name"] == "escape-proof")).expect("it");
    assert_eq!(odd["id"], "service:v1:escape-proof:sandbox");
    assert_eq!(odd["runtime"], "running:1");
    assert_eq!(odd["health"], "healthy");
    let names: std::collections::BTreeSet<&str> =
        odd.as_object().expect("an object").keys().map(String::as_str).collect();
    let of_the_api: std::collections::BTreeSet<&str> =
        crate::http::api::document()["components"]["schemas"]["ResourceRow"]["properties"]
            .as_object()
            .expect("properties")
            .keys()
            .map(String::as_str)
            .collect();
    assert_eq!(names, of_the_api, "the same as from a server");
    for words in ["-n nobody --output json", "-n nobody --output yaml"] {
        assert_eq!(get(words).await.0, "[]\n");
    }
}

#[tokio::test]
async fn details_are_the_manifest_and_what_became_of_it() {
    let (output, _) = get("-w sandbox -n misspelt-stack -d").await;
    let parsed: Value = serde_saphyr::from_str(&output).expect("YAML");
    assert_eq!(parsed["service"]["stack"], "contianer");
    assert_eq!(parsed["status"]["aggregateStatus"], "error");
    assert_eq!(parsed["status"]["builderState"]["stage"], "error");
    assert!(output.starts_with("# misspelt-stack:v1:service:sandbox\n# service:v1:misspelt-stack:sandbox\n"));
    let (output, _) = get("-n orders-api -d").await;
    assert_eq!(output.matches("\n---\n").count(), 1, "two Resources, two documents");
}

#[test]
fn details_without_a_manifest_are_yaml_too() {
    let mut resource = Resource::new(Key::new("vulcan", Some("public"), "sales").expect("a key"), NOW);
    resource.description = Some("a: 'b' # c".to_owned());
    resource.tags = vec!["x: y".to_owned()];
    let parsed: Value = serde_saphyr::from_str(&details(&resource, None)).expect("YAML");
    assert_eq!((&parsed["description"], &parsed["tags"][0]), (&Value::from("a: 'b' # c"), &Value::from("x: y")));
}

#[test]
fn a_bad_id_is_refused_with_its_form() {
    let error = CommandLine::try_parse_from(["get", "--id", "lakehouse"]).expect_err("no id");
    assert!(error.to_string().contains("TYPE:VERSION:NAME[:WORKSPACE]"), "{error}");
    assert!(CommandLine::try_parse_from(["get", "-a", "-o", "ada"]).is_err());
}
