//! The web server: routes and the layers round them.

mod accept;
mod access;
pub mod api;
mod assets;
mod cache_policy;
mod caching;
mod client_address;
mod encoding;
mod etag;
mod export;
mod fallbacks;
mod health;
mod hosts;
mod inline_scripts;
mod live;
mod metrics;
mod page_cache;
mod pages;
mod parameters;
mod problem;
mod redirects;
mod requests;
mod scope;
mod security;
mod shutdown;

use std::sync::Arc;
use std::time::Duration;

use app::catalog::Catalog;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Router, response::IntoResponse};
use leptos::config::LeptosOptions;
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

pub use client_address::TrustedProxies;
pub use hosts::AllowedHosts;
pub use shutdown::Shutdown;

use crate::access::{Access, Reading};
use crate::catalog::feed::Feed;
use crate::catalog::{LiveCatalog, system_clock};
use crate::metrics::Metrics;
use crate::store::Store;

/// The largest body of a request, in bytes: nothing that is served here takes more than a few words.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// How long a page may take before it is given up.
const TIMEOUT: Duration = Duration::from_secs(15);

/// What is said when something broke inside.
const BROKEN: &str = "Something went wrong inside Pharos; its log has the details.\n";

/// What the site serves from.
#[derive(Clone)]
pub struct Services {
    /// The only door to the Resources.
    pub catalog: Arc<dyn Catalog>,
    /// What is kept beside the Resources.
    pub store: Arc<dyn Store>,
    /// What changes, for all who follow.
    pub feed: Arc<Feed>,
    /// Looks at the tokens of requests.
    pub access: Arc<Access>,
    /// The proxies that say for whom they ask.
    pub proxies: TrustedProxies,
    /// The only names that are answered to; `None` for any.
    pub hosts: Option<AllowedHosts>,
    /// Tells that the server is stopping.
    pub shutdown: Shutdown,
    /// What is measured of all this.
    pub metrics: Arc<Metrics>,
}

impl Services {
    /// A site that everybody who reaches it may read.
    #[must_use]
    pub fn new(catalog: Arc<LiveCatalog>, store: Arc<dyn Store>) -> Self {
        let access = Arc::new(Access::new(Arc::clone(&store), Reading::Open, system_clock()));
        let feed = catalog.feed();
        let metrics = Arc::new(Metrics::new(store.as_ref(), Arc::clone(&feed)));
        let (proxies, shutdown) = (TrustedProxies::default(), Shutdown::new());
        Self { feed, catalog, store, access, proxies, hosts: None, shutdown, metrics }
    }

    /// The same with another gate.
    #[must_use]
    pub fn with_access(self, access: Arc<Access>) -> Self {
        Self { access, ..self }
    }

    /// The same behind these proxies.
    #[must_use]
    pub fn with_proxies(self, proxies: TrustedProxies) -> Self {
        Self { proxies, ..self }
    }

    /// The same under these names only.
    #[must_use]
    pub fn with_hosts(self, hosts: AllowedHosts) -> Self {
        Self { hosts: Some(hosts), ..self }
    }

    /// The same, told by another signal that the server is stopping.
    #[must_use]
    pub fn with_shutdown(self, shutdown: Shutdown) -> Self {
        Self { shutdown, ..self }
    }
}

/// What handlers share. Every request clones it more than once.
#[derive(Clone)]
pub struct HttpState {
    services: Arc<Services>,
    options: Arc<LeptosOptions>,
}

impl HttpState {
    fn catalog(&self) -> Arc<dyn Catalog> {
        Arc::clone(&self.services.catalog)
    }
}

impl FromRef<HttpState> for Arc<dyn Catalog> {
    fn from_ref(state: &HttpState) -> Self {
        state.catalog()
    }
}

impl FromRef<HttpState> for Arc<dyn Store> {
    fn from_ref(state: &HttpState) -> Self {
        Arc::clone(&state.services.store)
    }
}

impl FromRef<HttpState> for Arc<Metrics> {
    fn from_ref(state: &HttpState) -> Self {
        Arc::clone(&state.services.metrics)
    }
}

impl FromRef<HttpState> for Shutdown {
    fn from_ref(state: &HttpState) -> Self {
        state.services.shutdown.clone()
    }
}

impl FromRef<HttpState> for LeptosOptions {
    fn from_ref(state: &HttpState) -> Self {
        state.options.as_ref().clone()
    }
}

/// The web site.
///
/// # Errors
/// When the embedded `Leptos.toml` or a `LEPTOS_*` variable cannot be read.
pub fn router(services: Services) -> Result<Router, leptos::config::errors::LeptosConfigError> {
    let options = leptos::config::get_config_from_str(include_str!("../../Leptos.toml"))?;
    let state = HttpState { services: Arc::new(services), options: Arc::new(options) };
    let metrics = Arc::clone(&state.services.metrics);
    let entrance = Arc::new(access::Entrance {
        access: Arc::clone(&state.services.access),
        proxies: state.services.proxies.clone(),
        hosts: state.services.hosts.clone(),
    });
    // Pages and files are kept compressed.
    let compressed = export::routes()
        .merge(redirects::routes())
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        .layer(compression());
    let limits = ServiceBuilder::new()
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
    let site = pages::routes(&state)
        .merge(compressed)
        .merge(live::routes(&state.services))
        .merge(assets::routes())
        .layer(limits);
    // The API has limits of its own.
    let api = api::routes(&state).layer(compression());
    // Each call of `layer` on a router boxes all routes once more, and each request copies every box: so these are one.
    let around_all = ServiceBuilder::new()
        .layer(from_fn_with_state(metrics, requests::observe))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a request panicked");
            (StatusCode::INTERNAL_SERVER_ERROR, BROKEN).into_response()
        }))
        .layer(CsrfLayer::new().with_rejection_response(|_: tower_http::csrf::ProtectionError| api::cross_site()))
        .layer(from_fn_with_state(entrance, access::authenticate));
    Ok(site.merge(api).with_state(state).layer(around_all))
}

fn compression() -> CompressionLayer<impl Predicate> {
    // What comes here is sent once and thrown away: the middle of the scale is where time and size balance.
    CompressionLayer::new()
        .quality(CompressionLevel::Precise(4))
        .compress_when(DefaultPredicate::new().and(NotForContentType::new("text/event-stream")))
}
