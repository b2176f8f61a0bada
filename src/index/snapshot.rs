//! The tables on disk, so that opening needs no look at every Resource.

use std::io;
use std::path::{Path, PathBuf};

use super::tables::Tables;

/// The file of the tables.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join("tables")
}

/// Writes the tables as of a revision.
pub(super) fn save(_tables: &Tables, _folder: &Path, _revision: u64) -> io::Result<()> {
    Ok(())
}

/// Reads the tables and their revision; `None` when there are none that can be used.
pub(super) fn load(_folder: &Path) -> Option<(Tables, u64)> {
    None
}
