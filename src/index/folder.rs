//! The folder an index is kept in: who may open it, and whether what it holds can be used.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use tantivy::directory::MmapDirectory;
use tantivy::schema::Value;
use tantivy::{DocAddress, ReloadPolicy, Searcher, TantivyDocument};

use super::row::Row;
use super::schema::{self, Fields, SCHEMA_VERSION};
use super::segments::{Segments, prepare_for_typos};
use super::tables::Tables;
use super::writing::{Payload, Writing};
use super::{Index, IndexError, Opened, View, snapshot};

const LOCK: &str = "lock";
const TEXT: &str = "text";

/// Opens or makes the index of a folder.
pub(super) fn open(folder: &Path, identity: &str) -> Result<(Index, Opened), IndexError> {
    let failed = |source| IndexError::Folder { folder: folder.display().to_string(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    let lock = lock(folder)?;
    match load_guarded(folder, identity) {
        Ok(Loaded { text, fields, writing, view }) => {
            let index = Index::of(Some(folder.to_owned()), identity, text, fields, writing, view, Some(lock))?;
            index.reader.reload()?;
            Ok((index, Opened::Ready))
        }
        Err(reason) => {
            wipe(folder).map_err(failed)?;
            let (schema, fields) = schema::schema();
            let directory = folder.join(TEXT);
            fs::create_dir_all(&directory).map_err(failed)?;
            let mut text = tantivy::Index::builder().schema(schema).create_in_dir(&directory)?;
            // The builder hands its tokenizers on only to an index in memory.
            text.set_tokenizers(schema::tokenizers());
            let view = View { tables: Tables::default(), segments: Segments::none(fields), seq: 0, generation: 0 };
            let index =
                Index::of(Some(folder.to_owned()), identity, text, fields, Writing::default(), view, Some(lock))?;
            Ok((index, Opened::MustRebuild { reason }))
        }
    }
}

/// Opens the index of a folder as it is, to be looked at only.
pub(super) fn look(folder: &Path, identity: &str) -> Result<Index, IndexError> {
    let lock = lock(folder)?;
    let Loaded { text, fields, mut writing, view } =
        load_guarded(folder, identity).map_err(|reason| IndexError::Unusable { reason })?;
    // Otherwise the tables would be written when the index is closed.
    writing.unsaved = 0;
    let index = Index::of(Some(folder.to_owned()), identity, text, fields, writing, view, Some(lock))?;
    index.reader.reload()?;
    Ok(index)
}

/// Takes the folder for this process. The lock is the system's, not the file's: it goes with the process that holds it.
pub(super) fn lock(folder: &Path) -> Result<File, IndexError> {
    let failed = |source| IndexError::Folder { folder: folder.display().to_string(), source };
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK)).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(IndexError::InUse { folder: folder.display().to_string() }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// What is on disk may be damaged in any way, and the text index panics at some of them.
fn load_guarded(folder: &Path, identity: &str) -> Result<Loaded, String> {
    std::panic::catch_unwind(|| load(folder, identity)).unwrap_or_else(|_| Err("it is damaged".to_owned()))
}

struct Loaded {
    text: tantivy::Index,
    fields: Fields,
    writing: Writing,
    view: View,
}

/// Loads what the folder holds, or says why that is of no use.
fn load(folder: &Path, identity: &str) -> Result<Loaded, String> {
    let path = folder.join(TEXT);
    if !path.join("meta.json").exists() {
        return Err("there is no index yet".to_owned());
    }
    let damaged = |error: &dyn std::fmt::Display| format!("it cannot be read: {error}");
    let directory = MmapDirectory::open(&path).map_err(|error| damaged(&error))?;
    let mut text = tantivy::Index::open(directory).map_err(|error| damaged(&error))?;
    let (schema, fields) = schema::schema();
    let payload = text.load_metas().map_err(|error| damaged(&error))?.payload.unwrap_or_default();
    if payload.is_empty() {
        return Err("it was never finished".to_owned());
    }
    let payload: Payload = serde_json::from_str(&payload).map_err(|error| damaged(&error))?;
    if payload.schema != SCHEMA_VERSION || text.schema() != schema {
        return Err("it was written by another version of Pharos".to_owned());
    }
    if payload.identity != identity {
        return Err("it belongs to another database".to_owned());
    }
    if !payload.complete {
        return Err("it was never finished".to_owned());
    }
    text.set_tokenizers(schema::tokenizers());
    let reader: tantivy::IndexReader = text
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()
        .map_err(|error: tantivy::TantivyError| damaged(&error))?;
    let searcher = reader.searcher();
    let (segments, tables) = std::thread::scope(|scope| {
        scope.spawn(|| prepare_for_typos(fields.part));
        let segments = scope.spawn(|| Segments::of(&searcher, fields, None));
        let tables = snapshot::load(folder).unwrap_or_default();
        (segments.join(), tables)
    });
    let segments = segments.map_err(|_| "it is damaged".to_owned())?.map_err(|error| damaged(&error))?;
    let (mut tables, saved_revision) = tables;
    // A snapshot of a later commit than the last one that survived is of no use.
    let saved_revision = if saved_revision > payload.revision {
        tables = Tables::default();
        0
    } else {
        saved_revision
    };
    let later = rows_after(&searcher, fields, saved_revision).map_err(|error| damaged(&error))?;
    let unsaved = later.len();
    tables.upsert(later);
    if tables.all.len() != searcher.num_docs() {
        return Err(format!("it has {} documents for {} Resources", searcher.num_docs(), tables.all.len()));
    }
    let writing = Writing { revision: payload.revision, complete: true, unsaved, ..Writing::default() };
    Ok(Loaded { text, fields, writing, view: View { tables, segments, seq: payload.seq, generation: 0 } })
}

/// The rows of the documents that were written after a commit.
fn rows_after(searcher: &Searcher, fields: Fields, revision: u64) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    let mut rows = Vec::new();
    for (segment, reader) in (0..).zip(searcher.segment_readers()) {
        let column = reader.fast_fields().u64("revision")?.first_or_default_col(0);
        if reader.max_doc() == 0 || column.max_value() <= revision {
            continue;
        }
        for doc in reader.doc_ids_alive() {
            if column.get_val(doc) <= revision {
                continue;
            }
            let document: TantivyDocument = searcher.doc(DocAddress::new(segment, doc))?;
            let stored = document.get_first(fields.row).and_then(|value| value.as_bytes()).unwrap_or_default();
            rows.push(serde_json::from_slice(stored)?);
        }
    }
    Ok(rows)
}

/// Removes what the folder holds, but for the lock and what is none of ours.
fn wipe(folder: &Path) -> io::Result<()> {
    let gone = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    };
    gone(fs::remove_dir_all(folder.join(TEXT)))?;
    gone(fs::remove_file(snapshot::path(folder)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::path::PathBuf;

    use app::model::{Key, ListingQuery, Resource, Timestamp};

    use super::*;

    fn resources(numbers: std::ops::Range<i64>) -> Vec<(i64, Resource)> {
        numbers
            .map(|number| {
                let key = Key::new("service", Some("public"), &format!("orders-{number}")).expect("a key");
                (number, Resource::new(key, Timestamp(number)))
            })
            .collect()
    }

    fn filled(folder: &Path) -> Index {
        let (index, _) = open(folder, "a").expect("an index");
        index.begin_rebuild().expect("begun");
        index.append(&resources(1..30), Timestamp(0)).expect("appended");
        index.finish_rebuild(5).expect("finished");
        index
    }

    fn reason(folder: &Path, identity: &str) -> String {
        match open(folder, identity).expect("an index") {
            (index, Opened::MustRebuild { reason }) if index.is_empty() && index.seq() == 0 => reason,
            (_, opened) => panic!("{opened:?}"),
        }
    }

    #[test]
    fn what_was_applied_is_there_after_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let index = filled(folder.path());
        index.apply(&resources(25..40), 9, Timestamp(0)).expect("applied");
        index.apply(&resources(0..0), 11, Timestamp(0)).expect("applied");
        drop(index);
        let (index, opened) = open(folder.path(), "a").expect("an index");
        assert_eq!((opened, index.seq(), index.len()), (Opened::Ready, 11, 39));
    }

    #[test]
    fn a_crash_loses_nothing_that_was_committed() {
        let folder = tempfile::tempdir().expect("a folder");
        let index = filled(folder.path());
        index.apply(&resources(25..40), 9, Timestamp(0)).expect("applied");
        // A copy made while the index is open is what a crash leaves behind.
        let crashed = tempfile::tempdir().expect("a folder");
        fs::create_dir(crashed.path().join(TEXT)).expect("a folder");
        fs::copy(snapshot::path(folder.path()), snapshot::path(crashed.path())).expect("copied");
        for entry in fs::read_dir(folder.path().join(TEXT)).expect("a folder") {
            let entry = entry.expect("a file");
            fs::copy(entry.path(), crashed.path().join(TEXT).join(entry.file_name())).expect("copied");
        }
        let (index, opened) = open(crashed.path(), "a").expect("an index");
        assert_eq!((opened, index.seq(), index.len()), (Opened::Ready, 9, 39));
        let found = index.search(&ListingQuery { q: "orders-39".into(), ..ListingQuery::default() }, 5).expect("hits");
        assert_eq!(found.numbers[0], 39);
    }

    #[test]
    fn a_crash_in_the_middle_of_a_commit_does_not_stop_the_next_one() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(filled(folder.path()));
        let text = folder.path().join(TEXT);
        let files = |ending: &str| -> HashMap<PathBuf, Vec<u8>> {
            let paths = fs::read_dir(&text).expect("a folder").map(|entry| entry.expect("a file").path());
            paths
                .filter(|path| path.to_string_lossy().ends_with(ending))
                .map(|path| (path.clone(), fs::read(path).expect("read")))
                .collect()
        };
        let before = files("");
        let (index, _) = open(folder.path(), "a").expect("an index");
        index.apply(&resources(1..5), 9, Timestamp(0)).expect("applied");
        drop(index);
        // Which documents are deleted is on disk, the commit that says so is not.
        let unfinished = files(".del");
        assert_eq!(unfinished.len(), 1);
        let managed = files(".managed.json");
        wipe(folder.path()).expect("wiped");
        fs::create_dir(&text).expect("a folder");
        for (path, bytes) in before.into_iter().chain(unfinished).chain(managed) {
            fs::write(path, bytes).expect("written");
        }
        let (index, opened) = open(folder.path(), "a").expect("an index");
        assert_eq!((opened, index.seq()), (Opened::Ready, 5));
        index.apply(&resources(1..5), 9, Timestamp(0)).expect("the same changes are applied again");
        assert_eq!((index.seq(), index.len()), (9, 29));
    }

    #[test]
    fn tables_that_cannot_be_used_are_read_from_the_documents() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(filled(folder.path()));
        fs::write(snapshot::path(folder.path()), b"junk").expect("written");
        let (index, opened) = open(folder.path(), "a").expect("an index");
        assert_eq!((opened, index.seq(), index.len()), (Opened::Ready, 5, 29));
    }

    #[test]
    fn what_is_missing_foreign_unfinished_or_damaged_is_rebuilt() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(reason(folder.path(), "a"), "there is no index yet");
        assert_eq!(reason(folder.path(), "a"), "it was never finished");
        drop(filled(folder.path()));
        assert_eq!(reason(folder.path(), "b"), "it belongs to another database");
        let index = filled(folder.path());
        index.begin_rebuild().expect("begun");
        drop(index);
        assert_eq!(reason(folder.path(), "a"), "it was never finished");
        drop(filled(folder.path()));
        for entry in fs::read_dir(folder.path().join(TEXT)).expect("a folder") {
            let path = entry.expect("a file").path();
            if path.extension().is_some_and(|extension| extension == "idx" || extension == "fast") {
                fs::write(path, b"junk").expect("written");
            }
        }
        let reason = reason(folder.path(), "a");
        assert!(reason.starts_with("it cannot be read") || reason == "it is damaged", "{reason}");
        assert_eq!(filled(folder.path()).len(), 29);
    }

    #[test]
    fn looking_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(filled(folder.path()));
        assert_eq!(look(folder.path(), "a").expect("an index").len(), 29);
        let meta = folder.path().join(TEXT).join("meta.json");
        fs::write(&meta, b"junk").expect("written");
        assert!(matches!(look(folder.path(), "a"), Err(IndexError::Unusable { .. })));
        assert!(matches!(look(folder.path(), "b"), Err(IndexError::Unusable { .. })));
        assert_eq!(fs::read(&meta).expect("it is there"), b"junk");
    }

    #[test]
    fn two_cannot_open_one_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = filled(folder.path());
        assert!(matches!(open(folder.path(), "a"), Err(IndexError::InUse { .. })));
        drop(first);
        assert!(matches!(open(folder.path(), "a"), Ok((_, Opened::Ready))));
    }
}
