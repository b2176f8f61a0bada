use std::collections::BTreeMap;

use app::model::{Batch, Change, ChangePage, Recorded, SourceRecord, SourceRun, State};
use async_trait::async_trait;
use clap::Parser;

use super::*;
use crate::demo::Environment;
use crate::store::source_runs::Observed;
use crate::store::{
    ChangeFeed, Changed, CheckReport, Detail, IdPattern, Idempotency, KeptAnswer, LogBounds, Matched, NewToken,
    Numbered, Pruned, Reports, SourceRuns, StoredToken, Stretch, Timings, Tokens,
};

const NOW: Timestamp = Timestamp(1_780_000_000_000);

#[derive(Debug, clap::Parser)]
struct CommandLine {
    #[command(flatten)]
    get: GetArguments,
}

fn arguments(words: &str) -> GetArguments {
    CommandLine::try_parse_from(std::iter::once("get").chain(words.split_whitespace())).expect(words).get
}

/// A store that can do what `get` asks of it.
struct Shelf {
    resources: BTreeMap<Key, (i64, Resource, Option<Manifest>)>,
}

impl Shelf {
    fn of(environment: Environment) -> Self {
        let mut resources: BTreeMap<Key, (i64, Resource, Option<Manifest>)> = BTreeMap::new();
        for batch in environment.batches(1_000) {
            for seen in &batch.observations {
                let number = i64::try_from(resources.len()).expect("few") + 1;
                let (_, resource, manifest) = resources
                    .entry(seen.key.clone())
                    .or_insert_with(|| (number, Resource::new(seen.key.clone(), seen.at), None));
                resource.observe(seen, &batch.source, &mut Vec::new(), None);
                if seen.manifest.is_some() {
                    manifest.clone_from(&seen.manifest);
                }
            }
        }
        Self { resources }
    }
}

#[async_trait]
impl Tokens for Shelf {
    async fn add_token(&self, _: &NewToken) -> Result<(), StoreError> {
        unreachable!()
    }
    async fn tokens(&self) -> Result<Vec<StoredToken>, StoreError> {
        unreachable!()
    }
    async fn token(&self, _: &str) -> Result<Option<StoredToken>, StoreError> {
        unreachable!()
    }
    async fn revoke_token(&self, _: i64, _: Timestamp) -> Result<bool, StoreError> {
        unreachable!()
    }
    async fn record_token_uses(&self, _: &[(i64, Timestamp)]) -> Result<(), StoreError> {
        unreachable!()
    }
}

#[async_trait]
impl SourceRuns for Shelf {
    async fn hold_source(&self, _: &str, _: Timestamp, _: Timestamp) -> Result<bool, StoreError> {
        unreachable!()
    }
    async fn keep_hold(&self, _: &str, _: Option<Timestamp>) -> Result<(), StoreError> {
        unreachable!()
    }
    async fn record_run(&self, _: &str, _: &SourceRun) -> Result<(), StoreError> {
        unreachable!()
    }
    async fn plan_run(&self, _: &str, _: Option<Timestamp>) -> Result<(), StoreError> {
        unreachable!()
    }
    async fn source_records(&self) -> Result<Vec<SourceRecord>, StoreError> {
        unreachable!()
    }
    async fn source_runs(&self, _: &str, _: usize) -> Result<Vec<SourceRun>, StoreError> {
        unreachable!()
    }
    async fn reported_by(&self, _: &str, _: i64, _: usize) -> Result<Vec<Observed>, StoreError> {
        unreachable!()
    }
}

#[async_trait]
impl Idempotency for Shelf {
    async fn kept_answer(&self, _: &str, _: &str, _: Timestamp) -> Result<Option<KeptAnswer>, StoreError> {
        unreachable!()
    }
    async fn keep_answer(&self, _: &str, _: &str, _: &KeptAnswer, _: Timestamp) -> Result<(), StoreError> {
        unreachable!()
    }
}

#[async_trait]
impl Reports for Shelf {
    async fn matching(&self, _: &IdPattern, _: u64, _: u64) -> Result<Matched, StoreError> {
        unreachable!()
    }
}

#[async_trait]
impl Store for Shelf {
    async fn select(
        &self,
        selection: &Selection,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<Numbered>, StoreError> {
        let fits = |wanted: Option<&str>, is: Option<&str>| wanted.is_none() || wanted == is;
        Ok(self
            .resources
            .values()
            .filter(|(_, resource, _)| after.is_none_or(|after| resource.key > *after))
            .filter(|(_, resource, _)| {
                (selection.include_deleted || !resource.deleted)
                    && selection.resource_type.as_ref().is_none_or(|wanted| *wanted == resource.key.resource_type)
                    && fits(selection.workspace.as_deref(), resource.key.workspace.as_deref())
                    && fits(selection.name.as_deref(), Some(&resource.key.name))
                    && fits(selection.owner.as_deref(), resource.owner.as_deref())
            })
            .take(limit)
            .map(|(number, resource, _)| (*number, resource.clone()))
            .collect())
    }

    async fn manifest(&self, number: i64) -> Result<Option<Manifest>, StoreError> {
        Ok(self.resources.values().find(|(other, ..)| *other == number).and_then(|(.., manifest)| manifest.clone()))
    }

    async fn record(&self, _: &Batch) -> Result<Recorded, StoreError> {
        unreachable!("get does not write")
    }
    async fn find(&self, _: &[Key]) -> Result<Vec<Numbered>, StoreError> {
        unreachable!()
    }
    async fn detail(&self, _: &[Key]) -> Result<Option<Detail>, StoreError> {
        unreachable!()
    }
    async fn holders_of_node(&self, _: &str, _: usize) -> Result<Vec<i64>, StoreError> {
        unreachable!()
    }
    async fn node_names(&self, _: &[i64], _: usize) -> Result<Vec<(i64, String)>, StoreError> {
        unreachable!()
    }
    async fn by_number(&self, _: &[i64]) -> Result<Vec<Numbered>, StoreError> {
        unreachable!()
    }
    async fn all_after(&self, _: i64, _: usize) -> Result<Vec<Numbered>, StoreError> {
        unreachable!()
    }
    async fn changed_after(&self, _: i64, _: usize) -> Result<Changed, StoreError> {
        unreachable!()
    }
    async fn last_seq(&self) -> Result<i64, StoreError> {
        unreachable!()
    }
    async fn changes(&self, _: i64, _: Option<i64>, _: usize) -> Result<ChangePage, StoreError> {
        unreachable!()
    }
    async fn newest_changes(&self, _: usize) -> Result<Vec<Change>, StoreError> {
        unreachable!()
    }
    async fn counts(&self) -> Result<Vec<(ResourceType, State, u64)>, StoreError> {
        unreachable!()
    }
    fn timings(&self) -> &Timings {
        unreachable!()
    }
    fn identity(&self) -> &str {
        "shelf"
    }
    async fn check(&self, _: bool) -> Result<CheckReport, StoreError> {
        unreachable!()
    }
    async fn close(&self) {}
}

#[async_trait]
impl ChangeFeed for Shelf {
    async fn entries_after(&self, _: i64, _: usize) -> Result<Stretch, StoreError> {
        unreachable!()
    }
    async fn log_bounds(&self) -> Result<LogBounds, StoreError> {
        unreachable!()
    }
    async fn prune(&self, _: i64, _: Timestamp, _: Timestamp, _: usize) -> Result<Pruned, StoreError> {
        unreachable!()
    }
}

/// What is printed, and what is said beside it.
async fn get(words: &str) -> (String, String) {
    get_of(500, words).await
}

async fn get_of(resources: u64, words: &str) -> (String, String) {
    let shelf = Shelf::of(Environment::new(resources, 1, NOW));
    let (mut output, mut progress) = (Vec::new(), Vec::new());
    run(&arguments(words), &shelf, NOW, &mut output, &mut progress).await.expect("a listing");
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
