//! What integration tests share: a catalog in a temporary folder, and requests to its site.
#![allow(dead_code, reason = "every test file uses its own part of this")]

pub(crate) mod sources;
pub(crate) mod writing;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use app::catalog::Catalog;
use app::model::{Batch, Key, Observation, Timestamp};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use base64::Engine as _;
use pharos::catalog::{Follower, LiveCatalog};
use pharos::demo::Environment;
use pharos::http::{Services, Shutdown};
use pharos::index::{Index, IndexError, Opened};
use pharos::store::Store;
use scraper::{Html, Selector};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tower::ServiceExt;

/// 2025-11-20T12:00:00Z: what the clocks of all tests say.
pub(crate) const NOON: Timestamp = Timestamp(1_763_640_000_000);

/// A catalog and its site, gone when dropped.
pub(crate) struct Site {
    pub(crate) catalog: Arc<LiveCatalog>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) router: Router,
    pub(crate) folder: TempDir,
    pub(crate) shutdown: Shutdown,
    _follower: Follower,
}

/// What the site answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) bytes: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn html(&self) -> Html {
        Html::parse_document(&self.body)
    }

    /// The texts of all elements that a selector finds.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).expect("a selector");
        self.html()
            .select(&selector)
            .map(|element| element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }

    /// The inline scripts that a browser would not run, since the policy does not name them.
    pub(crate) fn blocked_scripts(&self) -> Vec<String> {
        let policy = self.header("content-security-policy");
        let selector = Selector::parse("script:not([src])").expect("a selector");
        let html = self.html();
        let said = html.select(&selector).map(|element| element.text().collect::<String>());
        let is_named = |script: &String| {
            let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(script));
            policy.contains(&format!("'sha256-{hash}'"))
        };
        said.filter(|script| !is_named(script)).collect()
    }

    /// An attribute of all elements that a selector finds.
    pub(crate) fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let selector = Selector::parse(selector).expect("a selector");
        self.html().select(&selector).filter_map(|element| element.attr(name).map(str::to_owned)).collect()
    }
}

impl Site {
    /// A site over an empty catalog.
    pub(crate) async fn empty() -> Self {
        Self::with(|services| services).await
    }

    /// A site over an empty catalog that serves from other services.
    pub(crate) async fn with(change: impl FnOnce(Services) -> Services) -> Self {
        Self::over(TempDir::new().expect("a temporary folder"), change).await
    }

    /// A site over the database `pharos.db` in a folder.
    pub(crate) async fn in_folder(folder: TempDir) -> Self {
        Self::over(folder, |services| services).await
    }

    async fn over(folder: TempDir, change: impl FnOnce(Services) -> Services) -> Self {
        let url = format!("sqlite://{}", folder.path().join("pharos.db").display());
        let store = pharos::store::open(&url).await.expect("a store");
        let (index, opened) = free_index(&folder.path().join("index"), store.identity()).await;
        let rebuild = matches!(opened, Opened::MustRebuild { .. });
        let (catalog, follower) =
            LiveCatalog::start(Arc::clone(&store), index, rebuild, Arc::new(|| NOON)).await.expect("a catalog");
        let catalog = Arc::new(catalog);
        let services = change(Services::new(Arc::clone(&catalog), Arc::clone(&store)));
        let shutdown = services.shutdown.clone();
        let router = pharos::http::router(services).expect("a router");
        Self { catalog, store, router, folder, shutdown, _follower: follower }
    }

    /// A site over the demo environment.
    pub(crate) async fn demo(resources: u64) -> Self {
        let site = Self::empty().await;
        for batch in Environment::new(resources, 1, NOON).batches(10_000) {
            site.catalog.record(batch).await.expect("the demo is stored");
        }
        assert!(site.catalog.caught_up(Duration::from_secs(60)).await, "the index catches up");
        site
    }

    /// Records observations of one source.
    pub(crate) async fn record(&self, observations: Vec<Observation>) {
        let batch = Batch { source: "test".into(), at: NOON, observations, ..Batch::default() };
        self.catalog.record(batch).await.expect("recorded");
    }

    /// `GET` of an address.
    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.get_with(address, &[]).await
    }

    /// `GET` of an address with headers.
    pub(crate) async fn get_with(&self, address: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(address).header("host", "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    /// What a request is answered with.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 64 << 20).await.expect("a whole body");
        let text = String::from_utf8_lossy(&body).into_owned();
        Answer { status: parts.status, headers: parts.headers, body: text, bytes: body }
    }
}

/// An observation of an active Resource.
pub(crate) fn active(resource_type: &str, workspace: Option<&str>, name: &str) -> Observation {
    let key = Key::new(resource_type, workspace, name).expect("a key");
    Observation { status: Some("active".into()), version: Some("v1".into()), ..Observation::new(key, NOON) }
}

/// Opens an index, once whoever had it before has let it go: a task that was told to end may take a moment.
async fn free_index(folder: &Path, identity: &str) -> (Index, Opened) {
    for _ in 0..500 {
        match Index::open(folder, identity) {
            Err(IndexError::InUse { .. }) => tokio::time::sleep(Duration::from_millis(20)).await,
            opened => return opened.expect("an index"),
        }
    }
    panic!("the index stays in use");
}
