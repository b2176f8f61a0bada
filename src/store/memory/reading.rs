//! What is read from memory: everything is looked through, which is quick enough for tests.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use app::model::{Change, ChangePage, Field, Key, Manifest, Resource, ResourceType, RuntimeNode, State};
use async_trait::async_trait;

use super::{MemoryStore, Tables};
use crate::store::{
    Changed, CheckReport, Detail, LogBounds, Numbered, Selection, Store, StoreError, Timings, WriteTransaction,
};

/// The creations and deletions that are kept in sight of a Resource.
const LIVES: usize = 200;

/// How much of the longest texts is taken of a stretch of the log, in bytes.
const STRETCH_BYTES: usize = 64 << 20;

/// The bundles that a Resource tells it is in.
const BUNDLES: usize = 100;

impl Tables {
    pub(super) fn numbered(&self, numbers: &[i64]) -> Vec<Numbered> {
        numbers.iter().filter_map(|number| Some((*number, self.resources.get(number)?.clone()))).collect()
    }

    pub(super) fn nodes_of(&self, number: i64) -> impl Iterator<Item = &RuntimeNode> {
        self.nodes.range((number, String::new())..).take_while(move |((of, _), _)| *of == number).map(|(_, node)| node)
    }

    /// All entries of the log, the oldest first.
    pub(super) fn all_entries(&self) -> Vec<Change> {
        self.log.values().flat_map(|(source, row)| self.entries(*source, row)).collect()
    }

    fn bundles_holding(&self, key: &Key) -> Vec<Key> {
        let holds =
            |(bundle, parts): (&i64, &Vec<Key>)| parts.contains(key).then(|| self.resources.get(bundle)).flatten();
        let mut bundles: Vec<Key> = self
            .parts
            .iter()
            .filter_map(holds)
            .filter(|bundle| !bundle.deleted)
            .map(|bundle| bundle.key.clone())
            .collect();
        bundles.sort_by(|left, right| left.name.cmp(&right.name));
        bundles.truncate(BUNDLES);
        bundles
    }
}

fn fits(selection: &Selection, resource: &Resource) -> bool {
    let key = &resource.key;
    selection.resource_type.as_ref().is_none_or(|wanted| key.resource_type == *wanted)
        && (selection.workspace.is_none() || key.workspace == selection.workspace)
        && selection.name.as_ref().is_none_or(|wanted| key.name == *wanted)
        && (selection.owner.is_none() || resource.owner == selection.owner)
        && (selection.include_deleted || !resource.deleted)
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self) -> Result<Box<dyn WriteTransaction>, StoreError> {
        Ok(Box::new(self.write().await))
    }

    async fn keep_ended_nodes(&self, kept: u32) -> Result<(), StoreError> {
        self.change(|tables| tables.ended_nodes = Some(kept)).await;
        Ok(())
    }

    async fn can_write(&self) -> bool {
        true
    }

    async fn find(&self, keys: &[Key]) -> Result<Vec<Numbered>, StoreError> {
        let now = self.now();
        let numbers: BTreeSet<i64> = keys.iter().filter_map(|key| now.numbers.get(key).copied()).collect();
        Ok(now.numbered(&Vec::from_iter(numbers)))
    }

    async fn detail(&self, keys: &[Key]) -> Result<Option<Detail>, StoreError> {
        let now = self.now();
        let Some(number) = keys.iter().find_map(|key| now.numbers.get(key).copied()) else { return Ok(None) };
        let Some(resource) = now.resources.get(&number).cloned() else { return Ok(None) };
        let mut lives = now.all_entries();
        lives.retain(|change| change.key == resource.key && matches!(change.field, Field::Created | Field::Deleted));
        lives.drain(..lives.len().saturating_sub(LIVES));
        Ok(Some(Detail {
            number,
            content: now.manifests.get(&number).map(|manifest| manifest.content.clone()),
            lives,
            nodes: now.nodes_of(number).cloned().collect(),
            bundles: now.bundles_holding(&resource.key),
            resource,
        }))
    }

    async fn bundles_of(&self, keys: &[Key]) -> Result<Vec<(Key, Key)>, StoreError> {
        let now = self.now();
        let held = keys.iter().flat_map(|key| now.bundles_holding(key).into_iter().map(|bundle| (key.clone(), bundle)));
        Ok(held.collect())
    }

    async fn by_number(&self, numbers: &[i64]) -> Result<Vec<Numbered>, StoreError> {
        Ok(self.now().numbered(numbers))
    }

    async fn holders_of_node(&self, name: &str, limit: usize) -> Result<Vec<i64>, StoreError> {
        let now = self.now();
        let named = |node: &RuntimeNode| node.name == name || node.pod.as_deref() == Some(name);
        let holders: BTreeSet<i64> =
            now.nodes.iter().filter(|(_, node)| named(node)).map(|((number, _), _)| *number).collect();
        Ok(holders.into_iter().take(limit).collect())
    }

    async fn node_names(&self, numbers: &[i64], limit: usize) -> Result<Vec<(i64, String)>, StoreError> {
        let now = self.now();
        let mut names = Vec::new();
        for &number in numbers {
            let mut nodes: Vec<&RuntimeNode> = now.nodes_of(number).collect();
            nodes.sort_by_key(|node| (node.status.has_ended(), Reverse(node.ended_at.or(node.created_at))));
            for node in nodes.into_iter().take(limit) {
                names.extend(node.pod.iter().filter(|pod| **pod != node.name).map(|pod| (number, pod.clone())));
                names.push((number, node.name.clone()));
            }
        }
        Ok(names)
    }

    async fn nodes(&self, number: i64, after: &str, limit: usize) -> Result<Vec<RuntimeNode>, StoreError> {
        let now = self.now();
        Ok(now.nodes_of(number).filter(|node| node.name.as_str() > after).take(limit).cloned().collect())
    }

    async fn select(
        &self,
        selection: &Selection,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<Numbered>, StoreError> {
        let now = self.now();
        let wanted =
            now.numbers.iter().filter(|(key, _)| after.is_none_or(|after| *key > after)).filter_map(|(_, number)| {
                Some((*number, now.resources.get(number).filter(|found| fits(selection, found))?.clone()))
            });
        Ok(wanted.take(limit).collect())
    }

    async fn all_after(&self, after: i64, limit: usize) -> Result<Vec<Numbered>, StoreError> {
        let now = self.now();
        let later = now.resources.range(after.saturating_add(1)..).take(limit);
        Ok(later.map(|(number, resource)| (*number, resource.clone())).collect())
    }

    async fn changed_after(&self, seq: i64, limit: usize) -> Result<Changed, StoreError> {
        let now = self.now();
        let wanted = limit.max(1);
        let rows: Vec<(i64, i64)> = now
            .log
            .range(seq.saturating_add(1)..)
            .map(|(last, (_, row))| (*last, row.number))
            .take(wanted.saturating_add(1))
            .collect();
        let (mut taken, mut bytes) = (0, 0);
        for (_, number) in rows.iter().take(wanted) {
            if bytes >= STRETCH_BYTES {
                break;
            }
            bytes += now.resources.get(number).and_then(|found| found.description.as_ref()).map_or(0, String::len);
            taken += 1;
        }
        let covered = &rows[..taken];
        let numbers: BTreeSet<i64> = covered.iter().map(|&(_, number)| number).collect();
        Ok(Changed {
            resources: now.numbered(&Vec::from_iter(numbers)),
            seq: covered.last().map_or(seq, |&(last, _)| last),
            more: rows.len() > taken,
            lost: !LogBounds { oldest: now.pruned, last: now.last_seq() }.have(seq),
        })
    }

    async fn last_seq(&self) -> Result<i64, StoreError> {
        Ok(self.now().last_seq())
    }

    async fn manifest(&self, number: i64) -> Result<Option<Manifest>, StoreError> {
        Ok(self.now().manifests.get(&number).cloned())
    }

    async fn changes(&self, number: i64, before: Option<i64>, limit: usize) -> Result<ChangePage, StoreError> {
        let now = self.now();
        let before = before.unwrap_or(i64::MAX);
        let Some(resource) = now.resources.get(&number) else { return Ok(ChangePage::default()) };
        let wanted = |change: &Change| change.key == resource.key && change.seq < before;
        let mut changes: Vec<Change> = now.all_entries().into_iter().rev().filter(wanted).collect();
        let more = changes.len() > limit;
        changes.truncate(limit);
        Ok(ChangePage { before: changes.last().filter(|_| more).map(|change| change.seq), changes })
    }

    async fn newest_changes(&self, limit: usize) -> Result<Vec<Change>, StoreError> {
        Ok(self.now().all_entries().into_iter().rev().take(limit).collect())
    }

    async fn counts(&self) -> Result<Vec<(ResourceType, State, u64)>, StoreError> {
        let now = self.now();
        let mut counts: Vec<_> = now
            .counts
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|((resource_type, state), count)| (resource_type.clone(), state.clone(), count.unsigned_abs()))
            .collect();
        counts.sort_by(|left, right| (left.0.as_str(), left.1.as_str()).cmp(&(right.0.as_str(), right.1.as_str())));
        Ok(counts)
    }

    fn identity(&self) -> &'static str {
        "00000000000000000000000000000000"
    }

    fn timings(&self) -> &Timings {
        &self.timings
    }

    async fn check(&self, _mend: bool) -> Result<CheckReport, StoreError> {
        let now = self.now();
        let mut problems = Vec::new();
        let mut counted: BTreeMap<(ResourceType, State), i64> = BTreeMap::new();
        for resource in now.resources.values() {
            *counted.entry((resource.key.resource_type.clone(), resource.state())).or_default() += 1;
        }
        let kept: BTreeMap<_, _> =
            now.counts.iter().filter(|(_, count)| **count != 0).map(|(of, count)| (of.clone(), *count)).collect();
        if kept != counted {
            problems.push(format!("the counts are {kept:?}, but there are {counted:?}"));
        }
        Ok(CheckReport { resources: now.resources.len() as u64, problems, mended: false })
    }

    async fn close(&self) {}
}
