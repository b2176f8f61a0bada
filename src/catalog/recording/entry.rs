//! A Resource that a batch is about, before and after.

use app::model::{Key, Manifest, Resource, RuntimeNode, Timestamp};

use crate::store::Numbered;

/// A Resource that a batch is about, before and after.
pub(super) struct Entry<'b> {
    pub(super) number: i64,
    /// As it is stored; `None` for a new one.
    pub(super) before: Option<Resource>,
    pub(super) resource: Resource,
    /// Its nodes; loaded only where an observation has some.
    pub(super) nodes: Vec<RuntimeNode>,
    pub(super) nodes_before: Vec<RuntimeNode>,
    pub(super) manifest: Option<&'b Manifest>,
    pub(super) seen_at: Timestamp,
}

/// How the row of a Resource has to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    Nothing,
    /// Only the times of observation moved on.
    Observed,
    Whole,
}

impl Entry<'_> {
    /// One that is stored.
    pub(super) fn known((number, resource): Numbered, seen_at: Timestamp) -> Self {
        Self::of(number, Some(resource.clone()), resource, seen_at)
    }

    /// One that is seen for the first time.
    pub(super) fn new(number: i64, key: Key, seen_at: Timestamp) -> Self {
        Self::of(number, None, Resource::new(key, seen_at), seen_at)
    }

    fn of(number: i64, before: Option<Resource>, resource: Resource, seen_at: Timestamp) -> Self {
        Self { number, before, resource, nodes: Vec::new(), nodes_before: Vec::new(), manifest: None, seen_at }
    }

    pub(super) fn writing(&mut self) -> Writing {
        let Some(before) = &mut self.before else { return Writing::Whole };
        let observed_before = std::mem::take(&mut before.observed);
        let observed = std::mem::take(&mut self.resource.observed);
        let writing = if *before != self.resource {
            Writing::Whole
        } else if observed_before != observed {
            Writing::Observed
        } else {
            Writing::Nothing
        };
        self.resource.observed = observed;
        before.observed = observed_before;
        writing
    }

    /// The names of the nodes that are stored and not kept any more.
    pub(super) fn forgotten_nodes(&self) -> impl Iterator<Item = &str> {
        let mut kept = self.nodes.iter().peekable();
        self.nodes_before.iter().map(|node| node.name.as_str()).filter(move |name| {
            while kept.next_if(|node| node.name.as_str() < *name).is_some() {}
            kept.peek().is_none_or(|node| node.name != *name)
        })
    }

    /// The nodes that are new or differ from those that are stored, by name as both lists are.
    pub(super) fn changed_nodes(&self) -> impl Iterator<Item = &RuntimeNode> {
        let mut before = self.nodes_before.iter().peekable();
        self.nodes.iter().filter(move |node| {
            while before.next_if(|known| known.name < node.name).is_some() {}
            before.peek() != Some(node)
        })
    }
}
