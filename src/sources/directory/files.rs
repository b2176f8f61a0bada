//! The files of a folder, within bounds, and none from outside of it.

use std::fs::{self, File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use app::model::Timestamp;

use super::DirectorySettings;
use crate::config::bytes_text;
use crate::sources::SourceSettings;
use crate::sources::reading::{Reading, RunError, read_text};

/// The endings of the files that are read.
const ENDINGS: [&str; 4] = ["yaml", "yml", "json", "txt"];

/// The most files.
const MAX_FILES: usize = 20_000;

/// How deep folders may lie in one another.
const MAX_DEPTH: usize = 16;

/// Reads all files, in the order of their paths.
pub(super) fn read(
    directory: &DirectorySettings,
    settings: &SourceSettings,
    now: Timestamp,
    deadline: Instant,
) -> Result<Reading, RunError> {
    let root =
        fs::canonicalize(&directory.path).map_err(|source| RunError::File { file: directory.path.clone(), source })?;
    let mut found = Found { files: Vec::new(), faults: Vec::new(), entries: 0 };
    found.walk(&root, &root, 0)?;
    found.files.sort();
    let mut whole = Reading { faults: found.faults, ..Reading::default() };
    let mut total = 0;
    for file in &found.files {
        if Instant::now() >= deadline {
            return Err(RunError::TooSlow(settings.timeout));
        }
        let name = file.strip_prefix(&root).unwrap_or(file).display().to_string();
        match content(file, directory.max_file) {
            Err(source) => whole.faults.push(format!("cannot read `{name}`: {source}")),
            Ok(None) => {
                let most = bytes_text(directory.max_file);
                whole.faults.push(format!("`{name}` has more than {most}; allow more with `max_file`"));
            }
            Ok(Some((text, metadata))) => {
                total += text.len() as u64;
                if total > directory.max_total {
                    return Err(RunError::Failed(format!(
                        "the files together have more than {}; allow more with `max_total`, or divide them among \
                         several sources",
                        bytes_text(directory.max_total)
                    )));
                }
                // An empty file says nothing, and nothing is wrong with that.
                if let Ok(mut read) = read_text(&text, &name, settings, came_at(&metadata, now)) {
                    whole.observations.append(&mut read.observations);
                    whole.faults.append(&mut read.faults);
                }
            }
        }
    }
    Ok(whole)
}

struct Found {
    files: Vec<PathBuf>,
    faults: Vec<String>,
    entries: usize,
}

impl Found {
    fn walk(&mut self, root: &Path, folder: &Path, depth: usize) -> Result<(), RunError> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(source) if depth == 0 => return Err(RunError::File { file: folder.to_owned(), source }),
            Err(error) => {
                self.faults.push(format!("cannot read the folder `{}`: {error}", shown(root, folder)));
                return Ok(());
            }
        };
        for entry in entries.filter_map(Result::ok) {
            self.entries += 1;
            if self.entries > MAX_FILES {
                return Err(RunError::Failed(format!(
                    "there are more than {MAX_FILES} files; divide them among several sources"
                )));
            }
            let path = entry.path();
            // Hidden files are those of editors and version control, and of mounted volumes on their way.
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                if depth < MAX_DEPTH {
                    self.walk(root, &path, depth + 1)?;
                } else {
                    self.faults.push(format!("the folder `{}` lies too deep", shown(root, &path)));
                }
            } else if is_read(&path) && (kind.is_file() || kind.is_symlink()) {
                self.add(root, path, kind.is_symlink());
            }
        }
        Ok(())
    }

    /// A link may point to a file in the folder, as those of mounted volumes do; what it points to elsewhere is nobody's
    /// business here.
    fn add(&mut self, root: &Path, path: PathBuf, is_link: bool) {
        if is_link {
            let target = fs::canonicalize(&path).ok().filter(|target| target.starts_with(root));
            if !target.is_some_and(|target| target.is_file()) {
                self.faults.push(format!("`{}` is a link to something else than a file here", shown(root, &path)));
                return;
            }
        }
        self.files.push(path);
    }
}

fn is_read(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

/// What is in a file; `None` when it is too long.
fn content(file: &Path, limit: u64) -> std::io::Result<Option<(Vec<u8>, Metadata)>> {
    let file = File::open(file)?;
    let metadata = file.metadata()?;
    let mut text = Vec::new();
    file.take(limit + 1).read_to_end(&mut text)?;
    Ok((text.len() as u64 <= limit).then_some((text, metadata)))
}

/// When a file last changed, or came to its place; never in the future.
fn came_at(metadata: &Metadata, now: Timestamp) -> Timestamp {
    let changed = metadata
        .modified()
        .ok()
        .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_millis()).ok());
    #[cfg(unix)]
    let changed = {
        use std::os::unix::fs::MetadataExt;
        let moved = metadata.ctime().saturating_mul(1_000).saturating_add(metadata.ctime_nsec() / 1_000_000);
        Some(changed.map_or(moved, |changed| changed.max(moved)))
    };
    Timestamp(changed.unwrap_or(now.0).min(now.0))
}
