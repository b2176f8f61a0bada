//! Which database: what a URL names, and the engine that it belongs to. No other place names engines.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{BackupError, Copied, Store, StoreError, sqlite};

/// The database that is meant where none is named.
pub const DEFAULT_URL: &str = "sqlite://pharos.db";

/// A database, whether it is there or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database(Engine);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite(sqlite::DatabaseFile),
}

impl Database {
    /// The database that a URL names.
    ///
    /// `sqlite://pharos.db` is a file in the working directory, `sqlite:///var/lib/pharos.db` one by its whole path.
    ///
    /// # Errors
    /// [`StoreError::Open`] when it names none, with what to do.
    pub fn named(url: &str) -> Result<Self, StoreError> {
        let refuse = |url: String, reason: String| Err(StoreError::Open { url, reason });
        match url.split_once(':') {
            None => refuse(url.to_owned(), format!("it is not a URL; {}", sqlite::FORM)),
            Some(("sqlite", rest)) => Ok(Self(Engine::Sqlite(sqlite::DatabaseFile::named(url, rest)?))),
            // The rest may hold a password.
            Some((scheme, _)) => {
                refuse(format!("{scheme}:…"), format!("this version supports only SQLite; {}", sqlite::FORM))
            }
        }
    }

    /// The database `name` in a folder of this machine.
    #[must_use]
    pub fn in_folder(folder: &Path, name: &str) -> Self {
        Self(Engine::Sqlite(sqlite::DatabaseFile::at(folder.join(format!("{name}.db")))))
    }

    /// Opens it, creates it if it is not there, and brings it up to date.
    ///
    /// # Errors
    /// [`StoreError::Open`] with the reason and what to do.
    pub async fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        match &self.0 {
            Engine::Sqlite(file) => Ok(Arc::new(file.open().await?)),
        }
    }

    /// Whether it is there, as far as that can be told without opening it.
    #[must_use]
    pub fn exists(&self) -> bool {
        match &self.0 {
            Engine::Sqlite(file) => file.path().exists(),
        }
    }

    /// The folder of its index on this machine.
    #[must_use]
    pub fn index_folder(&self) -> PathBuf {
        match &self.0 {
            Engine::Sqlite(file) => {
                let mut folder = file.path().as_os_str().to_owned();
                folder.push(".index");
                PathBuf::from(folder)
            }
        }
    }

    /// Copies it into a new file, as it is at one moment, while others read and write it.
    ///
    /// # Errors
    /// When the file exists or the copy cannot be made whole; nothing is left behind then.
    pub async fn backup(&self, file: &Path) -> Result<Copied, BackupError> {
        match &self.0 {
            Engine::Sqlite(database) => sqlite::backup(database.path(), file).await,
        }
    }

    /// Puts a backup in its place. What was there is lost, and only `force` allows that.
    ///
    /// # Errors
    /// When the backup is none, or of a newer version; when a database is there and may not be replaced, or is open.
    pub async fn restore(&self, file: &Path, force: bool) -> Result<Copied, BackupError> {
        match &self.0 {
            Engine::Sqlite(database) => sqlite::restore(file, database.path(), force).await,
        }
    }
}

impl fmt::Display for Database {
    /// Its name in texts, without secrets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Engine::Sqlite(file) => write!(formatter, "{}", file.path().display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_lies_beside_the_database() {
        for (url, folder) in [
            ("sqlite://data/pharos.db", "data/pharos.db.index"),
            ("sqlite:///srv/pharos.db", "/srv/pharos.db.index"),
            ("sqlite:pharos.db", "pharos.db.index"),
        ] {
            assert_eq!(Database::named(url).expect("a database").index_folder(), PathBuf::from(folder));
        }
        let demo = Database::in_folder(Path::new("/tmp/demo"), "demo");
        assert_eq!((demo.index_folder(), demo.exists()), (PathBuf::from("/tmp/demo/demo.db.index"), false));
    }

    #[test]
    fn a_password_is_never_repeated() {
        let refused = Database::named("postgres://ada:secret@db/pharos").expect_err("refused").to_string();
        assert!(refused.contains("only SQLite") && !refused.contains("secret"), "{refused}");
    }
}
