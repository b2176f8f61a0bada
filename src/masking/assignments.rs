//! `password=SECRET`, `"apikey": "SECRET"`, and what stands in the lines below `password:`.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memchr3_iter;
use regex::Regex;

use super::credentials::is_scheme;
use super::key_names::{KeyKind, kind_of};
use super::randomness::looks_random;
use super::values::{hides_nothing, is_flag_or_nothing};

/// The longest name that is looked at, and what may stand between it and its sign, in bytes.
const MAX_NAME: usize = 128;
const MAX_BETWEEN: usize = 12;

/// The longest part of an id, in bytes.
const MAX_ID_PART: usize = 48;

/// How much of what may be a secret is looked at, in bytes.
const MAX_SUSPECT: usize = 512;

/// How deep quotes are escaped within quotes.
const MAX_ESCAPES: usize = 15;

/// How far the next pair is looked for after a sign that may end a value, in bytes.
const NEXT_PAIR: usize = 64;

/// A manifest of a secret within a text: what stands below `data` is then secret.
static EMBEDDED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i-u)\b(?:kind\\{0,3}["']?\s{0,4}:\s{0,4}\\{0,3}["']?Secret|type\\{0,3}["']?\s{0,4}:\s{0,4}\\{0,3}["']?(?:instance-)?secret)\b"#)
        .expect("valid")
});

/// Adds the places of values whose names say that they are secret.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let holds_manifest = EMBEDDED.is_match(text);
    let (mut done, mut line_end) = (0, 0);
    for at in memchr3_iter(b'=', b':', b'%', text.as_bytes()) {
        if at < done {
            continue;
        }
        let Some(sign_end) = sign_end(text, at) else { continue };
        let Some(name) = name_before(text, at, done) else { continue };
        let kind = match kind_of(&text[name.clone()]) {
            KeyKind::Plain if holds_manifest && is_data(&text[name.clone()]) => KeyKind::Secret,
            KeyKind::Plain => continue,
            kind => kind,
        };
        if line_end < sign_end {
            line_end = text[sign_end..].find('\n').map_or(text.len(), |end| sign_end + end);
        }
        // What only may be a secret is looked at no further than a token is long.
        let end = if kind == KeyKind::Suspect { boundary(text, sign_end + MAX_SUSPECT) } else { text.len() };
        let pair = Pair { text: &text[..end], name, sign_end, line_end: line_end.min(end) };
        let value = pair.value(kind);
        if value.is_empty() {
            continue;
        }
        let is_secret = match kind {
            KeyKind::Suspect => looks_random(text[value.clone()].trim_end_matches(['=', '"', '\''])),
            _ => !is_flag_or_nothing(&text[value.clone()]) && !is_part_of_id(text, &pair.name, &value),
        };
        if is_secret {
            // A mask, or whatever else hides nothing, ends there all the same.
            done = value.end;
            let hides = !hides_nothing(&text[value.clone()]);
            let comment = hides.then(|| comment_on(text, &value, sign_end..line_end)).flatten();
            found.push(value);
            if let Some(comment) = comment {
                done = done.max(comment.end);
                found.push(comment);
            }
        }
    }
}

/// The comment in the line of a secret, which may well tell the one before. `line` begins after the sign.
fn comment_on(text: &str, value: &Range<usize>, line: Range<usize>) -> Option<Range<usize>> {
    let from = if value.start > line.end {
        // The secret stands in the lines below.
        line.start + text[line.clone()].find('#')?
    } else {
        let rest = text.get(value.end..line.end)?;
        let marks =
            rest.len() - rest.trim_start_matches(['"', '\'', '`', '\\', ',', ';', ')', ']', '}']).len() + value.end;
        let blanks = blanks(&text[marks..line.end]);
        let comment = &text[marks + blanks..line.end];
        if blanks == 0 || !(comment.starts_with('#') || comment.starts_with("// ")) {
            return None;
        }
        marks + blanks
    };
    let comment = &text[from..line.end];
    let start = from + comment.len() - comment.trim_start_matches(['#', '/', ' ', '\t']).len();
    let bytes = text.as_bytes();
    // The quote of a text that all this stands in ends the comment too.
    let mut open = [false; 2];
    let mut end = line.end;
    for at in start..line.end {
        if !matches!(bytes[at], b'"' | b'\'') {
            continue;
        }
        let open = &mut open[usize::from(bytes[at] == b'\'')];
        if !*open && matches!(bytes.get(at + 1), None | Some(b'\n' | b'\r' | b',' | b'}' | b']')) {
            end = at;
            break;
        }
        *open = !*open;
    }
    let comment = text[start..end].trim_end_matches(['\\', ' ', '\t', '\r']);
    (!comment.is_empty()).then(|| start..start + comment.len())
}

/// Whether a pair is a part of what names a thing that is called after a secret: `service:v1:tokens:public`,
/// `dataos://tokens:default`, `registry/tokens:1.0`.
fn is_part_of_id(text: &str, name: &Range<usize>, value: &Range<usize>) -> bool {
    let value_text = &text[value.clone()];
    let is_name = value_text.len() <= MAX_ID_PART
        && value_text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'/'));
    if !is_name || value.start != name.end + 1 || text.as_bytes()[name.end] != b':' {
        return false;
    }
    let before = &text[..name.start];
    if before.ends_with('/') {
        return true;
    }
    let Some(version) = before.strip_suffix(':').and_then(|before| before.rsplit(':').next()) else { return false };
    version.len() <= 8 && version.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn is_data(name: &str) -> bool {
    ["data", "stringdata", "files"].iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// The end of a sign of assignment: `=`, `:`, `:=`, `=>`, and what stands for them in URLs.
fn sign_end(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes[at] == b'%' {
        let code = text.get(at + 1..at + 3)?;
        return (code.eq_ignore_ascii_case("3d") || code.eq_ignore_ascii_case("3a")).then_some(at + 3);
    }
    if bytes[at] == b':' && text[at..].starts_with("://") {
        return None;
    }
    let signs = bytes[at..].iter().take(3).take_while(|byte| matches!(byte, b'=' | b':' | b'>' | b'~')).count();
    Some(at + signs.max(1))
}

/// The name before a sign; between them there may be quotes, with an escape before, brackets and blanks.
fn name_before(text: &str, at: usize, done: usize) -> Option<Range<usize>> {
    let bytes = &text.as_bytes()[..at];
    let between = bytes
        .iter()
        .rev()
        .take(MAX_BETWEEN)
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'\\' | b']' | b')' | b'?' | b'`'))
        .count();
    let end = at - between;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || *byte >= 0x80;
    let length = bytes[..end].iter().rev().take(MAX_NAME).take_while(|byte| is_name(byte)).count();
    let mut start = (end - length).max(done.min(end));
    while !text.is_char_boundary(start) {
        start += 1;
    }
    // The escaped end of a line is no part of the name.
    if start > 0 && start < end && bytes[start - 1] == b'\\' && matches!(bytes[start], b'n' | b'r' | b't') {
        start += 1;
    }
    (start < end).then_some(start..end)
}

/// A name and its sign.
struct Pair<'text> {
    text: &'text str,
    name: Range<usize>,
    sign_end: usize,
    line_end: usize,
}

impl Pair<'_> {
    /// Where its value stands; blank when there is none.
    fn value(&self, kind: KeyKind) -> Range<usize> {
        let text = self.text;
        let mut start = self.sign_end;
        start += blanks(&text[start..]);
        if let Some(rest) = text[start..].strip_prefix(['!', '&'])
            && let Some(word) = rest.find([' ', '\n'])
            && word <= MAX_NAME
            && text[start..].starts_with(['!', '&'])
            && text[self.sign_end..].starts_with(' ')
            && rest[word..].starts_with(' ')
        {
            // The tag or the anchor of YAML.
            start += 1 + word + blanks(&rest[word..]);
        }
        let line_end = self.line_end;
        if opens_lines(&text[start.min(line_end)..line_end]) {
            return if matches!(kind, KeyKind::Secret | KeyKind::SecretScalar) {
                self.lines_below(line_end)
            } else {
                start..start
            };
        }
        if text[start..].starts_with("\\n") && kind != KeyKind::Suspect {
            // Lines within a text of JSON: what is below the name is not looked at closely.
            return start..text[start..].find('"').map_or(text.len(), |end| start + end);
        }
        start = self.past_prefix(start);
        let escapes = text.as_bytes()[start..].iter().take(MAX_ESCAPES).take_while(|byte| **byte == b'\\').count();
        match text.as_bytes().get(start + escapes) {
            Some(quote @ (b'"' | b'\'' | b'`')) => {
                let inner = start + escapes + 1;
                let end = closing_quote(text, inner, *quote, escapes).unwrap_or(line_end.max(inner));
                past_scheme(text, inner)..end
            }
            Some(b'{' | b'[') if escapes == 0 && !text[start..].starts_with("{{") => {
                if kind == KeyKind::Secret {
                    start..closing_bracket(text, start)
                } else {
                    start..start
                }
            }
            Some(_) if text[start..].starts_with("{{") || text[start..].starts_with("${{") => {
                let end = text[start..line_end].find("}}").map_or(line_end, |end| start + end + 2);
                start..end
            }
            _ => {
                let start = past_scheme(text, start);
                let end = self.unquoted_end(start, line_end);
                start..end
            }
        }
    }

    /// Past what some languages write before a quote: `b'...'`, `$"..."`.
    fn past_prefix(&self, start: usize) -> usize {
        let bytes = &self.text.as_bytes()[start..];
        let letters = bytes
            .iter()
            .take(2)
            .take_while(|byte| matches!(byte, b'b' | b'B' | b'r' | b'R' | b'u' | b'f' | b'@' | b'$'))
            .count();
        if letters > 0 && matches!(bytes.get(letters), Some(b'"' | b'\'')) { start + letters } else { start }
    }

    /// The end of a value without quotes. Where the name is the first of its line, the value may have blanks.
    fn unquoted_end(&self, start: usize, line_end: usize) -> usize {
        let mut end = word_end(self.text, start, line_end);
        if end == start || !self.begins_line() {
            return end;
        }
        loop {
            let next = end + blanks(&self.text[end..line_end]);
            if next == end || next >= line_end {
                break;
            }
            let word = self.text[next..line_end].split(char::is_whitespace).next().unwrap_or_default();
            let is_other = word.starts_with(['#', '-', '&', '|', '>', '<', '"', '\'', '`'])
                || word.starts_with("//")
                || begins_pair(&self.text[next..line_end])
                || matches!(word, ";" | "\\");
            if is_other {
                break;
            }
            let word_end = word_end(self.text, next, line_end);
            if word_end == next {
                break;
            }
            end = word_end;
        }
        // `\` at the end of a line joins the next to it.
        let mut whole = end;
        while self.text[whole..].trim_start_matches(' ').starts_with("\\\n")
            || self.text[..whole].ends_with('\\') && self.text[whole..].starts_with('\n')
        {
            let Some(next) = self.text[whole..].find('\n').map(|at| whole + at + 1) else { break };
            whole = self.text[next..].find('\n').map_or(self.text.len(), |at| next + at);
        }
        whole
    }

    /// Whether nothing but marks stands before the name in its line.
    fn begins_line(&self) -> bool {
        let mut left = MAX_NAME;
        for byte in self.text.as_bytes()[..self.name.start].iter().rev() {
            left -= 1;
            match byte {
                b'\n' => return true,
                b' ' | b'\t' | b'-' | b'"' | b'\'' | b'#' | b'/' | b'*' | b'>' | b'$' if left > 0 => {}
                // `export NAME=...`
                b't' if self.text[..self.name.start].trim_end().ends_with("export") => {
                    let before =
                        self.text[..self.name.start].trim_end().trim_end_matches("export").trim_end_matches(' ');
                    return before.is_empty() || before.ends_with('\n');
                }
                _ => return false,
            }
        }
        true
    }

    /// The lines below that are deeper than the name: a block of text, or a mapping or list.
    fn lines_below(&self, line_end: usize) -> Range<usize> {
        let text = self.text;
        let nearest = self.name.start.saturating_sub(MAX_NAME + 1);
        let near = &text.as_bytes()[nearest..self.name.start];
        let line_start = memchr::memrchr(b'\n', near).map_or(nearest, |at| nearest + at + 1);
        // Too long a line may begin within a character.
        let lead = text.get(line_start..self.name.start).unwrap_or(text);
        if lead.len() > MAX_NAME || lead.bytes().any(|byte| !matches!(byte, b' ' | b'\t' | b'-' | b'"' | b'\'' | b'#'))
        {
            return line_end..line_end;
        }
        let column = lead.trim_end_matches(['"', '\'']).len();
        let is_item = lead.contains('-');
        let mut at = line_end + 1;
        let (mut start, mut end) = (None, line_end);
        while at < text.len() {
            let next = text[at..].find('\n').map_or(text.len(), |end| at + end);
            let line = &text[at..next];
            let indentation = line.len() - line.trim_start().len();
            let belongs =
                indentation > column || (!is_item && indentation == column && line[indentation..].starts_with("- "));
            if !line.trim().is_empty() {
                if !belongs {
                    break;
                }
                start.get_or_insert(at + indentation);
                end = next;
            }
            at = next + 1;
        }
        start.map_or(line_end..line_end, |start| start..end)
    }
}

fn blanks(text: &str) -> usize {
    text.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Whether the value of a key stands in the lines below it: nothing but marks, or a comment, follows in its own.
fn opens_lines(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    let marks = match bytes.first() {
        Some(b'|' | b'>') => {
            1 + bytes[1..].iter().take(2).take_while(|byte| matches!(byte, b'+' | b'-' | b'1'..=b'9')).count()
        }
        _ => 0,
    };
    let blanks = bytes[marks..].iter().take(MAX_NAME).take_while(|byte| byte.is_ascii_whitespace()).count();
    matches!(bytes.get(marks + blanks), None | Some(b'#')) && (marks > 0 || blanks > 0 || bytes.is_empty())
}

/// A place in a text, moved forward to the start of a character.
fn boundary(text: &str, mut at: usize) -> usize {
    while at < text.len() && !text.is_char_boundary(at) {
        at += 1;
    }
    at.min(text.len())
}

/// Past the name of a scheme: what follows is the secret.
fn past_scheme(text: &str, start: usize) -> usize {
    let word = text[start..].bytes().take(12).take_while(u8::is_ascii_alphabetic).count();
    let after = start + word;
    if text[after..].starts_with(' ') && is_scheme(&text[start..after]) {
        after + blanks(&text[after..])
    } else {
        start
    }
}

/// The quote that ends a text: one that is escaped no more than the first.
pub(super) fn closing_quote(text: &str, from: usize, quote: u8, escapes: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(quote, &bytes[from..]).map(|at| from + at).find_map(|at| {
        let before = bytes[from..at].iter().rev().take(MAX_ESCAPES + 1).take_while(|byte| **byte == b'\\').count();
        // At the outermost level pairs of backslashes are backslashes.
        let closes = if escapes == 0 { before % 2 == 0 } else { before <= escapes };
        closes.then(|| at - if escapes == 0 { 0 } else { before })
    })
}

/// The end of a list or mapping in brackets; that of the text when there is none.
fn closing_bracket(text: &str, start: usize) -> usize {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (at, byte) in text.bytes().enumerate().skip(start) {
        match (quote, byte) {
            _ if escaped => escaped = false,
            (_, b'\\') => escaped = true,
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"') => quote = Some(byte),
            (None, b'{' | b'[') => depth += 1,
            (None, b'}' | b']') => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// The end of a word that is a value: signs that part pairs end it only where another pair follows.
fn word_end(text: &str, start: usize, line_end: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = line_end;
    for at in start..line_end {
        let rest = &bytes[at + 1..line_end];
        let ends = match bytes[at] {
            b' ' | b'\t' | b'\r' => true,
            b'"' | b'\'' | b'`' => !rest.first().is_some_and(u8::is_ascii_alphanumeric),
            b'<' => rest.first().is_some_and(|next| next.is_ascii_alphabetic() || *next == b'/'),
            b'>' => rest.is_empty(),
            b'&' | b';' | b',' | b'|' | b'?' => rest.is_empty() || begins_pair(&text[at + 1..line_end]),
            b'\\' => {
                matches!(rest.first(), Some(b'"' | b'\'' | b'\\'))
                    || (rest.first() == Some(&b'n') && begins_pair(&text[at + 2..line_end]))
            }
            b'%' => text[at..line_end].starts_with("%26"),
            _ => false,
        };
        if ends {
            end = at;
            break;
        }
    }
    let word = text[start..end].trim_end_matches([',', ';', ')', ']', '}']);
    // Blanks of other kinds end a word as well.
    start + word.find(char::is_whitespace).unwrap_or(word.len())
}

/// Whether a text begins with `name=` or `name:`.
fn begins_pair(text: &str) -> bool {
    let bytes = text.as_bytes();
    let lead = bytes.iter().take(4).take_while(|byte| matches!(byte, b' ' | b'"' | b'\'' | b'\\')).count();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let name = bytes[lead..].iter().take(NEXT_PAIR).take_while(|byte| is_name(byte)).count();
    let after = &bytes[lead + name..];
    let quotes = after.iter().take(4).take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\')).count();
    let sign = after.get(quotes).copied();
    let next = after.get(quotes + 1).copied();
    // Padding of base64 is no sign.
    name > 0 && (sign == Some(b':') || (sign == Some(b'=') && !matches!(next, None | Some(b'=' | b' ' | b';' | b','))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        find(text, &mut found);
        found.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_value_ends_where_the_next_pair_begins() {
        for (text, expected) in [
            ("password=ab,cd;ef", "ab,cd;ef"),
            ("password=ab;server=x", "ab"),
            ("host=db password=ab dbname=x", "ab"),
            ("a password: ab cd", "ab"),
            ("{password=ab}", "ab"),
            (r#"{"password":"a\"b c","x":1}"#, r#"a\"b c"#),
            (r#"{\"password\":\"a\\\"b\",\"x\":1}"#, r#"a\\\"b"#),
            ("config['password'] = 'a b'", "a b"),
            ("secret := b'a b'", "a b"),
            ("password%3Dab%26x", "ab"),
            ("{\"tokens\": [\"a\", \"b\"], \"x\": 1}", "[\"a\", \"b\"]"),
            ("export DB_PASS=ab cd", "ab cd"),
            ("Authorization: Token ab12", "ab12"),
            ("password=ab\\\n  cd\nx=1", "ab\\\n  cd"),
            ("key=a1b2c3d4e5f6a7b8", "a1b2c3d4e5f6a7b8"),
        ] {
            assert_eq!(secrets(text), [expected], "{text}");
        }
        for text in
            ["passwordRequired: true", "password:", "password: true", "keys: [a, b]", "key: order_id", "tokens per day"]
        {
            assert_eq!(secrets(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_comment_after_a_secret_is_secret_too() {
        assert_eq!(secrets("password: ab cd # note"), ["ab cd", "note"]);
        assert_eq!(secrets("token: ab #"), ["ab"]);
        assert_eq!(secrets("token: ab#cd"), ["ab#cd"]);
        assert_eq!(secrets("token: ab\n# note"), ["ab"]);
    }

    #[test]
    fn lines_below_a_name_are_its_value() {
        assert_eq!(secrets("a:\n  token: |\n    x\n\n    y\n  b: c"), ["x\n\n    y"]);
        assert_eq!(secrets("tokens:\n- x\n- y\nb: c"), ["- x\n- y"]);
        assert_eq!(secrets("kind: Secret\ndata:\n  a: b\nc: d"), ["a: b"]);
        assert_eq!(secrets("kind: ConfigMap\ndata:\n  a: b\nc: d"), [""; 0]);
    }
}
