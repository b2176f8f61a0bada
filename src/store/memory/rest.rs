//! Feed, kept answers, ids with wildcards, runs of sources and tokens in memory.

use app::model::{RepeatableRequest, SourceRecord, SourceRun, Timestamp};
use async_trait::async_trait;

use super::MemoryStore;
use crate::store::source_runs::{Lease, Leasing, Observed, Plan, RUNS_KEPT, check_source};
use crate::store::{
    ChangeFeed, IdPattern, Idempotency, KEEP_ANSWERS_MS, LogBounds, Logged, Matched, NewToken, Pruned, Receipt,
    Reports, SourceRuns, Store, StoreError, StoredToken, Stretch, Tokens,
};

#[async_trait]
impl ChangeFeed for MemoryStore {
    async fn entries_after(&self, seq: i64, limit: usize) -> Result<Stretch, StoreError> {
        let now = self.now();
        let bounds = LogBounds { oldest: now.pruned, last: now.last_seq() };
        if !bounds.have(seq) {
            return Ok(Stretch::Gone(bounds));
        }
        let mut entries: Vec<Logged> = now
            .all_entries()
            .into_iter()
            .filter(|change| change.seq > seq)
            .map(|change| {
                let version = now.resources[&now.numbers[&change.key]].version.clone();
                Logged { change, version }
            })
            .collect();
        let more = entries.len() > limit.max(1);
        entries.truncate(limit.max(1));
        Ok(Stretch::Entries { entries, more })
    }

    async fn log_bounds(&self) -> Result<LogBounds, StoreError> {
        let now = self.now();
        Ok(LogBounds { oldest: now.pruned, last: now.last_seq() })
    }

    async fn prune(&self, after: i64, before: Timestamp, now: Timestamp, rows: usize) -> Result<Pruned, StoreError> {
        self.change(|tables| {
            let (oldest, last) = (tables.pruned, tables.last_seq());
            let of_life = |row: &crate::store::LogRow| row.tells_of_life();
            let looked_at: Vec<(i64, Timestamp, bool)> = tables
                .log
                .range(after.max(oldest).saturating_add(1)..)
                .take(rows)
                .map(|(seq, (_, row))| (*seq, row.at, of_life(row)))
                .collect();
            let is_due = |(seq, at, _): &&(i64, Timestamp, bool)| *seq < last && (*at < before || *at > now);
            let due: Vec<_> = looked_at.iter().take_while(is_due).collect();
            let next = due.last().filter(|_| due.len() == looked_at.len()).map(|&&(seq, ..)| seq);
            let Some(&&(horizon, ..)) = due.iter().rev().find(|&&&(_, at, life)| at < before && !life) else {
                return Ok(Pruned { removed: 0, next });
            };
            let length = tables.log.len();
            tables.log.retain(|seq, (_, row)| *seq <= oldest || *seq > horizon || of_life(row));
            tables.pruned = tables.pruned.max(horizon);
            Ok(Pruned { removed: (length - tables.log.len()) as u64, next })
        })
        .await
    }
}

#[async_trait]
impl Idempotency for MemoryStore {
    async fn receive(&self, request: &RepeatableRequest, now: Timestamp) -> Result<Receipt, StoreError> {
        Ok(self
            .change(|tables| {
                tables.answers.retain(|_, known| now.since(known.at) < KEEP_ANSWERS_MS);
                let place = (request.caller.clone(), request.key.clone());
                let known = tables.answers.get(&place).cloned();
                let known = known.filter(|known| known.answer.is_some() || known.request == request.request);
                known.unwrap_or_else(|| {
                    let receipt = Receipt { at: now, request: request.request.clone(), answer: None };
                    tables.answers.insert(place, receipt.clone());
                    receipt
                })
            })
            .await)
    }
}

#[async_trait]
impl Reports for MemoryStore {
    /// Only ids without wildcards inside a part.
    async fn matching(&self, id: &IdPattern, offset: u64, limit: u64) -> Result<Matched, StoreError> {
        let fits = |pattern: &str, text: &str| pattern == "%" || pattern == text;
        let mut found = self.select(&crate::store::Selection::default(), None, usize::MAX).await?;
        found.retain(|(_, resource)| {
            let key = &resource.key;
            fits(&id.resource_type, key.resource_type.as_str())
                && fits(&id.version, &resource.version)
                && fits(&id.name, &key.name)
                && fits(id.workspace.as_deref().unwrap_or_default(), key.workspace.as_deref().unwrap_or_default())
        });
        let total = found.len() as u64;
        let (skipped, wanted) = (usize::try_from(offset), usize::try_from(limit));
        let page = found.into_iter().skip(skipped.unwrap_or(usize::MAX)).take(wanted.unwrap_or(usize::MAX));
        Ok(Matched { resources: page.collect(), total })
    }
}

#[async_trait]
impl SourceRuns for MemoryStore {
    async fn take_lease(
        &self,
        source: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
        after: Option<i64>,
    ) -> Result<Leasing, StoreError> {
        check_source(source)?;
        Ok(self
            .change(|tables| {
                let place = tables.source(source);
                let known = &mut tables.sources[place];
                if known.held_until.is_some_and(|held_until| held_until > now) {
                    return Leasing::Held { holder: known.holder.clone() };
                }
                if after.is_some_and(|after| after != known.lease) {
                    return Leasing::Overtaken;
                }
                known.lease += 1;
                holder.clone_into(&mut known.holder);
                known.held_until = Some(until);
                known.next_run_at = None;
                Leasing::Taken(Lease { source: source.to_owned(), number: known.lease })
            })
            .await)
    }

    async fn renew_lease(&self, lease: &Lease, until: Timestamp) -> Result<bool, StoreError> {
        Ok(self.change(|tables| tables.leased(lease).map(|known| known.held_until = Some(until)).is_some()).await)
    }

    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        self.change(|tables| tables.leased(lease).map(|known| known.held_until = None)).await;
        Ok(())
    }

    async fn record_run(
        &self,
        lease: &Lease,
        run: &SourceRun,
        wait_until: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        Ok(self
            .change(|tables| {
                let Some(source) = tables.leased(lease) else { return false };
                source.held_until = None;
                source.wait_until = wait_until;
                if run.error.is_some() {
                    source.failures += 1;
                } else {
                    source.failures = 0;
                    source.last_success_at = Some(run.ended_at);
                }
                source.runs.push(run.clone());
                source.runs.drain(..source.runs.len().saturating_sub(RUNS_KEPT));
                true
            })
            .await)
    }

    async fn plan(&self, source: &str) -> Result<Plan, StoreError> {
        let now = self.now();
        let Some(known) = now.sources.iter().find(|known| known.name == source) else { return Ok(Plan::default()) };
        Ok(Plan {
            lease: known.lease,
            held_until: known.held_until,
            next_run_at: known.next_run_at,
            wait_until: known.wait_until,
            failures: known.failures,
            last_ended_at: known.runs.last().map(|run| run.ended_at),
        })
    }

    async fn plan_run(&self, source: &str, lease: i64, next: Option<Timestamp>) -> Result<(), StoreError> {
        self.change(|tables| {
            let place = tables.source(source);
            if tables.sources[place].lease == lease {
                tables.sources[place].next_run_at = next;
            }
        })
        .await;
        Ok(())
    }

    async fn source_records(&self) -> Result<Vec<SourceRecord>, StoreError> {
        let mut records: Vec<SourceRecord> = self
            .now()
            .sources
            .iter()
            .map(|source| SourceRecord {
                name: source.name.clone(),
                reported_at: source.reported_at,
                last_success_at: source.last_success_at,
                next_run_at: source.next_run_at,
                held_until: source.held_until,
                failures: source.failures,
                last_run: source.runs.last().cloned(),
            })
            .collect();
        records.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(records)
    }

    async fn source_runs(&self, source: &str, limit: usize) -> Result<Vec<SourceRun>, StoreError> {
        let now = self.now();
        let found = now.sources.iter().find(|known| known.name == source);
        Ok(found.map(|source| source.runs.iter().rev().take(limit).cloned().collect()).unwrap_or_default())
    }

    async fn reported_by(&self, source: &str, after: i64, limit: usize) -> Result<Vec<Observed>, StoreError> {
        let now = self.now();
        let Some(source) = now.sources.iter().position(|known| known.name == source) else { return Ok(Vec::new()) };
        let reported = now
            .resources
            .range(after.saturating_add(1)..)
            .filter(|(number, resource)| !resource.deleted && now.sightings.contains_key(&(source, **number)));
        Ok(reported.take(limit).map(|(number, resource)| (*number, resource.observed.clone())).collect())
    }
}

#[async_trait]
impl Tokens for MemoryStore {
    async fn add_token(&self, token: &NewToken) -> Result<(), StoreError> {
        self.change(|tables| {
            let taken = |known: &StoredToken| known.token.name == token.name && known.revoked_at.is_none();
            if tables.tokens.iter().any(taken) {
                return Err(StoreError::Invalid(format!("there is a token named `{}` already", token.name)));
            }
            let number = tables.tokens.last().map_or(0, |last| last.number) + 1;
            tables.tokens.push(StoredToken { number, token: token.clone(), revoked_at: None, last_used_at: None });
            Ok(())
        })
        .await
    }

    async fn tokens(&self) -> Result<Vec<StoredToken>, StoreError> {
        let mut tokens = self.now().tokens.clone();
        tokens.sort_by(|left, right| (&left.token.name, left.number).cmp(&(&right.token.name, right.number)));
        Ok(tokens)
    }

    async fn token(&self, start: &str) -> Result<Option<StoredToken>, StoreError> {
        Ok(self.now().tokens.iter().find(|known| known.token.start == start).cloned())
    }

    async fn tokens_called(
        &self,
        name: &str,
        start: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredToken>, StoreError> {
        let fits = |known: &&StoredToken| {
            let begun = start.is_some_and(|start| known.token.start.starts_with(start));
            known.revoked_at.is_none() && (known.token.name == name || begun)
        };
        Ok(self.now().tokens.iter().filter(fits).take(limit).cloned().collect())
    }

    async fn has_live_token(&self, scope: &str, now: Timestamp) -> Result<bool, StoreError> {
        let has = |known: &StoredToken| known.is_live(now) && known.token.scopes.iter().any(|held| held == scope);
        Ok(self.now().tokens.iter().any(has))
    }

    async fn purge_tokens(&self, before: Timestamp) -> Result<u64, StoreError> {
        let purged = self
            .change(|tables| {
                let length = tables.tokens.len();
                let ended = |known: &StoredToken| known.revoked_at.or(known.token.expires_at);
                tables.tokens.retain(|known| ended(known).is_none_or(|ended| ended >= before));
                length - tables.tokens.len()
            })
            .await;
        Ok(purged as u64)
    }

    async fn revoke_token(&self, number: i64, at: Timestamp) -> Result<bool, StoreError> {
        Ok(self
            .change(|tables| {
                let live = |known: &&mut StoredToken| known.number == number && known.revoked_at.is_none();
                let found = tables.tokens.iter_mut().find(live);
                found.map(|known| known.revoked_at = Some(at)).is_some()
            })
            .await)
    }

    async fn record_token_uses(&self, uses: &[(i64, Timestamp)]) -> Result<(), StoreError> {
        self.change(|tables| {
            for (number, at) in uses {
                if let Some(known) = tables.tokens.iter_mut().find(|known| known.number == *number) {
                    known.last_used_at = known.last_used_at.max(Some(*at));
                }
            }
        })
        .await;
        Ok(())
    }
}
