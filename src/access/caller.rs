//! Who asks, as handlers see it.

use std::sync::Arc;

use app::model::{Key, Scope};

use super::grant::Grant;

/// Who makes a request, and what they may.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The name of the token; `None` for somebody without one.
    pub name: Option<Arc<str>>,
    /// What the token grants.
    pub grants: Arc<[Grant]>,
    /// Whether everybody may read.
    reading_is_open: bool,
}

impl Caller {
    /// Somebody without a token.
    #[must_use]
    pub fn anonymous(reading_is_open: bool) -> Self {
        Self { name: None, grants: Arc::from([]), reading_is_open }
    }

    /// Whoever holds a token of this name.
    #[must_use]
    pub fn named(name: &str, grants: Vec<Grant>, reading_is_open: bool) -> Self {
        Self { name: Some(Arc::from(name)), grants: Arc::from(grants), reading_is_open }
    }

    /// Whether they may read the catalog.
    #[must_use]
    pub fn may_read(&self) -> bool {
        self.reading_is_open || self.grants.contains(&Grant::Read)
    }

    /// Whether there is anything at all that they may write.
    #[must_use]
    pub fn may_write_something(&self) -> bool {
        self.grants.iter().any(|grant| matches!(grant, Grant::Write(_)))
    }

    /// Whether there is anything at all that they may report as `source`.
    #[must_use]
    pub fn may_write_as(&self, source: &str) -> bool {
        self.grants.iter().any(|grant| grant.writes_as(source))
    }

    /// Whether they may report this Resource as `source`.
    #[must_use]
    pub fn may_write(&self, source: &str, key: &Key) -> bool {
        self.grants.iter().any(|grant| grant.writes(source, key))
    }

    /// Whether they may, as `source`, declare a listing of this scope complete.
    #[must_use]
    pub fn may_write_scope(&self, source: &str, scope: &Scope) -> bool {
        self.grants.iter().any(|grant| grant.writes_scope(source, scope))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_token_nobody_writes() {
        let anyone = Caller::anonymous(true);
        let depot = Key::new("depot", None, "salesraw").unwrap();
        assert!(anyone.may_read() && !anyone.may_write_something() && !anyone.may_write("ci", &depot));
        assert!(!Caller::anonymous(false).may_read());
    }

    #[test]
    fn a_token_grants_what_its_scopes_say_together() {
        let depot = Key::new("depot", None, "salesraw").unwrap();
        let grants = ["write:depot,source=ci", "write:type=service"].map(|scope| scope.parse().unwrap());
        let caller = Caller::named("ci", grants.to_vec(), false);
        assert!(!caller.may_read(), "writing does not include reading");
        assert!(caller.may_write_as("ci") && caller.may_write_as("other"), "services may be of any source");
        let depots_only = Caller::named("ci", vec!["write:depot,source=ci".parse().unwrap()], false);
        assert!(depots_only.may_write_as("ci") && !depots_only.may_write_as("other"));
        assert!(!Caller::named("reader", vec![Grant::Read], false).may_write_as("ci"));
        assert!(caller.may_write("ci", &depot) && !caller.may_write("other", &depot));
        assert!(caller.may_write_scope("other", &Scope::parse("service").unwrap()));
    }
}
