//! The steps of recording in SQLite.

use std::collections::HashSet;

use app::model::{
    ENDED_NODES_KEPT, Key, Manifest, Recorded, RepeatableRequest, Resource, RuntimeNode, Scope, Timestamp,
};
use async_trait::async_trait;
use sqlx::{QueryBuilder, Sqlite};

use super::writer::Write;
use super::{bundles, idempotency, read, rows, source_runs};
use crate::store::{CountChange, LogRow, Numbered, StoreError, WriteTransaction};

#[async_trait]
impl WriteTransaction for Write {
    async fn source(&mut self, name: &str, reported_at: Timestamp) -> Result<i64, StoreError> {
        Ok(source_runs::note_report(self, name, reported_at).await?)
    }

    async fn last_lease(&mut self, source: i64) -> Result<i64, StoreError> {
        Ok(source_runs::last_lease(self, source).await?)
    }

    async fn last_number(&mut self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM resource").fetch_one(&mut **self).await?)
    }

    async fn last_seq(&mut self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(read::LAST_SEQ).fetch_one(&mut **self).await?)
    }

    async fn load(&mut self, keys: &[&Key]) -> Result<Vec<(usize, Numbered)>, StoreError> {
        read::find_placed(self, keys.iter().copied()).await
    }

    async fn load_numbers(&mut self, numbers: &[i64]) -> Result<Vec<Numbered>, StoreError> {
        read::numbered(self, numbers).await
    }

    async fn load_nodes(&mut self, numbers: &[i64]) -> Result<Vec<(i64, RuntimeNode)>, StoreError> {
        read::nodes_of(self, numbers).await
    }

    async fn upsert(&mut self, resources: &[(i64, &Resource)]) -> Result<(), StoreError> {
        rows::write_resources(self, resources).await
    }

    async fn touch(&mut self, resources: &[(i64, &Resource)]) -> Result<(), StoreError> {
        rows::write_observed(self, resources).await
    }

    async fn append(&mut self, source: i64, rows: &[LogRow]) -> Result<(), StoreError> {
        rows::write_log(self, source, rows).await
    }

    async fn keep_manifests(&mut self, manifests: &[(i64, &Manifest)]) -> Result<(), StoreError> {
        rows::write_manifests(self, manifests).await
    }

    async fn keep_parts(&mut self, bundle: i64, parts: &[Key]) -> Result<(), StoreError> {
        bundles::write(self, bundle, parts).await
    }

    async fn keep_nodes(&mut self, nodes: &[(i64, &RuntimeNode)]) -> Result<(), StoreError> {
        rows::write_nodes(self, nodes).await
    }

    async fn forget_nodes(&mut self, nodes: &[(i64, &str)]) -> Result<(), StoreError> {
        rows::remove_nodes(self, nodes).await
    }

    async fn ended_nodes_kept(&mut self) -> Result<usize, StoreError> {
        let kept: Option<i64> =
            sqlx::query_scalar("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'ended_nodes'")
                .fetch_optional(&mut **self)
                .await?;
        Ok(kept.and_then(|kept| usize::try_from(kept).ok()).unwrap_or(ENDED_NODES_KEPT))
    }

    async fn sight(&mut self, source: i64, sightings: &[(i64, Timestamp)]) -> Result<(), StoreError> {
        rows::write_sightings(self, source, sightings).await
    }

    async fn count(&mut self, changes: &[CountChange<'_>]) -> Result<(), StoreError> {
        rows::write_counts(self, changes).await
    }

    async fn sighted(&mut self, source: i64, scope: &Scope) -> Result<u64, StoreError> {
        let mut query = QueryBuilder::new("SELECT count(*)");
        push_seen_in_scope(&mut query, source, scope);
        let sighted: i64 = query.build_query_scalar().fetch_one(&mut **self).await?;
        Ok(sighted.unsigned_abs())
    }

    async fn missing(&mut self, source: i64, scope: &Scope, listed: &HashSet<i64>) -> Result<Vec<i64>, StoreError> {
        let mut query = QueryBuilder::new("SELECT resource.number");
        push_seen_in_scope(&mut query, source, scope);
        query.push(" AND resource.number NOT IN (SELECT value FROM json_each(").push_bind(read::json(listed)?);
        query.push(")) ORDER BY resource.number");
        Ok(query.build_query_scalar().fetch_all(&mut **self).await?)
    }

    async fn keep_answer(
        &mut self,
        request: &RepeatableRequest,
        at: Timestamp,
        answer: &Recorded,
    ) -> Result<(), StoreError> {
        idempotency::keep_answer(self, request, at, answer).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        Ok(Write::commit(*self).await?)
    }
}

/// From the live Resources of a scope that a source has ever reported. CROSS JOIN makes SQLite go through the scope.
fn push_seen_in_scope(query: &mut QueryBuilder<Sqlite>, source: i64, scope: &Scope) {
    query.push(" FROM resource CROSS JOIN sighting ON sighting.resource = resource.number AND sighting.source = ");
    query.push_bind(source);
    query.push(" WHERE resource.deleted = 0 AND resource.type = ").push_bind(scope.resource_type.as_str());
    if let Some(workspace) = &scope.workspace {
        query.push(" AND resource.workspace = ").push_bind(workspace.as_str());
    }
}

/// What looks for the Resources of a scope.
#[cfg(test)]
pub(super) fn statements() -> Vec<String> {
    ["service", "service:public"]
        .into_iter()
        .filter_map(Scope::parse)
        .map(|scope| {
            let mut query = QueryBuilder::new("SELECT resource.number");
            push_seen_in_scope(&mut query, 1, &scope);
            query.into_string()
        })
        .collect()
}
