//! What is typed into the search box: words, and qualifiers such as `state:error`. A `-` before either excludes.

use serde::{Deserialize, Serialize};

use super::facet_name::FacetName;

/// The text of the search box, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchText {
    /// The words to look for, lower-cased.
    pub words: Vec<String>,
    /// The qualifiers, with lower-cased values as typed, in order.
    pub qualifiers: Vec<(FacetName, String)>,
    /// The words that must not be found, lower-cased.
    pub excluded_words: Vec<String>,
    /// The qualifiers that must not hold, as [`qualifiers`](Self::qualifiers).
    pub excluded_qualifiers: Vec<(FacetName, String)>,
}

impl SearchText {
    /// Takes a text apart at blanks. `"…"` keeps blanks together, also after a qualifier (`tag:"a b"`). A word with a
    /// colon that is no qualifier stays a word. One `-` before a letter, a digit or a quote excludes; any other is part
    /// of the word.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut parsed = Self::default();
        for Token { text: token, is_excluded, .. } in tokens(text) {
            let (words, qualifiers) = match is_excluded {
                true => (&mut parsed.excluded_words, &mut parsed.excluded_qualifiers),
                false => (&mut parsed.words, &mut parsed.qualifiers),
            };
            match qualifier(&token) {
                // `state:` on the way to `state:error`: nothing to look for yet.
                Some((_, "")) => {}
                Some((facet, value)) => qualifiers.push((facet, facet.read_value(value).to_lowercase())),
                None => words.push(token.to_lowercase()),
            }
        }
        parsed
    }

    /// Whether it asks for nothing: blank, or qualifiers without their values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The word that is being typed: the last one of a text, unless a blank follows it.
    #[must_use]
    pub fn unfinished(text: &str) -> Option<Unfinished<'_>> {
        let token = tokens(text).pop().filter(|token| token.end == text.len())?;
        let before = &text[..token.begin()];
        Some(match qualifier(&token.text) {
            Some((facet, value)) => Unfinished { before, facet: Some(facet), begun: value.to_owned() },
            None => Unfinished { before, facet: None, begun: token.text },
        })
    }

    /// A text with another value of a facet in place of one that [`parse`](Self::parse) read.
    #[must_use]
    pub fn replaced(text: &str, facet: FacetName, value: &str, by: &str) -> String {
        let mut replaced = String::new();
        let mut from = 0;
        for token in tokens(text) {
            let read = qualifier(&token.text).filter(|(name, _)| *name == facet);
            if read.is_some_and(|(facet, read)| facet.read_value(read).to_lowercase() == value) {
                replaced.push_str(&text[from..token.begin()]);
                replaced.push_str(&qualified(facet, by));
                from = token.end;
            }
        }
        replaced.push_str(&text[from..]);
        replaced
    }

    /// Whether a value can be written in a text so that it is read as it is.
    #[must_use]
    pub fn can_say(value: &str) -> bool {
        !value.is_empty() && !value.contains(|c: char| c == '"' || c.is_control())
    }
}

/// A word that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished<'t> {
    /// The text in front of it.
    pub before: &'t str,
    /// What it names a value of; `None` as long as it is no qualifier.
    pub facet: Option<FacetName>,
    /// As much as there is of the value, or of the word.
    pub begun: String,
}

impl Unfinished<'_> {
    /// The qualifiers that the word may become.
    pub fn qualifiers(&self) -> impl Iterator<Item = FacetName> {
        let begun = self.begun.to_lowercase();
        let is_word = self.facet.is_none() && !begun.is_empty();
        FacetName::ALL.into_iter().filter(move |facet| is_word && facet.as_str().starts_with(&begun))
    }
}

/// A qualifier as it is typed, with quotes where its value has blanks.
#[must_use]
pub fn qualified(facet: FacetName, value: &str) -> String {
    let quote = if value.contains(char::is_whitespace) { "\"" } else { "" };
    [facet.as_str(), ":", quote, value, quote].concat()
}

/// A text that people typed, cut where it is too long to be shown.
#[must_use]
pub fn shortened(text: &str) -> String {
    const SHOWN_CHARS: usize = 80;
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => [&text[..end], "…"].concat(),
        None => text.to_owned(),
    }
}

/// The facet that a word names, and the value after the colon.
fn qualifier(token: &str) -> Option<(FacetName, &str)> {
    let (name, value) = token.split_once(':')?;
    Some((FacetName::from_qualifier(&name.to_lowercase())?, value))
}

/// A word of a text, without its quotes and the `-` that excludes it, and where it stands.
struct Token {
    text: String,
    is_excluded: bool,
    start: usize,
    end: usize,
}

impl Token {
    fn new(mut token: String, text: &str, start: usize, end: usize) -> Self {
        let after = text[start..end].strip_prefix('-').and_then(|after| after.chars().next());
        // Neither `-` alone nor `--output`, which somebody pasted, excludes anything.
        let is_excluded = token.len() > 1 && after.is_some_and(|after| after.is_alphanumeric() || after == '"');
        if is_excluded {
            token.remove(0);
        }
        Self { text: token, is_excluded, start, end }
    }

    /// Where it begins, without the `-` that excludes it.
    fn begin(&self) -> usize {
        self.start + usize::from(self.is_excluded)
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut token = String::new();
    let mut start = None;
    let mut quoted = false;
    let mut end_token = |token: &mut String, start: &mut Option<usize>, end: usize| {
        if let (false, Some(start)) = (token.is_empty(), start.take()) {
            tokens.push(Token::new(std::mem::take(token), text, start, end));
        }
    };
    for (at, c) in text.char_indices() {
        if c.is_whitespace() && !quoted {
            end_token(&mut token, &mut start, at);
            continue;
        }
        start = start.or(Some(at));
        match c {
            '"' => quoted = !quoted,
            c if c.is_control() => {}
            c => token.push(c),
        }
    }
    end_token(&mut token, &mut start, text.len());
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
    fn a_minus_excludes_a_word_or_a_qualifier() {
        let parsed = SearchText::parse("sales -Depot -state:ERROR -\"a b\" -tag:\"very gold\" -owner:");
        assert_eq!((parsed.words, parsed.qualifiers), (vec!["sales".to_owned()], vec![]));
        assert_eq!(parsed.excluded_words, ["depot", "a b"]);
        let excluded = [(FacetName::State, "error".to_owned()), (FacetName::Tag, "very gold".to_owned())];
        assert_eq!(parsed.excluded_qualifiers, excluded);
    }

    #[test]
    fn other_dashes_are_part_of_their_word() {
        for text in ["-", "--output", "orders-api", "\"-depot\"", "-\"", "a- -", "-–"] {
            let parsed = SearchText::parse(text);
            assert!(parsed.excluded_words.is_empty() && parsed.excluded_qualifiers.is_empty(), "{text}");
            assert!(!parsed.words.is_empty(), "{text}");
        }
        assert!(SearchText::parse(" state: -owner: ").is_empty());
    }

    #[test]
    fn what_is_shown_can_be_written_as_a_value() {
        for (text, facet, value) in [
            ("type:\"Instance secrets\"", FacetName::Type, "instance-secret"),
            ("type:\"instance secret\"", FacetName::Type, "instance-secret"),
            ("health:\"In progress\"", FacetName::Health, "in-progress"),
            ("health:Stuck", FacetName::Health, "stuck"),
            ("runtime:running:2", FacetName::Runtime, "running"),
            ("runtime:pending:0/2", FacetName::Runtime, "pending"),
            ("tag:dataos:type:resource", FacetName::Tag, "dataos:type:resource"),
        ] {
            assert_eq!(SearchText::parse(text).qualifiers, [(facet, value.to_owned())], "{text}");
        }
    }

    #[test]
    fn types_may_be_named_by_their_plural() {
        for text in ["type:depots", "TYPE:Depots", "type:depot", "type:DEPOT"] {
            assert_eq!(SearchText::parse(text).qualifiers, [(FacetName::Type, "depot".to_owned())], "{text}");
        }
        assert_eq!(SearchText::parse("owner:depots").qualifiers, [(FacetName::Owner, "depots".to_owned())]);
    }

    #[test]
    fn the_last_word_is_being_typed_until_a_blank_follows() {
        let unfinished =
            |text| SearchText::unfinished(text).map(|word| (word.before.to_owned(), word.facet, word.begun));
        let some = |before: &str, facet, begun: &str| Some((before.to_owned(), facet, begun.to_owned()));
        assert_eq!(unfinished("orders sta"), some("orders ", None, "sta"));
        assert_eq!(unfinished("orders STATE:"), some("orders ", Some(FacetName::State), ""));
        assert_eq!(unfinished("tag:\"gold ti"), some("", Some(FacetName::Tag), "gold ti"));
        assert_eq!(unfinished("http://x"), some("", None, "http://x"));
        assert_eq!(unfinished("orders -sta"), some("orders -", None, "sta"));
        assert_eq!(unfinished("-state:\"a b"), some("-", Some(FacetName::State), "a b"));
        for text in ["", " ", "orders ", "\"\""] {
            assert_eq!(unfinished(text), None, "{text}");
        }
    }

    #[test]
    fn a_beginning_leads_to_its_qualifiers() {
        let offered = |text| SearchText::unfinished(text).map(|word| word.qualifiers().collect::<Vec<_>>());
        assert_eq!(offered("sta"), Some(vec![FacetName::State]));
        assert_eq!(offered("x T"), Some(vec![FacetName::Type, FacetName::Tag]));
        assert_eq!(offered("state:"), Some(Vec::new()));
        assert_eq!(offered("states"), Some(Vec::new()));
    }

    #[test]
    fn a_value_is_replaced_where_it_stands() {
        let replaced = |text| SearchText::replaced(text, FacetName::State, "foo", "active");
        assert_eq!(replaced("a State:FOO  owner:foo"), "a state:active  owner:foo");
        assert_eq!(replaced("state:food foo"), "state:food foo");
        assert_eq!(replaced("a -state:foo"), "a -state:active");
        assert_eq!(SearchText::replaced("tag:\"a b\" x", FacetName::Tag, "a b", "c d"), "tag:\"c d\" x");
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(shortened("é"), "é");
        assert_eq!(shortened(&"é".repeat(600)).chars().count(), 81);
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
            let _ = SearchText::unfinished(&text);
        }

        #[test]
        fn what_is_completed_is_read_as_it_is(value in "[^\\p{Cc}\"]{1,12}", before in "[a-z ]{0,8} ") {
            prop_assume!(SearchText::can_say(&value));
            let text = [before.as_str(), &qualified(FacetName::Tag, &value), " "].concat();
            prop_assert_eq!(SearchText::parse(&text).qualifiers, [(FacetName::Tag, value.to_lowercase())]);
        }
    }
}
