//! What the server tells of itself to whoever measures: counts, times and gauges under `/metrics`.
//!
//! Labels are words of this program only (templates of routes, known types), never what a request or a Resource says.

mod feed;
mod page_cache;
#[cfg(target_os = "linux")]
mod process;
mod sources;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::catalog::Catalog;
use app::model::{Counts, IndexStatus};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

pub use page_cache::PageCacheNumbers;

use crate::catalog::feed::Feed;
use crate::store::Store;

/// Upper bounds of the times of requests, in seconds.
const REQUEST_BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// The States that are counted by name; others are added up.
const STATES: [&str; 5] = ["active", "error", "pending", "unknown", "deleted"];

const OTHER: &str = "other";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: Arc<str>,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: Arc<str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResourceLabels {
    r#type: &'static str,
    state: &'static str,
}

/// What is measured.
pub struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    resources: Family<ResourceLabels, Gauge>,
    last_change: Gauge,
    index_lag: Gauge,
    index_rebuilding: Gauge,
    writable: Gauge,
    sources: sources::SourceNumbers,
    page_cache: PageCacheNumbers,
}

impl Metrics {
    /// Nothing measured yet.
    #[must_use]
    pub fn new(store: &dyn Store, feed: Arc<Feed>) -> Self {
        let metrics = Self {
            registry: Mutex::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(REQUEST_BUCKETS)),
            in_flight: Gauge::default(),
            resources: Family::default(),
            last_change: Gauge::default(),
            index_lag: Gauge::default(),
            index_rebuilding: Gauge::default(),
            writable: Gauge::default(),
            sources: sources::SourceNumbers::default(),
            page_cache: PageCacheNumbers::default(),
        };
        metrics.register(|registry| {
            registry.register("pharos_http_requests", "Answered requests", metrics.requests.clone());
            registry.register(
                "pharos_http_request_duration_seconds",
                "Time until the head of the answer",
                metrics.durations.clone(),
            );
            registry.register(
                "pharos_http_requests_in_flight",
                "Requests that wait for their answer",
                metrics.in_flight.clone(),
            );
            registry.register("pharos_resources", "Resources by type and State", metrics.resources.clone());
            registry.register("pharos_last_change", "Last entry of the change log", metrics.last_change.clone());
            registry.register(
                "pharos_index_lag_changes",
                "Entries of the change log that the index has yet to take in",
                metrics.index_lag.clone(),
            );
            registry.register(
                "pharos_index_rebuilding",
                "1 while the index is rebuilt",
                metrics.index_rebuilding.clone(),
            );
            registry.register("pharos_store_writable", "0 while nothing can be written", metrics.writable.clone());
            registry.register(
                "pharos_store_duration_seconds",
                "Time of operations of the store",
                store.timings().histograms(),
            );
            metrics.sources.register(registry);
            metrics.page_cache.register(registry);
            registry.register_collector(Box::new(feed::FeedNumbers(feed)));
            #[cfg(target_os = "linux")]
            registry.register_collector(Box::new(process::Process::new()));
        });
        metrics
    }

    /// Adds what another part of the server measures. Names begin with `pharos_` and the part.
    fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.registry.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Counts pages that are answered from those kept, and those that are not.
    #[must_use]
    pub fn page_cache(&self) -> PageCacheNumbers {
        self.page_cache.clone()
    }

    /// Counts a request that begins; it ends when what is returned is dropped.
    #[must_use]
    pub fn begin_request(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// Counts an answer.
    pub fn answered(&self, method: &axum::http::Method, route: &Arc<str>, status: u16, took: Duration) {
        let labels = RequestLabels { method: method_name(method), route: Arc::clone(route), status: class(status) };
        self.requests.get_or_create(&labels).inc();
        self.durations.get_or_create(&RouteLabels { route: labels.route }).observe(took.as_secs_f64());
    }

    /// All that is measured, in the text format of `OpenMetrics`.
    pub async fn text(&self, catalog: &dyn Catalog, store: &dyn Store) -> String {
        self.writable.set(i64::from(store.can_write().await));
        let status = catalog.index_status().await;
        let counts = catalog.counts().await.ok();
        let sources = catalog.sources().await.unwrap_or_default();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        self.look_at(&status, counts.as_ref());
        self.sources.look_at(&sources);
        let mut written = String::with_capacity(32 * 1024);
        if let Err(error) = text::encode(&mut written, &registry) {
            tracing::error!(%error, "what is measured cannot be written");
        }
        written
    }

    fn look_at(&self, status: &IndexStatus, counts: Option<&Counts>) {
        self.last_change.set(status.stored_seq);
        self.index_lag.set((status.stored_seq - status.indexed_seq).max(0));
        self.index_rebuilding.set(i64::from(status.rebuilding));
        let Some(counts) = counts else { return };
        self.resources.clear();
        for entry in &counts.types {
            let r#type = entry.resource_type.info().map_or(OTHER, |info| info.name);
            for (state, count) in &entry.states {
                let state = STATES.into_iter().find(|known| *known == state.as_str()).unwrap_or(OTHER);
                let count = i64::try_from(*count).unwrap_or(i64::MAX);
                self.resources.get_or_create(&ResourceLabels { r#type, state }).inc_by(count);
            }
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// A request under way.
#[derive(Debug)]
pub struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn method_name(method: &axum::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => OTHER,
    }
}

fn class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
