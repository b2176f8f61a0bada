//! Sources that are asked in tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::model::{Key, Resource, SourceRecord, SourceRun};
use pharos::catalog::system_clock;
use pharos::cli::Config;
use pharos::sources::{Ran, Recorder, Runner, SourceSettings};
use pharos::store::Store;
use tempfile::TempDir;

/// A store of its own, and a runner over it.
pub(crate) struct Asking {
    pub(crate) folder: TempDir,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) runner: Runner,
}

impl Asking {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("pharos.db").display());
        let store = pharos::store::open(&url).await.expect("a store");
        let runner = Runner::new(Arc::clone(&store), Recorder::Store(Arc::clone(&store)), system_clock());
        Self { folder, store, runner }
    }

    /// A file in the folder.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("the folder is made");
        fs::write(&file, text).expect("the file is written");
        file
    }

    /// Runs a source once.
    pub(crate) async fn run(&self, source: &SourceSettings) -> SourceRun {
        match self.runner.run(source).await.expect("the run is kept") {
            Ran::Ended { run, .. } => run,
            other => panic!("nobody else runs it: {other:?}"),
        }
    }

    /// Runs a source once that must succeed.
    pub(crate) async fn succeed(&self, source: &SourceSettings) -> SourceRun {
        let run = self.run(source).await;
        assert_eq!(run.error, None);
        run
    }

    /// Runs a source once that must fail, and gives the reason.
    pub(crate) async fn fail(&self, source: &SourceSettings) -> String {
        self.run(source).await.error.expect("it fails")
    }

    /// A Resource as it is stored.
    pub(crate) async fn resource(&self, resource_type: &str, workspace: Option<&str>, name: &str) -> Option<Resource> {
        let key = Key::new(resource_type, workspace, name).expect("a key");
        self.store.find(&[key]).await.expect("the store answers").into_iter().next().map(|(_, resource)| resource)
    }

    /// What is kept of a source.
    pub(crate) async fn record(&self, source: &str) -> SourceRecord {
        let records = self.store.source_records().await.expect("the store answers");
        records.into_iter().find(|record| record.name == source).expect("it is known")
    }
}

/// The settings of one source, named `it`.
pub(crate) fn source(settings: &str) -> SourceSettings {
    let text = format!("[[source]]\nname = \"it\"\n{settings}");
    let config = Config::parse("pharos.toml", &text).unwrap_or_else(|error| panic!("{error}"));
    config.sources.into_iter().next().expect("a source")
}

/// A path as TOML has it.
pub(crate) fn quoted(path: &Path) -> String {
    format!("'{}'", path.display())
}

/// Waits until something is so, and fails when it is not in time.
pub(crate) async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !is_so().await {
        assert!(started.elapsed() < Duration::from_secs(30), "in time: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
