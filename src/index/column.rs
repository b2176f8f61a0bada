//! One value per Resource, as the place of the value in a dictionary.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use roaring::RoaringBitmap;

/// How many facets have one value per Resource at most: all but the tags and what is stale.
pub(super) const COLUMNS: usize = 7;

/// Stands for "no value".
pub(super) const NO_VALUE: u32 = u32::MAX;
const NARROW_NO_VALUE: u16 = u16::MAX;

/// Places in a dictionary by Resource number: two bytes each as long as they suffice.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Places {
    /// Fewer than 65,535 values.
    Narrow(Vec<u16>),
    /// More.
    Wide(Vec<u32>),
}

impl Default for Places {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

impl Places {
    /// The place of a Resource's value, or [`NO_VALUE`].
    pub(super) fn get(&self, number: u32) -> u32 {
        match self {
            Self::Narrow(places) => match places.get(number as usize) {
                None | Some(&NARROW_NO_VALUE) => NO_VALUE,
                Some(&place) => u32::from(place),
            },
            Self::Wide(places) => places.get(number as usize).copied().unwrap_or(NO_VALUE),
        }
    }

    fn set(&mut self, number: u32, place: u32) {
        let at = number as usize;
        if let Self::Narrow(places) = self {
            let narrow = if place == NO_VALUE { Some(NARROW_NO_VALUE) } else { u16::try_from(place).ok() };
            match narrow {
                Some(narrow) if place == NO_VALUE || narrow != NARROW_NO_VALUE => {
                    if places.len() <= at {
                        places.resize(at + 1, NARROW_NO_VALUE);
                    }
                    places[at] = narrow;
                    return;
                }
                _ => {
                    let wide = places
                        .iter()
                        .map(|&place| if place == NARROW_NO_VALUE { NO_VALUE } else { u32::from(place) })
                        .collect();
                    *self = Self::Wide(wide);
                }
            }
        }
        if let Self::Wide(places) = self {
            if places.len() <= at {
                places.resize(at + 1, NO_VALUE);
            }
            places[at] = place;
        }
    }
}

/// One value and the Resources that have it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Value {
    /// The value as it is shown.
    pub(super) word: String,
    /// Who has it.
    pub(super) members: RoaringBitmap,
    /// How many have it.
    pub(super) count: u64,
}

/// The values of a facet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dictionary {
    /// The values, in order of appearance.
    pub(super) values: Vec<Value>,
    places: HashMap<String, u32>,
    folded: BTreeMap<String, Vec<u32>>,
}

impl Dictionary {
    /// The place of a value, which is added if it is new.
    pub(super) fn place(&mut self, word: &str) -> u32 {
        if let Some(&place) = self.places.get(word) {
            return place;
        }
        let place = u32::try_from(self.values.len()).unwrap_or(NO_VALUE - 1);
        self.add(Value { word: word.to_owned(), ..Value::default() });
        place
    }

    /// Adds a value at the end.
    pub(super) fn add(&mut self, value: Value) {
        let place = u32::try_from(self.values.len()).unwrap_or(NO_VALUE - 1);
        self.places.insert(value.word.clone(), place);
        self.folded.entry(value.word.to_lowercase()).or_default().push(place);
        self.values.push(value);
    }

    /// The places of the values that equal a text but for case.
    pub(super) fn like(&self, text: &str) -> &[u32] {
        self.folded.get(&text.to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The lower-case values from a text on, in alphabetical order, with the places of each.
    pub(super) fn from(&self, text: &str) -> impl Iterator<Item = (&str, &[u32])> {
        let bounds = (Bound::Included(text), Bound::Unbounded);
        self.folded.range::<str, _>(bounds).map(|(word, places)| (word.as_str(), places.as_slice()))
    }

    /// Notes that a Resource has the value at a place.
    pub(super) fn enter(&mut self, place: u32, number: u32) {
        let value = &mut self.values[place as usize];
        if value.members.insert(number) {
            value.count += 1;
        }
    }

    /// Notes that a Resource has none of the values any more; for dictionaries of few values.
    pub(super) fn leave_all(&mut self, number: u32) {
        for value in &mut self.values {
            if value.members.remove(number) {
                value.count -= 1;
            }
        }
    }

    /// Notes that a Resource does not have the value at a place any more.
    pub(super) fn leave(&mut self, place: u32, number: u32) {
        let value = &mut self.values[place as usize];
        if value.members.remove(number) {
            value.count -= 1;
        }
    }
}

/// What values are ordered by: alphabetically, what is gone or missing last.
pub(super) type RankKey = (bool, String, String);

/// The order of a value among the others of its facet.
pub(super) fn rank_key(word: &str) -> RankKey {
    (matches!(word, "deleted" | "none"), word.to_lowercase(), word.to_owned())
}

/// A facet of which each Resource has at most one value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Column {
    /// The values.
    pub(super) dictionary: Dictionary,
    /// Which Resource has which.
    pub(super) places: Places,
    /// The places of the values in the order that lists are sorted in.
    pub(super) ascending: Vec<u32>,
    /// For each value, where it stands in that order.
    pub(super) ranks: Vec<u32>,
}

impl Column {
    /// Puts the values in order, if there are new ones.
    pub(super) fn rank(&mut self) {
        let values = &self.dictionary.values;
        if self.ascending.len() == values.len() {
            return;
        }
        let mut ascending: Vec<(RankKey, u32)> =
            (0..).zip(values).map(|(place, value)| (rank_key(&value.word), place)).collect();
        ascending.sort_unstable();
        self.ascending = ascending.into_iter().map(|(_, place)| place).collect();
        self.ranks = vec![0; values.len()];
        for (rank, &place) in (0..).zip(&self.ascending) {
            self.ranks[place as usize] = rank;
        }
    }

    /// Gives a Resource a value.
    pub(super) fn set(&mut self, number: u32, word: Option<&str>) {
        let before = self.places.get(number);
        let after = word.map_or(NO_VALUE, |word| self.dictionary.place(word));
        if before == after {
            return;
        }
        if before != NO_VALUE {
            self.dictionary.leave(before, number);
        }
        if after != NO_VALUE {
            self.dictionary.enter(after, number);
        }
        self.places.set(number, after);
    }

    /// The value of a Resource.
    pub(super) fn word(&self, number: u32) -> Option<&str> {
        match self.places.get(number) {
            NO_VALUE => None,
            place => self.dictionary.values.get(place as usize).map(|value| value.word.as_str()),
        }
    }
}
