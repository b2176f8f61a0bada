//! Whole copies of a database: what was made, or why not.

use std::io;

/// Why a database was not copied. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is no such file.
    #[error("there is no file `{0}`")]
    Missing(String),
    /// The target is there.
    #[error("`{0}` exists already; name a file that does not, since a backup never overwrites one")]
    Exists(String),
    /// The database to be restored is there.
    #[error("the database `{0}` exists already; repeat with --force if what is in it may be lost")]
    WouldReplace(String),
    /// The database to be replaced is open.
    #[error("the database `{0}` is open in another process; stop the server and other commands first")]
    InUse(String),
    /// Source and target are the same file.
    #[error("`{0}` is the database itself")]
    Same(String),
    /// The file cannot be copied.
    #[error("cannot use `{file}`: {reason}")]
    Unusable {
        /// The file.
        file: String,
        /// Why, and what to do.
        reason: String,
    },
    /// The copy is not what it should be.
    #[error("the copy of `{file}` is damaged ({found}), so it was thrown away; run `pharos check`")]
    Damaged {
        /// The file.
        file: String,
        /// What the database engine found.
        found: String,
    },
    /// A file cannot be written.
    #[error("cannot write `{file}`: {source}; check that its folder exists, may be written, and has room")]
    Write {
        /// The file.
        file: String,
        /// What the system says.
        source: io::Error,
    },
}

/// A copy that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Resources in it.
    pub resources: u64,
    /// Its size.
    pub bytes: u64,
}
