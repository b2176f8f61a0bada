//! Bytes to text, one line at a time: byte order marks, colours, line ends, and characters that a wrong guess of the
//! encoding has mangled.

use std::borrow::Cow;

/// One line of the input.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: u64,
    /// The line without line end and colours.
    pub(super) text: Cow<'a, str>,
    /// The first byte that is not UTF-8, and its column in bytes counted from 1.
    pub(super) invalid: Option<(u8, usize)>,
}

/// Decodes one line. What is not UTF-8 is replaced and reported in [`Line::invalid`].
pub(super) fn decode(number: u64, bytes: &[u8]) -> Line<'_> {
    let mut bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if number == 1 {
        bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    }
    let (text, invalid) = match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(error) => {
            let at = error.valid_up_to();
            (String::from_utf8_lossy(bytes), bytes.get(at).map(|byte| (*byte, at + 1)))
        }
    };
    let text = if text.contains('\u{1b}') { Cow::Owned(without_colours(&text)) } else { text };
    Line { number, text, invalid }
}

/// Whether the input begins with the byte order mark of UTF-16, as some shells write files.
pub(super) fn is_utf16(start: &[u8]) -> bool {
    start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff")
}

/// Removes terminal escape sequences.
fn without_colours(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            clean.push(c);
            continue;
        }
        match chars.next() {
            // Control sequences end with a letter or one of a few signs.
            Some('[') => {
                chars.by_ref().find(|c| matches!(c, '\u{40}'..='\u{7e}'));
            }
            // Titles and links end with a bell or an escaped backslash.
            Some(']') => {
                while let Some(c) = chars.next() {
                    if c == '\u{7}' || (c == '\u{1b}' && chars.next_if_eq(&'\\').is_some()) {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    clean
}

/// What a table's line means: blanks of all kinds are spaces, and box drawing that was read in a wrong encoding is
/// box drawing again.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    const MANGLED: [(&str, &str); 8] = [
        ("\u{201a}\u{ee}\u{c7}", "│"),
        ("\u{201a}\u{ee}\u{c4}", "─"),
        ("\u{201a}\u{ee}\u{ba}", "┼"),
        ("\u{ac}\u{2020}", " "),
        ("\u{e2}\u{201d}\u{201a}", "│"),
        ("\u{e2}\u{201d}\u{20ac}", "─"),
        ("\u{e2}\u{201d}\u{bc}", "┼"),
        ("\u{c2}\u{a0}", " "),
    ];
    if text.is_ascii() && !text.contains('\t') {
        return Cow::Borrowed(text);
    }
    let mut clean = Cow::Borrowed(text);
    for (mangled, meant) in MANGLED {
        if clean.contains(mangled) {
            clean = Cow::Owned(clean.replace(mangled, meant));
        }
    }
    let is_odd = |c: char| matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{feff}' | '\u{200b}' | '\t');
    if clean.contains(is_odd) {
        clean = Cow::Owned(clean.replace(is_odd, " "));
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_line_ends_and_marks_go() {
        let line = decode(1, b"\xef\xbb\xbf\x1b[1;32mactive\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x1b\\\r\n");
        assert_eq!(line.text, "active link");
        assert_eq!(line.invalid, None);
    }

    #[test]
    fn what_is_not_utf_8_is_told_with_its_place() {
        assert_eq!(decode(2, b"ab\xffcd\n").invalid, Some((0xff, 3)));
    }

    #[test]
    fn mangled_drawings_are_mended() {
        assert_eq!(plain("a\u{a0}\u{201a}\u{ee}\u{c7} b"), "a │ b");
        assert_eq!(plain("\u{e2}\u{201d}\u{20ac}\u{e2}\u{201d}\u{bc}"), "─┼");
    }
}
