//! A believable, invented environment: for the demo, the tests and the benchmark.
//!
//! Every environment begins with the same well-known Resources ([`FIXTURES`] of them); the rest is made up in the
//! proportions of a platform in use. All names, people and texts are invented.

mod dice;
mod document;
mod fate;
mod fixtures;
mod layout;
mod manifests;
mod subject;
mod words;

use std::collections::VecDeque;

use app::model::{Batch, Key, Timestamp};

use fate::{Told, tell};
use fixtures::fixtures;
use layout::Layout;

/// How many Resources every environment begins with, if it is that large.
pub const FIXTURES: u64 = 80;

/// Up to this many Resources all have a manifest and nodes; in larger environments one in ten has.
const ALL_IN_FULL: u64 = 50_000;

/// An environment, told by its size, its seed and the present moment. The same three give the same environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Environment {
    resources: u64,
    seed: u64,
    now: Timestamp,
}

impl Environment {
    /// An environment of this many Resources (deleted ones included), seen at `now`.
    #[must_use]
    pub fn new(resources: u64, seed: u64, now: Timestamp) -> Self {
        Self { resources, seed, now }
    }

    /// How many Resources it has, deleted ones included.
    #[must_use]
    pub fn resources(&self) -> u64 {
        self.resources
    }

    /// All that sources have said of it, in batches of at most `size` observations of one source each. What is said
    /// of one Resource comes in order of time. Memory is bounded by a few times `size`.
    pub fn batches(&self, size: usize) -> impl Iterator<Item = Batch> + Send + use<> {
        Batches::new(*self, size.max(1))
    }

    /// Up to `count` keys, spread evenly over the environment; the first fixture comes first.
    #[must_use]
    pub fn keys_sample(&self, count: u64) -> Vec<Key> {
        let fixtures = fixtures(self.now);
        let layout = Layout::new(self.resources, self.seed, self.now);
        let count = count.min(self.resources);
        (0..count)
            .map(|number| {
                let place = u128::from(number) * u128::from(self.resources) / u128::from(count);
                let place = u64::try_from(place).unwrap_or_default();
                match fixtures.get(usize::try_from(place).unwrap_or(usize::MAX)) {
                    Some((subject, _)) => subject.key.clone(),
                    None => layout.key(place - fixtures.len() as u64),
                }
            })
            .collect()
    }
}

/// How many times `size` Resources are told together: enough that batches of the rarer sources are not tiny.
const ROUND_BATCHES: u64 = 4;

struct Batches {
    environment: Environment,
    layout: Layout,
    fixtures: VecDeque<(subject::Subject, fate::Fate)>,
    fixture_count: u64,
    next: u64,
    size: usize,
    ready: VecDeque<Batch>,
}

impl Batches {
    fn new(environment: Environment, size: usize) -> Self {
        let fixtures: VecDeque<_> = fixtures(environment.now).into();
        Self {
            layout: Layout::new(environment.resources, environment.seed, environment.now),
            fixture_count: fixtures.len() as u64,
            fixtures,
            environment,
            next: 0,
            size,
            ready: VecDeque::new(),
        }
    }

    /// All that is said of the next Resource.
    fn tell_next(&mut self) -> Option<Vec<Told>> {
        if self.next >= self.environment.resources {
            return None;
        }
        let place = self.next;
        self.next += 1;
        let mut dice = self.layout.dice(place);
        let in_full = self.environment.resources <= ALL_IN_FULL || dice.below(10) == 0;
        let (subject, fate, in_full) = match self.fixtures.pop_front() {
            Some((subject, fate)) => (subject, fate, true),
            None => {
                let (subject, fate) = self.layout.resource(place - self.fixture_count, &mut dice);
                (subject, fate, in_full)
            }
        };
        Some(tell(&subject, &fate, self.environment.now, in_full, &mut dice))
    }

    /// Tells a stretch of Resources: first what was said of each first, then what was said next, and so on, each
    /// source by itself.
    fn fill(&mut self) {
        let stretch = ROUND_BATCHES.saturating_mul(self.size as u64);
        let mut groups: Vec<Vec<Batch>> = Vec::new();
        for _ in 0..stretch {
            let Some(told) = self.tell_next() else { break };
            for (step, Told { source, observation }) in told.into_iter().enumerate() {
                if groups.len() <= step {
                    groups.resize_with(step + 1, Vec::new);
                }
                let group = &mut groups[step];
                let open = group.iter_mut().rev().find(|batch| batch.source == source);
                match open {
                    Some(batch) if batch.observations.len() < self.size => {
                        batch.at = batch.at.max(observation.at);
                        batch.observations.push(observation);
                    }
                    _ => group.push(Batch {
                        source: source.to_owned(),
                        at: observation.at,
                        observations: vec![observation],
                        ..Batch::default()
                    }),
                }
            }
        }
        self.ready.extend(groups.into_iter().flatten());
    }
}

impl Iterator for Batches {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        if self.ready.is_empty() {
            self.fill();
        }
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests;
