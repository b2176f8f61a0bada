//! What the catalog answers: the shapes that pages, API and command line show.

use serde::{Deserialize, Serialize};

use super::change::{Change, Field};
use super::facet_name::FacetName;
use super::freshness::Freshness;
use super::health::{Health, health_since};
use super::key::Key;
use super::listing_query::Cursor;
use super::manifest::{DetailSection, ManifestField};
use super::node::RuntimeNode;
use super::resource::{Aspect, Resource, Seen};
use super::resource_type::ResourceType;
use super::runtime::Runtime;
use super::time::Timestamp;
use super::word::State;

/// One row of a listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingRow {
    /// The Resource.
    pub key: Key,
    /// Its version.
    pub version: String,
    /// Its State.
    pub state: State,
    /// Its runtime, raw; empty for none.
    pub runtime: String,
    /// Whether a blank runtime means "not known" rather than "none".
    pub runtime_unknown: bool,
    /// Its health.
    pub health: Health,
    /// Its owner.
    pub owner: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// A depot's source.
    pub depot_source: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// When the platform created it, where it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Since when the word of the runtime is what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime_since: Option<Timestamp>,
    /// Since when its health is what it is, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_since: Option<Timestamp>,
    /// When something last changed.
    pub changed_at: Timestamp,
    /// When it was last observed.
    pub observed_at: Option<Timestamp>,
    /// Where what the row shows is stale: the oldest of those observations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<Seen>,
}

impl ListingRow {
    /// The row of a Resource at a moment.
    #[must_use]
    pub fn of(resource: &Resource, now: Timestamp) -> Self {
        let health = resource.health(now);
        Self {
            health_since: health_since(resource, &health),
            key: resource.key.clone(),
            version: resource.version.clone(),
            state: resource.state(),
            runtime: resource.runtime.clone().unwrap_or_default(),
            runtime_unknown: resource.runtime.is_none() && resource.has_runtime_tab(),
            health,
            owner: resource.owner.clone(),
            tags: resource.tags.clone(),
            depot_source: resource.depot_source.clone(),
            description: resource.description.clone(),
            created_at: resource.created_at,
            runtime_since: resource.runtime_since,
            changed_at: resource.changed_at,
            observed_at: resource.last_seen().map(|seen| seen.at),
            stale: None,
        }
    }

    /// The same, and whether it is stale.
    #[must_use]
    pub fn with_freshness(resource: &Resource, freshness: &Freshness, now: Timestamp) -> Self {
        Self { stale: freshness.stale_row(resource, now), ..Self::of(resource, now) }
    }

    /// The runtime, parsed.
    #[must_use]
    pub fn runtime(&self) -> Runtime {
        Runtime::parse(&self.runtime)
    }
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValue {
    /// The value as URLs have it.
    pub value: String,
    /// How many Resources have it, under the filters of the other facets.
    pub count: u64,
}

/// A facet with its most frequent values and all chosen ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// Which.
    pub name: FacetName,
    /// The values, the most frequent first.
    pub values: Vec<FacetValue>,
    /// How many further values there are.
    pub more: u64,
}

/// One page of a listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The rows.
    pub rows: Vec<ListingRow>,
    /// How many Resources match in all; exact.
    pub total: u64,
    /// How many of them come before the first row; `None` where those are too many to count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// The facets that have more than nothing to choose, in the order of the screen.
    pub facets: Vec<Facet>,
    /// The place after the last row, if there are more.
    pub next: Option<Cursor>,
    /// The place before the first row, if there are more.
    pub previous: Option<Cursor>,
}

/// A Resource offered while typing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The Resource.
    pub key: Key,
    /// Its State.
    pub state: State,
    /// Its health.
    pub health: Health,
}

/// The neighbours of a Resource in the listing one came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbours {
    /// The one before.
    pub previous: Option<Key>,
    /// The one after.
    pub next: Option<Key>,
}

/// How many Resources of a type are in which State.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeCount {
    /// The type.
    pub resource_type: ResourceType,
    /// Counts per State, the State's words in the order active, error, pending, unknown, others, deleted.
    pub states: Vec<(State, u64)>,
}

impl TypeCount {
    /// All States together: what the badge shows.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.states.iter().map(|(_, count)| count).sum()
    }
}

/// The counts of the whole catalog: known types in the order of the navigation (also the empty ones), then unknown
/// types by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Per type.
    pub types: Vec<TypeCount>,
}

impl Counts {
    /// Builds the counts out of rows of (type, State, count), in any order.
    #[must_use]
    pub fn new(rows: impl IntoIterator<Item = (ResourceType, State, u64)>) -> Self {
        let mut types: Vec<TypeCount> = super::KNOWN_TYPES
            .iter()
            .map(|info| TypeCount { resource_type: ResourceType::new(info.name), states: Vec::new() })
            .collect();
        let known = types.len();
        for (resource_type, state, count) in rows {
            if count == 0 {
                continue;
            }
            let place = types.iter().position(|entry| entry.resource_type == resource_type).unwrap_or_else(|| {
                types.push(TypeCount { resource_type, states: Vec::new() });
                types.len() - 1
            });
            types[place].states.push((state, count));
        }
        types[known..].sort_by(|left, right| left.resource_type.cmp(&right.resource_type));
        for entry in &mut types {
            // `Deleted` comes last: it is derived after `Other` only in rank, not in the order of the enum.
            entry.states.sort_by_key(|(state, _)| (*state == State::Deleted, state.clone()));
        }
        Self { types }
    }

    /// The counts of one type.
    #[must_use]
    pub fn of(&self, resource_type: &ResourceType) -> Option<&TypeCount> {
        self.types.iter().find(|entry| entry.resource_type == *resource_type)
    }

    /// All Resources.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.types.iter().map(TypeCount::total).sum()
    }
}

/// A page of the change log of a Resource, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangePage {
    /// The entries.
    pub changes: Vec<Change>,
    /// The `seq` to continue before, if there are older ones.
    pub before: Option<i64>,
}

/// A page of the runtime nodes of a Resource, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodePage {
    /// The nodes.
    pub nodes: Vec<RuntimeNode>,
    /// The name to continue after, if there are more.
    pub after: Option<String>,
}

/// One life of a Resource: from its creation to its deletion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incarnation {
    /// When it was created, as far as is known.
    pub created_at: Timestamp,
    /// Who told.
    pub created_by: String,
    /// When it was deleted; `None` while it lives.
    pub deleted_at: Option<Timestamp>,
}

/// The lives of a Resource, newest first, out of its `created` and `deleted` changes in order of the log.
#[must_use]
pub fn incarnations(changes: &[Change]) -> Vec<Incarnation> {
    let mut lives: Vec<Incarnation> = Vec::new();
    for change in changes {
        match change.field {
            Field::Created => {
                lives.push(Incarnation { created_at: change.at, created_by: change.source.clone(), deleted_at: None });
            }
            Field::Deleted => {
                if let Some(life) = lives.last_mut() {
                    life.deleted_at = Some(change.at);
                }
            }
            _ => {}
        }
    }
    lives.reverse();
    lives
}

/// All about one Resource but its manifest's text and its change log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceDetail {
    /// What is known.
    pub resource: Resource,
    /// Its number, by which the catalog is asked for more of it.
    pub number: i64,
    /// Its health.
    pub health: Health,
    /// Its lives, newest first.
    pub incarnations: Vec<Incarnation>,
    /// The strip of the Details tab that its manifest gives.
    pub strip: Vec<ManifestField>,
    /// Further sections of the Details tab.
    pub sections: Vec<DetailSection>,
    /// The lines of its manifest that people look for.
    pub excerpt: Vec<ManifestField>,
    /// Its parts that the catalog knows, for composite Resources.
    pub parts: Vec<ListingRow>,
    /// The bundles that hold it.
    pub bundles: Vec<Key>,
    /// Whether it has a manifest.
    pub has_manifest: bool,
    /// Its runtime nodes.
    pub nodes: Vec<RuntimeNode>,
    /// The parts of it that are stale.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<Aspect>,
}

/// How the index stands to the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexStatus {
    /// The last change the store has.
    pub stored_seq: i64,
    /// The last change the index has.
    pub indexed_seq: i64,
    /// Whether it is being rebuilt; search and counts are then incomplete.
    pub rebuilding: bool,
    /// While it is being rebuilt: how many Resources it has so far.
    pub indexed: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_follow_the_navigation() {
        let depot = ResourceType::new("depot");
        let counts = Counts::new([
            (ResourceType::new("vulcan"), State::Active, 1),
            (depot.clone(), State::Deleted, 139),
            (depot.clone(), State::Other("warning".into()), 1),
            (depot.clone(), State::Active, 67),
            (depot.clone(), State::Unknown, 3),
        ]);
        let states: Vec<_> =
            counts.of(&depot).expect("depots").states.iter().map(|(state, _)| state.as_str()).collect();
        assert_eq!(states, ["active", "unknown", "warning", "deleted"]);
        assert_eq!(counts.of(&depot).map(TypeCount::total), Some(210));
        assert_eq!(counts.types.last().map(|entry| entry.resource_type.as_str()), Some("vulcan"));
        assert_eq!(counts.total(), 211);
    }

    #[test]
    fn every_deletion_ends_a_life() {
        let entry = |seq: i64, field: Field| Change {
            seq,
            at: Timestamp(seq * 10),
            key: Key::new("depot", None, "x").expect("a key"),
            field,
            from: None,
            to: None,
            source: "test".into(),
        };
        let lives = incarnations(&[
            entry(1, Field::Created),
            entry(2, Field::Status),
            entry(3, Field::Deleted),
            entry(4, Field::Created),
        ]);
        assert_eq!(lives.len(), 2);
        assert_eq!((lives[0].created_at, lives[0].deleted_at), (Timestamp(40), None));
        assert_eq!(lives[1].deleted_at, Some(Timestamp(30)));
    }
}
