//! YAML as a tree that remembers where every part of it stands in the text.
//!
//! Manifests come from anywhere, so everything that could grow without measure is bounded: depth, nodes, and what
//! aliases expand to.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Map, Value};

use super::refusal::Fault;

/// How deep lists and mappings may nest.
const MAX_DEPTH: usize = 64;
/// How many values and keys a document may have.
const MAX_NODES: usize = 200_000;
/// How many values it may have, and how many bytes of text, once its aliases are replaced by what they stand for.
const MAX_EXPANDED_NODES: usize = 400_000;
const MAX_EXPANDED_BYTES: usize = 16 << 20;

/// The place of a node in its [`Tree`].
pub(super) type NodeId = usize;

/// A parsed document.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) root: NodeId,
    /// Where the comments are, each with its `#`.
    pub(super) comments: Vec<Range<usize>>,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) content: Content,
    /// Its place in the text, in bytes; without anchor and tag.
    pub(super) span: Range<usize>,
    /// Its line, counted from 1 within the document.
    pub(super) line: usize,
}

#[derive(Debug)]
pub(super) enum Content {
    Scalar(Scalar),
    Sequence(Vec<NodeId>),
    Mapping(Vec<(NodeId, NodeId)>),
    Alias(NodeId),
}

#[derive(Debug)]
pub(super) struct Scalar {
    pub(super) value: String,
    pub(super) style: ScalarStyle,
    /// Whether a tag says that it is text, whatever it looks like.
    is_text: bool,
}

impl Scalar {
    /// Whether it says that there is no value.
    pub(super) fn is_null(&self) -> bool {
        self.style == ScalarStyle::Plain
            && !self.is_text
            && matches!(self.value.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// Whether it is `true` or `false`.
    pub(super) fn flag(&self) -> Option<bool> {
        if self.style != ScalarStyle::Plain || self.is_text {
            return None;
        }
        match self.value.as_str() {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }

    /// Whether its text runs over lines of its own, marked with `|` or `>`.
    pub(super) fn is_block(&self) -> bool {
        matches!(self.style, ScalarStyle::Literal | ScalarStyle::Folded)
    }

    /// Whether its lines stand in the text as they are, but for blanks before them.
    pub(super) fn is_literal(&self) -> bool {
        self.style == ScalarStyle::Literal
    }

    fn to_value(&self) -> Value {
        if self.is_null() {
            return Value::Null;
        }
        if let Some(flag) = self.flag() {
            return Value::Bool(flag);
        }
        if self.style == ScalarStyle::Plain && !self.is_text && self.value.len() < 40 {
            // Only numbers that print as they were written: `1.10` is a version, `0x1f` and `007` are texts.
            if let Ok(number) = serde_json::from_str::<serde_json::Number>(&self.value)
                && number.to_string() == self.value
            {
                return Value::Number(number);
            }
        }
        Value::String(self.value.clone())
    }
}

impl Tree {
    /// Parses one document. Where templates such as `${{name}}` make it invalid, it is parsed as if they were words.
    ///
    /// # Errors
    /// When it is not valid YAML, has a key twice, or is too large or too deep. `line` is the line the text begins at.
    pub(super) fn parse(text: &str, line: u64) -> Result<Self, Fault> {
        build(text, text, line).or_else(|fault| {
            if !text.contains("{{") {
                return Err(fault);
            }
            build(&without_templates(text), text, line).map_err(|_| fault)
        })
    }

    /// The node itself, or what it stands for.
    pub(super) fn resolve(&self, mut node: NodeId) -> NodeId {
        // An alias stands for a node that is no alias itself; the bound only makes that plain.
        for _ in 0..MAX_DEPTH {
            match self.nodes[node].content {
                Content::Alias(target) => node = target,
                _ => break,
            }
        }
        node
    }

    /// A scalar, also through an alias.
    pub(super) fn scalar(&self, node: NodeId) -> Option<&Scalar> {
        match &self.nodes[self.resolve(node)].content {
            Content::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The entries of a mapping, also through an alias; none for anything else.
    pub(super) fn entries(&self, node: NodeId) -> &[(NodeId, NodeId)] {
        match &self.nodes[self.resolve(node)].content {
            Content::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key of the outermost mapping.
    pub(super) fn field(&self, name: &str) -> Option<NodeId> {
        self.entries(self.root)
            .iter()
            .find(|(key, _)| self.scalar(*key).is_some_and(|key| key.value == name))
            .map(|(_, value)| *value)
    }

    /// The content as JSON, with some scalars replaced by other texts.
    ///
    /// # Errors
    /// When the aliases stand for too much; `line` is the line the text begins at.
    pub(super) fn to_value(&self, replaced: &HashMap<NodeId, String>, line: u64) -> Result<Value, Fault> {
        let mut expansion = Expansion { tree: self, replaced, nodes: 0, bytes: 0 };
        expansion.value(self.root, 0).ok_or_else(|| {
            Fault::new(line, "aliases that stand for too much", "a manifest that is written out, without such aliases")
        })
    }
}

struct Expansion<'tree> {
    tree: &'tree Tree,
    replaced: &'tree HashMap<NodeId, String>,
    nodes: usize,
    bytes: usize,
}

impl Expansion<'_> {
    fn value(&mut self, node: NodeId, depth: usize) -> Option<Value> {
        self.nodes += 1;
        if self.nodes > MAX_EXPANDED_NODES || self.bytes > MAX_EXPANDED_BYTES || depth > 2 * MAX_DEPTH {
            return None;
        }
        Some(match &self.tree.nodes[node].content {
            Content::Alias(target) => self.value(*target, depth + 1)?,
            Content::Scalar(scalar) => {
                self.bytes += scalar.value.len();
                match self.replaced.get(&node) {
                    Some(text) => Value::String(text.clone()),
                    None => scalar.to_value(),
                }
            }
            Content::Sequence(items) => {
                Value::Array(items.iter().map(|item| self.value(*item, depth + 1)).collect::<Option<_>>()?)
            }
            Content::Mapping(entries) => {
                let mut fields = Map::new();
                let mut inherited = Vec::new();
                for (key_node, value) in entries {
                    let key = self.tree.scalar(*key_node)?;
                    let name = self.replaced.get(&self.tree.resolve(*key_node)).unwrap_or(&key.value);
                    let value = self.value(*value, depth + 1)?;
                    if key.value == "<<" && key.style == ScalarStyle::Plain {
                        inherited.push(value);
                    } else {
                        self.bytes += name.len();
                        fields.insert(name.clone(), value);
                    }
                }
                for value in inherited {
                    let mappings = match value {
                        Value::Array(items) => items,
                        other => vec![other],
                    };
                    for mapping in mappings {
                        if let Value::Object(mapping) = mapping {
                            for (key, value) in mapping {
                                fields.entry(key).or_insert(value);
                            }
                        }
                    }
                }
                Value::Object(fields)
            }
        })
    }
}

/// A collection that has not ended, and the key whose value comes next.
struct Open {
    node: NodeId,
    key: Option<NodeId>,
    keys: HashSet<String>,
}

/// Parses `copy`, which is `original` with templates blanked out: every part stands at the same place in both.
fn build(copy: &str, original: &str, first_line: u64) -> Result<Tree, Fault> {
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_DEPTH / 2,
        block_nesting_limit: MAX_DEPTH / 2,
        max_buffered_comment_events: 100_000,
    };
    let mut tree = Tree { nodes: Vec::new(), root: 0, comments: Vec::new() };
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, NodeId> = HashMap::new();
    let mut documents = 0;
    let fault = |line: usize, found: &str, expected: &str| {
        Fault::new(first_line + line.saturating_sub(1) as u64, found, expected)
    };
    for event in Parser::new_from_str_with_options(copy, options) {
        let (event, span) = event.map_err(|error| {
            let line = error.marker().line();
            fault(line, &key_of_line(original, line), &format!("valid YAML: {}", error.info()))
        })?;
        let range = range_of(span, copy.len());
        let line = span.start.line();
        let (content, anchor) = match event {
            Event::Comment(..) => {
                tree.comments.push(range);
                continue;
            }
            Event::DocumentStart(..) => {
                documents += 1;
                if documents > 1 {
                    return Err(fault(
                        line,
                        "a second document",
                        "one document, or `---` in a line of its own between",
                    ));
                }
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(ended) = open.pop() {
                    let node = &mut tree.nodes[ended.node];
                    node.span.end = node.span.end.max(range.end);
                }
                continue;
            }
            Event::Scalar(value, style, anchor, tag) => {
                let (before, after) = (copy.get(range.clone()), original.get(range.clone()));
                // An empty scalar is told as `~`.
                let value = if range.is_empty() && style == ScalarStyle::Plain {
                    String::new()
                } else if before == after {
                    value.into_owned()
                } else {
                    unquoted(after.unwrap_or_default(), style).to_owned()
                };
                let is_text = tag.is_some_and(|tag| tag.core_suffix() == Some("str"));
                (Content::Scalar(Scalar { value, style, is_text }), anchor)
            }
            // The platform masks secrets with stars, and does not quote them.
            Event::UnresolvedAlias(name) if name.chars().all(|c| c == '*') => {
                let value = format!("*{name}");
                (Content::Scalar(Scalar { value, style: ScalarStyle::Plain, is_text: true }), 0)
            }
            Event::UnresolvedAlias(_) => {
                return Err(fault(
                    line,
                    "an alias without an anchor",
                    "an anchor of this name above, or quotes around",
                ));
            }
            Event::Alias(anchor) => {
                let Some(target) = anchors.get(&anchor) else { continue };
                (Content::Alias(*target), 0)
            }
            Event::SequenceStart(_, anchor, _) => (Content::Sequence(Vec::new()), anchor),
            Event::MappingStart(_, anchor, _) => (Content::Mapping(Vec::new()), anchor),
            _ => continue,
        };
        if tree.nodes.len() >= MAX_NODES {
            return Err(fault(line, &format!("more than {MAX_NODES} values"), "a smaller manifest"));
        }
        let node = tree.nodes.len();
        let is_collection = matches!(content, Content::Sequence(_) | Content::Mapping(_));
        tree.nodes.push(Node { content, span: range, line });
        if anchor != 0 {
            anchors.insert(anchor, node);
        }
        match open.last_mut() {
            None => tree.root = node,
            Some(parent) => {
                let parent_node = parent.node;
                if matches!(tree.nodes[parent_node].content, Content::Sequence(_)) {
                    if let Content::Sequence(items) = &mut tree.nodes[parent_node].content {
                        items.push(node);
                    }
                } else if let Some(key) = parent.key.take() {
                    if let Content::Mapping(entries) = &mut tree.nodes[parent_node].content {
                        entries.push((key, node));
                    }
                } else {
                    let Some(key) = tree.scalar(node) else {
                        return Err(fault(line, "a key that is a list or a mapping", "keys that are texts"));
                    };
                    if !parent.keys.insert(key.value.clone()) {
                        return Err(fault(line, &key.value, "each key once: it stands above already"));
                    }
                    parent.key = Some(node);
                }
            }
        }
        if is_collection {
            open.push(Open { node, key: None, keys: HashSet::new() });
        }
    }
    if tree.nodes.is_empty() {
        return Err(fault(1, "nothing", "a manifest"));
    }
    Ok(tree)
}

fn range_of(span: Span, length: usize) -> Range<usize> {
    let range = span.byte_range().unwrap_or(0..0);
    let end = range.end.min(length);
    range.start.min(end)..end
}

fn unquoted(text: &str, style: ScalarStyle) -> &str {
    let quote = match style {
        ScalarStyle::SingleQuoted => '\'',
        ScalarStyle::DoubleQuoted => '"',
        _ => return text,
    };
    text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote)).unwrap_or(text)
}

/// What of a line may be shown: its key, for a value may be a secret.
fn key_of_line(text: &str, line: usize) -> String {
    let text = text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim();
    match text.split_once(':') {
        Some((key, _)) if !key.contains(['"', '\'', '{', '[', ' ']) => format!("{key}:"),
        _ => "text that is no YAML".to_owned(),
    }
}

/// Puts words of the same length in the place of templates: `${{name}}`, `{{ .Values.x }}`. A template that has a line
/// of its own becomes a comment.
fn without_templates(text: &str) -> String {
    let mut copy = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((_, after)) = after.split_once("}}") else { break };
            let before = before.strip_suffix('$').unwrap_or(before);
            let length = rest.len() - before.len() - after.len();
            let is_alone = copy.ends_with('\n') || copy.is_empty();
            let is_alone = is_alone && before.trim_start().is_empty() && after.trim_start().is_empty();
            copy.push_str(before);
            copy.push(if is_alone { '#' } else { '_' });
            copy.extend(std::iter::repeat_n('_', length - 1));
            rest = after;
        }
        copy.push_str(rest);
    }
    copy
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(text: &str) -> Value {
        Tree::parse(text, 1).and_then(|tree| tree.to_value(&HashMap::new(), 1)).expect("valid YAML")
    }

    fn fault(text: &str) -> Fault {
        Tree::parse(text, 10).and_then(|tree| tree.to_value(&HashMap::new(), 10)).expect_err("a fault")
    }

    #[test]
    fn scalars_are_what_they_look_like_unless_that_loses_something() {
        assert_eq!(
            value("a: 1\nb: 1.10\nc: 'true'\nd: true\ne: ~\nf:\ng: 007\nh: !!str 5\ni: -2.5\nj: 2025-01-01\nk: .nan\n"),
            json!({"a": 1, "b": "1.10", "c": "true", "d": true, "e": null, "f": null, "g": "007", "h": "5",
                   "i": -2.5, "j": "2025-01-01", "k": ".nan"})
        );
    }

    #[test]
    fn anchors_aliases_and_merges_are_expanded() {
        assert_eq!(
            value("base: &b {x: 1, y: 2}\none: *b\ntwo: {<<: *b, y: 3}\n"),
            json!({"base": {"x": 1, "y": 2}, "one": {"x": 1, "y": 2}, "two": {"x": 1, "y": 3}})
        );
    }

    #[test]
    fn what_would_explode_is_refused() {
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = format!("*a{}, ", level - 1).repeat(10);
            laughs.push_str(&format!("a{level}: &a{level} [{}]\n", before.trim_end_matches(", ")));
        }
        assert!(fault(&laughs).found.contains("aliases"));
        assert!(fault("a: &a [*a]\n").found.contains("aliases"));
        fault(&"[".repeat(10_000));
        fault(&format!("a: {}", "- ".repeat(10_000)));
        fault(&(0..1_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>());
    }

    #[test]
    fn faults_name_the_line_but_no_value() {
        let found = fault("name: x\ndata:\n  password: 'hunter2\nb: 1\n");
        assert!(!format!("{found:?}").contains("hunter2"), "{found:?}");
        let twice = fault("a: 1\nb: 2\na: 3\n");
        assert_eq!((twice.line, twice.found.as_str()), (12, "a"));
    }

    #[test]
    fn templates_are_words() {
        assert_eq!(
            value("{{- if .x }}\nname: ${{name}}\nk: {{ .v }}\nq: \"a-{{ b }}\"\n{{ end }}\n"),
            json!({"name": "${{name}}", "k": "{{ .v }}", "q": "a-{{ b }}"})
        );
    }

    #[test]
    fn stars_without_quotes_are_a_text() {
        assert_eq!(value("a: ****\n"), json!({"a": "****"}));
        assert!(fault("a: *missing\n").found.contains("alias"));
    }
}
