//! The text index as it is now: its segments, and which Resource each document is.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::postings::SegmentPostings;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term};

use super::bits::Bits;
use super::schema::Fields;

/// How many terms like a mistyped word are looked at per segment; beyond that the word is too vague to help.
const MAX_TERMS: usize = 1_000;

/// How much rarer than another a term must be for jumping along the other to be quicker than reading it.
const JUMP: u32 = 20;

/// A segment and the numbers of its documents.
struct Segment {
    reader: SegmentReader,
    numbers: Arc<Vec<u32>>,
}

/// All segments of one commit.
pub(super) struct Segments {
    segments: Vec<Segment>,
    fields: Fields,
}

impl Segments {
    /// Takes in what a searcher sees; the numbers of segments that were there before are kept.
    pub(super) fn of(searcher: &Searcher, fields: Fields, before: Option<&Self>) -> tantivy::Result<Self> {
        let known: HashMap<SegmentId, &Arc<Vec<u32>>> = before
            .iter()
            .flat_map(|before| &before.segments)
            .map(|segment| (segment.reader.segment_id(), &segment.numbers))
            .collect();
        let segments = searcher
            .segment_readers()
            .iter()
            .map(|reader| {
                let numbers = match known.get(&reader.segment_id()) {
                    Some(&numbers) => Arc::clone(numbers),
                    None => Arc::new(numbers_of(reader)?),
                };
                Ok(Segment { reader: reader.clone(), numbers })
            })
            .collect::<tantivy::Result<_>>()?;
        Ok(Self { segments, fields })
    }

    /// An index without documents.
    pub(super) fn none(fields: Fields) -> Self {
        Self { segments: Vec::new(), fields }
    }

    /// The fields.
    pub(super) fn fields(&self) -> Fields {
        self.fields
    }

    /// Tells the Resources with a term.
    pub(super) fn with_term(&self, field: Field, term: &str, mut tell: impl FnMut(u32)) -> tantivy::Result<()> {
        let term = Term::from_field_text(field, term);
        for segment in &self.segments {
            let postings = segment.reader.inverted_index(field)?.read_postings(&term, IndexRecordOption::Basic)?;
            if let Some(postings) = postings {
                segment.tell(postings, &mut tell);
            }
        }
        Ok(())
    }

    /// Tells the Resources with all of these terms.
    pub(super) fn with_terms(&self, field: Field, terms: &[&str], mut tell: impl FnMut(u32)) -> tantivy::Result<()> {
        let terms: Vec<Term> = terms.iter().map(|term| Term::from_field_text(field, term)).collect();
        for segment in &self.segments {
            let inverted = segment.reader.inverted_index(field)?;
            let mut found = Vec::with_capacity(terms.len());
            for term in &terms {
                match inverted.get_term_info(term)? {
                    Some(info) => found.push(info),
                    None => break,
                }
            }
            if found.len() < terms.len() {
                continue;
            }
            found.sort_by_key(|info| info.doc_freq);
            // The rarest few leave little to check; more would cost more than checking.
            found.truncate(3);
            let mut postings = found
                .iter()
                .map(|info| inverted.read_postings_from_terminfo(info, IndexRecordOption::Basic))
                .collect::<Result<Vec<_>, _>>()?;
            // Jumping pays where there is something to jump over.
            if found[0].doc_freq > found[found.len() - 1].doc_freq / JUMP {
                segment.tell_common(postings, &mut tell);
                continue;
            }
            let Some((rarest, others)) = postings.split_first_mut() else { continue };
            let mut doc = rarest.doc();
            while doc != TERMINATED {
                let everywhere = others.iter_mut().all(|other| {
                    let at = if other.doc() < doc { other.seek(doc) } else { other.doc() };
                    at == doc
                });
                if everywhere {
                    segment.tell_one(doc, &mut tell);
                }
                doc = rarest.advance();
            }
        }
        Ok(())
    }

    /// Tells the Resources with a term that begins so.
    pub(super) fn with_beginning(&self, field: Field, begin: &str, mut tell: impl FnMut(u32)) -> tantivy::Result<()> {
        for segment in &self.segments {
            let inverted = segment.reader.inverted_index(field)?;
            let mut terms = inverted.terms().range().ge(begin).into_stream()?;
            while let Some((term, info)) = terms.next() {
                if !term.starts_with(begin.as_bytes()) {
                    break;
                }
                let postings = inverted.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
                segment.tell(postings, &mut tell);
            }
        }
        Ok(())
    }

    /// Tells the Resources with a term that equals the word, or begins with it, but for a number of typos.
    pub(super) fn with_term_like(
        &self,
        field: Field,
        word: &str,
        typos: u8,
        beginning: bool,
        mut tell: impl FnMut(u32),
    ) -> tantivy::Result<()> {
        let term = Term::from_field_text(field, word);
        let query = if beginning {
            FuzzyTermQuery::new_prefix(term, typos, true)
        } else {
            FuzzyTermQuery::new(term, typos, true)
        };
        let automaton = query.automaton()?;
        for segment in &self.segments {
            let inverted = segment.reader.inverted_index(field)?;
            let mut terms = inverted.terms().search(&automaton).into_stream()?;
            let mut looked_at = 0;
            while looked_at < MAX_TERMS {
                let Some((_, info)) = terms.next() else { break };
                looked_at += 1;
                let postings = inverted.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
                segment.tell(postings, &mut tell);
            }
        }
        Ok(())
    }

    /// The Resources with a term, as a set below `bound`.
    pub(super) fn set_with_term(&self, field: Field, term: &str, bound: usize) -> tantivy::Result<Bits> {
        let mut bits = Bits::new(bound);
        self.with_term(field, term, |number| bits.insert(number))?;
        Ok(bits)
    }
}

/// Makes what all automata for typos are made from, which takes longer than any search. It is kept.
pub(super) fn prepare_for_typos(field: Field) {
    for typos in [1, 2] {
        // The word does not matter, and a failure would be told by the search that meets it.
        let _ = FuzzyTermQuery::new(Term::from_field_text(field, "any"), typos, true).automaton();
    }
}

impl Segment {
    fn tell(&self, mut postings: SegmentPostings, tell: &mut impl FnMut(u32)) {
        let mut doc = postings.doc();
        match self.reader.alive_bitset() {
            None => {
                while doc != TERMINATED {
                    tell(self.numbers[doc as usize]);
                    doc = postings.advance();
                }
            }
            Some(alive) => {
                while doc != TERMINATED {
                    if alive.is_alive(doc) {
                        tell(self.numbers[doc as usize]);
                    }
                    doc = postings.advance();
                }
            }
        }
    }

    /// Tells the Resources of all postings, which are read from end to end.
    fn tell_common(&self, postings: Vec<SegmentPostings>, tell: &mut impl FnMut(u32)) {
        let mut common: Option<Bits> = None;
        let last = postings.len() - 1;
        for (index, mut postings) in postings.into_iter().enumerate() {
            let mut next = Bits::new(if index < last { self.numbers.len() } else { 0 });
            let mut doc = postings.doc();
            while doc != TERMINATED {
                if common.as_ref().is_none_or(|common| common.contains(doc)) {
                    if index < last {
                        next.insert(doc);
                    } else {
                        self.tell_one(doc, tell);
                    }
                }
                doc = postings.advance();
            }
            common = Some(next);
        }
    }

    fn tell_one(&self, doc: DocId, tell: &mut impl FnMut(u32)) {
        if !self.reader.is_deleted(doc) {
            tell(self.numbers[doc as usize]);
        }
    }
}

fn numbers_of(reader: &SegmentReader) -> tantivy::Result<Vec<u32>> {
    let column = reader.fast_fields().u64("number")?.first_or_default_col(0);
    let mut wide = vec![0; reader.max_doc() as usize];
    column.get_range(0, &mut wide);
    Ok(wide.into_iter().map(|number| u32::try_from(number).unwrap_or_default()).collect())
}
