//! How long the operations of the store take.

use std::future::Future;
use std::time::Instant;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

/// Upper bounds of the times, in seconds.
const BUCKETS: [f64; 13] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0];

/// Which operation was timed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OperationLabel {
    operation: &'static str,
}

/// The times of all operations, one histogram each.
pub type Histograms = Family<OperationLabel, Histogram, fn() -> Histogram>;

/// Times operations. Copies share what they measured.
#[derive(Clone, Debug)]
pub struct Timings {
    histograms: Histograms,
}

impl Timings {
    /// Runs an operation and writes down how long it took, also when it failed.
    pub async fn time<T>(&self, operation: &'static str, work: impl Future<Output = T>) -> T {
        let started = Instant::now();
        let done = work.await;
        self.histograms.get_or_create(&OperationLabel { operation }).observe(started.elapsed().as_secs_f64());
        done
    }

    /// What was measured.
    #[must_use]
    pub fn histograms(&self) -> Histograms {
        self.histograms.clone()
    }
}

impl Default for Timings {
    fn default() -> Self {
        Self { histograms: Family::new_with_constructor(|| Histogram::new(BUCKETS)) }
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::registry::Registry;

    use super::*;

    #[tokio::test]
    async fn operations_are_counted_by_name_also_when_they_fail() {
        let timings = Timings::default();
        assert_eq!(timings.time("find", async { Ok::<_, ()>(3) }).await, Ok(3));
        assert_eq!(timings.clone().time("find", async { Err::<(), _>(4) }).await, Err(4));
        let mut registry = Registry::default();
        registry.register("seconds", "Times", timings.histograms());
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        assert!(text.contains("seconds_count{operation=\"find\"} 2"), "{text}");
        assert!(!text.contains("record"), "{text}");
    }
}
