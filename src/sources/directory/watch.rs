//! Tells when something changes in a folder. Where that cannot be told, as on some network drives, the interval of the
//! source does.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use notify::event::{EventKind, MetadataKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

/// How long it has to be quiet before the folder is read: files are often written in several steps.
const QUIET: Duration = Duration::from_millis(300);

/// How long changes that follow one another are waited out, at most.
const AT_MOST: Duration = Duration::from_secs(5);

/// Watches a folder, or nothing.
#[derive(Debug)]
pub(crate) struct Watcher {
    folder: Option<PathBuf>,
    watching: Option<(RecommendedWatcher, mpsc::Receiver<()>)>,
    /// Whether the folder was taken away: one of the same name is another folder.
    lost: Arc<AtomicBool>,
    told: bool,
}

impl Watcher {
    /// Watches nothing: no change ever comes.
    pub(crate) fn none() -> Self {
        Self { folder: None, watching: None, lost: Arc::default(), told: false }
    }

    /// Watches a folder and all in it.
    pub(crate) fn start(folder: PathBuf) -> Self {
        let mut watcher = Self { folder: Some(folder), ..Self::none() };
        watcher.restart_if_lost();
        watcher
    }

    /// Begins again where the folder was not there, or went away.
    pub(crate) fn restart_if_lost(&mut self) {
        let Some(folder) = &self.folder else { return };
        if self.lost.swap(false, Ordering::AcqRel) {
            self.watching = None;
        }
        if self.watching.is_some() {
            return;
        }
        let (sender, receiver) = mpsc::channel(1);
        let (lost, root) = (Arc::clone(&self.lost), folder.clone());
        let started = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            let goes = matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)));
            if goes && event.paths.contains(&root) {
                lost.store(true, Ordering::Release);
            }
            if matters(event.kind) {
                // A message that is waiting already says all there is to say.
                let _ = sender.try_send(());
            }
        })
        .and_then(|mut watcher| watcher.watch(folder, RecursiveMode::Recursive).map(|()| watcher));
        match started {
            Ok(watcher) => self.watching = Some((watcher, receiver)),
            Err(error) if !self.told => {
                self.told = true;
                tracing::warn!(folder = %folder.display(), %error, "a folder cannot be watched; it is read every interval");
            }
            Err(_) => {}
        }
    }

    /// Waits for a change, and then until it is quiet. Where nothing is watched it never returns.
    pub(crate) async fn changed(&mut self) {
        let Some((_, changes)) = &mut self.watching else { return std::future::pending().await };
        if changes.recv().await.is_none() {
            return std::future::pending().await;
        }
        let settled = async { while tokio::time::timeout(QUIET, changes.recv()).await == Ok(Some(())) {} };
        // Whoever never stops writing is read all the same.
        drop(tokio::time::timeout(AT_MOST, settled).await);
    }
}

/// Reading the files must not count as a change of them.
fn matters(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(_) => false,
        EventKind::Modify(ModifyKind::Metadata(what)) => what != MetadataKind::AccessTime,
        _ => true,
    }
}
