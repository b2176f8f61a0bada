//! What the change feed tells of itself.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use crate::catalog::feed::Feed;

/// Asks the feed whenever it is asked itself.
pub(super) struct FeedNumbers(pub(super) Arc<Feed>);

impl fmt::Debug for FeedNumbers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FeedNumbers").finish_non_exhaustive()
    }
}

impl Collector for FeedNumbers {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let subscribers = ConstGauge::new(i64::try_from(self.0.subscribers()).unwrap_or(i64::MAX));
        let told = encoder.encode_descriptor(
            "pharos_feed_subscribers",
            "Open streams of the change feed",
            None,
            subscribers.metric_type(),
        )?;
        subscribers.encode(told)?;
        let events = ConstCounter::new(self.0.delivered());
        let told = encoder.encode_descriptor(
            "pharos_feed_events",
            "Changes delivered to streams",
            None,
            events.metric_type(),
        )?;
        events.encode(told)
    }
}
