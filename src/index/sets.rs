//! Many values per Resource, as the places of the values in a dictionary.

use std::ops::Range;

use super::column::Dictionary;

/// How many values of a Resource are kept.
const MOST_VALUES: usize = u16::MAX as usize;

/// A facet of which a Resource may have many values: the values of one Resource stand side by side, those of Resources
/// with neighbouring numbers near to each other.
#[derive(Clone, Debug, Default)]
pub(super) struct SetColumn {
    /// The values.
    pub(super) dictionary: Dictionary,
    /// Places in the dictionary.
    places: Vec<u32>,
    /// Where those of a Resource begin.
    starts: Vec<u32>,
    /// How many it has.
    lengths: Vec<u16>,
    /// How many places belong to a Resource; the others were left behind by changes.
    used: usize,
}

impl SetColumn {
    /// Takes the places of the values of all Resources, in the order of their numbers, each with how many it has. `None`
    /// when they do not fit together.
    pub(super) fn of(dictionary: Dictionary, places: Vec<u32>, lengths: Vec<u16>) -> Option<Self> {
        let mut starts = Vec::with_capacity(lengths.len());
        let mut start = 0_u32;
        for &length in &lengths {
            starts.push(start);
            start = start.checked_add(u32::from(length))?;
        }
        let known = u32::try_from(dictionary.values.len()).ok()?;
        if start as usize != places.len() || places.iter().any(|&place| place >= known) {
            return None;
        }
        Some(Self { dictionary, used: places.len(), places, starts, lengths })
    }

    /// The places of a Resource's values, in ascending order.
    pub(super) fn get(&self, number: u32) -> &[u32] {
        self.places.get(self.range(number)).unwrap_or_default()
    }

    /// The places of the values of all Resources, in the order of their numbers.
    pub(super) fn places(&self) -> Vec<u32> {
        (0..).take(self.starts.len()).flat_map(|number| self.get(number)).copied().collect()
    }

    /// How many values each Resource has, by number.
    pub(super) fn lengths(&self) -> &[u16] {
        &self.lengths
    }

    /// Counts how many of some Resources have which value.
    pub(super) fn count(&self, numbers: &[u32], counts: &mut [u64]) {
        for &number in numbers {
            for &place in self.get(number) {
                counts[place as usize] += 1;
            }
        }
    }

    /// Gives a Resource its values.
    pub(super) fn set(&mut self, number: u32, words: &[String]) {
        let mut after: Vec<u32> = words.iter().take(MOST_VALUES).map(|word| self.dictionary.place(word)).collect();
        after.sort_unstable();
        after.dedup();
        let before = self.get(number).to_vec();
        if before == after {
            return;
        }
        for &place in &before {
            self.dictionary.leave(place, number);
        }
        for &place in &after {
            self.dictionary.enter(place, number);
        }
        let at = number as usize;
        if self.starts.len() <= at {
            self.starts.resize(at + 1, 0);
            self.lengths.resize(at + 1, 0);
        }
        if after.len() > before.len() {
            self.starts[at] = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
            self.places.extend_from_slice(&after);
        } else {
            let range = self.range(number);
            self.places[range][..after.len()].copy_from_slice(&after);
        }
        self.lengths[at] = u16::try_from(after.len()).unwrap_or(u16::MAX);
        self.used = self.used + after.len() - before.len();
        self.tidy();
    }

    /// Moves the values together when most of the space has been left behind.
    fn tidy(&mut self) {
        const SLACK: usize = 1_000;
        if self.places.len() > 2 * self.used + SLACK
            && let Some(tidied) = Self::of(std::mem::take(&mut self.dictionary), self.places(), self.lengths.clone())
        {
            *self = tidied;
        }
    }

    fn range(&self, number: u32) -> Range<usize> {
        let at = number as usize;
        match (self.starts.get(at), self.lengths.get(at)) {
            (Some(&start), Some(&length)) => start as usize..start as usize + usize::from(length),
            _ => 0..0,
        }
    }
}

impl PartialEq for SetColumn {
    fn eq(&self, other: &Self) -> bool {
        self.dictionary == other.dictionary && self.lengths == other.lengths && self.places() == other.places()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(column: &SetColumn, number: u32) -> Vec<&str> {
        column.get(number).iter().map(|&place| column.dictionary.values[place as usize].word.as_str()).collect()
    }

    #[test]
    fn values_come_and_go() {
        let mut column = SetColumn::default();
        let set = |column: &mut SetColumn, number: u32, text: &str| {
            let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            column.set(number, &words);
        };
        set(&mut column, 3, "sales raw");
        set(&mut column, 5, "raw");
        set(&mut column, 3, "raw gold sales");
        assert_eq!(words(&column, 3), ["sales", "raw", "gold"]);
        set(&mut column, 3, "gold");
        set(&mut column, 4, "");
        assert_eq!((words(&column, 3), words(&column, 5), words(&column, 4)), (vec!["gold"], vec!["raw"], vec![]));
        assert_eq!(column.get(99), [0_u32; 0]);
        let mut counts = vec![0; 3];
        column.count(&[3, 4, 5, 99], &mut counts);
        assert_eq!(counts, [0, 1, 1]);
        let kept = SetColumn::of(column.dictionary.clone(), column.places(), column.lengths().to_vec());
        assert_eq!(kept, Some(column));
    }

    #[test]
    fn what_changes_often_takes_no_more_and_more_space() {
        let mut column = SetColumn::default();
        for turn in 0..10_000_u32 {
            let words: Vec<String> = (0..turn % 7).map(|word| format!("tag-{word}")).collect();
            column.set(turn % 10, &words);
            assert_eq!(column.get(turn % 10).len(), (turn % 7) as usize);
        }
        assert!(column.places.len() < 2_000, "{}", column.places.len());
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let mut column = SetColumn::default();
        column.set(1, &["sales".to_owned()]);
        let dictionary = || column.dictionary.clone();
        assert_eq!(SetColumn::of(dictionary(), vec![0], vec![0, 2]), None);
        assert_eq!(SetColumn::of(dictionary(), vec![7], vec![0, 1]), None);
    }
}
