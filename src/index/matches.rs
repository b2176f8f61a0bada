//! What matches a listing, in any order; remembered, since its pages and orders share most of the work.

use std::sync::{Arc, OnceLock};

use app::model::{Facet, FacetName, ListingQuery, ResourceType, SearchText};
use roaring::RoaringBitmap;

use super::facets::{Filters, LISTED, facets};
use super::named::named_in_full;
use super::text::{self, Scored, Words};
use super::{Index, IndexError, View};
use crate::kept::{self, Cache, Takes};

/// What all that is remembered may take together, in bytes.
const MAX_BYTES: u64 = 12 * 1024 * 1024;

/// How many listings that is.
const EXPECTED: usize = 500;

/// What a value of a facet takes, in bytes.
const FACET_VALUE_BYTES: u64 = 64;

/// What tells listings with the same matches: a generation of the index, and what was asked for.
type Subject = (u64, Option<ResourceType>, String, Vec<(FacetName, String)>);

/// Listings asked for lately. What belongs to a former generation is not asked for any more, and goes.
pub(super) struct Remembered(Cache<Subject, Arc<Matches>>);

impl Default for Remembered {
    fn default() -> Self {
        Self(kept::cache(MAX_BYTES, EXPECTED, 1))
    }
}

#[cfg(test)]
impl Remembered {
    /// Forgets everything, to measure without it.
    pub(super) fn clear(&self) {
        self.0.clear();
    }
}

/// What matches a listing.
pub(super) struct Matches {
    /// What the words match, by how well; `None` without words.
    pub(super) scored: Option<Scored>,
    /// What all of it matches.
    pub(super) hits: RoaringBitmap,
    facets: OnceLock<Vec<Facet>>,
    /// What it takes.
    bytes: u64,
}

impl Matches {
    fn new(scored: Option<Scored>, hits: RoaringBitmap) -> Self {
        // What is shared with what is kept of a word is counted there.
        let own = scored.iter().flatten().map(|(_, set)| set).filter(|set| Arc::strong_count(set) == 1);
        let sets = own.map(|set| set.serialized_size()).sum::<usize>() + hits.serialized_size();
        let facets = FacetName::ALL.len() as u64 * hits.len().min(LISTED as u64) * FACET_VALUE_BYTES;
        let bytes = (size_of::<Self>() + sets) as u64 + facets;
        Self { scored, hits, facets: OnceLock::new(), bytes }
    }

    /// The facets. `basis` is what they are counted from, where that is known already.
    pub(super) fn facets(
        &self,
        view: &View,
        kept: &Words,
        query: &ListingQuery,
        basis: Option<Basis>,
    ) -> Result<Vec<Facet>, IndexError> {
        if let Some(facets) = self.facets.get() {
            return Ok(facets.clone());
        }
        let basis = match basis {
            Some(basis) => basis,
            None => compute(view, kept, query)?.1,
        };
        let counted = || facets(&view.tables, query, &basis.filters, &basis.found, &self.hits);
        Ok(self.facets.get_or_init(counted).clone())
    }
}

impl Takes for Matches {
    fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// What facets are counted from.
pub(super) struct Basis {
    /// What matches words, type and qualifiers.
    found: RoaringBitmap,
    filters: Filters,
}

impl Index {
    /// What matches a listing; with what its facets are counted from, unless that had to be computed anew.
    pub(super) fn matches(
        &self,
        view: &View,
        query: &ListingQuery,
    ) -> Result<(Arc<Matches>, Option<Basis>), IndexError> {
        let subject = (view.generation, query.resource_type.clone(), query.q.clone(), query.filters.clone());
        if let Some(matches) = self.remembered.0.get(&subject) {
            return Ok((matches, None));
        }
        let (matches, basis) = compute(view, &self.words, query)?;
        let matches = Arc::new(matches);
        self.remembered.0.insert(subject, Arc::clone(&matches));
        Ok((matches, Some(basis)))
    }
}

/// What matches a listing, computed anew.
pub(super) fn compute(view: &View, kept: &Words, query: &ListingQuery) -> Result<(Matches, Basis), IndexError> {
    let tables = &view.tables;
    let SearchText { words, qualifiers, excluded_words, excluded_qualifiers } = query.search_text();
    let looked_for = text::bounded(&words);
    let scored = match looked_for.is_empty() {
        true => None,
        false => {
            let mut named = named_in_full(tables, &words);
            if words.len() == 1 {
                named |= text::long_nodes(view, &words)?;
            }
            Some(text::matching(view, kept, &looked_for, named)?)
        }
    };
    let mut found = match &scored {
        None => tables.all.clone(),
        Some(scored) => scored.iter().fold(RoaringBitmap::new(), |all, (_, set)| all | set.as_ref()),
    };
    if let Some(resource_type) = &query.resource_type {
        found &= tables.with_any(FacetName::Type, &[resource_type.as_str()]);
    }
    for (facet, word) in &qualifiers {
        found &= tables.with_any(*facet, &[word]);
    }
    for (facet, word) in &excluded_qualifiers {
        found -= tables.with_any(*facet, &[word]);
    }
    for word in text::bounded(&excluded_words) {
        found -= kept.with_word(view, &word)?;
    }
    let filters = Filters::of(tables, query);
    let hits = filters.apply(&found, None);
    Ok((Matches::new(scored, hits), Basis { found, filters }))
}
