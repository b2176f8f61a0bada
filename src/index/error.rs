//! What can go wrong with the index.

/// Why the index could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Another process has the folder open.
    #[error("the index folder `{folder}` is in use by another Pharos; stop that one, or give this one its own folder")]
    InUse {
        /// The folder.
        folder: String,
    },
    /// The folder cannot be read or written.
    #[error(
        "cannot use the index folder `{folder}`: {source}; check that it may be written and that the disk has room"
    )]
    Folder {
        /// The folder.
        folder: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// What is in the folder cannot be used, and was only to be looked at.
    #[error("the index is of no use: {reason}")]
    Unusable {
        /// Why, in words.
        reason: String,
    },
    /// A cursor that stands for no place in the listing.
    #[error("the place in the listing cannot be read; start from the first page")]
    BadCursor,
    /// A number beyond four thousand million, or below one.
    #[error("the Resource number {0} is out of range")]
    BadNumber(i64),
    /// A change was to be applied in the middle of a rebuild.
    #[error("the index is being rebuilt")]
    Rebuilding,
    /// Resources were to be added to a rebuild that was not begun.
    #[error("no rebuild of the index is under way")]
    NotRebuilding,
    /// The text index failed.
    #[error("the text index failed: {0}")]
    Text(#[from] tantivy::TantivyError),
    /// A Resource cannot be written.
    #[error("a Resource cannot be written to the index: {0}")]
    Row(#[from] serde_json::Error),
}
