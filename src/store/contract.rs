//! What every engine has to do. Each story runs on an empty store.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use app::model::{
    Aspect, Field, Key, Manifest, NodeStatus, Observation, Recorded, ResourceCounts, ResourceType, RuntimeNode, State,
    Timestamp, incarnations,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::testing::{
    LISTER, POLLER, active, batch, depot, detail, gone, listing, manifest, repeatable, service, sqlite, stored,
    with_status,
};
use super::{KEEP_ANSWERS_MS, Selection, Store, StoreError};
use crate::catalog::{Record, digest};

/// Runs each story on a new SQLite database, and on an engine in memory.
macro_rules! stories {
    ($($story:ident),+ $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test]
                async fn $story() {
                    let (_folder, store) = super::sqlite().await;
                    super::$story(&store).await;
                    let report = super::Store::check(&store, false).await.expect("a report");
                    assert_eq!(report.problems, Vec::<String>::new());
                    super::Store::close(&store).await;
                }
            )+
        }

        mod in_memory {
            $(
                #[tokio::test]
                async fn $story() {
                    let store = crate::store::memory::MemoryStore::default();
                    super::$story(&store).await;
                    let report = super::Store::check(&store, false).await.expect("a report");
                    assert_eq!(report.problems, Vec::<String>::new());
                }
            )+
        }
    };
}

mod feed;
mod leases;

stories!(
    an_empty_store_answers,
    everything_said_is_kept,
    text_is_kept_as_it_came,
    nul_is_left_out,
    a_dropped_transaction_leaves_no_trace,
    one_writes_at_a_time,
    the_same_observation_twice_changes_nothing,
    an_older_observation_never_wins,
    learning_that_there_is_none_is_kept,
    several_observations_of_one_resource_in_a_batch,
    an_unchanged_resource_is_seen_again,
    a_complete_listing_deletes_what_it_lacks,
    a_listing_that_lacks_too_much_is_refused_as_a_whole,
    a_forced_listing_deletes_everything,
    a_listing_of_other_names_is_refused,
    the_last_one_of_a_scope_may_go,
    a_listing_deletes_only_what_its_source_has_seen,
    a_listing_older_than_a_sighting_deletes_nothing,
    a_listing_of_a_workspace_leaves_the_others_alone,
    a_resource_that_returns_keeps_its_history,
    one_name_in_two_workspaces_is_two_resources,
    nodes_are_merged,
    the_live_nodes_and_the_last_ended_ones_are_kept,
    nodes_are_paged_by_name,
    a_node_leads_to_whose_it_is,
    a_manifest_is_written_only_when_it_differs,
    a_resource_tells_which_bundles_hold_it,
    a_request_has_its_effect_once_and_at_one_moment,
    a_request_that_did_nothing_leaves_its_key,
    a_bad_source_is_refused,
    a_selection_is_paged_in_order,
    changes_are_paged_newest_first,
    the_change_log_is_covered_exactly,
    a_stretch_of_the_log_is_bounded_by_what_it_takes,
    random_histories_keep_counts_and_log_right,
);

async fn an_empty_store_answers(store: &dyn Store) {
    assert_eq!(store.last_seq().await.unwrap(), 0);
    assert_eq!(store.counts().await.unwrap(), []);
    assert_eq!(store.find(&[depot("salesraw")]).await.unwrap(), []);
    assert_eq!(store.by_number(&[1, 2]).await.unwrap(), []);
    assert_eq!(store.newest_changes(10).await.unwrap(), []);
    assert_eq!(store.manifest(1).await.unwrap(), None);
    let changed = store.changed_after(0, 10).await.unwrap();
    assert_eq!((changed.resources.len(), changed.seq, changed.more), (0, 0, false));
    assert_eq!(store.identity().len(), 32);
    assert_eq!(store.record(&batch(LISTER, vec![])).await.unwrap(), Recorded::default());
}

async fn everything_said_is_kept(store: &dyn Store) {
    let text = |text: &str| Some(text.to_owned());
    let observation = Observation {
        key: service("orders-api"),
        at: Timestamp(1_000),
        deleted: false,
        version: text("v1"),
        status: text("Error"),
        builder_stage: text("building"),
        runtime: text("pending:0/2"),
        nodes: Some(vec![RuntimeNode {
            pod: text("orders-api-0"),
            kind: text("pod-deployment"),
            workspace: text("public"),
            data_plane: text("hub"),
            created_at: Some(Timestamp(500)),
            started_at: Some(Timestamp(600)),
            ..RuntimeNode::new("orders", NodeStatus::Running)
        }]),
        owner: text("ada"),
        description: text("Orders, \"quoted\", and ünïcödé\n"),
        tags: Some(vec!["b".to_owned(), "a".to_owned()]),
        layer: text("user"),
        depot_source: text("S3"),
        replicas: Some(2),
        manifest: Some(manifest("orders")),
        counts: Some(ResourceCounts { cloud_kernel: Some(3), web_service: None, operator_runtime: Some(0) }),
        message: text("no such image"),
        created_at: Some(Timestamp(-5)),
    };
    let mut expected = app::model::Resource::new(observation.key.clone(), observation.at);
    let digest = digest(&manifest("orders").text);
    let mut nodes = Vec::new();
    let mut differences = expected.observe(&observation, LISTER, &mut nodes, Some(&digest));

    let recorded = store.record(&batch(LISTER, vec![observation.clone()])).await.unwrap();
    assert_eq!((recorded.read, recorded.changed, recorded.unchanged, recorded.deleted), (1, 1, 0, 0));
    assert_eq!(recorded.seq, differences.len() as i64);
    let (number, found) = stored(store, &observation.key).await;
    assert_eq!((number, &found), (1, &expected));
    assert_eq!(detail(store, &observation.key).await.nodes, nodes);
    assert_eq!(store.manifest(number).await.unwrap(), observation.manifest);
    assert_eq!(store.counts().await.unwrap(), [(ResourceType::new("service"), State::Error, 1)]);

    differences.sort_by_key(|&(field, ..)| field);
    let changes = store.changes(number, None, 100).await.unwrap().changes;
    let logged: Vec<_> =
        changes.iter().rev().map(|change| (change.field, change.from.clone(), change.to.clone())).collect();
    assert_eq!(logged, differences);
    assert!(changes.iter().all(|change| change.key == observation.key && change.source == LISTER));
    assert_eq!(changes.iter().map(|change| change.seq).rev().collect::<Vec<_>>(), Vec::from_iter(1..=recorded.seq));
}

async fn a_dropped_transaction_leaves_no_trace(store: &dyn Store) {
    store.record(&batch(LISTER, vec![active(&depot("a"), 1)])).await.unwrap();
    let mut transaction = store.begin().await.unwrap();
    let source = transaction.source(POLLER, Timestamp(9)).await.unwrap();
    let (number, mut resource) = transaction.load(&[&depot("a")]).await.unwrap().remove(0).1;
    resource.owner = Some("ada".to_owned());
    transaction.upsert(&[(number, &resource)]).await.unwrap();
    transaction.sight(source, &[(number, Timestamp(9))]).await.unwrap();
    assert_eq!(
        transaction.load_numbers(&[number]).await.unwrap()[0].1.owner.as_deref(),
        Some("ada"),
        "it sees its own"
    );
    assert_eq!(stored(store, &depot("a")).await.1.owner, None, "nobody else does");
    drop(transaction);
    assert_eq!(stored(store, &depot("a")).await.1.owner, None);
    assert_eq!(store.source_records().await.unwrap().len(), 1);
    store.record(&batch(LISTER, vec![active(&depot("b"), 2)])).await.unwrap();
    assert!(store.can_write().await);
}

async fn one_writes_at_a_time(store: &dyn Store) {
    let batches: Vec<_> = (0..8)
        .map(|writer| {
            batch(
                &format!("writer-{writer}"),
                (0..5).map(|number| active(&depot(&format!("{writer}-{number}")), 1)).collect(),
            )
        })
        .collect();
    let recorded = futures::future::join_all(batches.iter().map(|batch| store.record(batch))).await;
    let mut ends: Vec<i64> = recorded.into_iter().map(|recorded| recorded.unwrap().seq).collect();
    ends.sort_unstable();
    assert_eq!(ends, (1..=8).map(|batch| batch * 5).collect::<Vec<_>>(), "no two batches share numbers");
}

async fn text_is_kept_as_it_came(store: &dyn Store) {
    let texts = ["ünïcödé ", "u\u{308}", "\u{1F9ED}\u{10FFFF}", "a\tb\r\n\u{1}\u{7f}", "\"quoted\" 'too' \\ %_*", " "];
    for (place, text) in texts.into_iter().enumerate() {
        let said = || Some(text.to_owned());
        let key = depot(&format!("d{place}"));
        let seen = Observation {
            version: said(),
            owner: said(),
            description: said(),
            tags: Some(vec![text.to_owned()]),
            runtime: said(),
            nodes: Some(vec![RuntimeNode { pod: said(), ..RuntimeNode::new(text, NodeStatus::Running) }]),
            manifest: Some(manifest(text)),
            ..with_status(&key, 1, text)
        };
        store.record(&batch(LISTER, vec![seen.clone()])).await.unwrap();
        let found = detail(store, &key).await;
        assert_eq!((&found.resource.owner, &found.resource.description), (&seen.owner, &seen.description));
        assert_eq!((&found.resource.status, &found.resource.runtime), (&seen.status, &seen.runtime));
        assert_eq!((found.resource.tags, Some(found.nodes)), (seen.tags.unwrap(), seen.nodes));
        assert_eq!(store.manifest(found.number).await.unwrap(), seen.manifest);
        let later = Observation { owner: Some(format!("{text}!")), ..active(&key, 2) };
        store.record(&batch(LISTER, vec![later])).await.unwrap();
        let changes = store.changes(found.number, None, 9).await.unwrap().changes;
        assert!(changes.iter().any(|change| change.from.as_deref() == Some(text)), "{changes:?}");
    }
}

async fn nul_is_left_out(store: &dyn Store) {
    let key = depot("salesraw");
    let said = || Some("a\0b".to_owned());
    let seen = Observation {
        owner: said(),
        tags: said().map(|tag| vec![tag]),
        message: said(),
        nodes: Some(vec![RuntimeNode { pod: said(), ..RuntimeNode::new("n\0", NodeStatus::Running) }]),
        manifest: Some(Manifest { text: "a\0b: 1".to_owned(), content: serde_json::json!({"a\0b": ["c\0d"]}) }),
        ..with_status(&key, 1, "err\0or")
    };
    store.record(&batch(LISTER, vec![seen.clone()])).await.unwrap();
    let found = detail(store, &key).await;
    assert_eq!((found.resource.owner.as_deref(), found.resource.state()), (Some("ab"), State::Error));
    assert_eq!((found.resource.tags, found.resource.message.as_deref()), (vec!["ab".to_owned()], Some("ab")));
    assert_eq!((found.nodes[0].name.as_str(), found.nodes[0].pod.as_deref()), ("n", Some("ab")));
    let kept = store.manifest(found.number).await.unwrap().unwrap();
    assert_eq!((kept.text.as_str(), kept.content), ("ab: 1", serde_json::json!({"ab": ["cd"]})));
    assert_eq!(store.record(&batch(LISTER, vec![seen])).await.unwrap().changed, 0, "the same again");
}

async fn the_same_observation_twice_changes_nothing(store: &dyn Store) {
    let seen = batch(LISTER, vec![active(&depot("salesraw"), 1), active(&depot("crm"), 1)]);
    let first = store.record(&seen).await.unwrap();
    let before = store.all_after(0, 10).await.unwrap();
    let second = store.record(&seen).await.unwrap();
    assert_eq!((second.changed, second.unchanged, second.seq), (0, 2, first.seq));
    assert_eq!(store.all_after(0, 10).await.unwrap(), before);
}

async fn an_older_observation_never_wins(store: &dyn Store) {
    let key = service("orders-api");
    store.record(&batch(LISTER, vec![active(&key, 20)])).await.unwrap();
    let late = store.record(&batch(POLLER, vec![with_status(&key, 10, "error")])).await.unwrap();
    assert_eq!((late.changed, late.unchanged), (0, 1));
    let (_, resource) = stored(store, &key).await;
    assert_eq!((resource.state(), resource.first_seen_at), (State::Active, Timestamp(10)));
}

async fn learning_that_there_is_none_is_kept(store: &dyn Store) {
    let key = depot("crm");
    let recorded = store.record(&batch(LISTER, vec![active(&key, 1)])).await.unwrap();
    let none = Observation { owner: Some(String::new()), description: Some(String::new()), ..active(&key, 2) };
    let again = store.record(&batch(LISTER, vec![none])).await.unwrap();
    assert_eq!((again.changed, again.seq), (0, recorded.seq), "no entry of its own in the log");
    let (_, resource) = stored(store, &key).await;
    assert_eq!((resource.owner.as_deref(), resource.description.as_deref()), (Some(""), Some("")));
    // Pages show these differently.
    let none = Observation { runtime: Some(String::new()), replicas: Some(3), ..active(&key, 3) };
    let told = store.record(&batch(LISTER, vec![none])).await.unwrap();
    assert_eq!((told.changed, told.seq), (1, recorded.seq + 2));
    let (number, resource) = stored(store, &key).await;
    assert_eq!((resource.runtime.as_deref(), resource.replicas), (Some(""), Some(3)));
    let changes = store.changes(number, None, 2).await.unwrap().changes;
    let told: Vec<_> = changes.iter().map(|change| (change.field, change.to.as_deref())).collect();
    assert_eq!(told, [(Field::Replicas, Some("3")), (Field::Runtime, Some(""))]);
}

async fn several_observations_of_one_resource_in_a_batch(store: &dyn Store) {
    let key = service("orders-api");
    let recorded = store
        .record(&batch(
            LISTER,
            vec![with_status(&key, 1, "pending"), active(&key, 2), active(&key, 2), gone(&key, 3), active(&key, 4)],
        ))
        .await
        .unwrap();
    assert_eq!((recorded.read, recorded.changed, recorded.unchanged, recorded.deleted), (5, 4, 1, 1));
    let (number, resource) = stored(store, &key).await;
    assert_eq!((number, resource.state()), (1, State::Active));
    assert_eq!(incarnations(&detail(store, &key).await.lives).len(), 2);
    assert_eq!(store.counts().await.unwrap(), [(ResourceType::new("service"), State::Active, 1)]);
}

async fn an_unchanged_resource_is_seen_again(store: &dyn Store) {
    let key = depot("salesraw");
    store.record(&batch(LISTER, vec![active(&key, 1)])).await.unwrap();
    store.record(&batch(POLLER, vec![active(&key, 7)])).await.unwrap();
    let (number, resource) = stored(store, &key).await;
    let seen = &resource.observed[&Aspect::Status];
    assert_eq!((seen.at, seen.source.as_str()), (Timestamp(7), POLLER));
    assert_eq!(resource.changed_at, Timestamp(1));
    assert_eq!(number, 1);
}

async fn names_of(store: &dyn Store, state: &State) -> BTreeSet<String> {
    let all = store.all_after(0, 1_000).await.unwrap();
    all.into_iter().filter(|(_, found)| found.state() == *state).map(|(_, found)| found.key.fqn()).collect()
}

fn depots(names: &[&str]) -> Vec<Key> {
    names.iter().map(|name| depot(name)).collect()
}

async fn a_complete_listing_deletes_what_it_lacks(store: &dyn Store) {
    store.record(&listing(LISTER, "depot", 1, &depots(&["a", "b", "c"]))).await.unwrap();
    store.record(&batch(LISTER, vec![active(&service("a"), 1)])).await.unwrap();
    let recorded = store.record(&listing(LISTER, "depot", 2, &depots(&["a", "c"]))).await.unwrap();
    assert_eq!((recorded.read, recorded.changed, recorded.unchanged, recorded.deleted), (2, 0, 2, 1));
    assert_eq!(names_of(store, &State::Deleted).await, BTreeSet::from(["b".to_owned()]));
    let last = &store.newest_changes(1).await.unwrap()[0];
    assert_eq!((last.field, last.at, last.source.as_str()), (Field::Deleted, Timestamp(2), LISTER));
    // Deleted ones are not counted as missing again.
    let again = store.record(&listing(LISTER, "depot", 3, &depots(&["a", "c"]))).await.unwrap();
    assert_eq!((again.deleted, again.seq), (0, recorded.seq));
}

async fn a_listing_that_lacks_too_much_is_refused_as_a_whole(store: &dyn Store) {
    let recorded = store.record(&listing(LISTER, "depot", 1, &depots(&["a", "b", "c", "d", "e"]))).await.unwrap();
    let before = store.all_after(0, 10).await.unwrap();
    let mut short = listing(LISTER, "depot", 2, &depots(&["a", "b"]));
    short.observations.push(with_status(&service("new"), 2, "error"));
    let refused = store.record(&short).await;
    assert!(
        matches!(&refused, Err(StoreError::WouldDeleteTooMuch { scope, missing: 3, known: 5 }) if scope == "depot"),
        "{refused:?}"
    );
    assert_eq!(store.all_after(0, 10).await.unwrap(), before);
    assert_eq!(store.last_seq().await.unwrap(), recorded.seq);
    assert_eq!(store.counts().await.unwrap(), [(ResourceType::new("depot"), State::Active, 5)]);
    // Half is not more than half.
    store.record(&listing(LISTER, "depot", 3, &depots(&["a", "b", "c", "d"]))).await.unwrap();
    assert_eq!(store.record(&listing(LISTER, "depot", 4, &depots(&["a", "b"]))).await.unwrap().deleted, 2);
}

async fn a_forced_listing_deletes_everything(store: &dyn Store) {
    store.record(&listing(LISTER, "depot", 1, &depots(&["a", "b", "c"]))).await.unwrap();
    let mut nothing = listing(LISTER, "depot", 2, &[]);
    assert!(store.record(&nothing).await.is_err());
    nothing.force = true;
    assert_eq!(store.record(&nothing).await.unwrap().deleted, 3);
    assert_eq!(store.counts().await.unwrap(), [(ResourceType::new("depot"), State::Deleted, 3)]);
}

async fn a_listing_of_other_names_is_refused(store: &dyn Store) {
    store.record(&listing(LISTER, "depot", 1, &depots(&["a", "b", "c"]))).await.unwrap();
    let elsewhere = store.record(&listing(LISTER, "depot", 2, &depots(&["x", "y", "z"]))).await;
    assert!(matches!(elsewhere, Err(StoreError::WouldDeleteTooMuch { missing: 3, known: 3, .. })), "{elsewhere:?}");
    assert_eq!(names_of(store, &State::Active).await.len(), 3);
}

async fn the_last_one_of_a_scope_may_go(store: &dyn Store) {
    store.record(&listing(LISTER, "depot", 1, &depots(&["a"]))).await.unwrap();
    assert_eq!(store.record(&listing(LISTER, "depot", 2, &[])).await.unwrap().deleted, 1);
}

async fn a_listing_deletes_only_what_its_source_has_seen(store: &dyn Store) {
    store.record(&listing(LISTER, "depot", 1, &depots(&["a", "b", "c"]))).await.unwrap();
    store.record(&batch(POLLER, vec![active(&depot("c"), 2), active(&depot("d"), 2)])).await.unwrap();
    let recorded = store.record(&listing(LISTER, "depot", 3, &depots(&["a", "b"]))).await.unwrap();
    assert_eq!(recorded.deleted, 1, "`c`, which the lister had seen");
    let recorded = store.record(&listing(POLLER, "depot", 4, &[])).await.unwrap();
    assert_eq!(recorded.deleted, 1, "`d`; the poller has not seen `a` and `b`");
    assert_eq!(names_of(store, &State::Active).await, BTreeSet::from(["a".to_owned(), "b".to_owned()]));
}

async fn a_listing_older_than_a_sighting_deletes_nothing(store: &dyn Store) {
    store.record(&listing(LISTER, "depot", 1, &depots(&["a", "b", "c"]))).await.unwrap();
    store.record(&batch(POLLER, vec![active(&depot("b"), 9), active(&depot("c"), 9)])).await.unwrap();
    let recorded = store.record(&listing(LISTER, "depot", 5, &depots(&["a"]))).await.unwrap();
    assert_eq!(recorded.deleted, 0, "both were seen later, so that is no reason to refuse either");
    assert_eq!(names_of(store, &State::Active).await.len(), 3);
}

async fn a_listing_of_a_workspace_leaves_the_others_alone(store: &dyn Store) {
    let elsewhere = Key::new("service", Some("sandbox"), "b").unwrap();
    let all = [service("a"), service("b"), service("c"), elsewhere];
    store.record(&listing(LISTER, "service", 1, &all)).await.unwrap();
    let public = listing(LISTER, "service:public", 2, &[service("a"), service("c")]);
    assert_eq!(store.record(&public).await.unwrap().deleted, 1);
    assert_eq!(names_of(store, &State::Deleted).await, BTreeSet::from(["public.b".to_owned()]));
}

async fn a_resource_that_returns_keeps_its_history(store: &dyn Store) {
    let key = service("orders-api");
    for seen in [active(&key, 1), gone(&key, 2), active(&key, 3)] {
        store.record(&batch(LISTER, vec![seen])).await.unwrap();
    }
    let (number, resource) = stored(store, &key).await;
    assert_eq!((number, resource.state(), resource.first_seen_at), (1, State::Active, Timestamp(1)));
    let life: Vec<_> = detail(store, &key).await.lives.iter().map(|change| (change.field, change.at.0)).collect();
    assert_eq!(life, [(Field::Created, 1), (Field::Deleted, 2), (Field::Created, 3)]);
    assert_eq!(store.all_after(0, 10).await.unwrap().len(), 1);
}

async fn one_name_in_two_workspaces_is_two_resources(store: &dyn Store) {
    let keys = [
        service("api"),
        Key::new("service", Some("sandbox"), "api").unwrap(),
        Key::new("worker", Some("public"), "api").unwrap(),
        depot("api"),
    ];
    store.record(&batch(LISTER, keys.iter().map(|key| active(key, 1)).collect())).await.unwrap();
    store.record(&batch(LISTER, vec![with_status(&keys[1], 2, "error")])).await.unwrap();
    assert_eq!(stored(store, &keys[0]).await.1.state(), State::Active);
    assert_eq!(stored(store, &keys[1]).await.1.state(), State::Error);
    let named = Selection { name: Some("api".to_owned()), ..Selection::default() };
    let found = store.select(&named, None, 10).await.unwrap();
    let order: Vec<_> = found.iter().map(|(_, resource)| resource.key.to_string()).collect();
    assert_eq!(order, ["depot api", "service public.api", "service sandbox.api", "worker public.api"]);
    let rest = store.select(&named, Some(&keys[0]), 1).await.unwrap();
    assert_eq!(rest[0].1.key, keys[1]);
}

async fn nodes_are_merged(store: &dyn Store) {
    let key = service("orders-api");
    let with = |at: i64, nodes: &[RuntimeNode]| Observation { nodes: Some(nodes.to_vec()), ..active(&key, at) };
    let node = |name: &str, status: NodeStatus| RuntimeNode::new(name, status);
    let first = [node("a", NodeStatus::Running), node("b", NodeStatus::Failed)];
    store.record(&batch(LISTER, vec![with(1, &first)])).await.unwrap();
    let second = [node("c", NodeStatus::Pending)];
    let recorded = store.record(&batch(LISTER, vec![with(2, &second)])).await.unwrap();
    assert_eq!(recorded.changed, 1);
    let statuses = |nodes: Vec<RuntimeNode>| {
        nodes.into_iter().map(|node| (node.name, node.status.as_str().to_owned())).collect::<Vec<_>>()
    };
    let expected = [("a", "deleted"), ("b", "failed"), ("c", "pending")];
    let expected: Vec<_> = expected.iter().map(|(name, status)| ((*name).to_owned(), (*status).to_owned())).collect();
    assert_eq!(statuses(detail(store, &key).await.nodes), expected);
    let again = store.record(&batch(LISTER, vec![with(3, &second)])).await.unwrap();
    assert_eq!(again.changed, 0);
    // Another Resource's nodes are its own.
    let other = Observation { key: service("other"), ..with(3, &first) };
    store.record(&batch(LISTER, vec![other, active(&key, 4)])).await.unwrap();
    assert_eq!(statuses(detail(store, &key).await.nodes), expected);
    assert_eq!(detail(store, &service("other")).await.nodes.len(), 2);
}

async fn the_live_nodes_and_the_last_ended_ones_are_kept(store: &dyn Store) {
    let key = service("orders-api");
    let reported = |round: i64| {
        let name = |number: i64| format!("orders-{round}-{number:03}");
        let nodes = (0..150).map(|number| RuntimeNode::new(name(number), NodeStatus::Running)).collect();
        Observation { nodes: Some(nodes), ..active(&key, round) }
    };
    for round in 1..=9 {
        store.record(&batch(LISTER, vec![reported(round)])).await.unwrap();
        store.record(&batch(LISTER, vec![reported(round)])).await.unwrap();
    }
    let nodes = detail(store, &key).await.nodes;
    let live = nodes.iter().filter(|node| !node.status.has_ended()).count();
    assert_eq!((live, nodes.len() - live), (150, 200));
    assert!(nodes.iter().all(|node| node.name.as_str() > "orders-7"), "those that ended last");
    store.keep_ended_nodes(20).await.unwrap();
    store.keep_ended_nodes(20).await.unwrap();
    store.record(&batch(LISTER, vec![reported(10)])).await.unwrap();
    assert_eq!(detail(store, &key).await.nodes.len(), 170, "whoever writes keeps to what was set");
    let last = store.last_seq().await.unwrap();
    assert_eq!(store.record(&batch(LISTER, vec![reported(10)])).await.unwrap().seq, last);
}

async fn nodes_are_paged_by_name(store: &dyn Store) {
    let node = |number: i64| RuntimeNode::new(format!("n-{number:02}"), NodeStatus::Running);
    let with = |key: Key| Observation { nodes: Some((0..25).map(node).collect()), ..active(&key, 1) };
    store.record(&batch(LISTER, vec![with(service("a")), with(service("b"))])).await.unwrap();
    let number = stored(store, &service("a")).await.0;
    let mut found: Vec<RuntimeNode> = Vec::new();
    loop {
        let after = found.last().map_or("", |node| node.name.as_str()).to_owned();
        let page = store.nodes(number, &after, 10).await.unwrap();
        assert!(page.len() <= 10);
        if page.is_empty() {
            break;
        }
        found.extend(page);
    }
    assert_eq!(found, (0..25).map(node).collect::<Vec<_>>());
    assert_eq!(store.nodes(77, "", 10).await.unwrap(), []);
}

async fn a_node_leads_to_whose_it_is(store: &dyn Store) {
    let node = |name: &str, pod: &str| RuntimeNode {
        pod: Some(pod.to_owned()),
        ..RuntimeNode::new(name, NodeStatus::Running)
    };
    let with = |name: &str, nodes: Vec<RuntimeNode>| Observation { nodes: Some(nodes), ..active(&service(name), 1) };
    let seen = vec![
        with("orders", vec![node("orders-x1f0", "orders-x1f0-d-0"), node("shared", "shared")]),
        with("billing", vec![node("billing-77ab", "billing-77ab-d-0"), node("shared", "shared-0")]),
    ];
    store.record(&batch(LISTER, seen)).await.unwrap();
    let number = |name: &str| {
        let key = service(name);
        async move { stored(store, &key).await.0 }
    };
    let (orders, billing) = (number("orders").await, number("billing").await);
    for (name, holders) in [
        ("orders-x1f0", vec![orders]),
        ("billing-77ab-d-0", vec![billing]),
        ("shared", vec![orders, billing]),
        ("orders-x1f", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(store.holders_of_node(name, 9).await.unwrap(), holders, "{name}");
    }
    assert_eq!(store.holders_of_node("shared", 1).await.unwrap().len(), 1);
    let names = async |numbers: &[i64], limit: usize| {
        let mut names = store.node_names(numbers, limit).await.unwrap();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
    };
    assert_eq!(names(&[orders], 9).await, ["orders-x1f0", "orders-x1f0-d-0", "shared"]);
    assert_eq!(names(&[orders, billing, 99], 9).await.len(), 7);
    assert_eq!(names(&[], 9).await, Vec::<String>::new());
    let next = with("orders", vec![node("orders-y2a1", "orders-y2a1-d-0")]);
    store.record(&batch(LISTER, vec![Observation { at: Timestamp(5), ..next }])).await.unwrap();
    assert_eq!(names(&[orders], 1).await, ["orders-y2a1", "orders-y2a1-d-0"], "the live ones come first");
}

async fn a_resource_tells_which_bundles_hold_it(store: &dyn Store) {
    let bundle = |name: &str, at: i64, parts: &[(&str, Option<&str>, &str)]| {
        let parts: Vec<_> = parts
            .iter()
            .map(|(resource_type, workspace, name)| {
                serde_json::json!({"id": name, "spec": {"type": resource_type, "workspace": workspace, "name": name}})
            })
            .collect();
        let key = Key::new("bundle", None, name).expect("a key");
        let content = serde_json::json!({"bundle": {"resources": parts}});
        let manifest = Manifest { text: content.to_string(), content };
        Observation { manifest: Some(manifest), ..Observation::new(key, Timestamp(at)) }
    };
    let held = service("orders-api");
    let held = (held.resource_type.as_str().to_owned(), held.workspace.clone(), held.name.clone());
    let part = (held.0.as_str(), held.1.as_deref(), held.2.as_str());
    let bundles = async || {
        let found = detail(store, &service("orders-api")).await.bundles;
        found.into_iter().map(|key| key.name).collect::<Vec<_>>()
    };
    let elsewhere = Key::new(part.0, Some("sandbox"), part.2).expect("a key");
    let services = vec![active(&service("orders-api"), 1), active(&elsewhere, 1)];
    store.record(&batch(LISTER, services)).await.expect("recorded");
    let both = vec![bundle("retail", 1, &[part, ("depot", None, "sales")]), bundle("crm", 1, &[part])];
    store.record(&batch(LISTER, both)).await.expect("recorded");
    assert_eq!(bundles().await, ["crm", "retail"]);
    assert_eq!(detail(store, &elsewhere).await.bundles, []);
    let pairs = async || {
        let pairs = store.bundles_of(&[elsewhere.clone(), service("orders-api")]).await.expect("an answer");
        assert!(
            pairs.iter().all(|(part, _)| *part == service("orders-api")),
            "the name alone does not tell: {pairs:?}"
        );
        let mut bundles: Vec<String> = pairs.into_iter().map(|(_, bundle)| bundle.name).collect();
        bundles.sort();
        bundles
    };
    assert_eq!(pairs().await, ["crm", "retail"]);
    // What a later manifest leaves out is not held any more; a bundle that is gone holds nothing.
    let less = vec![bundle("retail", 2, &[("depot", None, "sales")])];
    store.record(&batch(LISTER, less)).await.expect("recorded");
    assert_eq!(bundles().await, ["crm"]);
    assert_eq!(pairs().await, ["crm"]);
    let key = Key::new("bundle", None, "crm").expect("a key");
    let gone = Observation { deleted: true, ..Observation::new(key, Timestamp(3)) };
    store.record(&batch(LISTER, vec![gone])).await.expect("recorded");
    assert!(bundles().await.is_empty());
    assert!(pairs().await.is_empty());
}

async fn a_manifest_is_written_only_when_it_differs(store: &dyn Store) {
    let key = depot("salesraw");
    let with = |at: i64, text: &str| Observation { manifest: Some(manifest(text)), ..active(&key, at) };
    store.record(&batch(LISTER, vec![with(5, "one")])).await.unwrap();
    assert_eq!(store.record(&batch(LISTER, vec![with(6, "one")])).await.unwrap().changed, 0);
    assert_eq!(store.record(&batch(LISTER, vec![with(4, "older")])).await.unwrap().changed, 0);
    assert_eq!(store.manifest(1).await.unwrap(), Some(manifest("one")));
    // The last that was taken in is the one that is kept, whatever order they stand in.
    store.record(&batch(LISTER, vec![with(9, "three"), with(8, "two")])).await.unwrap();
    assert_eq!(store.manifest(1).await.unwrap(), Some(manifest("three")));
    let (_, resource) = stored(store, &key).await;
    assert_eq!(resource.manifest_digest, Some(digest(&manifest("three").text)));
    store.record(&batch(LISTER, vec![active(&key, 10)])).await.unwrap();
    assert_eq!(store.manifest(1).await.unwrap(), Some(manifest("three")), "not said is not gone");
}

async fn a_request_has_its_effect_once_and_at_one_moment(store: &dyn Store) {
    let key = depot("salesraw");
    let failing = repeatable("key-1", "error");
    let first = store.receive(&failing, Timestamp(10)).await.unwrap();
    assert_eq!((first.at, first.answer), (Timestamp(10), None));
    // It is cut off. Meanwhile somebody else reports.
    store.record(&batch(POLLER, vec![active(&key, 20)])).await.unwrap();
    let again = store.receive(&failing, Timestamp(30)).await.unwrap();
    assert_eq!((again.at, again.answer), (Timestamp(10), None), "it was received at first when it was first received");
    let seen = batch(LISTER, vec![with_status(&key, again.at.0, "error")]);
    let recorded = store.record_once(&seen, &failing).await.unwrap();
    assert_eq!(stored(store, &key).await.1.state(), State::Active, "what was reported later stays");
    let replayed = store.receive(&failing, Timestamp(40)).await.unwrap();
    assert_eq!((replayed.at, replayed.answer), (Timestamp(10), Some(recorded)));

    let other = store.receive(&repeatable("key-1", "other"), Timestamp(50)).await.unwrap();
    assert_eq!((other.request.as_str(), other.answer), ("error", Some(recorded)), "the key is taken");
    let end = 10 + KEEP_ANSWERS_MS;
    assert_eq!(store.receive(&failing, Timestamp(end - 1)).await.unwrap().answer, Some(recorded));
    assert_eq!(store.receive(&failing, Timestamp(end)).await.unwrap().answer, None, "its time is over");
}

async fn a_request_that_did_nothing_leaves_its_key(store: &dyn Store) {
    store.record(&listing(LISTER, "depot", 1, &depots(&["a", "b", "c"]))).await.unwrap();
    let request = repeatable("key-1", "nothing");
    store.receive(&request, Timestamp(5)).await.unwrap();
    store.record_once(&listing(LISTER, "depot", 5, &[]), &request).await.unwrap_err();
    assert_eq!(store.receive(&request, Timestamp(6)).await.unwrap().answer, None, "a refusal is not kept");
    let mended = store.receive(&repeatable("key-1", "mended"), Timestamp(7)).await.unwrap();
    assert_eq!((mended.at, mended.request.as_str(), mended.answer), (Timestamp(7), "mended", None));
}

async fn a_bad_source_is_refused(store: &dyn Store) {
    for source in ["", "  ", "two\nlines", &"x".repeat(65)] {
        let refused = store.record(&batch(source, vec![active(&depot("a"), 1)])).await;
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{source:?}: {refused:?}");
    }
    assert_eq!(store.last_seq().await.unwrap(), 0);
    store.record(&batch(&"x".repeat(64), vec![active(&depot("a"), 1)])).await.unwrap();
}

async fn a_selection_is_paged_in_order(store: &dyn Store) {
    let mut observations = Vec::new();
    for resource_type in ["worker", "depot", "service", "vulcan"] {
        for workspace in ["public", "sandbox"] {
            for number in 0..6 {
                let key = Key::new(resource_type, Some(workspace), &format!("{workspace}-{number}")).unwrap();
                let owner = Some(if number % 2 == 0 { "ada" } else { "grace" }.to_owned());
                observations.push(Observation { owner, deleted: number == 5, ..active(&key, 1) });
            }
        }
    }
    store.record(&batch(LISTER, observations)).await.unwrap();
    let mut everything: Vec<_> = store.all_after(0, 1_000).await.unwrap();
    everything.sort_by(|(_, left), (_, right)| left.key.cmp(&right.key));
    assert_eq!(everything.len(), 48);

    let text = |text: &str| Some(text.to_owned());
    for resource_type in [None, Some(ResourceType::new("service")), Some(ResourceType::new("nothing"))] {
        for workspace in [None, text("sandbox")] {
            for owner in [None, text("grace")] {
                for name in [None, text("sandbox-1")] {
                    for include_deleted in [false, true] {
                        let selection = Selection {
                            resource_type: resource_type.clone(),
                            workspace: workspace.clone(),
                            name: name.clone(),
                            owner: owner.clone(),
                            include_deleted,
                        };
                        let wanted = |found: &&super::Numbered| {
                            let (_, resource) = found;
                            let key = &resource.key;
                            resource_type.as_ref().is_none_or(|wanted| key.resource_type == *wanted)
                                && (workspace.is_none() || key.workspace == workspace)
                                && name.as_ref().is_none_or(|wanted| key.name == *wanted)
                                && (owner.is_none() || resource.owner == owner)
                                && (include_deleted || !resource.deleted)
                        };
                        let expected: Vec<_> = everything.iter().filter(wanted).cloned().collect();
                        let mut found: Vec<super::Numbered> = Vec::new();
                        loop {
                            let after = found.last().map(|(_, resource)| resource.key.clone());
                            let page = store.select(&selection, after.as_ref(), 5).await.unwrap();
                            assert!(page.len() <= 5);
                            if page.is_empty() {
                                break;
                            }
                            found.extend(page);
                        }
                        assert_eq!(found, expected, "{selection:?}");
                    }
                }
            }
        }
    }
    assert_eq!(
        store.by_number(&[3, 99, 1]).await.unwrap().iter().map(|(number, _)| *number).collect::<Vec<_>>(),
        [3, 1]
    );
}

async fn changes_are_paged_newest_first(store: &dyn Store) {
    let key = service("orders-api");
    for at in 1..=9 {
        let seen = Observation { runtime: Some(format!("running:{at}")), ..with_status(&key, at, &format!("s{at}")) };
        store.record(&batch(LISTER, vec![seen, with_status(&service("other"), at, &format!("o{at}"))])).await.unwrap();
    }
    let whole = store.changes(1, None, 1_000).await.unwrap();
    assert_eq!((whole.changes.len(), whole.before), (17, None));
    assert!(whole.changes.windows(2).all(|pair| pair[0].seq > pair[1].seq));
    for size in 1..=20 {
        let mut paged = Vec::new();
        let mut before = None;
        loop {
            let page = store.changes(1, before, size).await.unwrap();
            assert!(page.changes.len() <= size);
            paged.extend(page.changes);
            before = page.before;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(paged, whole.changes, "pages of {size}");
    }
    let newest = store.newest_changes(3).await.unwrap();
    assert_eq!(newest.iter().map(|change| change.seq).collect::<Vec<_>>(), Vec::from_iter((24..=26).rev()));
    assert_eq!(store.last_seq().await.unwrap(), newest[0].seq);
}

async fn the_change_log_is_covered_exactly(store: &dyn Store) {
    let keys: Vec<Key> = (0..7).map(|number| service(&format!("s{number}"))).collect();
    for at in 1..=5_i64 {
        let seen = keys.iter().enumerate().filter(|(place, _)| at == 1 || place % 2 == 0);
        let seen = seen.map(|(_, key)| with_status(key, at, &format!("state{at}"))).collect();
        store.record(&batch(LISTER, seen)).await.unwrap();
    }
    let last = store.last_seq().await.unwrap();
    for limit in [1, 2, 3, 10, 1_000] {
        let mut covered: BTreeMap<i64, usize> = BTreeMap::new();
        let mut seq = 0;
        loop {
            let changed = store.changed_after(seq, limit).await.unwrap();
            assert!(changed.resources.len() <= limit);
            assert!(changed.seq > seq);
            for (number, resource) in &changed.resources {
                *covered.entry(*number).or_default() += 1;
                assert_eq!(resource, &stored(store, &resource.key).await.1, "as it is now");
            }
            seq = changed.seq;
            if !changed.more {
                break;
            }
        }
        assert_eq!(seq, last);
        assert_eq!(covered.len(), keys.len());
        if limit == 1_000 {
            assert!(covered.values().all(|&times| times == 1), "each once");
        }
    }
    let nothing = store.changed_after(last, 10).await.unwrap();
    assert_eq!((nothing.resources.len(), nothing.seq, nothing.more), (0, last, false));
}

async fn a_stretch_of_the_log_is_bounded_by_what_it_takes(store: &dyn Store) {
    // Each takes 100 kB, all of them 120 MB.
    let large = |number: i64| Observation {
        description: Some("x".repeat(100_000)),
        ..active(&service(&format!("s{number}")), 1)
    };
    for part in Vec::from_iter(0..1_200_i64).chunks(100) {
        store.record(&batch(LISTER, part.iter().copied().map(large).collect())).await.unwrap();
    }
    let (mut seq, mut found, mut most) = (0, BTreeSet::new(), 0);
    loop {
        let changed = store.changed_after(seq, 100_000).await.unwrap();
        most = most.max(changed.resources.len());
        found.extend(changed.resources.iter().map(|(number, _)| *number));
        seq = changed.seq;
        if !changed.more {
            break;
        }
    }
    assert_eq!(found.len(), 1_200);
    assert!(most <= 1_000, "{most} were held at once");
    assert_eq!(seq, store.last_seq().await.unwrap());
    let numbers: Vec<i64> = found.iter().rev().copied().collect();
    let read = store.by_number(&numbers).await.unwrap();
    assert_eq!(read.iter().map(|(number, _)| *number).collect::<Vec<_>>(), numbers, "in the order asked for");
}

async fn random_histories_keep_counts_and_log_right(store: &dyn Store) {
    let mut random = StdRng::seed_from_u64(7);
    let keys: Vec<Key> = (0..40)
        .map(|number| match number % 3 {
            0 => depot(&format!("d{number}")),
            1 => service(&format!("s{number}")),
            _ => Key::new("worker", Some("sandbox"), &format!("w{number}")).unwrap(),
        })
        .collect();
    // The same rules, without a database.
    let mut model: HashMap<Key, app::model::Resource> = HashMap::new();
    let mut entries = 0;
    for round in 0..150_i64 {
        let source = if random.random_bool(0.5) { LISTER } else { POLLER };
        let mut observations = Vec::new();
        for _ in 0..random.random_range(1..30) {
            let key = &keys[random.random_range(0..keys.len())];
            let at = round * 10 - random.random_range(0..30);
            let status = ["active", "error", "pending", "warning"][random.random_range(0..4)];
            observations.push(Observation {
                deleted: random.random_bool(0.1),
                owner: random.random_bool(0.3).then(|| "ada".to_owned()),
                runtime: random.random_bool(0.3).then(|| format!("running:{}", random.random_range(0..3))),
                ..with_status(key, at, status)
            });
        }
        for seen in &observations {
            let resource =
                model.entry(seen.key.clone()).or_insert_with(|| app::model::Resource::new(seen.key.clone(), seen.at));
            entries += resource.observe(seen, source, &mut Vec::new(), None).len();
        }
        store.record(&batch(source, observations)).await.unwrap();
    }
    let found = store.all_after(0, 1_000).await.unwrap();
    assert_eq!(found.iter().map(|(number, _)| *number).collect::<Vec<_>>(), Vec::from_iter(1..=found.len() as i64));
    let found: HashMap<Key, app::model::Resource> =
        found.into_iter().map(|(_, resource)| (resource.key.clone(), resource)).collect();
    assert_eq!(found, model);
    assert_eq!(store.last_seq().await.unwrap(), entries as i64);
    let mut recount: BTreeMap<(ResourceType, State), u64> = BTreeMap::new();
    for resource in model.values() {
        *recount.entry((resource.key.resource_type.clone(), resource.state())).or_default() += 1;
    }
    let counts: BTreeMap<(ResourceType, State), u64> =
        store.counts().await.unwrap().into_iter().map(|(kind, state, count)| ((kind, state), count)).collect();
    assert_eq!(counts, recount);
}
