//! After any sequence of observations the index says what the store says, and the log leads to it.

use std::collections::HashMap;
use std::sync::Arc;

use app::model::{
    Batch, Change, Field, Key, NodeStatus, Observation, Resource, RuntimeNode, Scope, State, Timestamp, summarise_nodes,
};
use proptest::prelude::*;

use super::*;
use crate::catalog::{Clock, catch_up};
use crate::index::Index;
use crate::store::memory::MemoryStore;

/// Long after everything that is observed, so that what starts is stuck by then.
const LATE: Timestamp = Timestamp(100_000_000);

fn keys() -> [Key; 4] {
    [
        Key::new("service", Some("public"), "orders-api").expect("a key"),
        Key::new("depot", None, "salesraw").expect("a key"),
        Key::new("workflow", Some("public"), "nightly").expect("a key"),
        Key::new("gadget", None, "unheard-of").expect("a key"),
    ]
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    proptest::option::of(proptest::sample::select(words).prop_map(str::to_owned))
}

fn nodes() -> impl Strategy<Value = Option<Vec<RuntimeNode>>> {
    let node = (0..4_u8, 0..4_usize).prop_map(|(name, status)| {
        let statuses = [NodeStatus::Running, NodeStatus::Failed, NodeStatus::Pending, NodeStatus::Succeeded];
        RuntimeNode::new(format!("n-{name}"), statuses[status].clone())
    });
    proptest::option::weighted(0.3, proptest::collection::vec(node, 0..4))
}

fn observation() -> impl Strategy<Value = Observation> {
    let first = (
        0..4_usize,
        0..40_i64,
        proptest::bool::weighted(0.15),
        word(&["active", "Active", "error", "pending", ""]),
        word(&["building", "error", "complete"]),
        word(&["running:1", "running:2", "pending:0/2", "failed", "succeeded", ""]),
    );
    let second = (
        nodes(),
        word(&["ada", "grace", ""]),
        word(&["S3", "JDBC"]),
        proptest::option::of(0..4_u32),
        word(&["no such image", ""]),
        proptest::option::of(proptest::sample::subsequence(vec!["a".to_owned(), "b".to_owned()], 0..=2)),
    );
    (first, second).prop_map(|((key, minutes, deleted, status, builder_stage, runtime), second)| {
        let (nodes, owner, depot_source, replicas, message, tags) = second;
        Observation {
            deleted,
            status,
            builder_stage,
            runtime,
            nodes,
            owner,
            depot_source,
            replicas,
            message,
            tags,
            ..Observation::new(keys()[key].clone(), Timestamp(minutes * 60_000))
        }
    })
}

fn batches() -> impl Strategy<Value = Vec<Batch>> {
    let observations = proptest::collection::vec(observation(), 0..6);
    let batch = (observations, proptest::bool::ANY, proptest::bool::weighted(0.2), 0..40_i64);
    let batch = batch.prop_map(|(observations, polled, complete, minutes)| Batch {
        source: if polled { "poller" } else { "lister" }.to_owned(),
        at: Timestamp(minutes * 60_000),
        observations,
        complete: complete.then(|| Scope::parse("service").expect("a scope")).into_iter().collect(),
        force: true,
        lease: None,
    });
    proptest::collection::vec(batch, 1..8)
}

/// What the log tells of a Resource after its first observation.
struct Told {
    resource: Resource,
    nodes: Option<String>,
    /// Entries that the first observation made, which only say that it is there or gone.
    of_first: usize,
}

impl Told {
    /// Takes in an entry of the log, which says what was there before.
    fn take_in(&mut self, change: &Change) {
        let resource = &mut self.resource;
        let state = resource.state();
        let (from, to) = (change.from.clone(), change.to.clone());
        let blank = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        match change.field {
            Field::Created => resource.deleted = false,
            Field::Deleted => resource.deleted = true,
            Field::Status => assert_eq!(blank(&std::mem::replace(&mut resource.status, to)), from),
            Field::BuilderStage => assert_eq!(blank(&std::mem::replace(&mut resource.builder_stage, to)), from),
            Field::Runtime => {
                let word = resource.runtime.as_ref().map(|_| resource.runtime().state);
                let before = resource.runtime.replace(to.unwrap_or_default());
                assert_eq!(blank(&before), from);
                if word.as_ref() != Some(&resource.runtime().state) {
                    resource.runtime_since = Some(change.at);
                }
            }
            Field::Nodes => assert_eq!(std::mem::replace(&mut self.nodes, to), from),
            Field::Owner => assert_eq!(blank(&std::mem::replace(&mut resource.owner, to)), from),
            Field::Source => assert_eq!(blank(&std::mem::replace(&mut resource.depot_source, to)), from),
            Field::Message => assert_eq!(blank(&std::mem::replace(&mut resource.message, to)), from),
            Field::Replicas => resource.replicas = to.map(|replicas| replicas.parse().expect("a number")),
            Field::Tags => {
                resource.tags = to.iter().flat_map(|tags| tags.split(", ")).map(str::to_owned).collect();
            }
            field => panic!("nobody said anything of {field:?}"),
        }
        if resource.state() != state {
            resource.state_since = Some(change.at);
        }
    }
}

/// All that is shown or filtered by, as text.
fn shown(resource: &Resource, nodes: Option<String>) -> String {
    let blank = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let health = resource.health(LATE);
    let state: State = resource.state();
    format!(
        "{state} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {health:?} {nodes:?}",
        blank(&resource.status),
        blank(&resource.builder_stage),
        resource.runtime,
        resource.runtime_since,
        resource.state_since,
        blank(&resource.owner),
        blank(&resource.depot_source),
        blank(&resource.message),
        resource.replicas,
        resource.tags,
    )
}

async fn holds_for(batches: Vec<Batch>) {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
    let index = Arc::new(Index::in_memory().expect("an index"));
    let clock: Clock = Arc::new(|| LATE);
    let mut told: HashMap<Key, Told> = HashMap::new();
    for batch in &batches {
        let recorded = store.record(batch).await.expect("recorded");
        catch_up(&store, &index, &clock, recorded.seq).await.expect("followed");
        for seen in &batch.observations {
            told.entry(seen.key.clone()).or_insert_with(|| {
                let mut nodes = Vec::new();
                let mut resource = Resource::new(seen.key.clone(), seen.at);
                let of_first = resource.observe(seen, &batch.source, &mut nodes, None).len();
                Told { resource, nodes: (!nodes.is_empty()).then(|| summarise_nodes(&nodes)), of_first }
            });
        }
        let stored = store.all_after(0, 100).await.expect("Resources");
        assert_eq!(index.differences(&stored, LATE), [], "the index says what the store says");
        assert_eq!(index.disorder(), None);
        assert_eq!(store.check(false).await.expect("a report").problems, Vec::<String>::new());
    }
    let mut log = store.newest_changes(10_000).await.expect("the log");
    log.reverse();
    for change in &log {
        let told = told.get_mut(&change.key).expect("a Resource");
        match told.of_first.checked_sub(1) {
            Some(left) => told.of_first = left,
            None => told.take_in(change),
        }
    }
    for (_, resource) in store.all_after(0, 100).await.expect("Resources") {
        let detail = store.detail(std::slice::from_ref(&resource.key)).await.expect("an answer").expect("a Resource");
        let nodes = (!detail.nodes.is_empty()).then(|| summarise_nodes(&detail.nodes));
        let told = &told[&resource.key];
        assert_eq!(shown(&told.resource, told.nodes.clone()), shown(&resource, nodes), "{}", resource.key);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn index_store_and_log_say_the_same_after_any_observations(batches in batches()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(holds_for(batches));
    }
}
