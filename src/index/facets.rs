//! What is chosen of the facets, and how many Resources every other choice would find.

use std::cmp::Reverse;
use std::collections::HashMap;

use app::model::{Facet, FacetName, FacetValue, ListingQuery};
use roaring::RoaringBitmap;

use super::column::{Value, rank_key};
use super::tables::Tables;
use super::tally::Tally;

/// How many values of a facet are listed, not counting chosen ones.
pub(super) const LISTED: usize = 30;

/// How many members of a set are read at once: as many as stay in the processor's nearest memory.
const READ_AT_ONCE: usize = 4_096;

/// The filters of a listing: for each facet with chosen values, who has one of them.
pub(super) struct Filters {
    chosen: Vec<(FacetName, Vec<String>, RoaringBitmap)>,
}

impl Filters {
    /// Looks the chosen values up.
    pub(super) fn of(tables: &Tables, query: &ListingQuery) -> Self {
        let chosen = FacetName::ALL
            .into_iter()
            .filter_map(|facet| {
                let words: Vec<String> =
                    query.filters.iter().filter(|(name, _)| *name == facet).map(|(_, word)| word.clone()).collect();
                if words.is_empty() {
                    return None;
                }
                let borrowed: Vec<&str> = words.iter().map(String::as_str).collect();
                let set = tables.with_any(facet, &borrowed);
                Some((facet, words, set))
            })
            .collect();
        Self { chosen }
    }

    /// Those of a set that all filters let through, but for the filter of one facet.
    pub(super) fn apply(&self, set: &RoaringBitmap, except: Option<FacetName>) -> RoaringBitmap {
        let mut filters = self.chosen.iter().filter(|(facet, ..)| Some(*facet) != except).map(|(.., members)| members);
        match filters.next() {
            None => set.clone(),
            Some(first) => filters.fold(set & first, |passed, members| passed & members),
        }
    }

    fn words(&self, facet: FacetName) -> &[String] {
        self.chosen.iter().find(|(name, ..)| *name == facet).map_or(&[], |(_, words, _)| words)
    }
}

/// The facets of a listing. `found` are the Resources that match words, type and qualifiers, `hits` those of them that
/// the filters let through.
pub(super) fn facets(
    tables: &Tables,
    query: &ListingQuery,
    filters: &Filters,
    found: &RoaringBitmap,
    hits: &RoaringBitmap,
) -> Vec<Facet> {
    let shown: Vec<FacetName> =
        FacetName::ALL.into_iter().filter(|&facet| facet != FacetName::Type || query.resource_type.is_none()).collect();
    let (chosen, open): (Vec<_>, Vec<_>) = shown.iter().partition(|&&facet| !filters.words(facet).is_empty());
    let mut counted = counts(tables, &open, hits);
    let mut further = HashMap::new();
    for facet in chosen {
        let set = filters.apply(found, Some(facet));
        counted.extend(counts(tables, &[facet], &set));
        further.insert(facet, unlisted(tables, facet, filters.words(facet), &set));
    }
    let list = |facet: FacetName| {
        let unlisted = further.remove(&facet).unwrap_or_default();
        list(tables, facet, counted.get(&facet)?, filters.words(facet), unlisted)
    };
    shown.into_iter().filter_map(list).collect()
}

/// The chosen values that are not among those a facet lists.
fn unlisted(tables: &Tables, facet: FacetName, chosen: &[String], set: &RoaringBitmap) -> Vec<FacetValue> {
    let mut values: Vec<FacetValue> = Vec::new();
    for word in chosen {
        let is_listed = !tables.dictionary(facet).like(word.trim()).is_empty();
        if !is_listed && !values.iter().any(|value| value.value == *word) {
            let count = tables.with_any(facet, &[word]).intersection_len(set);
            values.push(FacetValue { value: word.clone(), count });
        }
    }
    values
}

/// A facet with its most frequent values and all chosen ones; `values` are those of the latter that it does not list.
fn list(
    tables: &Tables,
    name: FacetName,
    counts: &[u64],
    chosen: &[String],
    mut values: Vec<FacetValue>,
) -> Option<Facet> {
    let dictionary = tables.dictionary(name);
    let mut is_chosen = vec![false; dictionary.values.len()];
    for word in chosen {
        for &place in dictionary.like(word.trim()) {
            is_chosen[place as usize] = true;
        }
    }
    let mut places: Vec<usize> =
        (0..dictionary.values.len()).filter(|&place| counts[place] > 0 && !is_chosen[place]).collect();
    let word = |place: usize| dictionary.values[place].word.as_str();
    let by_count = |&left: &usize, &right: &usize| {
        counts[right].cmp(&counts[left]).then_with(|| rank_key(word(left)).cmp(&rank_key(word(right))))
    };
    let more = places.len().saturating_sub(LISTED);
    if more > 0 {
        places.select_nth_unstable_by(LISTED - 1, by_count);
        places.truncate(LISTED);
    }
    places.extend((0..dictionary.values.len()).filter(|&place| is_chosen[place]));
    values.extend(places.into_iter().map(|place| FacetValue { value: word(place).to_owned(), count: counts[place] }));
    values.sort_by_cached_key(|value| (Reverse(value.count), rank_key(&value.value)));
    (!values.is_empty()).then_some(Facet { name, values, more: more as u64 })
}

/// How many of a set have which value of some facets.
fn counts(tables: &Tables, facets: &[FacetName], set: &RoaringBitmap) -> HashMap<FacetName, Vec<u64>> {
    let mut counted = HashMap::with_capacity(facets.len());
    let mut tallies = Vec::new();
    let mut tally_tags = false;
    for &facet in facets {
        let values = &tables.dictionary(facet).values;
        if set.len() == tables.all.len() {
            counted.insert(facet, values.iter().map(|value| value.count).collect());
        } else if set.is_empty() {
            counted.insert(facet, vec![0; values.len()]);
        } else if facet == FacetName::Fresh || by_value_is_quicker(tables, values, set.len()) {
            counted.insert(facet, values.iter().map(|value| set.intersection_len(&value.members)).collect());
        } else if let Some(column) = tables.column(facet) {
            tallies.push((facet, Tally::new(&column.places, values.len())));
        } else {
            counted.insert(facet, vec![0; values.len()]);
            tally_tags = true;
        }
    }
    if tallies.is_empty() && !tally_tags {
        return counted;
    }
    // Reading the members out of the set takes as long as a tally, so all tallies read along.
    let mut members = set.iter();
    let mut read = vec![0; READ_AT_ONCE];
    loop {
        let read = members.next_many(&mut read);
        if read.is_empty() {
            break;
        }
        for (_, tally) in &mut tallies {
            tally.add(read);
        }
        if let Some(counts) = counted.get_mut(&FacetName::Tag).filter(|_| tally_tags) {
            tables.tags.count(read, counts);
        }
    }
    for (facet, tally) in tallies {
        counted.insert(facet, tally.counts());
    }
    counted
}

/// Whether comparing a set of this size with that of every value is quicker than looking every member's value up, by
/// what either was measured to take, in nanoseconds.
fn by_value_is_quicker(tables: &Tables, values: &[Value], size: u64) -> bool {
    const BLOCK: u64 = 1 << 16;
    const SPARSE: u64 = 1 << 12;
    let blocks = tables.bound() as u64 / BLOCK + 1;
    let by_value: u64 = values
        .iter()
        .map(|value| {
            let (count, blocks) = (value.count, blocks.min(value.count));
            50 + if count > blocks * SPARSE { blocks * 400 } else { count + blocks * 20 }
        })
        .sum();
    by_value < size * 2
}
