//! What is kept for speed, bounded by what it takes.

use std::hash::Hash;
use std::sync::Arc;

use quick_cache::sync::{self, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

/// The part of the space for what was asked for more than once. People go through pages one after the other, so what
/// came lately has as much of it.
const ASKED_FOR_AGAIN: f64 = 0.5;

/// Tells what it takes.
pub(crate) trait Takes {
    /// What it takes, in bytes; always the same.
    fn bytes(&self) -> u64;
}

/// Weighs values by what they take.
#[derive(Clone, Debug)]
pub(crate) struct BySize;

impl<K, V: Takes> Weighter<K, V> for BySize {
    fn weight(&self, _: &K, value: &V) -> u64 {
        value.bytes()
    }
}

impl<T: Takes> Takes for Arc<T> {
    fn bytes(&self) -> u64 {
        self.as_ref().bytes()
    }
}

/// What is kept, by what it is asked for with.
pub(crate) type Cache<K, V> = sync::Cache<K, V, BySize>;

/// An empty cache for values of together at most `max_bytes`, about `values` of them. `parts` are locked apart, and each
/// holds its share of the space: 1 where a value may take much of it.
pub(crate) fn cache<K: Eq + Hash, V: Clone + Takes>(max_bytes: u64, values: usize, parts: usize) -> Cache<K, V> {
    let options = OptionsBuilder::new()
        .weight_capacity(max_bytes)
        .estimated_items_capacity(values)
        .shards(parts)
        .hot_allocation(ASKED_FOR_AGAIN)
        // Remembers about as many keys of what went as there are values: what is asked for again then stays.
        .ghost_allocation(1.0)
        .build()
        .expect("size and number are given");
    Cache::with_options(options, BySize, DefaultHashBuilder::default(), DefaultLifecycle::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Takes for u64 {
        fn bytes(&self) -> u64 {
            *self
        }
    }

    #[test]
    fn what_is_asked_for_in_turn_is_found_again_though_others_were_there_before() {
        let cache = cache::<u32, u64>(1_000, 100, 1);
        for key in 0..500 {
            cache.insert(key, 40);
            let _ = cache.get(&key);
        }
        assert!(cache.weight() <= 1_000);
        // 20 large values that fit together, one after the other.
        let mut missed = 0;
        for turn in 0..10 {
            for key in 1_000..1_020 {
                if cache.get(&key).is_none() {
                    cache.insert(key, 45);
                    missed += usize::from(turn > 3);
                }
            }
        }
        assert!(missed <= 20, "{missed} of 120 were missed");
    }
}
