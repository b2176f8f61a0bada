//! When and by whom each part of a Resource was observed, as one short text.
//!
//! Most parts were observed together, so they are grouped: one line per moment and source, of a letter for each part,
//! the moment in milliseconds and the source: `PSR 1753690200000 import`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use app::model::{Aspect, Seen, Timestamp};

const LETTERS: [(Aspect, char); 14] = [
    (Aspect::Presence, 'P'),
    (Aspect::Status, 'S'),
    (Aspect::BuilderStage, 'B'),
    (Aspect::Runtime, 'R'),
    (Aspect::Nodes, 'N'),
    (Aspect::Manifest, 'M'),
    (Aspect::Counts, 'C'),
    (Aspect::Version, 'V'),
    (Aspect::Owner, 'O'),
    (Aspect::Description, 'D'),
    (Aspect::Tags, 'T'),
    (Aspect::Layer, 'L'),
    (Aspect::Source, 'W'),
    (Aspect::CreatedAt, 'A'),
];

/// Writes the text.
pub(crate) fn write(observed: &BTreeMap<Aspect, Seen>) -> String {
    let mut groups: Vec<(&Seen, String)> = Vec::new();
    for (aspect, seen) in observed {
        let letter = LETTERS.iter().find(|(known, _)| known == aspect).map_or('?', |&(_, letter)| letter);
        match groups.iter_mut().find(|(other, _)| *other == seen) {
            Some((_, letters)) => letters.push(letter),
            None => groups.push((seen, letter.to_string())),
        }
    }
    let mut text = String::new();
    for (seen, letters) in groups {
        let separator = if text.is_empty() { "" } else { "\n" };
        // Writing into a `String` cannot fail.
        let _ = write!(text, "{separator}{letters} {} {}", seen.at.0, seen.source);
    }
    text
}

/// Reads the text; `None` when it is not of the form that [`write`] writes.
pub(crate) fn read(text: &str) -> Option<BTreeMap<Aspect, Seen>> {
    let mut observed = BTreeMap::new();
    for line in text.lines() {
        let mut parts = line.splitn(3, ' ');
        let (letters, at, source) = (parts.next()?, parts.next()?, parts.next()?);
        let seen = Seen { at: Timestamp(at.parse().ok()?), source: source.to_owned() };
        for letter in letters.chars() {
            let &(aspect, _) = LETTERS.iter().find(|&&(_, known)| known == letter)?;
            observed.insert(aspect, seen.clone());
        }
    }
    Some(observed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_observed_together_is_written_together() {
        let listing = Seen { at: Timestamp(1_000), source: "the nightly import".into() };
        let poller = Seen { at: Timestamp(-5), source: "poller".into() };
        let observed: BTreeMap<_, _> = LETTERS
            .iter()
            .map(|&(aspect, _)| (aspect, if aspect == Aspect::Runtime { poller.clone() } else { listing.clone() }))
            .collect();
        let text = write(&observed);
        assert_eq!(text, "PSBNMCVODTLWA 1000 the nightly import\nR -5 poller");
        assert_eq!(read(&text), Some(observed));
        assert_eq!(read(&write(&BTreeMap::new())), Some(BTreeMap::new()));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["P", "P 1", "P soon import", "! 1 import"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
