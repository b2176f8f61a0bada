//! How many pages are answered from those kept.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

/// Counts what is asked of the kept pages.
#[derive(Clone, Debug, Default)]
pub struct PageCacheNumbers {
    /// Answers that were kept.
    pub hits: Counter,
    /// Answers that had to be rendered.
    pub misses: Counter,
}

impl PageCacheNumbers {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("pharos_page_cache_hits", "Pages answered from those kept", self.hits.clone());
        registry.register("pharos_page_cache_misses", "Pages that had to be rendered", self.misses.clone());
    }
}
