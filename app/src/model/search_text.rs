//! What is typed into the search box: words, and qualifiers such as `state:error`.

use serde::{Deserialize, Serialize};

use super::listing_query::FacetName;

/// The text of the search box, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchText {
    /// The words to look for, lower-cased.
    pub words: Vec<String>,
    /// The qualifiers, with lower-cased values as typed, in order.
    pub qualifiers: Vec<(FacetName, String)>,
}

impl SearchText {
    /// Takes a text apart at blanks. `"…"` keeps blanks together, also after a qualifier (`tag:"a b"`). A word with a
    /// colon that is no qualifier stays a word.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut parsed = Self::default();
        for token in tokens(text) {
            match token.split_once(':') {
                Some((name, value)) if !value.is_empty() => match FacetName::from_qualifier(&name.to_lowercase()) {
                    Some(facet) => parsed.qualifiers.push((facet, value.to_lowercase())),
                    None => parsed.words.push(token.to_lowercase()),
                },
                // `state:` on the way to `state:error`: nothing to look for yet.
                Some((name, _)) if FacetName::from_qualifier(&name.to_lowercase()).is_some() => {}
                _ => parsed.words.push(token.to_lowercase()),
            }
        }
        parsed
    }
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut token = String::new();
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                if !token.is_empty() {
                    tokens.push(std::mem::take(&mut token));
                }
            }
            c if c.is_control() => {}
            c => token.push(c),
        }
    }
    if !token.is_empty() {
        tokens.push(token);
    }
    tokens
}

/// A stretch of a text, and whether it is part of a match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Highlight {
    /// The stretch.
    pub text: String,
    /// Whether it matched.
    pub matched: bool,
}

/// Cuts a text into matched and unmatched stretches. Where a word does not occur as it is, the part of the text
/// (parts end at `-`, `_`, `.`) that begins like it is marked, which shows where a typo was forgiven.
#[must_use]
pub fn highlight(text: &str, words: &[String]) -> Vec<Highlight> {
    let lower = text.to_lowercase();
    // Lower-casing can change the length of a few letters; positions would then be wrong, so nothing is marked.
    if lower.len() != text.len() {
        return vec![Highlight { text: text.to_owned(), matched: false }];
    }
    let mut marks = vec![false; text.len()];
    for word in words.iter().filter(|word| !word.is_empty()) {
        let mut found = false;
        let mut from = 0;
        while let Some(at) = lower.get(from..).and_then(|rest| rest.find(word.as_str())) {
            marks[from + at..from + at + word.len()].fill(true);
            from += at + word.len();
            found = true;
        }
        if !found {
            mark_like(&lower, word, &mut marks);
        }
    }
    let mut stretches: Vec<Highlight> = Vec::new();
    for (at, c) in text.char_indices() {
        match stretches.last_mut() {
            Some(last) if last.matched == marks[at] => last.text.push(c),
            _ => stretches.push(Highlight { text: c.to_string(), matched: marks[at] }),
        }
    }
    stretches
}

fn mark_like(lower: &str, word: &str, marks: &mut [bool]) {
    let mut start = 0;
    for part in lower.split(['-', '_', '.']) {
        let common = part.chars().zip(word.chars()).take_while(|(left, right)| left == right).count();
        if common >= 2 && common + 2 >= word.chars().count().min(part.chars().count()) {
            marks[start..start + part.len()].fill(true);
            return;
        }
        start += part.len() + 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(text: &str, words: &[&str]) -> String {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        highlight(text, &words)
            .into_iter()
            .map(|part| if part.matched { format!("[{}]", part.text) } else { part.text })
            .collect()
    }

    #[test]
    fn words_and_qualifiers_are_told_apart() {
        let parsed = SearchText::parse("Orders state:ERROR tag:\"a b\" http://x owner:");
        assert_eq!(parsed.words, ["orders", "http://x"]);
        assert_eq!(parsed.qualifiers, [(FacetName::State, "error".to_owned()), (FacetName::Tag, "a b".to_owned())]);
    }

    #[test]
    fn matches_are_marked_wherever_they_are() {
        assert_eq!(marked("orders-api", &["api"]), "orders-[api]");
        assert_eq!(marked("Orders-orders", &["orders"]), "[Orders]-[orders]");
        assert_eq!(marked("systemstreams", &["streems"]), "systemstreams");
        assert_eq!(marked("orders-api", &["ordres"]), "orders-api");
        assert_eq!(marked("orders-api", &["orderz"]), "[orders]-api");
        assert_eq!(marked("İx", &["x"]), "İx");
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in ".*", words in proptest::collection::vec(".{0,4}", 0..4)) {
            let joined: String = highlight(&text, &words).into_iter().map(|part| part.text).collect();
            prop_assert_eq!(joined, text);
        }

        #[test]
        fn any_text_is_taken_apart(text in ".*") {
            let _ = SearchText::parse(&text);
        }
    }
}
