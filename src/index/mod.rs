//! The index: which Resources, in which order, and how many. Derived from the store and nothing else.
//!
//! Words are looked up in a text index on disk. Everything else, facets, orders and counts, comes from tables in memory
//! that are loaded when the index is opened, so that no page of a listing costs more than another.

mod bits;
mod column;
mod compare;
mod cursor;
mod error;
mod facets;
mod folder;
mod listing;
mod matches;
mod named;
mod near;
mod order;
mod review;
mod row;
mod schema;
mod segments;
mod sets;
mod snapshot;
mod stale;
mod summary;
mod tables;
mod tally;
mod terms;
mod text;
mod typos;
mod values;
mod writing;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use app::model::{Cursor, Facet};
use tantivy::{IndexReader, ReloadPolicy};

pub use compare::Difference;
pub use error::IndexError;
pub use row::Indexed;

use matches::Remembered;
use order::Effort;
use schema::Fields;
use segments::Segments;
use tables::Tables;
use text::Words;
use writing::Writing;

/// What was found when an index was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It has everything up to its `seq`.
    Ready,
    /// It is empty now and must be rebuilt from the store.
    MustRebuild {
        /// Why, in words.
        reason: String,
    },
}

/// One page of a listing, as numbers of Resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// The Resources of the page, in order.
    pub numbers: Vec<i64>,
    /// How many match in all; exact.
    pub total: u64,
    /// How many of them come before the first row; `None` where those are too many to count.
    pub before: Option<u64>,
    /// The facets with something to choose, in the order of the screen.
    pub facets: Vec<Facet>,
    /// The place after the last row, if there are more.
    pub next: Option<Cursor>,
    /// The place before the first row, if there are more.
    pub previous: Option<Cursor>,
}

/// The index of all Resources.
pub struct Index {
    folder: Option<PathBuf>,
    identity: String,
    text: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    writing: Mutex<Writing>,
    view: RwLock<View>,
    remembered: Remembered,
    words: Words,
    effort: Effort,
    /// Held as long as the index is open. The last field, so that it is let go last.
    _lock: Option<File>,
}

/// What searches see: text index and tables of the same commit.
struct View {
    tables: Tables,
    segments: Segments,
    /// The last change covered.
    seq: i64,
    /// Grows whenever what is seen changes.
    generation: u64,
}

impl Index {
    /// Opens the index in a folder, which is made if there is none. `identity` tells the store it belongs to. What is
    /// damaged, of another store, or of another version of Pharos is wiped.
    ///
    /// # Errors
    /// [`IndexError::InUse`] when another process has it open; [`IndexError::Folder`] when the folder cannot be used.
    pub fn open(folder: &Path, identity: &str) -> Result<(Self, Opened), IndexError> {
        folder::open(folder, identity)
    }

    /// Opens the index in a folder as it is, to be looked at: nothing is made, wiped or brought up to date.
    ///
    /// # Errors
    /// [`IndexError::Unusable`] when what is there is damaged, of another store, or of another version of Pharos;
    /// otherwise as [`Self::open`].
    pub fn look(folder: &Path, identity: &str) -> Result<Self, IndexError> {
        folder::look(folder, identity)
    }

    /// Takes a folder, so that nobody opens the index in it for as long as what is returned is held.
    ///
    /// # Errors
    /// [`IndexError::InUse`] when another process has it open; [`IndexError::Folder`] when there is no such folder.
    pub fn lock(folder: &Path) -> Result<File, IndexError> {
        folder::lock(folder)
    }

    /// An empty index that is gone when it is dropped.
    ///
    /// # Errors
    /// When the text index fails.
    pub fn in_memory() -> Result<Self, IndexError> {
        let (schema, fields) = schema::schema();
        let text = tantivy::Index::builder().schema(schema).tokenizers(schema::tokenizers()).create_in_ram()?;
        let writing = Writing { complete: true, ..Writing::default() };
        let view = View { tables: Tables::default(), segments: Segments::none(fields), seq: 0, generation: 0 };
        Self::of(None, "", text, fields, writing, view, None)
    }

    fn of(
        folder: Option<PathBuf>,
        identity: &str,
        text: tantivy::Index,
        fields: Fields,
        writing: Writing,
        view: View,
        lock: Option<File>,
    ) -> Result<Self, IndexError> {
        let reader = text.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self {
            folder,
            identity: identity.to_owned(),
            text,
            reader,
            fields,
            writing: Mutex::new(writing),
            view: RwLock::new(view),
            remembered: Remembered::default(),
            words: Words::default(),
            effort: Effort::default(),
            _lock: lock,
        })
    }

    /// The last change of the store that is covered; 0 for none.
    #[must_use]
    pub fn seq(&self) -> i64 {
        self.view().seq
    }

    /// How many Resources there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.view().tables.all.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    // A panic while a lock is held must not take the whole server's search with it: what the locks guard is replaced as
    // a whole or rebuilt from the text index.
    fn view(&self) -> RwLockReadGuard<'_, View> {
        self.view.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn view_mut(&self) -> RwLockWriteGuard<'_, View> {
        self.view.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn writing(&self) -> MutexGuard<'_, Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn number_of(number: i64) -> Result<u32, IndexError> {
    u32::try_from(number).ok().filter(|&number| number > 0 && number < u32::MAX).ok_or(IndexError::BadNumber(number))
}

#[cfg(test)]
mod million;
#[cfg(test)]
mod oracle;

const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Arc<Index>>();
};
