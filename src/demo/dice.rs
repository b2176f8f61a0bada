//! Chance that is the same on every run.

/// A stream of numbers that depends on nothing but its seed (`SplitMix64`). Written here rather than taken from `rand`
/// because the numbers of its generators may change with its version, and the same seed has to give the same
/// environment for ever.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// The stream for one thing of one environment.
    pub(super) fn new(seed: u64, thing: u64) -> Self {
        let mut dice = Self(seed ^ thing.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        dice.next();
        dice
    }

    /// The next number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `end`; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        u64::try_from((u128::from(self.next()) * u128::from(end)) >> 64).unwrap_or_default()
    }

    /// A number from 0 to below `end`, small ones far more often: how people share out workspaces and owners.
    pub(super) fn skewed(&mut self, end: u64) -> u64 {
        let first = self.below(1 << 20);
        let second = self.below(1 << 20);
        u64::try_from((u128::from(first * second) * u128::from(end)) >> 40).unwrap_or_default()
    }

    /// True `percent` times in a hundred.
    pub(super) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these; the default for none.
    pub(super) fn one_of<T: Copy + Default>(&mut self, choices: &[T]) -> T {
        let place = usize::try_from(self.below(choices.len() as u64)).unwrap_or_default();
        choices.get(place).copied().unwrap_or_default()
    }

    /// A length of time from `from` to below `to`, in milliseconds, to the second.
    pub(super) fn span(&mut self, from: i64, to: i64) -> i64 {
        let seconds = u64::try_from((to - from) / 1_000).unwrap_or_default();
        from + i64::try_from(self.below(seconds)).unwrap_or_default() * 1_000
    }
}
