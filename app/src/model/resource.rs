//! A Resource as it is known now, and how an observation changes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::change::Field;
use super::key::{Key, ResourceId};
use super::node::{ENDED_NODES_KEPT, RuntimeNode, merge_nodes, summarise_nodes};
use super::observation::{Observation, ResourceCounts};
use super::runtime::Runtime;
use super::time::Timestamp;
use super::word::State;

/// Tags that the platform adds begin with this (domain.md 1.4).
pub const PLATFORM_TAG: &str = "dataos:";

/// A part of what is known that has its own time and source of observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// Whether it is there at all.
    Presence,
    /// The Aggregate Status and its message.
    Status,
    /// The Builder Stage.
    BuilderStage,
    /// The runtime.
    Runtime,
    /// The runtime nodes.
    Nodes,
    /// The manifest.
    Manifest,
    /// The counts.
    Counts,
    /// The version.
    Version,
    /// The owner.
    Owner,
    /// The description.
    Description,
    /// The tags.
    Tags,
    /// The layer.
    Layer,
    /// The source of a depot and the replicas wanted.
    Source,
    /// The time of creation that the platform reports.
    CreatedAt,
}

/// When and by whom something was last observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// When.
    pub at: Timestamp,
    /// By which source.
    pub source: String,
}

/// All that is known of a Resource, but for its manifest and nodes, which are kept apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Type, workspace and name.
    pub key: Key,
    /// The version; empty when nobody said.
    pub version: String,
    /// Aggregate Status: the last status reported, raw. Survives deletion.
    pub status: Option<String>,
    /// Whether it is deleted.
    pub deleted: bool,
    /// Since when the state is what it is.
    pub state_since: Option<Timestamp>,
    /// The Builder Stage, raw.
    pub builder_stage: Option<String>,
    /// The runtime, raw; `Some("")` is "no runtime", `None` "not known".
    pub runtime: Option<String>,
    /// Since when the word of the runtime is what it is.
    pub runtime_since: Option<Timestamp>,
    /// The owner.
    pub owner: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The tags.
    pub tags: Vec<String>,
    /// `user` or `system`.
    pub layer: Option<String>,
    /// The source of a depot.
    pub depot_source: Option<String>,
    /// How many replicas are wanted.
    pub replicas: Option<u32>,
    /// The counts.
    pub counts: ResourceCounts,
    /// Why the platform reports an error.
    pub message: Option<String>,
    /// When the platform created it.
    pub created_at: Option<Timestamp>,
    /// A digest of the manifest; `None` when none is known.
    pub manifest_digest: Option<String>,
    /// When it was first seen.
    pub first_seen_at: Timestamp,
    /// When something last changed.
    pub changed_at: Timestamp,
    /// When and by whom each part was last observed.
    pub observed: BTreeMap<Aspect, Seen>,
}

/// One difference an observation made.
pub type Difference = (Field, Option<String>, Option<String>);

impl Resource {
    /// A Resource of which only the key is known.
    #[must_use]
    pub fn new(key: Key, at: Timestamp) -> Self {
        Self {
            key,
            version: String::new(),
            status: None,
            deleted: false,
            state_since: None,
            builder_stage: None,
            runtime: None,
            runtime_since: None,
            owner: None,
            description: None,
            tags: Vec::new(),
            layer: None,
            depot_source: None,
            replicas: None,
            counts: ResourceCounts::default(),
            message: None,
            created_at: None,
            manifest_digest: None,
            first_seen_at: at,
            changed_at: at,
            observed: BTreeMap::new(),
        }
    }

    /// The State: `deleted` wins over the last reported status; without a status it is `unknown`.
    #[must_use]
    pub fn state(&self) -> State {
        if self.deleted {
            return State::Deleted;
        }
        match self.status.as_deref().map(str::trim) {
            None | Some("") => State::Unknown,
            Some(status) => State::parse(status),
        }
    }

    /// The runtime, parsed.
    #[must_use]
    pub fn runtime(&self) -> Runtime {
        Runtime::parse(self.runtime.as_deref().unwrap_or_default())
    }

    /// The id as the platform prints it.
    #[must_use]
    pub fn id(&self) -> ResourceId {
        self.key.id(&self.version)
    }

    /// Whether its page has a Runtime tab.
    #[must_use]
    pub fn has_runtime_tab(&self) -> bool {
        let reported = self.runtime.as_deref().is_some_and(|runtime| !runtime.trim().is_empty())
            || self.observed.contains_key(&Aspect::Nodes);
        self.key.resource_type.has_runtime_tab(self.depot_source.as_deref(), reported)
    }

    /// The latest observation of any part.
    #[must_use]
    pub fn last_seen(&self) -> Option<&Seen> {
        self.observed.values().max_by_key(|seen| seen.at)
    }

    /// Takes in an observation and returns what it changed, in the order of [`Field::ALL`]; the first one only creates.
    ///
    /// Each part takes the value only if it was not observed later already, so the order in which observations arrive
    /// does not matter, and the same one twice changes nothing. `nodes` are the known nodes and become the new ones;
    /// `digest` is the digest of the observation's manifest.
    pub fn observe(
        &mut self,
        seen: &Observation,
        source: &str,
        nodes: &mut Vec<RuntimeNode>,
        digest: Option<&str>,
    ) -> Vec<Difference> {
        self.observe_keeping(ENDED_NODES_KEPT, seen, source, nodes, digest)
    }

    /// As [`Self::observe`], of the nodes that have ended keeping the last `ended_nodes`.
    pub fn observe_keeping(
        &mut self,
        ended_nodes: usize,
        seen: &Observation,
        source: &str,
        nodes: &mut Vec<RuntimeNode>,
        digest: Option<&str>,
    ) -> Vec<Difference> {
        let mut differences: Vec<Difference> = Vec::new();
        let state_before = self.state();
        let first_time = self.observed.is_empty();

        if self.newer(Aspect::Presence, seen, source) {
            if seen.deleted && (first_time || !self.deleted) {
                if first_time {
                    differences.push((Field::Created, None, None));
                }
                differences.push((Field::Deleted, None, Some("deleted".to_owned())));
                self.deleted = true;
            } else if !seen.deleted && (first_time || self.deleted) {
                let from = self.deleted.then(|| "deleted".to_owned());
                self.deleted = false;
                differences.push((Field::Created, from, seen.status.clone()));
            }
        }
        if seen.status.is_some() && self.newer(Aspect::Status, seen, source) {
            replace(&mut self.status, seen.status.as_ref(), Field::Status, &mut differences);
            let errs = self.status.as_deref().is_some_and(|status| State::parse(status) == State::Error);
            if seen.message.is_some() || !errs {
                replace_optional(&mut self.message, seen.message.clone(), Field::Message, &mut differences);
            }
        }
        if seen.builder_stage.is_some() && self.newer(Aspect::BuilderStage, seen, source) {
            replace(&mut self.builder_stage, seen.builder_stage.as_ref(), Field::BuilderStage, &mut differences);
        }
        if seen.runtime.is_some() && self.newer(Aspect::Runtime, seen, source) {
            let word_before = self.runtime.as_ref().map(|_| self.runtime().state);
            replace(&mut self.runtime, seen.runtime.as_ref(), Field::Runtime, &mut differences);
            if word_before.is_none() && self.runtime.as_deref() == Some("") {
                // Pages tell "no runtime" from "not known".
                differences.push((Field::Runtime, None, Some(String::new())));
            }
            if word_before.as_ref() != Some(&self.runtime().state) {
                self.runtime_since = Some(seen.at);
            }
        }
        if let Some(reported) = &seen.nodes
            && let had_tab = self.has_runtime_tab()
            && self.newer(Aspect::Nodes, seen, source)
        {
            let merged = merge_nodes(nodes, reported, seen.at, ended_nodes);
            if merged != *nodes {
                let said = |nodes: &[RuntimeNode]| (!nodes.is_empty()).then(|| summarise_nodes(nodes));
                differences.push((Field::Nodes, said(nodes), said(&merged)));
                *nodes = merged;
            } else if self.has_runtime_tab() != had_tab {
                // That it has no nodes gives it a Runtime tab as well.
                differences.push((Field::Nodes, None, None));
            }
        }
        if let Some(version) = &seen.version
            && self.newer(Aspect::Version, seen, source)
            && *version != self.version
        {
            let before = std::mem::replace(&mut self.version, version.clone());
            differences.push((Field::Version, (!before.is_empty()).then_some(before), Some(version.clone())));
        }
        if seen.owner.is_some() && self.newer(Aspect::Owner, seen, source) {
            replace(&mut self.owner, seen.owner.as_ref(), Field::Owner, &mut differences);
        }
        if seen.description.is_some() && self.newer(Aspect::Description, seen, source) {
            replace(&mut self.description, seen.description.as_ref(), Field::Description, &mut differences);
        }
        if let Some(tags) = &seen.tags
            && self.newer(Aspect::Tags, seen, source)
        {
            let mut tags = tags.clone();
            tags.sort();
            tags.dedup();
            if tags != self.tags {
                let before = std::mem::replace(&mut self.tags, tags);
                let said = |tags: &[String]| (!tags.is_empty()).then(|| tags.join(", "));
                differences.push((Field::Tags, said(&before), said(&self.tags)));
            }
        }
        if seen.layer.is_some() && self.newer(Aspect::Layer, seen, source) {
            replace(&mut self.layer, seen.layer.as_ref(), Field::Layer, &mut differences);
        }
        if (seen.depot_source.is_some() || seen.replicas.is_some()) && self.newer(Aspect::Source, seen, source) {
            if seen.depot_source.is_some() {
                replace(&mut self.depot_source, seen.depot_source.as_ref(), Field::Source, &mut differences);
            }
            if seen.replicas.is_some() && seen.replicas != self.replicas {
                let before = std::mem::replace(&mut self.replicas, seen.replicas);
                let said = |replicas: Option<u32>| replicas.map(|replicas| replicas.to_string());
                differences.push((Field::Replicas, said(before), said(self.replicas)));
            }
        }
        if let Some(digest) = digest
            && self.newer(Aspect::Manifest, seen, source)
        {
            replace(&mut self.manifest_digest, Some(&digest.to_owned()), Field::Manifest, &mut differences);
        }
        if let Some(counts) = seen.counts
            && self.newer(Aspect::Counts, seen, source)
            && counts != self.counts
        {
            let before = std::mem::replace(&mut self.counts, counts);
            let said = |counts: ResourceCounts| {
                let text = |count: Option<u32>| count.map_or_else(|| "–".to_owned(), |count| count.to_string());
                (counts != ResourceCounts::default()).then(|| {
                    format!(
                        "{} / {} / {}",
                        text(counts.cloud_kernel),
                        text(counts.web_service),
                        text(counts.operator_runtime)
                    )
                })
            };
            differences.push((Field::Counts, said(before), said(counts)));
        }
        if let Some(created_at) = seen.created_at
            && self.newer(Aspect::CreatedAt, seen, source)
            && self.created_at != Some(created_at)
        {
            let before = self.created_at.replace(created_at);
            differences.push((Field::CreatedAt, before.map(Timestamp::to_rfc3339), Some(created_at.to_rfc3339())));
        }

        if first_time || self.state() != state_before {
            self.state_since = Some(seen.at);
        }
        if first_time {
            // What it was created with can be told from what it is now and what changed since.
            differences.retain(|(field, ..)| matches!(field, Field::Created | Field::Deleted));
        }
        if !differences.is_empty() {
            self.changed_at = if first_time { seen.at } else { self.changed_at.max(seen.at) };
        }
        self.first_seen_at = self.first_seen_at.min(seen.at);
        differences
    }

    /// Notes that `aspect` was observed, unless it was observed later already. A tie goes to the later arrival.
    fn newer(&mut self, aspect: Aspect, seen: &Observation, source: &str) -> bool {
        match self.observed.get_mut(&aspect) {
            Some(known) if known.at > seen.at => false,
            Some(known) => {
                known.at = seen.at;
                if known.source != source {
                    source.clone_into(&mut known.source);
                }
                true
            }
            None => {
                self.observed.insert(aspect, Seen { at: seen.at, source: source.to_owned() });
                true
            }
        }
    }
}

fn replace(slot: &mut Option<String>, value: Option<&String>, field: Field, differences: &mut Vec<Difference>) {
    if slot.as_ref() != value {
        let before = std::mem::replace(slot, value.cloned());
        // "Not known" and "none" look the same in a timeline, so learning that there is none is no entry of its own.
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        let (from, to) = (said(before), said(slot.clone()));
        if from != to {
            differences.push((field, from, to));
        }
    }
}

fn replace_optional(slot: &mut Option<String>, value: Option<String>, field: Field, differences: &mut Vec<Difference>) {
    let value = value.filter(|text| !text.is_empty());
    if *slot != value {
        let before = std::mem::replace(slot, value);
        differences.push((field, before, slot.clone()));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn service() -> Key {
        Key::new("service", Some("public"), "orders-api").expect("a key")
    }

    fn seen(at: i64, status: &str, runtime: &str) -> Observation {
        Observation {
            status: Some(status.to_owned()),
            runtime: Some(runtime.to_owned()),
            ..Observation::new(service(), Timestamp(at))
        }
    }

    fn gone(at: i64) -> Observation {
        Observation { deleted: true, ..Observation::new(service(), Timestamp(at)) }
    }

    fn after(observations: &[Observation]) -> (Resource, Vec<Field>) {
        let mut resource = Resource::new(service(), Timestamp(observations[0].at.0));
        let mut nodes = Vec::new();
        let mut fields = Vec::new();
        for observation in observations {
            let differences = resource.observe(observation, "test", &mut nodes, None);
            fields.extend(differences.into_iter().map(|(field, ..)| field));
        }
        (resource, fields)
    }

    #[test]
    fn the_same_observation_twice_changes_nothing() {
        let (_, fields) = after(&[seen(1, "active", "running:1"), seen(1, "active", "running:1")]);
        assert_eq!(fields, [Field::Created]);
    }

    #[test]
    fn an_older_observation_never_wins() {
        let (resource, fields) = after(&[seen(2, "active", "running:1"), seen(1, "error", "failed")]);
        assert_eq!((resource.state(), resource.runtime.as_deref()), (State::Active, Some("running:1")));
        assert_eq!(fields, [Field::Created]);
    }

    #[test]
    fn deletion_keeps_the_last_values_and_recreation_keeps_the_page() {
        let (mut resource, fields) = after(&[seen(1, "active", "running:1"), gone(2)]);
        assert_eq!((resource.state(), resource.status.as_deref()), (State::Deleted, Some("active")));
        assert_eq!(fields.last(), Some(&Field::Deleted));
        assert_eq!(resource.state_since, Some(Timestamp(2)));
        let back = resource.observe(&seen(3, "active", "running:1"), "test", &mut Vec::new(), None);
        assert_eq!(back, [(Field::Created, Some("deleted".to_owned()), Some("active".to_owned()))]);
        assert_eq!(resource.state(), State::Active);
        assert_eq!(resource.first_seen_at, Timestamp(1));
    }

    #[test]
    fn a_sighting_from_before_the_deletion_does_not_bring_it_back() {
        let (resource, _) = after(&[seen(1, "active", ""), gone(5), seen(4, "active", "")]);
        assert_eq!(resource.state(), State::Deleted);
    }

    #[test]
    fn what_is_not_said_is_kept() {
        let (resource, _) = after(&[seen(1, "active", "running:1"), Observation::new(service(), Timestamp(2))]);
        assert_eq!(resource.runtime.as_deref(), Some("running:1"));
        assert_eq!(resource.last_seen().map(|seen| seen.at), Some(Timestamp(2)));
    }

    #[test]
    fn waiting_is_counted_from_the_first_pending_value() {
        let (resource, _) = after(&[seen(1, "active", "pending:0/2"), seen(5, "active", "pending:1/2")]);
        assert_eq!(resource.runtime_since, Some(Timestamp(1)));
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_does_not_matter(mut order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle()) {
            let all = [seen(10, "active", "running:1"), seen(20, "error", ""), gone(30), seen(40, "pending", "pending:0/1"), gone(50), seen(60, "active", "running:2")];
            let shuffled: Vec<_> = order.iter().map(|&index| all[index].clone()).collect();
            let (found, _) = after(&shuffled);
            order.sort_unstable();
            let (expected, _) = after(&all);
            prop_assert_eq!((found.state(), found.runtime, found.observed), (expected.state(), expected.runtime, expected.observed));
        }
    }
}
