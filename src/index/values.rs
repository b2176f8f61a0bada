//! Values of a facet to offer for one that is being typed.

use std::cmp::Reverse;
use std::collections::HashSet;

use app::model::{FacetName, FacetValue, ResourceType};
use roaring::RoaringBitmap;

use super::Index;
use super::column::{Dictionary, rank_key};

/// How many values are looked at for those that begin with a text, and again for those that have it inside.
const LOOKED_AT: usize = 10_000;

/// How many values are counted among the Resources of a type, which takes longer than looking at them.
const COUNTED: usize = 1_000;

/// How a value fits what is typed, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Whole,
    Beginning,
    Inside,
}

impl Index {
    /// Values of a facet that Resources have, with how many, or how many of a type: first the one that is typed in full,
    /// then those that begin so, then those that have it inside; the most frequent first. Values that differ in nothing
    /// but their case are one, since they are searched for as one.
    #[must_use]
    pub fn values(
        &self,
        facet: FacetName,
        resource_type: Option<&ResourceType>,
        begun: &str,
        limit: usize,
    ) -> Vec<FacetValue> {
        let view = self.view();
        let tables = &view.tables;
        let begun = begun.trim().to_lowercase();
        let fit = |word: &str| match word.strip_prefix(begun.as_str()) {
            Some("") => Fit::Whole,
            Some(_) => Fit::Beginning,
            None => Fit::Inside,
        };
        let mut found: Vec<Found<'_>> = Vec::new();
        let mut add = |fit: Fit, dictionary, word, places| {
            found.push(Found { fit, count: Reverse(count(dictionary, places, None)), word, dictionary, places });
        };
        let mut begin = 0;
        for dictionary in tables.dictionaries(facet) {
            let beginning = dictionary.from(&begun).take_while(|(word, _)| word.starts_with(&begun));
            for (word, places) in beginning.take(LOOKED_AT) {
                add(fit(word), dictionary, word, places);
                begin += 1;
            }
        }
        if begin < limit {
            let is_inside = |word: &str| {
                let slug = || facet == FacetName::Type && ResourceType::new(word).slug().contains(&begun);
                !word.starts_with(&begun) && (word.contains(&begun) || slug())
            };
            for dictionary in tables.dictionaries(facet) {
                for (word, places) in dictionary.from("").take(LOOKED_AT).filter(|(word, _)| is_inside(word)) {
                    add(Fit::Inside, dictionary, word, places);
                }
            }
        }
        if let Some(resource_type) = resource_type {
            found.sort_unstable_by_key(|found| (found.fit, found.count));
            found.truncate(COUNTED);
            let of_type = tables.with_any(FacetName::Type, &[resource_type.as_str()]);
            for found in &mut found {
                found.count = Reverse(count(found.dictionary, found.places, Some(&of_type)));
            }
        }
        found.retain(|found| found.count.0 > 0);
        found.sort_by_cached_key(|found| (found.fit, found.count, rank_key(found.word)));
        let mut told = HashSet::new();
        found.retain(|found| told.insert(found.word));
        found.truncate(limit);
        found.into_iter().map(|found| FacetValue { value: found.shown(), count: found.count.0 }).collect()
    }
}

/// How many Resources have one of the values, of all or of some.
fn count(dictionary: &Dictionary, places: &[u32], among: Option<&RoaringBitmap>) -> u64 {
    let value = |place: u32| &dictionary.values[place as usize];
    match (places, among) {
        (&[place], None) => value(place).count,
        (&[place], Some(among)) => value(place).members.intersection_len(among),
        (_, among) => {
            let all = places.iter().fold(RoaringBitmap::new(), |all, &place| all | &value(place).members);
            among.map_or_else(|| all.len(), |among| all.intersection_len(among))
        }
    }
}

/// A value to offer.
struct Found<'d> {
    fit: Fit,
    count: Reverse<u64>,
    word: &'d str,
    dictionary: &'d Dictionary,
    /// Where it stands there, once for each of its cases.
    places: &'d [u32],
}

impl Found<'_> {
    /// The value in the case that most Resources have it.
    fn shown(&self) -> String {
        let values = self.places.iter().map(|&place| &self.dictionary.values[place as usize]);
        values.max_by_key(|value| value.count).map(|value| value.word.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use app::model::{Key, Resource, Timestamp};

    use super::*;

    fn index() -> Index {
        let index = Index::in_memory().expect("an index");
        let resource = |resource_type: &str, name: &str, owner: &str, status: &str, tags: &[&str]| Resource {
            owner: Some(owner.to_owned()),
            status: Some(status.to_owned()),
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            ..Resource::new(Key::new(resource_type, None, name).expect("a key"), Timestamp(1))
        };
        let resources: Vec<_> = (1..)
            .zip([
                resource("depot", "a", "ada", "active", &["gold", "very gold"]),
                resource("depot", "b", "Ada", "active", &["gold"]),
                resource("policy", "c", "grace", "error", &["golden hour"]),
                resource("policy", "d", "linus", "active", &[]),
            ])
            .collect();
        index.apply(&resources, 1, Timestamp(1)).expect("applied");
        index
    }

    fn values(index: &Index, facet: FacetName, resource_type: Option<&str>, begun: &str) -> Vec<(String, u64)> {
        let resource_type = resource_type.map(ResourceType::new);
        let found = index.values(facet, resource_type.as_ref(), begun, 8);
        found.into_iter().map(|value| (value.value, value.count)).collect()
    }

    fn counted(values: &[(&str, u64)]) -> Vec<(String, u64)> {
        values.iter().map(|&(value, count)| (value.to_owned(), count)).collect()
    }

    #[test]
    fn what_there_is_is_offered_with_its_count() {
        let index = index();
        assert_eq!(values(&index, FacetName::State, None, ""), counted(&[("active", 3), ("error", 1)]));
        assert_eq!(values(&index, FacetName::State, Some("depot"), ""), counted(&[("active", 2)]));
        assert_eq!(values(&index, FacetName::State, None, "ER"), counted(&[("error", 1)]));
        assert_eq!(values(&index, FacetName::State, None, "foo"), []);
        assert_eq!(values(&index, FacetName::Fresh, None, ""), []);
        assert_eq!(values(&index, FacetName::State, Some("nothing"), ""), []);
    }

    #[test]
    fn the_whole_value_comes_first_and_what_has_it_inside_last() {
        let index = index();
        let gold = counted(&[("gold", 2), ("golden hour", 1), ("very gold", 1)]);
        assert_eq!(values(&index, FacetName::Tag, None, "gold"), gold);
        assert_eq!(index.values(FacetName::Tag, None, "gold", 1).len(), 1);
    }

    #[test]
    fn values_that_differ_in_case_are_one() {
        let owners = values(&index(), FacetName::Owner, None, "a");
        assert_eq!(owners.iter().map(|(owner, count)| (owner.to_lowercase(), *count)).next(), Some(("ada".into(), 2)));
    }

    #[test]
    fn types_are_found_by_their_plural() {
        assert_eq!(values(&index(), FacetName::Type, None, "polici"), counted(&[("policy", 2)]));
    }

    #[test]
    fn what_nobody_has_any_more_is_not_offered() {
        let index = index();
        let changed = Resource::new(Key::new("policy", None, "c").expect("a key"), Timestamp(2));
        index.apply(&[(3, changed)], 2, Timestamp(2)).expect("applied");
        assert_eq!(values(&index, FacetName::Owner, None, "grace"), []);
    }
}
