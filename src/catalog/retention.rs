//! How long changes are kept.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use app::model::Timestamp;
use tokio::task::JoinHandle;

use super::Clock;
use crate::store::{Store, StoreError};

/// How often it is looked for changes that are old enough to go.
const LOOK_EVERY: Duration = Duration::from_secs(60 * 60);

/// How long to wait with the first look, so that a start is not slowed down.
const FIRST_LOOK_AFTER: Duration = Duration::from_secs(60);

/// Rows of the log that are looked at in one step: few, so that writers never wait for long.
const ROWS_AT_ONCE: usize = 1_000;

/// How long tokens are kept that were revoked or have expired, in milliseconds: 90 days.
const KEEP_TOKENS_MS: i64 = 90 * 24 * HOUR_MS;

/// The pause between two steps.
const PAUSE: Duration = Duration::from_millis(50);

const HOUR_MS: i64 = 60 * 60 * 1_000;

/// How long changes are kept: hours (`36h`), days (`400d`), weeks (`12w`), or `forever`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Everything.
    Forever,
    /// So many hours, at least one.
    Hours(u32),
}

impl Keep {
    /// What was observed before this moment may go; `None` when nothing may.
    #[must_use]
    pub fn horizon(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Forever => None,
            Self::Hours(hours) => Some(Timestamp(now.0 - i64::from(hours) * HOUR_MS)),
        }
    }
}

/// Why a text does not say how long to keep changes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no length of time; write `400d`, `12w` or `36h`, or `forever`")]
pub struct KeepError(String);

impl FromStr for Keep {
    type Err = KeepError;

    fn from_str(text: &str) -> Result<Self, KeepError> {
        if matches!(text, "0" | "forever") {
            return Ok(Self::Forever);
        }
        let hours_of = |number: &str, hours: u32| number.parse::<u32>().ok()?.checked_mul(hours);
        let hours = match text.char_indices().last() {
            Some((at, 'h')) => hours_of(&text[..at], 1),
            Some((at, 'd')) => hours_of(&text[..at], 24),
            Some((at, 'w')) => hours_of(&text[..at], 24 * 7),
            _ => None,
        };
        match hours {
            Some(0) => Ok(Self::Forever),
            Some(hours) => Ok(Self::Hours(hours)),
            None => Err(KeepError(text.to_owned())),
        }
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forever => formatter.write_str("forever"),
            Self::Hours(hours) if hours % 24 == 0 => write!(formatter, "{}d", hours / 24),
            Self::Hours(hours) => write!(formatter, "{hours}h"),
        }
    }
}

/// The task that prunes the change log. It ends when dropped.
#[derive(Debug)]
pub struct Retention {
    task: JoinHandle<()>,
}

impl Drop for Retention {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Retention {
    /// Begins to prune, now and then, what is older than is kept.
    #[must_use]
    pub fn start(store: Arc<dyn Store>, keep: Keep, clock: Clock) -> Self {
        let task = tokio::spawn(async move {
            tokio::time::sleep(FIRST_LOOK_AFTER).await;
            loop {
                let ended = Timestamp(clock().0.saturating_sub(KEEP_TOKENS_MS));
                match store.purge_tokens(ended).await {
                    Ok(0) => {}
                    Ok(removed) => tracing::info!(removed, "tokens of no use are removed"),
                    Err(error) => tracing::error!(%error, "old tokens cannot be removed; it will be tried again"),
                }
                match prune(&store, keep, clock()).await {
                    Ok(0) => {}
                    Ok(removed) => tracing::info!(removed, %keep, "old changes are pruned"),
                    Err(error) => tracing::error!(%error, "old changes cannot be pruned; it will be tried again"),
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        });
        Self { task }
    }
}

/// Prunes all that is older than is kept, in small steps; how many rows of the log went. Creations and deletions stay.
///
/// # Errors
/// When the store fails.
pub async fn prune(store: &Arc<dyn Store>, keep: Keep, now: Timestamp) -> Result<u64, StoreError> {
    let Some(horizon) = keep.horizon(now) else { return Ok(0) };
    let mut removed = 0;
    let mut next = Some(0);
    while let Some(after) = next {
        let pruned = store.prune(after, horizon, now, ROWS_AT_ONCE).await?;
        removed += pruned.removed;
        next = pruned.next;
        if next.is_some() {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Record;
    use crate::store::testing::{LISTER, active, batch, depot, detail, sqlite, with_status};

    #[test]
    fn lengths_of_time_are_read_and_written() {
        for (text, keep, written) in [
            ("400d", Keep::Hours(9_600), "400d"),
            ("2w", Keep::Hours(336), "14d"),
            ("36h", Keep::Hours(36), "36h"),
            ("0", Keep::Forever, "forever"),
            ("0d", Keep::Forever, "forever"),
            ("forever", Keep::Forever, "forever"),
        ] {
            assert_eq!(text.parse(), Ok(keep), "{text}");
            assert_eq!(keep.to_string(), written);
        }
        for text in ["", "d", "400", "-1d", "1y", "4 d", "99999999999d", "1µ"] {
            let error = text.parse::<Keep>().expect_err(text);
            assert!(error.to_string().contains("`400d`"), "{error}");
        }
    }

    #[tokio::test]
    async fn what_is_too_old_goes() {
        let (_folder, store) = sqlite().await;
        let store: Arc<dyn Store> = Arc::new(store);
        let now = 1_000 * HOUR_MS;
        let key = depot("salesraw");
        store.record(&batch(LISTER, vec![active(&key, now - 50 * HOUR_MS)])).await.expect("recorded");
        for ago in [49, 30, 20, 1] {
            let status = format!("status-{ago}");
            store
                .record(&batch(LISTER, vec![with_status(&key, now - ago * HOUR_MS, &status)]))
                .await
                .expect("recorded");
        }
        assert_eq!(prune(&store, Keep::Forever, Timestamp(now)).await.expect("pruned"), 0);
        assert_eq!(prune(&store, Keep::Hours(24), Timestamp(now)).await.expect("pruned"), 2);
        assert_eq!(prune(&store, Keep::Hours(24), Timestamp(now)).await.expect("pruned"), 0);
        assert_eq!(detail(store.as_ref(), &key).await.lives.len(), 1, "the creation stays");
    }
}
