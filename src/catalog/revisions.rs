//! When what the catalog shows was last changed: by type, so that a change of one does not concern what shows others.

use std::collections::HashMap;

use app::catalog::{RevisionScope, Subjects};
use app::model::ResourceType;

/// How many types are told apart: they are an open set. A change of any further type concerns all further ones.
const MOST_TYPES: usize = 1_000;

/// The last change of some Resources, as entries of the change log.
///
/// A change shows twice: in the store, which has it first, and in the index. What is made in between is made anew when
/// the index has it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct LastChange {
    /// What the store was known to have.
    stored: i64,
    /// What the index had.
    indexed: i64,
}

/// The last changes that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Revisions {
    types: HashMap<ResourceType, LastChange>,
    /// Of every type without one of its own.
    others: LastChange,
    /// When the counts changed last.
    counts: i64,
}

impl Revisions {
    /// Everything counts as changed by the last entry that the store has and the last that the index has.
    pub(super) fn starting(stored: i64, indexed: i64) -> Self {
        Self { types: HashMap::new(), others: LastChange { stored, indexed }, counts: stored }
    }

    /// Notes that any type may have changed: nobody knows which.
    pub(super) fn all_changed(&mut self, stored: i64, indexed: i64) {
        self.types.clear();
        self.others = LastChange { stored, indexed };
    }

    /// Notes that the store has changes of some types, up to an entry.
    pub(super) fn stored<'t>(&mut self, types: impl IntoIterator<Item = &'t ResourceType>, seq: i64) {
        self.note(types, |changed| changed.stored = changed.stored.max(seq));
    }

    /// Notes that the index has taken in changes of some types, up to an entry.
    pub(super) fn indexed<'t>(&mut self, types: impl IntoIterator<Item = &'t ResourceType>, seq: i64) {
        self.note(types, |changed| changed.indexed = changed.indexed.max(seq));
    }

    /// Notes that the counts have changed.
    pub(super) fn counted(&mut self, seq: i64) {
        self.counts = seq;
    }

    fn note<'t>(&mut self, types: impl IntoIterator<Item = &'t ResourceType>, mut note: impl FnMut(&mut LastChange)) {
        for changed_type in types {
            if let Some(changed) = self.types.get_mut(changed_type) {
                note(changed);
            } else if self.types.len() < MOST_TYPES {
                let mut changed = self.others;
                note(&mut changed);
                self.types.insert(changed_type.clone(), changed);
            } else {
                note(&mut self.others);
            }
        }
    }

    /// The last changes of what a scope names, where it names less than everything.
    pub(super) fn of(&self, scope: &RevisionScope) -> Option<(Vec<LastChange>, Option<i64>)> {
        let Subjects::OfTypes(types) = &scope.subjects else { return None };
        let last = |resource_type| self.types.get(resource_type).copied().unwrap_or(self.others);
        Some((types.iter().map(last).collect(), scope.counts.then_some(self.counts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depot() -> ResourceType {
        ResourceType::new("depot")
    }

    fn service() -> ResourceType {
        ResourceType::new("service")
    }

    fn of(revisions: &Revisions, resource_type: ResourceType) -> LastChange {
        revisions.of(&RevisionScope::of_types([resource_type])).expect("less than everything").0[0]
    }

    #[test]
    fn a_change_concerns_its_type_alone_once_in_the_store_and_once_in_the_index() {
        let mut revisions = Revisions::starting(10, 10);
        let start = of(&revisions, depot());
        assert_eq!(start, of(&revisions, service()));
        revisions.stored([&depot()], 11);
        let stored = of(&revisions, depot());
        revisions.indexed([&depot()], 11);
        let indexed = of(&revisions, depot());
        assert!(start != stored && stored != indexed && indexed != start);
        assert_eq!(of(&revisions, service()), start);
        revisions.stored([&depot()], 11);
        revisions.indexed([&depot()], 11);
        assert_eq!(of(&revisions, depot()), indexed, "the same entry again is no change");
    }

    #[test]
    fn everything_changes_where_nobody_knows_what_did() {
        let mut revisions = Revisions::starting(10, 10);
        revisions.stored([&depot()], 11);
        revisions.indexed([&depot()], 11);
        let before = [of(&revisions, depot()), of(&revisions, service())];
        revisions.all_changed(40_000, 11);
        let after = [of(&revisions, depot()), of(&revisions, service())];
        assert!(before.iter().zip(after).all(|(before, after)| *before != after));
        assert_eq!(revisions.of(&RevisionScope::everything()), None, "has no need of types");
    }

    #[test]
    fn more_types_than_are_told_apart_change_together() {
        let mut revisions = Revisions::starting(1, 1);
        let numbered = |number: usize| ResourceType::new(&format!("type-{number}"));
        for number in 0..MOST_TYPES {
            revisions.stored([&numbered(number)], 2);
        }
        let (known, further) = (of(&revisions, numbered(3)), of(&revisions, depot()));
        revisions.stored([&service()], 3);
        assert_eq!(revisions.types.len(), MOST_TYPES);
        assert_eq!(of(&revisions, numbered(3)), known);
        assert_ne!(of(&revisions, depot()), further);
    }

    #[test]
    fn counts_have_a_revision_of_their_own() {
        let mut revisions = Revisions::starting(1, 1);
        let scope = RevisionScope::of_types([depot()]).with_counts();
        let before = (revisions.of(&scope), revisions.of(&RevisionScope::of_types([depot()])));
        revisions.counted(2);
        assert_ne!(revisions.of(&scope), before.0);
        assert_eq!(revisions.of(&RevisionScope::of_types([depot()])), before.1);
        assert_ne!(revisions.of(&RevisionScope::counts()), revisions.of(&RevisionScope::of_types([])));
    }
}
