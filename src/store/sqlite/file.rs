//! The file that a URL names.

use std::path::{Path, PathBuf};

use super::SqliteStore;
use crate::store::StoreError;

/// How a database is named, for those who did not.
pub(in crate::store) const FORM: &str = "name the file as in `sqlite://pharos.db`";

/// A file that is a database, or will be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct DatabaseFile {
    path: PathBuf,
    /// What errors call it.
    url: String,
}

impl DatabaseFile {
    /// The file that a URL names; `rest` is what follows the scheme.
    pub(in crate::store) fn named(url: &str, rest: &str) -> Result<Self, StoreError> {
        let refuse = |reason: &str| Err(StoreError::Open { url: url.to_owned(), reason: format!("{reason}; {FORM}") });
        match rest.strip_prefix("//").unwrap_or(rest) {
            "" => refuse("the file is missing"),
            ":memory:" => refuse("several connections share the database, so it has to be a file"),
            path if path.contains('?') => refuse("parameters after `?` are not supported"),
            path => Ok(Self { path: PathBuf::from(path), url: url.to_owned() }),
        }
    }

    pub(in crate::store) fn at(path: PathBuf) -> Self {
        let url = format!("sqlite://{}", path.display());
        Self { path, url }
    }

    pub(in crate::store) fn path(&self) -> &Path {
        &self.path
    }

    pub(in crate::store) async fn open(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(&self.path, &self.url).await
    }
}
