//! The steps of recording in memory.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use app::model::{
    ENDED_NODES_KEPT, Key, Manifest, Recorded, RepeatableRequest, Resource, RuntimeNode, Scope, Timestamp,
};
use async_trait::async_trait;
use tokio::sync::OwnedMutexGuard;

use super::Tables;
use crate::store::{CountChange, LogRow, Numbered, Receipt, StoreError, WriteTransaction};

/// A copy of everything, which takes the place of the original when it is committed.
pub(super) struct Writing {
    tables: Tables,
    shared: Arc<RwLock<Arc<Tables>>>,
    _turn: OwnedMutexGuard<()>,
}

impl Writing {
    pub(super) fn new(tables: Tables, shared: Arc<RwLock<Arc<Tables>>>, turn: OwnedMutexGuard<()>) -> Self {
        Self { tables, shared, _turn: turn }
    }

    pub(super) fn tables(&mut self) -> &mut Tables {
        &mut self.tables
    }

    pub(super) fn end(self) {
        *self.shared.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(self.tables);
    }

    /// The live Resources of a scope that a source has ever reported.
    fn seen(&self, source: i64, scope: &Scope) -> impl Iterator<Item = i64> {
        let source = place(source);
        self.tables
            .resources
            .iter()
            .filter(move |(number, resource)| {
                !resource.deleted
                    && scope.covers(&resource.key)
                    && self.tables.sightings.contains_key(&(source, **number))
            })
            .map(|(number, _)| *number)
    }
}

fn place(source: i64) -> usize {
    usize::try_from(source - 1).unwrap_or_default()
}

#[async_trait]
impl WriteTransaction for Writing {
    async fn source(&mut self, name: &str, reported_at: Timestamp) -> Result<i64, StoreError> {
        let place = self.tables.source(name);
        let source = &mut self.tables.sources[place];
        source.reported_at = source.reported_at.max(Some(reported_at));
        Ok(i64::try_from(place).unwrap_or_default() + 1)
    }

    async fn last_lease(&mut self, source: i64) -> Result<i64, StoreError> {
        Ok(self.tables.sources[place(source)].lease)
    }

    async fn last_number(&mut self) -> Result<i64, StoreError> {
        Ok(self.tables.resources.last_key_value().map_or(0, |(number, _)| *number))
    }

    async fn last_seq(&mut self) -> Result<i64, StoreError> {
        Ok(self.tables.last_seq())
    }

    async fn load(&mut self, keys: &[&Key]) -> Result<Vec<(usize, Numbered)>, StoreError> {
        let found = |(place, key): (usize, &&Key)| {
            let number = *self.tables.numbers.get(key)?;
            Some((place, (number, self.tables.resources.get(&number)?.clone())))
        };
        Ok(keys.iter().enumerate().filter_map(found).collect())
    }

    async fn load_numbers(&mut self, numbers: &[i64]) -> Result<Vec<Numbered>, StoreError> {
        Ok(self.tables.numbered(numbers))
    }

    async fn load_nodes(&mut self, numbers: &[i64]) -> Result<Vec<(i64, RuntimeNode)>, StoreError> {
        Ok(numbers
            .iter()
            .flat_map(|number| self.tables.nodes_of(*number).map(|node| (*number, node.clone())))
            .collect())
    }

    async fn upsert(&mut self, resources: &[(i64, &Resource)]) -> Result<(), StoreError> {
        for (number, resource) in resources {
            self.tables.numbers.insert(resource.key.clone(), *number);
            self.tables.resources.insert(*number, (*resource).clone());
        }
        Ok(())
    }

    async fn touch(&mut self, resources: &[(i64, &Resource)]) -> Result<(), StoreError> {
        for (number, resource) in resources {
            if let Some(known) = self.tables.resources.get_mut(number) {
                known.observed.clone_from(&resource.observed);
            }
        }
        Ok(())
    }

    async fn append(&mut self, source: i64, rows: &[LogRow]) -> Result<(), StoreError> {
        self.tables.log.extend(rows.iter().map(|row| (row.seq, (place(source), row.clone()))));
        Ok(())
    }

    async fn keep_manifests(&mut self, manifests: &[(i64, &Manifest)]) -> Result<(), StoreError> {
        self.tables.manifests.extend(manifests.iter().map(|(number, manifest)| (*number, (*manifest).clone())));
        Ok(())
    }

    async fn keep_parts(&mut self, bundle: i64, parts: &[Key]) -> Result<(), StoreError> {
        self.tables.parts.insert(bundle, parts.to_vec());
        Ok(())
    }

    async fn keep_nodes(&mut self, nodes: &[(i64, &RuntimeNode)]) -> Result<(), StoreError> {
        let named = |(number, node): &(i64, &RuntimeNode)| ((*number, node.name.clone()), (*node).clone());
        self.tables.nodes.extend(nodes.iter().map(named));
        Ok(())
    }

    async fn forget_nodes(&mut self, nodes: &[(i64, &str)]) -> Result<(), StoreError> {
        for (number, name) in nodes {
            self.tables.nodes.remove(&(*number, (*name).to_owned()));
        }
        Ok(())
    }

    async fn ended_nodes_kept(&mut self) -> Result<usize, StoreError> {
        Ok(self.tables.ended_nodes.and_then(|kept| usize::try_from(kept).ok()).unwrap_or(ENDED_NODES_KEPT))
    }

    async fn sight(&mut self, source: i64, sightings: &[(i64, Timestamp)]) -> Result<(), StoreError> {
        for (number, at) in sightings {
            let last = self.tables.sightings.entry((place(source), *number)).or_insert(*at);
            *last = (*last).max(*at);
        }
        Ok(())
    }

    async fn count(&mut self, changes: &[CountChange<'_>]) -> Result<(), StoreError> {
        for (resource_type, state, by) in changes {
            *self.tables.counts.entry(((*resource_type).clone(), (*state).clone())).or_default() += by;
        }
        Ok(())
    }

    async fn sighted(&mut self, source: i64, scope: &Scope) -> Result<u64, StoreError> {
        Ok(self.seen(source, scope).count() as u64)
    }

    async fn missing(&mut self, source: i64, scope: &Scope, listed: &HashSet<i64>) -> Result<Vec<i64>, StoreError> {
        Ok(self.seen(source, scope).filter(|number| !listed.contains(number)).collect())
    }

    async fn keep_answer(
        &mut self,
        request: &RepeatableRequest,
        at: Timestamp,
        answer: &Recorded,
    ) -> Result<(), StoreError> {
        let receipt = Receipt { at, request: request.request.clone(), answer: Some(*answer) };
        self.tables.answers.insert((request.caller.clone(), request.key.clone()), receipt);
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.end();
        Ok(())
    }
}
