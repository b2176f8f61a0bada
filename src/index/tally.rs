//! Counting which values Resources have.

use super::column::Places;

/// Counts how many of some Resources have which value.
pub(super) struct Tally<'p> {
    places: &'p Places,
    /// How many counts there are in each lane: one for each value, and one for having none.
    width: usize,
    counts: Vec<u32>,
}

/// How many neighbours are counted at once.
const LANES: usize = 4;

/// With more values than this, neighbours are not likely to have the same.
const FEW_VALUES: usize = 1_000;

impl<'p> Tally<'p> {
    /// Nothing counted yet, of so many values.
    pub(super) fn new(places: &'p Places, values: usize) -> Self {
        let width = values + 1;
        // Neighbours often have the same value, and a count can only be raised when it has been written back. So
        // neighbours are counted in different lanes.
        let lanes = if values <= FEW_VALUES { LANES } else { 1 };
        Self { places, width, counts: vec![0; width * lanes] }
    }

    /// Counts some more Resources.
    pub(super) fn add(&mut self, numbers: &[u32]) {
        match self.places {
            Places::Narrow(places) => {
                self.count(numbers, |number| {
                    places.get(number as usize).map_or(usize::MAX, |&place| usize::from(place))
                });
            }
            Places::Wide(places) => {
                self.count(numbers, |number| places.get(number as usize).map_or(usize::MAX, |&place| place as usize));
            }
        }
    }

    fn count(&mut self, numbers: &[u32], place: impl Fn(u32) -> usize) {
        // "No value" lies beyond all others.
        let none = self.width - 1;
        let mut lanes: Vec<&mut [u32]> = self.counts.chunks_exact_mut(self.width).collect();
        if let [first, second, third, fourth] = lanes.as_mut_slice() {
            let (groups, rest) = numbers.as_chunks::<LANES>();
            for group in groups {
                first[place(group[0]).min(none)] += 1;
                second[place(group[1]).min(none)] += 1;
                third[place(group[2]).min(none)] += 1;
                fourth[place(group[3]).min(none)] += 1;
            }
            for &number in rest {
                first[place(number).min(none)] += 1;
            }
        } else {
            for &number in numbers {
                self.counts[place(number).min(none)] += 1;
            }
        }
    }

    /// How many have which value.
    pub(super) fn counts(&self) -> Vec<u64> {
        let mut sums = vec![0; self.width - 1];
        for lane in self.counts.chunks_exact(self.width) {
            for (sum, &count) in sums.iter_mut().zip(lane) {
                *sum += u64::from(count);
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::super::column::Column;
    use super::*;

    #[test]
    fn every_resource_is_counted_once_whatever_the_number_of_values() {
        for values in [1, 3, FEW_VALUES, FEW_VALUES + 5, 70_000] {
            let mut column = Column::default();
            let numbers: Vec<u32> = (1..=10_007).collect();
            for &number in &numbers {
                let value = (number as usize * 7) % (values + 1);
                column.set(number, (value < values).then(|| value.to_string()).as_deref());
            }
            let mut tally = Tally::new(&column.places, column.dictionary.values.len());
            for some in numbers.chunks(4_095) {
                tally.add(some);
            }
            // Numbers beyond the column have no value.
            tally.add(&[20_000, 20_001, 20_002, 20_003, 20_004]);
            let expected: Vec<u64> = column.dictionary.values.iter().map(|value| value.count).collect();
            assert_eq!(tally.counts(), expected, "{values} values");
        }
    }
}
