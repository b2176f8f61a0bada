//! A folder of manifests and saved listings.
//!
//! Every run reads all of it, since it is what the folder says as a whole that counts. A file was observed when it last
//! changed or came to its place, so that a listing of last week never outweighs what was seen today. The Resources of
//! a file that goes away stay as they are, unless the source is declared complete for them.

mod files;
mod watch;

use std::path::PathBuf;

use app::model::Timestamp;

use super::SourceSettings;
use super::reading::{Reading, RunError};
use crate::config::Section;

pub(super) use watch::Watcher;

/// The longest file where nothing else is said, in bytes.
const MAX_FILE: u64 = 16 << 20;

/// All files together where nothing else is said, in bytes.
const MAX_TOTAL: u64 = 512 << 20;

/// A folder that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectorySettings {
    /// The folder.
    pub path: PathBuf,
    /// The longest file, in bytes.
    pub max_file: u64,
    /// All files together, in bytes.
    pub max_total: u64,
}

impl DirectorySettings {
    pub(super) fn read(section: &Section<'_, '_>) -> Option<Self> {
        const PATH: &str = "a folder with manifests or saved listings";
        if !section.has("path") {
            section.missing("path", PATH);
        }
        let path = section.text("path", PATH);
        let max_file = section.bytes("max_file", MAX_TOTAL);
        let max_total = section.bytes("max_total", crate::ingest::MAX_INPUT_BYTES);
        Some(Self {
            path: PathBuf::from(path?.value),
            max_file: max_file.unwrap_or(MAX_FILE),
            max_total: max_total.unwrap_or(MAX_TOTAL),
        })
    }
}

pub(super) async fn read(
    directory: &DirectorySettings,
    settings: &SourceSettings,
    now: Timestamp,
) -> Result<Reading, RunError> {
    let (directory, settings) = (directory.clone(), settings.clone());
    let deadline = std::time::Instant::now() + settings.timeout;
    // Files cannot be waited for in any other way; the deadline ends the work where nobody waits for it any more.
    let read = tokio::task::spawn_blocking(move || files::read(&directory, &settings, now, deadline));
    read.await.map_err(|_| RunError::CutOff)?
}
