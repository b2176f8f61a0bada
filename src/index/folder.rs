//! The folder an index is kept in: who may open it, and whether what it holds can be used.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use tantivy::directory::MmapDirectory;
use tantivy::schema::Value;
use tantivy::{DocAddress, ReloadPolicy, Searcher, TantivyDocument};

use super::row::Row;
use super::schema::{self, Fields, SCHEMA_VERSION};
use super::segments::Segments;
use super::tables::Tables;
use super::writing::{Payload, Writing};
use super::{Index, IndexError, Opened, View, snapshot};

const LOCK: &str = "lock";
const TEXT: &str = "text";

/// Opens or makes the index of a folder.
pub(super) fn open(folder: &Path, identity: &str) -> Result<(Index, Opened), IndexError> {
    let failed = |source| IndexError::Folder { folder: folder.display().to_string(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    // The lock is the system's, not the file's: it goes with the process that holds it.
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK)).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(IndexError::InUse { folder: folder.display().to_string() }),
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    // What is on disk may be damaged in any way, and the text index panics at some of them.
    let loaded =
        std::panic::catch_unwind(|| load(folder, identity)).unwrap_or_else(|_| Err("it is damaged".to_owned()));
    match loaded {
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
