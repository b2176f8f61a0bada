//! The fields of the text index on disk.

use tantivy::schema::{BytesOptions, FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};

use super::terms::{self, Cutter};

/// Raised whenever what is stored changes its form; an index of another version is rebuilt.
pub(super) const SCHEMA_VERSION: u32 = 3;

/// The fields.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    /// The Resource's number.
    pub(super) number: Field,
    /// The commit that wrote the document.
    pub(super) revision: Field,
    /// The [`Row`](super::row::Row), to reload the tables from.
    pub(super) row: Field,
    /// The beginnings of the parts of the name but the first.
    pub(super) edge: Field,
    /// Two and three neighbouring characters of the name.
    pub(super) gram: Field,
    /// The parts of the name.
    pub(super) part: Field,
    /// The words of description, owner, tags, message and version.
    pub(super) further: Field,
    /// The names of the runtime nodes and of the pods behind them, each as a whole.
    pub(super) node: Field,
}

/// The schema and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = |tokenizer: &str| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(tokenizer)
                .set_index_option(IndexRecordOption::Basic)
                .set_fieldnorms(false),
        )
    };
    let fields = Fields {
        number: builder.add_u64_field("number", INDEXED | FAST),
        revision: builder.add_u64_field("revision", FAST),
        row: builder.add_bytes_field("row", BytesOptions::default().set_stored()),
        edge: builder.add_text_field("edge", text("edge")),
        gram: builder.add_text_field("gram", text("gram")),
        part: builder.add_text_field("part", text("part")),
        further: builder.add_text_field("further", text("part")),
        node: builder.add_text_field("node", text("line")),
    };
    (builder.build(), fields)
}

/// The tokenizers the schema names.
pub(super) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register("edge", TextAnalyzer::from(Cutter(terms::edges)));
    manager.register("gram", TextAnalyzer::from(Cutter(terms::grams)));
    manager.register("part", TextAnalyzer::from(Cutter(terms::parts)));
    manager.register("line", TextAnalyzer::from(Cutter(terms::lines)));
    manager
}
