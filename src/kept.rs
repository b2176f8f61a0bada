//! What is kept for speed, bounded by what it takes.

use std::hash::Hash;

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

/// The part of the space for what was asked for more than once. People go through pages one after the other, so what
/// came lately has as much of it.
const ASKED_FOR_AGAIN: f64 = 0.5;

/// An empty cache for values of together at most `max_bytes`, about `values` of them. `parts` are locked apart, and each
/// holds its share of the space: 1 where a value may take much of it.
pub(crate) fn cache<K, V, W>(max_bytes: u64, values: usize, parts: usize, weighter: W) -> Cache<K, V, W>
where
    K: Eq + Hash,
    V: Clone,
    W: Weighter<K, V> + Clone,
{
    let options = OptionsBuilder::new()
        .weight_capacity(max_bytes)
        .estimated_items_capacity(values)
        .shards(parts)
        .hot_allocation(ASKED_FOR_AGAIN)
        // Remembers about as many keys of what went as there are values: what is asked for again then stays.
        .ghost_allocation(1.0)
        .build()
        .expect("size and number are given");
    Cache::with_options(options, weighter, DefaultHashBuilder::default(), DefaultLifecycle::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Own;

    impl Weighter<u32, u64> for Own {
        fn weight(&self, _: &u32, bytes: &u64) -> u64 {
            *bytes
        }
    }

    #[test]
    fn what_is_asked_for_in_turn_is_found_again_though_others_were_there_before() {
        let cache = cache(1_000, 100, 1, Own);
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
