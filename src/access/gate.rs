//! The gate: looks at the token that a request brings, and says who asks.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use app::model::Timestamp;
use moka::sync::Cache;
use tokio::sync::Semaphore;

use super::attempts::Attempts;
use super::caller::Caller;
use super::grant::Grant;
use super::token::{Token, TokenError, TokenHash};
use crate::catalog::Clock;
use crate::store::{Store, StoreError, StoredToken};

/// How long a token that was looked up is taken as it was: so long does a revoked one still work.
const KNOWN_FOR: Duration = Duration::from_secs(5);

/// Tokens that are remembered at once.
const REMEMBERED: u64 = 10_000;

/// Tokens that are looked up at once, so that guessing leaves the database to others.
const LOOKED_UP_AT_ONCE: usize = 2;

/// How long a token that is not used is remembered.
const REMEMBERED_FOR: Duration = Duration::from_secs(3_600);

/// How often the last use of tokens is written down.
const USES_EVERY: Duration = Duration::from_secs(60);

/// Who may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Everybody who reaches the server.
    Open,
    /// Only who brings a token that grants it.
    WithToken,
}

/// Why a request is turned away.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// What was brought is no token.
    #[error("the token is refused: {0}")]
    NotAToken(#[from] TokenError),
    /// No such token was made here.
    #[error("the token is refused: it is not known here; make one with `pharos token create`")]
    Unknown,
    /// Its time is over.
    #[error("the token `{name}` expired at {}; make a new one with `pharos token create`", at.to_rfc3339())]
    Expired {
        /// Its name.
        name: String,
        /// When.
        at: Timestamp,
    },
    /// It was revoked.
    #[error("the token `{name}` was revoked; make a new one with `pharos token create`")]
    Revoked {
        /// Its name.
        name: String,
    },
    /// The address failed too often.
    #[error("too many refused tokens came from this address; try again in {} s", wait.as_secs() + 1)]
    TooMany {
        /// How long to wait.
        wait: Duration,
    },
    /// The token cannot be looked up.
    #[error("the token cannot be looked up: {0}")]
    Store(#[from] StoreError),
}

/// A token that was looked up.
#[derive(Clone)]
struct Known {
    token: Arc<StoredToken>,
    caller: Caller,
    looked_up: Instant,
}

/// Looks at tokens. What it knows it keeps for some seconds, so that requests cost no look into the database.
pub struct Access {
    store: Arc<dyn Store>,
    clock: Clock,
    reading: Reading,
    known: Cache<String, Known>,
    /// Tokens that are not there, so that they are not looked up again at once.
    unknown: Cache<[u8; 32], ()>,
    looking_up: Semaphore,
    attempts: Attempts,
    /// By number of the token, what was not written down yet.
    uses: Mutex<HashMap<i64, Timestamp>>,
}

impl Access {
    /// A gate before what a store holds.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, reading: Reading, clock: Clock) -> Self {
        Self {
            store,
            clock,
            reading,
            known: Cache::builder().max_capacity(REMEMBERED).time_to_idle(REMEMBERED_FOR).build(),
            unknown: Cache::builder().max_capacity(REMEMBERED).time_to_live(KNOWN_FOR).build(),
            looking_up: Semaphore::new(LOOKED_UP_AT_ONCE),
            attempts: Attempts::new(),
            uses: Mutex::default(),
        }
    }

    /// Who may read.
    #[must_use]
    pub fn reading(&self) -> Reading {
        self.reading
    }

    /// Somebody who brings no token.
    #[must_use]
    pub fn anonymous(&self) -> Caller {
        Caller::anonymous(self.reading == Reading::Open)
    }

    /// Says whose token this is. A good token always passes, whatever else came from its address: many callers may share
    /// that of a proxy.
    ///
    /// # Errors
    /// When the token is of no use, or cannot be looked up.
    pub async fn caller(&self, presented: &str, from: IpAddr) -> Result<Caller, Denied> {
        let outcome = match Token::parse(presented) {
            Ok(token) => self.whose(&token).await,
            Err(error) => Err(Denied::NotAToken(error)),
        };
        match outcome {
            Ok(_) | Err(Denied::Store(_)) => outcome,
            Err(denied) => match self.attempts.failed(from, presented) {
                Some(wait) => Err(Denied::TooMany { wait }),
                None => {
                    tracing::warn!(%from, reason = %denied, "a token was refused");
                    Err(denied)
                }
            },
        }
    }

    async fn whose(&self, token: &Token) -> Result<Caller, Denied> {
        let hash = token.hash();
        let mut known = self.known.get(token.start()).filter(|known| TokenHash(known.token.token.hash).matches(&hash));
        if known.is_none() && self.unknown.contains_key(&hash.0) {
            return Err(Denied::Unknown);
        }
        if known.as_ref().is_none_or(|known| known.looked_up.elapsed() >= KNOWN_FOR) {
            known = self.look_up(token, &hash).await?;
        }
        let Some(Known { token: stored, caller, .. }) = known else { return Err(Denied::Unknown) };
        let now = (self.clock)();
        if stored.revoked_at.is_some() {
            return Err(Denied::Revoked { name: stored.token.name.clone() });
        }
        if let Some(at) = stored.token.expires_at.filter(|_| !stored.is_live(now)) {
            return Err(Denied::Expired { name: stored.token.name.clone(), at });
        }
        self.uses().insert(stored.number, now);
        Ok(caller)
    }

    async fn look_up(&self, token: &Token, hash: &TokenHash) -> Result<Option<Known>, Denied> {
        let stored = {
            // Never closed, so there is always a turn to come.
            let _turn = self.looking_up.acquire().await;
            self.store.token(token.start()).await?
        };
        let Some(stored) = stored.filter(|stored| TokenHash(stored.token.hash).matches(hash)) else {
            self.unknown.insert(hash.0, ());
            return Ok(None);
        };
        let grants = stored.token.scopes.iter().filter_map(|scope| match scope.parse::<Grant>() {
            Ok(grant) => Some(grant),
            Err(error) => {
                tracing::warn!(token = stored.token.name, %error, "a scope of a token is passed over");
                None
            }
        });
        let caller = Caller::named(&stored.token.name, grants.collect(), self.reading == Reading::Open);
        let known = Known { token: Arc::new(stored), caller, looked_up: Instant::now() };
        self.known.insert(token.start().to_owned(), known.clone());
        Ok(Some(known))
    }

    fn uses(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Timestamp>> {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down which tokens were used since it was last done.
    ///
    /// # Errors
    /// When the database fails; it is tried again next time.
    pub async fn record_uses(&self) -> Result<(), StoreError> {
        let uses: Vec<_> = std::mem::take(&mut *self.uses()).into_iter().collect();
        if uses.is_empty() {
            return Ok(());
        }
        let recorded = self.store.record_token_uses(&uses).await;
        if recorded.is_err() {
            let mut pending = self.uses();
            for (number, at) in uses {
                pending.entry(number).or_insert(at);
            }
        }
        recorded
    }

    /// Writes the uses down every minute, for as long as it is polled.
    pub async fn keep_recording_uses(&self) {
        loop {
            tokio::time::sleep(USES_EVERY).await;
            if let Err(error) = self.record_uses().await {
                tracing::warn!(%error, "the use of tokens cannot be written down; it will be tried again");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;
    use crate::store::NewToken;
    use crate::store::testing::sqlite;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    struct Gate {
        access: Access,
        store: Arc<dyn Store>,
        now: Arc<AtomicI64>,
        _folder: tempfile::TempDir,
    }

    impl Gate {
        async fn new() -> Self {
            let (folder, store) = sqlite().await;
            let store: Arc<dyn Store> = Arc::new(store);
            let now = Arc::new(AtomicI64::new(1_000));
            let told = Arc::clone(&now);
            let clock: Clock = Arc::new(move || Timestamp(told.load(Ordering::SeqCst)));
            let access = Access::new(Arc::clone(&store), Reading::WithToken, clock);
            Self { access, store, now, _folder: folder }
        }

        async fn token(&self, name: &str, expires_at: Option<Timestamp>) -> Token {
            let token = Token::random().unwrap();
            let new = NewToken {
                name: name.into(),
                start: token.start().into(),
                hash: token.hash().0,
                scopes: vec!["read".into(), "of-a-later-version".into()],
                created_at: Timestamp(0),
                expires_at,
            };
            self.store.add_token(&new).await.unwrap();
            token
        }
    }

    #[tokio::test]
    async fn a_token_says_who_asks() {
        let gate = Gate::new().await;
        let token = gate.token("monitor", None).await;
        let caller = gate.access.caller(token.reveal(), HERE).await.unwrap();
        assert_eq!((caller.name.as_deref(), caller.may_read()), (Some("monitor"), true));
        assert!(!gate.access.anonymous().may_read());
    }

    #[tokio::test]
    async fn a_known_token_costs_no_look_into_the_database() {
        let gate = Gate::new().await;
        let token = gate.token("monitor", None).await;
        gate.access.caller(token.reveal(), HERE).await.unwrap();
        gate.store.close().await;
        assert!(gate.access.caller(token.reveal(), HERE).await.is_ok());
        let other = Token::random().unwrap();
        assert!(matches!(gate.access.caller(other.reveal(), HERE).await, Err(Denied::Store(_))));
    }

    #[tokio::test]
    async fn what_expired_or_was_revoked_is_refused_by_name() {
        let gate = Gate::new().await;
        let token = gate.token("short", Some(Timestamp(2_000))).await;
        gate.access.caller(token.reveal(), HERE).await.unwrap();
        gate.now.store(2_000, Ordering::SeqCst);
        let denied = gate.access.caller(token.reveal(), HERE).await.unwrap_err().to_string();
        assert!(denied.contains("`short` expired at 1970-01-01T00:00:02"), "{denied}");
        let token = gate.token("lost", None).await;
        let number = gate.store.token(token.start()).await.unwrap().unwrap().number;
        gate.store.revoke_token(number, Timestamp(1_500)).await.unwrap();
        assert!(matches!(gate.access.caller(token.reveal(), HERE).await, Err(Denied::Revoked { .. })));
    }

    #[tokio::test]
    async fn the_start_of_a_token_is_not_the_token() {
        let gate = Gate::new().await;
        let (shown, secret) = (Token::random().unwrap(), Token::random().unwrap());
        let new = NewToken {
            name: "monitor".into(),
            start: shown.start().into(),
            hash: secret.hash().0,
            scopes: vec!["read".into()],
            created_at: Timestamp(0),
            expires_at: None,
        };
        gate.store.add_token(&new).await.unwrap();
        assert!(matches!(gate.access.caller(shown.reveal(), HERE).await, Err(Denied::Unknown)));
    }

    #[tokio::test]
    async fn a_good_token_passes_whatever_else_came_from_its_address() {
        let gate = Gate::new().await;
        let good = gate.token("monitor", None).await;
        for _ in 0..100 {
            let denied = gate.access.caller(Token::random().unwrap().reveal(), HERE).await.unwrap_err();
            assert!(matches!(denied, Denied::Unknown));
        }
        for guess in [Token::random().unwrap().reveal(), "nonsense"] {
            let denied = gate.access.caller(guess, HERE).await.unwrap_err();
            assert!(matches!(denied, Denied::TooMany { wait } if wait.as_secs() <= 60));
        }
        assert!(gate.access.caller(good.reveal(), HERE).await.is_ok(), "it was never seen before");
        let late = gate.token("late", None).await;
        assert!(gate.access.caller(late.reveal(), HERE).await.is_ok(), "and this was made only now");
    }

    #[tokio::test]
    async fn a_refused_token_that_comes_again_and_again_has_to_wait_and_others_do_not() {
        let gate = Gate::new().await;
        let (old, other) = (Token::random().unwrap(), Token::random().unwrap());
        for _ in 0..10 {
            assert!(matches!(gate.access.caller(old.reveal(), HERE).await, Err(Denied::Unknown)));
        }
        assert!(matches!(gate.access.caller(old.reveal(), HERE).await, Err(Denied::TooMany { .. })));
        assert!(matches!(gate.access.caller(other.reveal(), HERE).await, Err(Denied::Unknown)));
        let elsewhere = IpAddr::from([192, 0, 2, 1]);
        assert!(matches!(gate.access.caller(old.reveal(), elsewhere).await, Err(Denied::Unknown)));
    }

    #[tokio::test]
    async fn a_token_that_is_not_there_is_not_looked_up_again_at_once() {
        let gate = Gate::new().await;
        let guess = Token::random().unwrap();
        assert!(matches!(gate.access.caller(guess.reveal(), HERE).await, Err(Denied::Unknown)));
        gate.store.close().await;
        assert!(matches!(gate.access.caller(guess.reveal(), HERE).await, Err(Denied::Unknown)));
    }

    #[tokio::test]
    async fn uses_are_written_down_together() {
        let gate = Gate::new().await;
        let token = gate.token("monitor", None).await;
        for now in [3_000, 4_000] {
            gate.now.store(now, Ordering::SeqCst);
            gate.access.caller(token.reveal(), HERE).await.unwrap();
        }
        assert_eq!(gate.store.tokens().await.unwrap()[0].last_used_at, None);
        gate.access.record_uses().await.unwrap();
        assert_eq!(gate.store.tokens().await.unwrap()[0].last_used_at, Some(Timestamp(4_000)));
    }
}
