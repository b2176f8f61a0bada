//! How the sources are doing, for whoever measures.

use app::model::{SourceStatus, Timestamp};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The name of a source comes from the configuration, so there are few.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SourceLabels {
    source: String,
}

/// One series of each for every configured source.
#[derive(Debug, Default)]
pub(super) struct SourceNumbers {
    up: Family<SourceLabels, Gauge>,
    quiet: Family<SourceLabels, Gauge>,
    failures: Family<SourceLabels, Gauge>,
    last_success: Family<SourceLabels, Gauge>,
    took: Family<SourceLabels, Gauge>,
}

impl SourceNumbers {
    pub(super) fn register(&self, registry: &mut Registry) {
        let mut add = |name: &str, help: &str, family: &Family<SourceLabels, Gauge>| {
            registry.register(name, help, family.clone());
        };
        add("pharos_source_up", "1 when the last run succeeded", &self.up);
        add("pharos_source_quiet", "1 when it has not been heard of for three intervals", &self.quiet);
        add("pharos_source_failures", "Failed runs since the last success", &self.failures);
        add("pharos_source_last_success_timestamp_seconds", "End of the last run that succeeded", &self.last_success);
        add("pharos_source_last_run_milliseconds", "How long the last run took", &self.took);
    }

    /// Takes over how the sources are.
    pub(super) fn look_at(&self, sources: &[SourceStatus]) {
        for family in [&self.up, &self.quiet, &self.failures, &self.last_success, &self.took] {
            family.clear();
        }
        for status in sources.iter().filter(|status| status.expected.is_some()) {
            let labels = SourceLabels { source: status.record.name.clone() };
            let set = |family: &Family<SourceLabels, Gauge>, value: i64| {
                family.get_or_create(&labels).set(value);
            };
            set(&self.quiet, i64::from(status.quiet));
            set(&self.failures, i64::from(status.record.failures));
            if let Some(Timestamp(at)) = status.record.heard_at() {
                set(&self.last_success, at / 1_000);
            }
            if let Some(run) = &status.record.last_run {
                set(&self.up, i64::from(run.error.is_none()));
                set(&self.took, run.took_ms());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use app::model::{ExpectedSource, SourceKind, SourceRecord, SourceRun};

    use super::*;

    #[test]
    fn only_configured_sources_have_series() {
        let record = SourceRecord {
            name: "poller".into(),
            last_success_at: Some(Timestamp(90_000)),
            failures: 2,
            last_run: Some(SourceRun {
                started_at: Timestamp(100_000),
                ended_at: Timestamp(100_250),
                error: Some("it timed out".into()),
                ..SourceRun::default()
            }),
            ..SourceRecord::default()
        };
        let other = SourceRecord { name: "import".into(), ..SourceRecord::default() };
        let expected = ExpectedSource { name: "poller".into(), kind: SourceKind::Command, interval_ms: Some(60_000) };
        let numbers = SourceNumbers::default();
        let mut registry = Registry::default();
        numbers.register(&mut registry);
        numbers.look_at(&SourceStatus::all(&[expected], vec![record, other], Timestamp(120_000)));
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).expect("text");
        for line in [
            "pharos_source_up{source=\"poller\"} 0",
            "pharos_source_failures{source=\"poller\"} 2",
            "pharos_source_last_success_timestamp_seconds{source=\"poller\"} 90",
            "pharos_source_last_run_milliseconds{source=\"poller\"} 250",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(!text.contains("import"), "{text}");
    }
}
