//! Colours for YAML: cuts a text into spans, line by line, and writes them as HTML.
//!
//! It reads as much of YAML as manifests use and forgives the rest: what it does not understand keeps its text and only
//! lacks a colour. The HTML is one string rather than views because a manifest has more spans than the rest of the page
//! together, and none of them ever changes.

/// What a stretch of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Blanks, and text that is nothing special.
    Plain,
    /// The key of a mapping.
    Key,
    /// A text.
    Text,
    /// A number, `true`, `false` or `null`.
    Literal,
    /// A comment.
    Comment,
    /// Punctuation, anchors and tags.
    Mark,
}

impl Kind {
    fn class(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Key => Some("yk"),
            Self::Text => Some("yt"),
            Self::Literal => Some("yl"),
            Self::Comment => Some("yc"),
            Self::Mark => Some("ym"),
        }
    }
}

type Line<'a> = Vec<(Kind, &'a str)>;

/// The lines of a text, cut into spans. Nothing is lost: the spans of a line together are the line.
pub(super) fn highlight(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut reader = Reader::default();
    text.split('\n').map(move |line| reader.line(line))
}

/// The lines of a text as HTML, numbered, each with an anchor (`#L12`). A line break at the end begins no new line.
pub(super) fn to_html(text: &str) -> String {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let mut html = String::with_capacity(text.len() * 3);
    for (index, line) in highlight(text).enumerate() {
        let number = (index + 1).to_string();
        for part in ["<span id=\"L", &number, "\"><a rel=\"external\" href=\"#L", &number, "\">", &number, "</a>"] {
            html.push_str(part);
        }
        for (kind, part) in line {
            match kind.class() {
                Some(class) => {
                    html.push_str("<span class=\"");
                    html.push_str(class);
                    html.push_str("\">");
                    escape(part, &mut html);
                    html.push_str("</span>");
                }
                None => escape(part, &mut html),
            }
        }
        html.push_str("\n</span>");
    }
    html
}

/// Writes a text so that it is only text in HTML.
fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            // Unescaped, a browser would make a line break of it.
            '\r' => html.push_str("&#13;"),
            c => html.push(c),
        }
    }
}

/// What the lines before leave open.
#[derive(Default)]
struct Reader {
    /// Inside a block text (`|` or `>`): the column its lines must be beyond.
    block: Option<usize>,
    /// Inside a quoted text: its quote.
    quote: Option<char>,
    /// How many `[` and `{` are open.
    depth: u32,
}

impl Reader {
    fn line<'a>(&mut self, line: &'a str) -> Line<'a> {
        let mut spans = Vec::new();
        let mut rest = line;
        let indent = line.len() - line.trim_start_matches(' ').len();
        if let Some(column) = self.block {
            if line.trim().is_empty() || indent >= column {
                push(&mut spans, Kind::Text, line);
                return spans;
            }
            self.block = None;
        }
        if let Some(quote) = self.quote {
            let end = end_of_quote(rest, quote);
            if end.is_some() {
                self.quote = None;
            }
            let (text, after) = rest.split_at(end.unwrap_or(rest.len()));
            push(&mut spans, Kind::Text, text);
            rest = after;
            self.flow(rest, &mut spans);
            return spans;
        }
        if self.depth > 0 {
            self.flow(rest, &mut spans);
            return spans;
        }
        if line.starts_with("---") || line.starts_with("...") {
            let (mark, after) = line.split_at(3);
            push(&mut spans, Kind::Mark, mark);
            rest = after;
        }
        self.block_entry(line, rest, &mut spans);
        spans
    }

    /// The rest of a line outside of brackets: dashes, then a key, then its value.
    fn block_entry<'a>(&mut self, line: &'a str, mut rest: &'a str, spans: &mut Line<'a>) {
        let mut column;
        loop {
            rest = take(rest, rest.len() - rest.trim_start().len(), Kind::Plain, spans);
            column = line.len() - rest.len();
            if rest == "-" || rest.starts_with("- ") {
                rest = take(rest, 1, Kind::Mark, spans);
                // What belongs to the entry is at least one column further in than its dash.
                column += 1;
                if rest.trim_start().starts_with(['|', '>']) {
                    break;
                }
            } else {
                column += 1;
                break;
            }
        }
        if let Some(end) = end_of_key(rest) {
            rest = take(rest, end, Kind::Key, spans);
            rest = take(rest, 1, Kind::Mark, spans);
        }
        rest = take(rest, rest.len() - rest.trim_start().len(), Kind::Plain, spans);
        while rest.starts_with(['&', '*', '!']) {
            rest = take(rest, rest.find(char::is_whitespace).unwrap_or(rest.len()), Kind::Mark, spans);
            rest = take(rest, rest.len() - rest.trim_start().len(), Kind::Plain, spans);
        }
        if rest.starts_with(['|', '>']) {
            let end = rest.find(" #").unwrap_or(rest.len());
            rest = take(rest, end, Kind::Mark, spans);
            self.block = Some(column);
        }
        if rest.starts_with(['[', '{', '"', '\'']) {
            self.flow(rest, spans);
        } else {
            let end = comment_at(rest).unwrap_or(rest.len());
            let (value, comment) = rest.split_at(end);
            scalar(value, spans);
            push(spans, Kind::Comment, comment);
        }
    }

    /// A stretch inside of brackets, or one that begins with a quote.
    fn flow<'a>(&mut self, mut rest: &'a str, spans: &mut Line<'a>) {
        while let Some(first) = rest.chars().next() {
            match first {
                '[' | '{' => {
                    self.depth = self.depth.saturating_add(1);
                    rest = take(rest, 1, Kind::Mark, spans);
                }
                ']' | '}' => {
                    self.depth = self.depth.saturating_sub(1);
                    rest = take(rest, 1, Kind::Mark, spans);
                }
                ',' | ':' => rest = take(rest, 1, Kind::Mark, spans),
                '"' | '\'' => {
                    let end = end_of_quote(&rest[1..], first).map(|end| end + 1);
                    if end.is_none() {
                        self.quote = Some(first);
                    }
                    let end = end.unwrap_or(rest.len());
                    let kind = if is_key(&rest[end..]) && self.depth > 0 { Kind::Key } else { Kind::Text };
                    rest = take(rest, end, kind, spans);
                }
                c if c.is_whitespace() => {
                    rest = take(rest, rest.len() - rest.trim_start().len(), Kind::Plain, spans);
                    if rest.starts_with('#') {
                        rest = take(rest, rest.len(), Kind::Comment, spans);
                    }
                }
                _ => {
                    let end = rest
                        .char_indices()
                        .find(|&(at, c)| match c {
                            ',' | '[' | ']' | '{' | '}' => true,
                            ':' => rest[at + 1..].chars().next().is_none_or(|next| next.is_whitespace() || next == ','),
                            '#' => rest[..at].ends_with(char::is_whitespace),
                            _ => false,
                        })
                        .map_or(rest.len(), |(at, _)| at);
                    let end = rest[..end].trim_end().len().max(first.len_utf8());
                    if is_key(&rest[end..]) {
                        rest = take(rest, end, Kind::Key, spans);
                    } else {
                        let (value, after) = rest.split_at(end);
                        scalar(value, spans);
                        rest = after;
                    }
                }
            }
        }
    }
}

fn push<'a>(spans: &mut Line<'a>, kind: Kind, text: &'a str) {
    if !text.is_empty() {
        spans.push((kind, text));
    }
}

fn take<'a>(rest: &'a str, length: usize, kind: Kind, spans: &mut Line<'a>) -> &'a str {
    let (taken, after) = rest.split_at(length);
    push(spans, kind, taken);
    after
}

/// A value without quotes; blanks at its end are not part of it.
fn scalar<'a>(text: &'a str, spans: &mut Line<'a>) {
    let (value, blanks) = text.split_at(text.trim_end().len());
    let literal = matches!(value, "true" | "false" | "null" | "~" | "True" | "False" | "Null")
        || (value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
            && value.parse::<f64>().is_ok());
    push(spans, if literal { Kind::Literal } else { Kind::Text }, value);
    push(spans, Kind::Plain, blanks);
}

/// Where the colon after a key is, if the line begins with one.
fn end_of_key(rest: &str) -> Option<usize> {
    let first = rest.chars().next()?;
    if matches!(first, '#' | '[' | '{' | '|' | '>') {
        return None;
    }
    if matches!(first, '"' | '\'') {
        let end = end_of_quote(&rest[1..], first)? + 1;
        return rest[end..].starts_with(':').then_some(end);
    }
    let end = rest.match_indices(':').map(|(at, _)| at).find(|&at| {
        let after = &rest[at + 1..];
        after.is_empty() || after.starts_with(char::is_whitespace)
    })?;
    (end > 0 && comment_at(&rest[..end]).is_none()).then_some(end)
}

/// Whether what stood before this was a key.
fn is_key(rest: &str) -> bool {
    rest.trim_start().starts_with(':')
}

/// Where a comment begins: at a `#` that begins the text or follows a blank.
fn comment_at(text: &str) -> Option<usize> {
    text.match_indices('#').map(|(at, _)| at).find(|&at| text[..at].chars().next_back().is_none_or(char::is_whitespace))
}

/// Where a quoted text ends, its closing quote included; the opening one is already taken.
fn end_of_quote(text: &str, quote: char) -> Option<usize> {
    let mut letters = text.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        match c {
            '\\' if quote == '"' => {
                letters.next();
            }
            c if c == quote => {
                if quote == '\'' && letters.peek().is_some_and(|(_, next)| *next == '\'') {
                    letters.next();
                } else {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(text: &str) -> String {
        highlight(text)
            .map(|line| {
                line.into_iter()
                    .map(|(kind, part)| match kind {
                        Kind::Plain => part.to_owned(),
                        Kind::Key => format!("k({part})"),
                        Kind::Text => format!("t({part})"),
                        Kind::Literal => format!("l({part})"),
                        Kind::Comment => format!("c({part})"),
                        Kind::Mark => format!("m({part})"),
                    })
                    .collect::<String>()
            })
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn the_parts_of_a_manifest_are_told_apart() {
        for (text, expected) in [
            ("name: orders-api", "k(name)m(:) t(orders-api)"),
            ("replicas: 2 # wanted", "k(replicas)m(:) l(2) c(# wanted)"),
            ("  enabled: true", "  k(enabled)m(:) l(true)"),
            ("# service:v1:orders-api", "c(# service:v1:orders-api)"),
            ("---", "m(---)"),
            ("- name: load", "m(-) k(name)m(:) t(load)"),
            ("url: https://example.com/#x", "k(url)m(:) t(https://example.com/#x)"),
            ("tags: [a, 'b c', 3]", "k(tags)m(:) m([)t(a)m(,) t('b c')m(,) l(3)m(])"),
            ("- {name: a, keys: [b]}", "m(-) m({)k(name)m(:) t(a)m(,) k(keys)m(:) m([)t(b)m(])m(})"),
            ("'quoted key': \"a \\\" b\"", "k('quoted key')m(:) t(\"a \\\" b\")"),
            ("base: &anchor", "k(base)m(:) m(&anchor)"),
            ("version: 1.2.3", "k(version)m(:) t(1.2.3)"),
            ("cron: '*/5 * * * *'", "k(cron)m(:) t('*/5 * * * *')"),
            ("empty:", "k(empty)m(:)"),
            ("", ""),
        ] {
            assert_eq!(marked(text), expected, "{text}");
        }
    }

    #[test]
    fn block_texts_reach_as_far_as_they_are_indented() {
        let text =
            "script: |\n  a: b\n\n  # not a comment\nnext: 1\nsteps:\n- run: >-\n    c: d\n  name: e\n- |\n  f: g\n- h";
        assert_eq!(
            marked(text),
            "k(script)m(:) m(|)\nt(  a: b)\n\nt(  # not a comment)\nk(next)m(:) l(1)\nk(steps)m(:)\n\
             m(-) k(run)m(:) m(>-)\nt(    c: d)\n  k(name)m(:) t(e)\nm(-) m(|)\nt(  f: g)\nm(-) t(h)"
        );
    }

    #[test]
    fn quotes_and_brackets_stay_open_over_lines() {
        assert_eq!(marked("a: \"b\n  c: d\"\ne: 1"), "k(a)m(:) t(\"b)\nt(  c: d\")\nk(e)m(:) l(1)");
        assert_eq!(marked("a: [\n  b,\n  2]\nc: d"), "k(a)m(:) m([)\n  t(b)m(,)\n  l(2)m(])\nk(c)m(:) t(d)");
    }

    #[test]
    fn lines_are_numbered_and_the_last_break_begins_none() {
        let html = to_html("a: <b>\nc: 'd'\n");
        assert_eq!(html.matches("<a rel=").count(), 2);
        assert!(html.contains("id=\"L2\""), "{html}");
        assert!(html.contains("&lt;b&gt;") && !html.contains("<b>"), "{html}");
    }

    /// Reads the text back out of the HTML, as a browser would.
    fn text_of(html: &str) -> String {
        let mut text = String::new();
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            text.push_str(&rest[..at]);
            let close = rest.find('>').expect("a closed tag");
            let tag = &rest[at..=close];
            rest = &rest[close + 1..];
            if tag.starts_with("<a ") {
                rest = &rest[rest.find("</a>").expect("the end of the number") + 4..];
            } else {
                assert!(tag.starts_with("<span ") || tag == "</span>", "{tag}");
            }
        }
        text.push_str(rest);
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#13;", "\r"), ("&amp;", "&")]
            .into_iter()
            .fold(text, |text, (entity, c)| text.replace(entity, c))
    }

    fn any_yaml() -> impl Strategy<Value = String> {
        let piece = proptest::sample::select(vec![
            "a", "key: ", "- ", "  ", "\n", "\r\n", "\"", "'", "\\", "[", "]", "{", "}", ",", ":", " # c", "|\n",
            ">-\n", "&x ", "!t ", "1.5", "true", "é", "\u{3000}", "\t", "<b>", "&amp;", "---",
        ]);
        prop_oneof![".*", proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat()), "(.|\n){0,60}",]
    }

    proptest! {
        #[test]
        fn no_letter_is_lost_and_no_line(text in any_yaml()) {
            let lines: Vec<String> =
                highlight(&text).map(|line| line.into_iter().map(|(_, part)| part).collect()).collect();
            prop_assert_eq!(lines.len(), text.split('\n').count());
            prop_assert_eq!(lines.join("\n"), text);
        }

        #[test]
        fn the_html_holds_the_text_and_nothing_else(text in any_yaml()) {
            let html = to_html(&text);
            let shown = text.strip_suffix('\n').unwrap_or(&text);
            prop_assert_eq!(html.matches("<a rel=").count(), shown.split('\n').count());
            prop_assert_eq!(text_of(&html), format!("{shown}\n"));
        }
    }
}
