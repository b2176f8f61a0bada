//! The facets on the screen: what they hold, and what is folded, typed and chosen in them.

use leptos::prelude::*;

use super::value_text;
use crate::model::{Facet, FacetName, FacetValue, ListingQuery, ResourceType};
use crate::pages::listing::links::FilterLinks;

/// How many values of a facet are shown before the rest is folded away.
pub(super) const SHOWN: usize = 10;

/// The facets on the screen. What is folded, what is typed and where a value stands stays as it is while answers come.
#[derive(Clone, Copy)]
pub(in crate::pages::listing) struct FacetStore {
    pub(super) facets: [ShownFacet; FacetName::ALL.len()],
    /// The type and the words that the facets are of.
    listing: StoredValue<Option<(Option<ResourceType>, String)>>,
}

impl FacetStore {
    /// No facets, for as long as the current owner lives.
    pub(in crate::pages::listing) fn new() -> Self {
        Self { facets: FacetName::ALL.map(ShownFacet::new), listing: StoredValue::new(None) }
    }

    /// Shows the facets of an answer.
    pub(in crate::pages::listing) fn show(self, query: &ListingQuery, facets: &[Facet]) {
        let before = self.listing.get_value();
        let is_of_other_type = before.as_ref().is_some_and(|(of, _)| *of != query.resource_type);
        let is_of_other_words = before.as_ref().is_some_and(|(_, words)| *words != query.q);
        self.listing.set_value(Some((query.resource_type.clone(), query.q.clone())));
        let links = FilterLinks::new(query);
        for shown in self.facets {
            if is_of_other_type {
                shown.restart();
            }
            if is_of_other_type || is_of_other_words {
                shown.places.set_value(Vec::new());
            }
            let is_told_by_page = shown.name == FacetName::Type && query.resource_type.is_some();
            let facet = facets.iter().find(|facet| facet.name == shown.name && !is_told_by_page);
            shown.show(&links, facet.map_or(&[], |facet| &facet.values), facet.map_or(0, |facet| facet.more));
        }
    }

    #[cfg(test)]
    fn with_values(self) -> Vec<ShownFacet> {
        self.facets.into_iter().filter(|facet| !facet.entries.read().is_empty()).collect()
    }
}

/// A facet on the screen.
#[derive(Clone, Copy)]
pub(super) struct ShownFacet {
    pub(super) name: FacetName,
    pub(super) entries: RwSignal<Vec<Entry>>,
    /// How many values there are beside the listed ones.
    pub(super) more: RwSignal<u64>,
    /// The values in the order they are shown in, also those that are not there just now.
    places: StoredValue<Vec<String>>,
    pub(super) is_open: RwSignal<bool>,
    /// Whether the values beyond the first ones are unfolded.
    pub(super) is_rest_open: RwSignal<bool>,
    /// What is typed to find a value.
    pub(super) text: RwSignal<String>,
}

/// A value of a facet, and what can be done with it.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) value: String,
    pub(super) choice: ArcRwSignal<Choice>,
}

/// What a press on a value leads to, and how often it occurs.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) href: String,
    pub(super) is_chosen: bool,
    pub(super) count: u64,
}

impl ShownFacet {
    fn new(name: FacetName) -> Self {
        Self {
            name,
            entries: RwSignal::new(Vec::new()),
            more: RwSignal::new(0),
            places: StoredValue::new(Vec::new()),
            is_open: RwSignal::new(Self::opens(name)),
            is_rest_open: RwSignal::new(false),
            text: RwSignal::new(String::new()),
        }
    }

    /// Whether it is open before anything is chosen.
    fn opens(name: FacetName) -> bool {
        !matches!(name, FacetName::Source | FacetName::Tag)
    }

    /// Forgets what was unfolded and typed.
    pub(super) fn restart(self) {
        self.is_open.set(Self::opens(self.name));
        self.is_rest_open.set(false);
        self.text.set(String::new());
    }

    fn show(self, links: &FilterLinks<'_>, values: &[FacetValue], more: u64) {
        let before = self.entries.get_untracked();
        let (mut is_new_choice, mut is_new_choice_in_rest) = (false, false);
        let entries: Vec<Entry> = self
            .in_place(values)
            .into_iter()
            .enumerate()
            .map(|(at, FacetValue { value, count })| {
                let known = before.iter().find(|entry| entry.value == *value);
                let (href, is_chosen) = links.toggle(self.name, value);
                if is_chosen && known.is_none_or(|entry| !entry.choice.read_untracked().is_chosen) {
                    is_new_choice = true;
                    is_new_choice_in_rest |= at >= SHOWN;
                }
                let choice = Choice { href, is_chosen, count: *count };
                let Some(entry) = known else {
                    return Entry { value: value.clone(), choice: ArcRwSignal::new(choice) };
                };
                if *entry.choice.read_untracked() != choice {
                    entry.choice.set(choice);
                }
                entry.clone()
            })
            .collect();
        if !entries.iter().map(|entry| &entry.value).eq(before.iter().map(|entry| &entry.value)) {
            self.entries.set(entries);
        }
        self.more.set(more);
        // A chosen value is in sight. Whoever folds it away afterwards wants it so.
        if is_new_choice {
            self.is_open.set(true);
        }
        if is_new_choice_in_rest {
            self.is_rest_open.set(true);
        }
    }

    /// The values in the order of the screen: as the index gives them at first, by count. From then on each keeps its
    /// place whatever is chosen and however counts change, and new ones come last.
    fn in_place(self, values: &[FacetValue]) -> Vec<&FacetValue> {
        let mut ordered: Vec<&FacetValue> = values.iter().collect();
        self.places.update_value(|places| {
            let is_first = places.is_empty();
            for FacetValue { value, .. } in values {
                if is_first || !places.contains(value) {
                    places.push(value.clone());
                }
            }
            if !is_first {
                ordered.sort_by_cached_key(|value| places.iter().position(|place| *place == value.value));
            }
        });
        ordered
    }

    /// Whether something is typed to find a value.
    pub(super) fn is_searched(self) -> bool {
        !self.text.read().trim().is_empty()
    }

    /// The values that are always in sight: the first ones, or all that are found.
    pub(super) fn first(self) -> Vec<Entry> {
        let entries = self.entries.read();
        let text = self.text.read().trim().to_lowercase();
        if text.is_empty() {
            return entries.iter().take(SHOWN).cloned().collect();
        }
        let is_found = |entry: &&Entry| value_text(self.name, &entry.value).to_lowercase().contains(&text);
        entries.iter().filter(is_found).cloned().collect()
    }

    /// The values that fold away.
    pub(super) fn rest(self) -> Vec<Entry> {
        self.entries.read().iter().skip(SHOWN).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners(counts: &[(&str, u64)]) -> Vec<Facet> {
        let values = counts.iter().map(|(value, count)| FacetValue { value: (*value).to_owned(), count: *count });
        vec![Facet { name: FacetName::Owner, values: values.collect(), more: 0 }]
    }

    fn query(address: &str) -> ListingQuery {
        ListingQuery::from_address(address).expect("a listing")
    }

    fn shown(store: FacetStore) -> Vec<String> {
        let facet = store.with_values()[0];
        facet.first().into_iter().chain(facet.rest()).map(|entry| entry.value).collect()
    }

    #[test]
    fn values_keep_their_places_while_one_chooses() {
        Owner::new().with(|| {
            let store = FacetStore::new();
            store.show(&query("/resources"), &owners(&[("ada", 9), ("bob", 5), ("cyd", 2)]));
            assert_eq!(shown(store), ["ada", "bob", "cyd"]);
            store.show(&query("/resources?owner=cyd"), &owners(&[("ada", 9), ("bob", 5), ("cyd", 2)]));
            assert_eq!(shown(store), ["ada", "bob", "cyd"], "a chosen value stays");
            store.show(&query("/resources?state=error"), &owners(&[("dan", 7), ("cyd", 2), ("ada", 1)]));
            assert_eq!(shown(store), ["ada", "cyd", "dan"], "others do, too, and new ones come last");
            store.show(&query("/resources"), &owners(&[("bob", 10), ("ada", 9), ("cyd", 2)]));
            assert_eq!(shown(store), ["ada", "bob", "cyd"], "whatever the counts are meanwhile");
            store.show(&query("/resources?q=x"), &owners(&[("bob", 10), ("ada", 9)]));
            assert_eq!(shown(store), ["bob", "ada"], "other words find other Resources");
        });
    }

    #[test]
    fn a_chosen_value_is_in_sight() {
        let names: Vec<String> = (0..14).map(|at| format!("owner-{at:02}")).collect();
        let counts: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 3)).collect();
        Owner::new().with(|| {
            let store = FacetStore::new();
            store.show(&query("/resources?owner=owner-03"), &owners(&counts));
            let facet = store.with_values()[0];
            assert!(!facet.is_rest_open.get_untracked());
            store.show(&query("/resources?owner=owner-12"), &owners(&counts));
            assert!(facet.is_rest_open.get_untracked());
            assert_eq!(facet.rest()[2].value, "owner-12");
            // Whoever folds it away is not contradicted by the next counts.
            facet.is_rest_open.set(false);
            store.show(&query("/resources?owner=owner-12"), &owners(&counts));
            assert!(!facet.is_rest_open.get_untracked());
        });
    }

    #[test]
    fn what_is_typed_finds_values_and_outlives_answers() {
        let names: Vec<String> = (0..14).map(|at| format!("Owner-{at:02}")).collect();
        let counts: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 3)).collect();
        Owner::new().with(|| {
            let store = FacetStore::new();
            store.show(&query("/resources/depots"), &owners(&counts));
            let facet = store.with_values()[0];
            facet.text.set(" owner-1 ".to_owned());
            let found = |facet: ShownFacet| facet.first().into_iter().map(|entry| entry.value).collect::<Vec<_>>();
            assert_eq!(found(facet), ["Owner-10", "Owner-11", "Owner-12", "Owner-13"]);
            store.show(&query("/resources/depots?state=active"), &owners(&counts[..12]));
            assert_eq!(found(facet), ["Owner-10", "Owner-11"]);
            store.show(&query("/resources/services"), &owners(&counts));
            assert_eq!(found(facet).len(), SHOWN, "another type begins anew");
        });
    }
}
