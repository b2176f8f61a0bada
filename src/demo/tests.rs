use std::collections::{BTreeMap, BTreeSet, HashSet};

use app::model::{HealthLevel, KNOWN_TYPES, Observation, Resource, RuntimeNode, State};

use super::*;

const NOW: Timestamp = Timestamp(1_780_000_000_000);

/// What a catalog knows after all batches.
fn known(environment: &Environment) -> BTreeMap<Key, (Resource, Vec<RuntimeNode>)> {
    let mut known: BTreeMap<Key, (Resource, Vec<RuntimeNode>)> = BTreeMap::new();
    for batch in environment.batches(500) {
        for seen in &batch.observations {
            let (resource, nodes) =
                known.entry(seen.key.clone()).or_insert_with(|| (Resource::new(seen.key.clone(), seen.at), Vec::new()));
            resource.observe(seen, &batch.source, nodes, seen.manifest.as_ref().map(|_| "digest"));
        }
    }
    known
}

fn find<'a>(
    known: &'a BTreeMap<Key, (Resource, Vec<RuntimeNode>)>,
    resource_type: &str,
    workspace: Option<&str>,
    name: &str,
) -> &'a (Resource, Vec<RuntimeNode>) {
    known.get(&Key::new(resource_type, workspace, name).expect("a key")).expect(name)
}

#[test]
fn the_same_seed_gives_the_same_environment_however_it_is_cut() {
    let environment = Environment::new(1_000, 7, NOW);
    assert!(environment.batches(100).eq(environment.batches(100)));
    assert_ne!(
        environment.batches(100).next(),
        Environment::new(1_000, 8, NOW).batches(1_000).next(),
        "another seed gives another environment"
    );
    let sorted = |size: usize| {
        let mut all: Vec<Observation> = environment.batches(size).flat_map(|batch| batch.observations).collect();
        all.sort_by(|left, right| (&left.key, left.at).cmp(&(&right.key, right.at)));
        all
    };
    assert_eq!(sorted(100), sorted(1_000));
}

#[test]
fn every_size_is_met_exactly_and_no_key_comes_twice() {
    for resources in [0, 1, 50, FIXTURES, 1_000, 10_000] {
        let environment = Environment::new(resources, 1, NOW);
        let mut keys = HashSet::new();
        let mut first_tellings = 0_u64;
        for batch in environment.batches(1_000) {
            for seen in batch.observations {
                let told_in_full = seen.owner.is_some() || seen.created_at.is_some();
                let again = !keys.insert(seen.key.clone());
                assert!(told_in_full || again, "{} begins with little", seen.key);
                first_tellings += u64::from(!again);
            }
        }
        assert_eq!(first_tellings, resources);
        assert_eq!(environment.keys_sample(100).len() as u64, resources.min(100));
        assert!(environment.keys_sample(100).iter().all(|key| keys.contains(key)));
    }
    let fixtures: HashSet<Key> = fixtures(NOW).into_iter().map(|(subject, _)| subject.key).collect();
    assert_eq!(fixtures.len() as u64, FIXTURES);
}

#[test]
fn names_never_run_out() {
    let layout = Layout::new(300_000, 1, NOW);
    let mut keys = HashSet::new();
    for place in 0..300_000 {
        let key = layout.key(place);
        assert!(key.name.len() <= 48, "{key}");
        assert!(keys.insert(key.clone()), "{key} comes twice");
    }
}

#[test]
fn what_is_said_of_a_resource_comes_in_order() {
    let environment = Environment::new(3_000, 3, NOW);
    let mut last: BTreeMap<Key, Timestamp> = BTreeMap::new();
    let (mut observations, mut fresh) = (0, 0);
    for batch in environment.batches(200) {
        assert!(batch.observations.len() <= 200 && !batch.source.is_empty());
        for seen in batch.observations {
            assert!(seen.at <= NOW && seen.at <= batch.at, "{}", seen.key);
            assert!(seen.at >= seen.created_at.unwrap_or(seen.at), "{}", seen.key);
            if let Some(earlier) = last.insert(seen.key.clone(), seen.at) {
                assert!(earlier < seen.at, "{} goes back in time", seen.key);
            }
            observations += 1;
        }
    }
    for (resource, nodes) in known(&environment).into_values() {
        for node in nodes {
            assert!(!resource.deleted || node.status.has_ended(), "{} runs on after its end", resource.key);
            // A pod that is made again under its old name keeps the old start until it has a new one.
            let waits = node.status == app::model::NodeStatus::Pending;
            let started = node.started_at.filter(|_| !waits).unwrap_or(NOW);
            let made = node.created_at.expect("a time");
            assert!(made.0 >= resource.first_seen_at.0 - 10 * fate::MINUTE && made <= started, "{}", resource.key);
            assert!(started <= node.ended_at.unwrap_or(NOW) && node.ended_at.unwrap_or(NOW) <= NOW, "{}", resource.key);
        }
    }
    fresh += last.values().filter(|at| NOW.since(**at) < 5 * fate::MINUTE).count();
    let average = f64::from(observations) / 3_000.0;
    assert!((1.3..=1.6).contains(&average), "{average} observations per Resource");
    assert!(fresh > 800, "only {fresh} were seen within the last minutes");
}

#[test]
fn a_small_environment_has_every_type_and_every_case() {
    let known = known(&Environment::new(1_000, 1, NOW));
    let types: BTreeSet<&str> = known.keys().map(|key| key.resource_type.as_str()).collect();
    for info in KNOWN_TYPES.iter().filter(|info| info.name != "dataplane") {
        assert!(types.contains(info.name), "no {}", info.name);
    }
    assert!(types.contains("vulcan"));

    let cases: BTreeSet<(String, String, String)> = known
        .values()
        .map(|(resource, _)| {
            (
                resource.state().as_str().to_owned(),
                resource.builder_stage.clone().unwrap_or_default(),
                resource.runtime().state.as_str().to_owned(),
            )
        })
        .collect();
    for (state, stage, runtime) in [
        ("active", "building", "running"),
        ("active", "building", "none"),
        ("active", "building", "next"),
        ("active", "building", "succeeded"),
        ("active", "building", "failed"),
        ("active", "building", "aborted"),
        ("active", "building", "paused"),
        ("active", "building", "pending"),
        ("active", "building", "inprogress"),
        ("active", "building", "hibernating"),
        ("active", "complete", "succeeded"),
        ("error", "error", "none"),
        ("error", "building", "running"),
        ("pending", "building", "running"),
        ("unknown", "", "none"),
        ("warning", "building", "running"),
        ("deleted", "building", "none"),
    ] {
        assert!(cases.contains(&(state.into(), stage.into(), runtime.into())), "no {state}, {stage}, {runtime}");
    }
    let levels: BTreeSet<String> =
        known.values().map(|(resource, _)| resource.health(NOW).level.as_str().to_owned()).collect();
    assert_eq!(levels.len(), 8, "{levels:?}");

    let sources: BTreeSet<&str> = known.values().filter_map(|(resource, _)| resource.depot_source.as_deref()).collect();
    assert_eq!(sources.len(), 14, "{sources:?}");
    let depots: Vec<State> = known
        .values()
        .filter(|(resource, _)| resource.key.resource_type.as_str() == "depot")
        .map(|(resource, _)| resource.state())
        .collect();
    let deleted = depots.iter().filter(|state| **state == State::Deleted).count();
    assert!((depots.len() * 45 / 100..depots.len() * 75 / 100).contains(&deleted), "{deleted} of {}", depots.len());
}

#[test]
fn the_fixtures_are_what_the_documentation_says() {
    let known = known(&Environment::new(1_000, 42, NOW));
    let (streams, nodes) = find(&known, "depot", None, "systemstreams");
    assert_eq!((streams.version.as_str(), streams.owner.as_deref()), ("v1", Some("dataos-manager")));
    assert_eq!((streams.state(), streams.runtime.as_deref()), (State::Active, Some("")));
    assert!(nodes.is_empty() && !streams.has_runtime_tab());

    let (sales, nodes) = find(&known, "depot", None, "salesraw");
    assert_eq!((sales.version.as_str(), sales.runtime.as_deref()), ("v2alpha", Some("running:1")));
    let statuses: Vec<_> =
        nodes.iter().map(|node| (node.status.as_str(), node.workspace.as_deref().unwrap_or_default())).collect();
    assert_eq!(statuses, [("failed", "user-system"), ("running", "user-system")]);

    for workspace in ["public", "curriculum"] {
        find(&known, "service", Some(workspace), "flash-service-training");
    }
    find(&known, "service", Some("public"), "pals01");
    find(&known, "service", Some("sandbox"), "orders-api");
    let (lens, _) = find(&known, "lens", Some("public"), "data-product-insights");
    assert_eq!((lens.version.as_str(), lens.runtime.as_deref()), ("v1alpha", Some("")));
    assert_eq!(find(&known, "depot", None, "oldcrm").0.state(), State::Deleted);
    assert_eq!(find(&known, "depot", None, "partnerfeeds").0.state(), State::Active);
    let (ingest, _) = find(&known, "workflow", Some("public"), "ingest-orders");
    assert_eq!(ingest.health(NOW).level, HealthLevel::Scheduled);
    assert!(find(&known, "service", Some("analytics"), "forecast-ui").0.health(NOW).stuck);
    assert_eq!(find(&known, "service", Some("analytics"), "pricing-ui").0.health(NOW).level, HealthLevel::Starting);
}

#[test]
fn wholes_and_parts_belong_together() {
    let known: HashSet<Key> = Environment::new(2_080, 5, NOW)
        .batches(1_000)
        .flat_map(|batch| batch.observations)
        .map(|seen| seen.key)
        .collect();
    for whole in known.iter().filter(|key| key.resource_type.as_str() == "lens") {
        let parts = app::model::ManifestFacts::parts(whole, None);
        assert!(parts.iter().filter(|part| known.contains(part)).count() >= 3, "{whole}");
    }
    let mut bundles = 0;
    for batch in Environment::new(1_000, 5, NOW).batches(1_000) {
        for seen in &batch.observations {
            if let Some(manifest) = &seen.manifest
                && matches!(seen.key.resource_type.as_str(), "bundle" | "lakehouse")
            {
                let parts = app::model::ManifestFacts::parts(&seen.key, Some(&manifest.content));
                let there = parts.iter().filter(|part| known.contains(part)).count();
                assert!(there >= 2, "{} has {parts:?}", seen.key);
                bundles += 1;
            }
        }
    }
    assert!(bundles >= 10);
}

#[test]
fn the_text_of_a_manifest_and_its_content_say_the_same() {
    let mut types = BTreeSet::new();
    for batch in Environment::new(400, 2, NOW).batches(100) {
        for seen in &batch.observations {
            let Some(manifest) = &seen.manifest else { continue };
            let parsed: serde_json::Value = serde_saphyr::from_str(&manifest.text).expect("YAML");
            assert_eq!(parsed, manifest.content, "{}", seen.key);
            assert!(manifest.text.contains("# "), "comments are part of a manifest");
            let facts = app::model::ManifestFacts::new(&manifest.content, seen.key.resource_type.as_str());
            assert!(facts.body().is_some(), "{} has no body", seen.key);
            assert_eq!(facts.depot_source(), seen.depot_source);
            assert_eq!(facts.replicas(), seen.replicas, "{}", seen.key);
            types.insert(seen.key.resource_type.as_str().to_owned());
        }
    }
    assert!(types.len() >= 15, "{types:?}");
}

#[test]
fn the_next_run_of_what_waits_lies_ahead() {
    let mut waiting = 0;
    for (key, (resource, _)) in known(&Environment::new(3_000, 9, NOW)) {
        if let Some(app::model::RuntimeDetail::At(at)) = resource.runtime().detail
            && resource.state() != State::Deleted
        {
            assert!(at > NOW, "{key} waits for {at}");
            waiting += 1;
        }
    }
    assert!(waiting > 100, "{waiting}");
}

#[test]
fn a_huge_environment_is_written_out_in_bounded_pieces() {
    let environment = Environment::new(1_000_000, 1, NOW);
    let mut with_manifest = 0;
    let mut read = 0;
    for batch in environment.batches(1_000).take(20) {
        assert!(batch.observations.len() <= 1_000);
        read += batch.observations.len();
        with_manifest += batch.observations.iter().filter(|seen| seen.manifest.is_some()).count();
    }
    assert!((read / 20..read / 5).contains(&with_manifest), "{with_manifest} of {read}");
}
