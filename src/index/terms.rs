//! How names and descriptions are taken apart into the terms that are looked up.

use std::ops::Range;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// How many characters of the rest of a name, from the beginning of a part, are terms of their own.
pub(super) const EDGE_CHARS: usize = 8;

/// Takes a text apart into stretches of it.
type Cut = fn(&str, &mut Vec<Range<usize>>);

/// A tokenizer whose terms are stretches of the text.
#[derive(Clone, Copy)]
pub(super) struct Cutter(pub(super) Cut);

/// The terms of one text.
pub(super) struct Stretches<'a> {
    text: &'a str,
    ranges: Vec<Range<usize>>,
    next: usize,
    token: Token,
}

impl Tokenizer for Cutter {
    type TokenStream<'a> = Stretches<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stretches<'a> {
        let mut ranges = Vec::with_capacity(text.len() * 2);
        (self.0)(text, &mut ranges);
        Stretches { text, ranges, next: 0, token: Token::default() }
    }
}

impl TokenStream for Stretches<'_> {
    fn advance(&mut self) -> bool {
        let Some(range) = self.ranges.get(self.next) else { return false };
        self.token.text.clear();
        self.token.text.push_str(&self.text[range.clone()]);
        self.token.position = self.next;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Whether a part of a name begins between two neighbouring characters: after a separator, or between letter and digit.
fn parted(before: char, after: char) -> bool {
    if !after.is_alphanumeric() {
        return false;
    }
    !before.is_alphanumeric() || before.is_numeric() != after.is_numeric()
}

/// Whether a part of the name begins at a byte of it.
pub(super) fn begins_part(name: &str, at: usize) -> bool {
    if at == 0 {
        return true;
    }
    match (name[..at].chars().next_back(), name[at..].chars().next()) {
        (Some(before), Some(after)) => parted(before, after),
        _ => false,
    }
}

/// The beginnings of the rest of the name, from each part but the first.
pub(super) fn edges(name: &str, ranges: &mut Vec<Range<usize>>) {
    let mut before: Option<char> = None;
    for (start, c) in name.char_indices() {
        if before.is_some_and(|before| parted(before, c)) {
            let rest = &name[start..];
            ranges.extend(rest.char_indices().take(EDGE_CHARS).map(|(at, c)| start..start + at + c.len_utf8()));
        }
        before = Some(c);
    }
}

/// All stretches of two and three characters.
pub(super) fn grams(name: &str, ranges: &mut Vec<Range<usize>>) {
    let (mut second, mut third) = (None, None);
    for (start, c) in name.char_indices() {
        let end = start + c.len_utf8();
        if let Some(second) = second {
            ranges.push(second..end);
        }
        if let Some(third) = third {
            ranges.push(third..end);
        }
        third = second;
        second = Some(start);
    }
}

/// The stretches of letters and digits.
pub(super) fn parts(text: &str, ranges: &mut Vec<Range<usize>>) {
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                ranges.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        ranges.push(from..text.len());
    }
}

/// The lines.
pub(super) fn lines(text: &str, ranges: &mut Vec<Range<usize>>) {
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.len();
        if start < end {
            ranges.push(start..end);
        }
        start = end + 1;
    }
}

/// The stretches of letters and digits, as texts.
pub(super) fn parts_of(text: &str) -> Vec<&str> {
    let mut ranges = Vec::new();
    parts(text, &mut ranges);
    ranges.into_iter().map(|range| &text[range]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, how: Cut) -> Vec<&str> {
        let mut ranges = Vec::new();
        how(text, &mut ranges);
        ranges.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn parts_begin_after_separators_and_between_letters_and_digits() {
        assert_eq!(cut("a-bc2", edges), ["b", "bc", "bc2", "2"]);
        assert!(begins_part("orders-api", 7) && begins_part("orders-api", 0) && !begins_part("orders-api", 6));
        assert!(begins_part("años2", "años".len()));
    }

    #[test]
    fn grams_are_cut_between_characters() {
        assert_eq!(cut("añb", grams), ["añ", "ñb", "añb"]);
        assert_eq!(cut("a", grams), Vec::<&str>::new());
    }

    #[test]
    fn lines_are_terms_as_a_whole() {
        assert_eq!(cut("orders-x1f0\norders-x1f0-d\n\n", lines), ["orders-x1f0", "orders-x1f0-d"]);
    }

    #[test]
    fn only_letters_and_digits_make_parts() {
        assert_eq!(cut("--Raw sales_2024.", parts), ["Raw", "sales", "2024"]);
    }
}
