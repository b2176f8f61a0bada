//! Which Resources match the words of a search, and how well.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::View;
use super::bits::Bits;
use super::named::{bare, named_in_full, said};
use super::segments::Segments;
use super::tables::Tables;
use super::terms::{EDGE_CHARS, begins_part, parts_of};
use super::typos::typos_between;
use crate::kept::{self, Cache, Takes};

/// How many words of a search are looked at.
const MAX_WORDS: usize = 8;
/// How many characters of a word are looked at.
const MAX_WORD_CHARS: usize = 64;
/// Typos are only allowed for when a word finds fewer names than this without.
const ENOUGH_WITHOUT_TYPOS: u64 = 25;
/// How many mistyped names are compared letter by letter.
const MOST_COMPARED: u64 = 1_000;
/// How long a word must be for one typo.
const ONE_TYPO_CHARS: usize = 4;
/// How long a word must be for two typos.
const TWO_TYPOS_CHARS: usize = 8;
/// How long a word must be to be taken for the beginning of a mistyped one.
const TYPO_BEGINNING_CHARS: usize = 5;

/// How long a word must be to be taken for the name of a runtime node.
const NODE_CHARS: usize = 4;

/// What the kept words may take together, in bytes.
const MAX_KEPT_BYTES: u64 = 16 * 1024 * 1024;

/// How many words that is.
const EXPECTED_WORDS: usize = 500;

/// How a word matches, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    Exact,
    Node,
    Prefix,
    PartPrefix,
    Substring,
    WholeWithOneTypo,
    OneTypo,
    WholeWithTwoTypos,
    TwoTypos,
    NodeBeginning,
    Further,
}

/// What was not meant where a word is excluded: that somebody mistyped it.
const OF_TYPOS: [Tier; 4] = [Tier::WholeWithOneTypo, Tier::OneTypo, Tier::WholeWithTwoTypos, Tier::TwoTypos];

const TIERS: usize = Tier::Further as usize + 1;

/// The Resources that match one word, apart by how.
type Tiers = [Arc<RoaringBitmap>; TIERS];

/// What words match, kept for as long as the index does not change: the same words come in many searches.
pub(super) struct Words {
    kept: Cache<(u64, String), Arc<Word>>,
}

/// What one word matches, and what that takes in bytes.
struct Word {
    tiers: Tiers,
    bytes: u64,
}

impl Takes for Word {
    fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Default for Words {
    fn default() -> Self {
        Self { kept: kept::cache(MAX_KEPT_BYTES, EXPECTED_WORDS, 1) }
    }
}

impl Words {
    /// What a word matches in a generation of the index.
    fn word(&self, view: &View, word: &str) -> tantivy::Result<Arc<Word>> {
        let key = (view.generation, word.to_owned());
        if let Some(known) = self.kept.get(&key) {
            return Ok(known);
        }
        let tiers = tiers(&view.tables, &view.segments, word)?.map(Arc::new);
        let bytes = word.len() + tiers.iter().map(|set| set.serialized_size()).sum::<usize>() + 256;
        let word = Arc::new(Word { tiers, bytes: bytes as u64 });
        self.kept.insert(key, Arc::clone(&word));
        Ok(word)
    }

    /// All that has a word, but for what has it only with typos.
    pub(super) fn with_word(&self, view: &View, word: &str) -> tantivy::Result<RoaringBitmap> {
        let word = self.word(view, word)?;
        let tiers = word.tiers.iter().enumerate();
        let meant = tiers.filter(|(tier, _)| !OF_TYPOS.iter().any(|of_typos| *of_typos as usize == *tier));
        Ok(meant.fold(RoaringBitmap::new(), |all, (_, set)| all | set.as_ref()))
    }

    /// Forgets everything, to measure without it.
    #[cfg(test)]
    pub(super) fn clear(&self) {
        self.kept.clear();
    }
}

/// The Resources that match, apart by score: the lower the better, 0 only for exact names. What one word matches is
/// shared with what is kept of the word.
pub(super) type Scored = Vec<(u32, Arc<RoaringBitmap>)>;

/// The words that are looked for: bounded, and without those of punctuation only.
pub(super) fn bounded(words: &[String]) -> Vec<String> {
    words
        .iter()
        .map(|word| word.chars().take(MAX_WORD_CHARS).collect::<String>())
        .filter(|word| !word.chars().all(|c| c.is_ascii_punctuation()))
        .take(MAX_WORDS)
        .collect()
}

/// The Resources that match all words (see [`bounded`]), by score. Those that the words name match exactly.
pub(super) fn matching(view: &View, kept: &Words, words: &[String], named: RoaringBitmap) -> tantivy::Result<Scored> {
    let mut per_word = words.iter().map(|word| kept.word(view, word)).collect::<tantivy::Result<Vec<_>>>()?;
    per_word.sort_by_key(|word| word.tiers.iter().map(|set| set.len()).sum::<u64>());
    let mut sums: Vec<Arc<RoaringBitmap>> = Vec::new();
    for (index, word) in per_word.into_iter().enumerate() {
        let tiers = &word.tiers;
        if index == 0 {
            sums = tiers.to_vec();
            continue;
        }
        let mut next = vec![RoaringBitmap::new(); sums.len() + TIERS];
        for (sum, set) in sums.iter().enumerate().filter(|(_, set)| !set.is_empty()) {
            for (tier, matches) in tiers.iter().enumerate().filter(|(_, matches)| !matches.is_empty()) {
                next[sum + tier] |= set.as_ref() & matches.as_ref();
            }
        }
        sums = next.into_iter().map(Arc::new).collect();
    }
    let mut exact = named;
    if words.len() > 1 {
        exact |= joined_exactly(&view.tables, words);
    }
    if !exact.is_empty() {
        for set in &mut sums {
            *Arc::make_mut(set) -= &exact;
        }
        if let Some(best) = sums.first_mut() {
            *Arc::make_mut(best) |= exact;
        }
    }
    Ok((0..).zip(sums).filter(|(_, set)| !set.is_empty()).collect())
}

/// The Resources with a runtime node whose name is one of these words and longer than words are looked at.
pub(super) fn long_nodes(view: &View, words: &[String]) -> tantivy::Result<RoaringBitmap> {
    let mut found = RoaringBitmap::new();
    for word in words.iter().take(MAX_WORDS).filter(|word| word.chars().nth(MAX_WORD_CHARS).is_some()) {
        view.segments.with_term(view.segments.fields().node, bare(word), |number| {
            found.insert(number);
        })?;
    }
    Ok(found)
}

/// The names that the words make when they are joined.
fn joined_exactly(tables: &Tables, words: &[String]) -> RoaringBitmap {
    ["-", "_", ".", ""].iter().flat_map(|separator| tables.named(words.join(separator).as_bytes())).copied().collect()
}

fn tiers(tables: &Tables, segments: &Segments, word: &str) -> tantivy::Result<[RoaringBitmap; TIERS]> {
    let bound = tables.bound();
    let chars = word.chars().count();
    let mut tiers: [RoaringBitmap; TIERS] = Default::default();
    let mut named = Bits::new(bound);
    let mut exact = Bits::new(bound);
    let with_prefix = tables.named_with_prefix(word.as_bytes());
    for &number in with_prefix {
        // In the order by name, equal names come before longer ones.
        if tables.name(number).len() == word.len() {
            exact.insert(number);
        }
        named.insert(number);
    }
    tiers[Tier::Exact as usize] = exact.into_bitmap() | named_in_full(tables, &[word.to_owned()]);
    let mut seen = named.into_bitmap();
    tiers[Tier::Prefix as usize] = &seen - &tiers[Tier::Exact as usize];
    seen |= &tiers[Tier::Exact as usize];

    let node = bare(word);
    if node.chars().count() >= NODE_CHARS {
        let nodes = segments.set_with_term(segments.fields().node, node, bound)?.into_bitmap();
        tiers[Tier::Node as usize] = nodes - &tiers[Tier::Exact as usize];
        let nodes = &tiers[Tier::Node as usize];
        if !nodes.is_empty() {
            let prefix = &tiers[Tier::Prefix as usize] - nodes;
            seen |= nodes;
            tiers[Tier::Prefix as usize] = prefix;
        }
    }

    let parts = with_part(tables, segments, word, chars)?;
    tiers[Tier::PartPrefix as usize] = &parts - &seen;
    seen |= parts;

    if chars >= 2 {
        let inside = with_substring(tables, segments, word, chars, &seen)?;
        tiers[Tier::Substring as usize] = &inside - &seen;
        seen |= inside;
    }

    let is_known = [Tier::Exact, Tier::Node].iter().any(|&tier| !tiers[tier as usize].is_empty());
    if chars >= ONE_TYPO_CHARS && !is_known && seen.len() < ENOUGH_WITHOUT_TYPOS {
        let one = with_typos(segments, word, bound, 1)?;
        let (whole, others) = apart(tables, &one - &seen, word, 1);
        tiers[Tier::WholeWithOneTypo as usize] = whole;
        tiers[Tier::OneTypo as usize] = others;
        seen |= one;
        if chars >= TWO_TYPOS_CHARS {
            let two = with_typos(segments, word, bound, 2)?;
            let (whole, others) = apart(tables, &two - &seen, word, 2);
            tiers[Tier::WholeWithTwoTypos as usize] = whole;
            tiers[Tier::TwoTypos as usize] = others;
            seen |= two;
        }
    }

    if node.chars().count() >= NODE_CHARS {
        let mut bits = Bits::new(bound);
        segments.with_beginning(segments.fields().node, node, |number| bits.insert(number))?;
        let nodes = bits.into_bitmap() - &seen;
        seen |= &nodes;
        tiers[Tier::NodeBeginning as usize] = nodes;
    }

    let further = with_further(segments, word, bound)? | said(tables, word);
    tiers[Tier::Further as usize] = further - seen;
    Ok(tiers)
}

/// Names with a part but the first that begins with the word.
fn with_part(tables: &Tables, segments: &Segments, word: &str, chars: usize) -> tantivy::Result<RoaringBitmap> {
    let field = segments.fields().edge;
    if chars <= EDGE_CHARS {
        return Ok(segments.set_with_term(field, word, tables.bound())?.into_bitmap());
    }
    let mut bits = Bits::new(tables.bound());
    let beginning: String = word.chars().take(EDGE_CHARS).collect();
    segments.with_term(field, &beginning, |number| {
        let name = tables.name_text(number);
        if name.match_indices(word).any(|(at, _)| begins_part(name, at)) {
            bits.insert(number);
        }
    })?;
    Ok(bits.into_bitmap())
}

/// Names with the word anywhere inside; those known to have it need not be among them.
fn with_substring(
    tables: &Tables,
    segments: &Segments,
    word: &str,
    chars: usize,
    known: &RoaringBitmap,
) -> tantivy::Result<RoaringBitmap> {
    let field = segments.fields().gram;
    if chars <= 3 {
        return Ok(segments.set_with_term(field, word, tables.bound())?.into_bitmap());
    }
    let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    let mut grams: Vec<&str> = starts.windows(4).map(|at| &word[at[0]..at[3]]).collect();
    grams.sort_unstable();
    grams.dedup();
    let mut bits = Bits::new(tables.bound());
    let mut already = Bits::new(tables.bound());
    for number in known {
        already.insert(number);
    }
    let finder = memchr::memmem::Finder::new(word.as_bytes());
    segments.with_terms(field, &grams, |number| {
        if !already.contains(number) && finder.find(tables.name(number)).is_some() {
            bits.insert(number);
        }
    })?;
    Ok(bits.into_bitmap())
}

/// Names whose parts are the parts of the word, each with at most this many typos.
pub(super) fn with_typos(segments: &Segments, word: &str, bound: usize, typos: u8) -> tantivy::Result<RoaringBitmap> {
    let field = segments.fields().part;
    let mut all: Option<RoaringBitmap> = None;
    for part in parts_of(word) {
        let chars = part.chars().count();
        let allowed = match chars {
            ..ONE_TYPO_CHARS => 0,
            ONE_TYPO_CHARS..TWO_TYPOS_CHARS => typos.min(1),
            _ => typos,
        };
        let mut bits = Bits::new(bound);
        if allowed == 0 {
            segments.with_term(field, part, |number| bits.insert(number))?;
        } else {
            let beginning = chars >= TYPO_BEGINNING_CHARS;
            segments.with_term_like(field, part, allowed, beginning, |number| bits.insert(number))?;
        }
        let set = bits.into_bitmap();
        all = Some(match all {
            Some(all) => all & set,
            None => set,
        });
    }
    Ok(all.unwrap_or_default())
}

/// Parts the names that are the word as a whole, but for typos, from those of which it is a part. A large set stays
/// together: a word that is like so many names says little.
fn apart(tables: &Tables, set: RoaringBitmap, word: &str, typos: usize) -> (RoaringBitmap, RoaringBitmap) {
    if set.len() > MOST_COMPARED {
        return (RoaringBitmap::new(), set);
    }
    let whole = set.iter().filter(|&number| typos_between(tables.name_text(number), word) <= typos).collect();
    let others = set - &whole;
    (whole, others)
}

/// Resources whose description, owner and tags have words that begin with the parts of the word.
fn with_further(segments: &Segments, word: &str, bound: usize) -> tantivy::Result<RoaringBitmap> {
    let field = segments.fields().further;
    let mut all: Option<RoaringBitmap> = None;
    for part in parts_of(word) {
        let mut bits = Bits::new(bound);
        if part.chars().count() < 3 {
            segments.with_term(field, part, |number| bits.insert(number))?;
        } else {
            segments.with_beginning(field, part, |number| bits.insert(number))?;
        }
        let set = bits.into_bitmap();
        all = Some(match all {
            Some(all) => all & set,
            None => set,
        });
    }
    Ok(all.unwrap_or_default())
}
