//! Bringing the index up to date: small changes, and rebuilds.

use std::collections::HashSet;

use app::model::Timestamp;
use serde::{Deserialize, Serialize};
use tantivy::indexer::{LogMergePolicy, NoMergePolicy};
use tantivy::{IndexWriter, TantivyDocument, Term};

use super::row::{Indexed, Row, further_text};
use super::schema::SCHEMA_VERSION;
use super::segments::Segments;
use super::tables::Tables;
use super::{Index, IndexError, number_of, snapshot};

/// Memory for documents that are not on disk yet, for small changes.
const WRITER_BYTES: usize = 16 << 20;
/// The same for each of the two threads of a rebuild.
const REBUILD_WRITER_BYTES: usize = 2 * (64 << 20);
/// How many Resources of a rebuild are made visible together, at most.
const REBUILD_STEP: usize = 100_000;
/// After how many changed Resources the tables are written to disk, so that opening has few to catch up with.
const UNSAVED: usize = 20_000;

/// The side of the index that writes.
#[derive(Default)]
pub(super) struct Writing {
    /// Made when it is first needed.
    pub(super) writer: Option<IndexWriter>,
    /// Counts the commits; every document knows the one it came with.
    pub(super) revision: u64,
    /// Whether a rebuild has been finished.
    pub(super) complete: bool,
    /// The rows of a rebuild that are not visible yet; `None` outside of a rebuild.
    pub(super) rebuilding: Option<Vec<Row>>,
    /// How many Resources changed since the tables were written to disk.
    pub(super) unsaved: usize,
}

/// What a commit says about itself.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Payload {
    pub(super) identity: String,
    pub(super) schema: u32,
    pub(super) seq: i64,
    pub(super) revision: u64,
    pub(super) complete: bool,
}

impl Index {
    /// Adds or replaces Resources, and notes that the index covers the changes up to `seq`. Health is told as of `now`.
    /// Searches see all of it when this returns.
    ///
    /// # Errors
    /// [`IndexError::Rebuilding`] in the middle of a rebuild; others when it cannot be written. Nothing is changed then.
    pub fn apply(&self, resources: &[impl Indexed], seq: i64, now: Timestamp) -> Result<(), IndexError> {
        let mut writing = self.writing();
        if writing.rebuilding.is_some() {
            return Err(IndexError::Rebuilding);
        }
        let mut seen = HashSet::new();
        let mut rows = Vec::with_capacity(resources.len());
        let mut latest = Vec::with_capacity(resources.len());
        for indexed in resources.iter().rev() {
            if seen.insert(indexed.number()) {
                rows.push(Row::of(number_of(indexed.number())?, indexed.resource(), now));
                latest.push(indexed);
            }
        }
        let revision = writing.revision + 1;
        let result = self.write(&mut writing, &rows, &latest, revision).and_then(|()| self.commit(&mut writing, seq));
        if result.is_err() {
            // Dropping the writer takes back what was added since the last commit.
            writing.writer = None;
            return result;
        }
        writing.unsaved += rows.len();
        self.show(rows, seq)?;
        if writing.unsaved >= UNSAVED {
            self.save(&mut writing);
        }
        Ok(())
    }

    /// Empties the index to fill it anew with [`Self::append`].
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin_rebuild(&self) -> Result<(), IndexError> {
        let mut writing = self.writing();
        writing.writer = None;
        writing.complete = false;
        writing.rebuilding = Some(Vec::new());
        let writer = self.open_writer(2, REBUILD_WRITER_BYTES)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        writer.delete_all_documents()?;
        writing.writer = Some(writer);
        self.commit(&mut writing, 0)?;
        if let Some(folder) = &self.folder {
            snapshot::remove(folder);
        }
        self.reader.reload()?;
        let mut view = self.view_mut();
        view.tables = Tables { told_stale: std::mem::take(&mut view.tables.told_stale), ..Tables::default() };
        view.segments = Segments::of(&self.reader.searcher(), self.fields, None)?;
        view.seq = 0;
        view.generation += 1;
        Ok(())
    }

    /// Adds Resources to a rebuild, each once. They can be found some time later, all of them after [`Self::finish_rebuild`].
    ///
    /// # Errors
    /// [`IndexError::NotRebuilding`] without [`Self::begin_rebuild`]; others when it cannot be written.
    pub fn append(&self, resources: &[impl Indexed], now: Timestamp) -> Result<(), IndexError> {
        let mut writing = self.writing();
        let mut rows = resources
            .iter()
            .map(|indexed| Ok(Row::of(number_of(indexed.number())?, indexed.resource(), now)))
            .collect::<Result<Vec<_>, IndexError>>()?;
        let Some(mut pending) = writing.rebuilding.take() else { return Err(IndexError::NotRebuilding) };
        let resources: Vec<_> = resources.iter().collect();
        let revision = writing.revision + 1;
        let written = self.write(&mut writing, &rows, &resources, revision);
        pending.append(&mut rows);
        let shown = if written.is_ok() && pending.len() >= REBUILD_STEP {
            let rows = std::mem::take(&mut pending);
            self.commit(&mut writing, 0).and_then(|()| self.show(rows, 0))
        } else {
            Ok(())
        };
        writing.rebuilding = Some(pending);
        written.and(shown)
    }

    /// Ends a rebuild: everything appended can be found, and the index covers the changes up to `seq`.
    ///
    /// # Errors
    /// [`IndexError::NotRebuilding`] without [`Self::begin_rebuild`]; others when it cannot be written.
    pub fn finish_rebuild(&self, seq: i64) -> Result<(), IndexError> {
        let mut writing = self.writing();
        let Some(pending) = writing.rebuilding.take() else { return Err(IndexError::NotRebuilding) };
        writing.complete = true;
        self.commit(&mut writing, seq)?;
        // One segment is quicker to search than many.
        if let Some(writer) = &mut writing.writer {
            let segments = self.text.searchable_segment_ids()?;
            if segments.len() > 1 {
                writer.merge(&segments).wait()?;
            }
        }
        writing.writer = None;
        self.show(pending, seq)?;
        self.save(&mut writing);
        Ok(())
    }

    fn write(
        &self,
        writing: &mut Writing,
        rows: &[Row],
        resources: &[&impl Indexed],
        revision: u64,
    ) -> Result<(), IndexError> {
        let rebuilding = !writing.complete && writing.writer.is_some();
        let writer = self.writer(writing)?;
        let fields = self.fields;
        let view = self.view();
        for (row, indexed) in rows.iter().zip(resources) {
            let number = u64::from(row.number);
            if !rebuilding || view.tables.all.contains(row.number) {
                writer.delete_term(Term::from_field_u64(fields.number, number));
            }
            let mut document = TantivyDocument::default();
            document.add_u64(fields.number, number);
            document.add_u64(fields.revision, revision);
            document.add_bytes(fields.row, &serde_json::to_vec(row)?);
            document.add_text(fields.edge, &row.name);
            document.add_text(fields.gram, &row.name);
            document.add_text(fields.part, &row.name);
            let further = further_text(indexed.resource());
            if !further.is_empty() {
                document.add_text(fields.further, further);
            }
            if !indexed.nodes().is_empty() {
                document.add_text(fields.node, indexed.nodes().join("\n").to_lowercase());
            }
            writer.add_document(document)?;
        }
        Ok(())
    }

    fn writer<'a>(&self, writing: &'a mut Writing) -> Result<&'a mut IndexWriter, IndexError> {
        if writing.writer.is_none() {
            let writer = self.open_writer(1, WRITER_BYTES)?;
            let mut policy = LogMergePolicy::default();
            policy.set_min_num_segments(6);
            policy.set_del_docs_ratio_before_merge(0.3);
            writer.set_merge_policy(Box::new(policy));
            writing.writer = Some(writer);
        }
        // What is missing was put in right above.
        writing.writer.as_mut().ok_or(IndexError::NotRebuilding)
    }

    /// A writer on a folder without what an unfinished commit has left there. A commit that is repeated writes files of the
    /// same names, and the text index never overwrites a file: it could not commit anything any more.
    fn open_writer(&self, threads: usize, bytes: usize) -> Result<IndexWriter, IndexError> {
        let writer = self.text.writer_with_num_threads(threads, bytes)?;
        writer.garbage_collect_files().wait()?;
        Ok(writer)
    }

    fn commit(&self, writing: &mut Writing, seq: i64) -> Result<(), IndexError> {
        let payload = Payload {
            identity: self.identity.clone(),
            schema: SCHEMA_VERSION,
            seq,
            revision: writing.revision + 1,
            complete: writing.complete,
        };
        let text = serde_json::to_string(&payload)?;
        let writer = self.writer(writing)?;
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&text);
        commit.commit()?;
        writing.revision += 1;
        Ok(())
    }

    /// Lets searches see what was committed.
    fn show(&self, rows: Vec<Row>, seq: i64) -> Result<(), IndexError> {
        self.reader.reload()?;
        let segments = Segments::of(&self.reader.searcher(), self.fields, Some(&self.view().segments))?;
        let mut view = self.view_mut();
        view.tables.upsert(rows);
        view.segments = segments;
        view.seq = seq;
        view.generation += 1;
        Ok(())
    }

    /// Writes the tables to disk. When that fails, opening takes longer, and nothing else is lost.
    fn save(&self, writing: &mut Writing) {
        let Some(folder) = &self.folder else { return };
        match snapshot::save(&self.view().tables, folder, writing.revision) {
            Ok(()) => writing.unsaved = 0,
            Err(error) => {
                tracing::warn!(%error, "the tables of the index cannot be saved; the next start will take longer");
            }
        }
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        let mut writing = std::mem::take(&mut *self.writing());
        if writing.complete && writing.unsaved > 0 {
            self.save(&mut writing);
        }
    }
}
