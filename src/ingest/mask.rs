//! Masks the secrets of a manifest, in its text and in its content, before anything leaves the reader.
//!
//! Keys, indentation, comments and lines stay as they are. What was masked once is looked for everywhere else too.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::secret_words::{
    MASK, hides_nothing, is_secret_key, is_secret_scalar_key, mask_webhook, mask_within, normalised,
};
use super::yaml::{Content, NodeId, Tree};

/// The shortest secret that is looked for elsewhere, in bytes: shorter ones occur everywhere.
const MIN_SOUGHT: usize = 4;
/// From this length on a secret is also found in the middle of a word.
const MIN_WITHIN_WORD: usize = 16;
/// How much of a secret is looked for, in bytes, and how many.
const MAX_SOUGHT_BYTES: usize = 64;
const MAX_SOUGHT: usize = 10_000;

/// What to put where, so that no secret is left.
#[derive(Debug, Default)]
pub(super) struct Masked {
    /// The new texts of scalars.
    pub(super) values: HashMap<NodeId, String>,
    /// The scalars that are hidden as a whole.
    hidden: HashSet<NodeId>,
    /// The new texts of places in the text, in order, without overlaps.
    pub(super) edits: Vec<(Range<usize>, String)>,
}

/// Finds the secrets of a document.
pub(super) fn mask(tree: &Tree, text: &str, resource_type: &str) -> Masked {
    let mut masker = Masker { tree, text, masked: Masked::default(), secret_lines: Vec::new() };
    let is_secret = matches!(resource_type, "secret" | "instance-secret");
    masker.walk(tree.root, &Context { is_secret, in_body: false, parent: String::new(), is_root: true });
    masker.sweep(resource_type);
    masker.comments(is_secret);
    masker.finish()
}

/// Where a value stands.
#[derive(Clone)]
struct Context {
    /// Whether the whole document is a secret.
    is_secret: bool,
    /// Whether it is in the body of such a document.
    in_body: bool,
    /// The key above, normalised.
    parent: String,
    is_root: bool,
}

struct Masker<'tree> {
    tree: &'tree Tree,
    text: &'tree str,
    masked: Masked,
    /// What was hidden: whole, or line by line.
    secret_lines: Vec<String>,
}

impl Masker<'_> {
    fn walk(&mut self, node: NodeId, context: &Context) {
        match &self.tree.nodes[node].content {
            // What an alias stands for is walked where it is defined.
            Content::Alias(_) => {}
            Content::Scalar(scalar) => {
                if let Some(masked) = mask_within(&scalar.value) {
                    self.replace_part(node, masked, mask_within);
                }
            }
            Content::Sequence(items) => {
                for item in items {
                    self.walk(*item, context);
                }
            }
            Content::Mapping(entries) => {
                let key_of = |key: NodeId| self.tree.scalar(key).map(|key| key.value.as_str()).unwrap_or_default();
                let has = |name: &str| entries.iter().any(|(key, _)| key_of(*key).eq_ignore_ascii_case(name));
                let holds_secrets = has("acl")
                    || (context.is_secret && !context.is_root)
                    || matches!(context.parent.as_str(), "secret" | "instancesecret" | "connectionsecret");
                // `- name: DB_PASSWORD` with `value: ...` beside it.
                let names_secret = entries.iter().any(|(key, value)| {
                    matches!(key_of(*key).to_ascii_lowercase().as_str(), "name" | "key")
                        && self.tree.scalar(*value).is_some_and(|name| is_secret_scalar_key(&name.value))
                });
                for (key, value) in entries {
                    let key = key_of(*key);
                    let word = normalised(key);
                    let scalar = self.tree.scalar(*value);
                    let is_flag = scalar.is_some_and(|scalar| scalar.flag().is_some());
                    let is_data = matches!(word.as_str(), "data" | "files" | "stringdata");
                    let is_plain_body_field =
                        matches!(word.as_str(), "type" | "acl" | "name" | "title" | "description" | "allkeys");
                    let in_body = context.in_body
                        || (context.is_root && matches!(word.as_str(), "secret" | "instancesecret" | "spec"));
                    if (holds_secrets && is_data)
                        || (!is_flag && is_secret_key(key))
                        || (scalar.is_some() && !is_flag && is_secret_scalar_key(key))
                        || (names_secret && matches!(word.as_str(), "value" | "default"))
                        || (context.is_secret && in_body && scalar.is_some() && !is_plain_body_field)
                    {
                        self.hide(*value);
                    } else if context.parent == "webhook" && word == "url" {
                        if let Some(masked) = scalar.and_then(|url| mask_webhook(&url.value)) {
                            self.replace_part(self.tree.resolve(*value), masked, mask_webhook);
                        }
                    } else {
                        let inner = Context { is_secret: context.is_secret, in_body, parent: word, is_root: false };
                        self.walk(*value, &inner);
                    }
                }
            }
        }
    }

    /// Hides every scalar below a node, and what aliases there stand for.
    fn hide(&mut self, node: NodeId) {
        let mut seen = HashSet::new();
        let mut left = vec![node];
        while let Some(node) = left.pop() {
            if !seen.insert(node) {
                continue;
            }
            match &self.tree.nodes[node].content {
                Content::Alias(target) => left.push(*target),
                Content::Sequence(items) => left.extend(items),
                Content::Mapping(entries) => left.extend(entries.iter().map(|(_, value)| *value)),
                Content::Scalar(scalar) => {
                    if !scalar.is_null() && !self.masked.hidden.contains(&node) {
                        if !hides_nothing(&scalar.value) {
                            self.remember(&scalar.value);
                            // Folding joins lines; elsewhere they may stand as they were written.
                            let raw = &self.text[self.span(node)];
                            if raw.contains('\n') {
                                self.remember(&raw.replace(['"', '\''], ""));
                            }
                        }
                        // Stars without quotes would be an alias to whoever reads the text next.
                        if !hides_nothing(&scalar.value) || self.text[self.span(node)].starts_with('*') {
                            self.masked.hidden.insert(node);
                            self.masked.values.insert(node, MASK.to_owned());
                        }
                    }
                }
            }
        }
    }

    fn remember(&mut self, secret: &str) {
        let secret = secret.trim();
        if secret.contains('\n') {
            // Of a text of many lines each line is a secret, but for brackets and the like.
            self.secret_lines.extend(secret.lines().map(str::trim).filter(|line| line.len() >= 8).map(str::to_owned));
        } else if secret.len() >= MIN_SOUGHT && !matches!(secret, "true" | "false" | "null" | "none") {
            self.secret_lines.push(secret.to_owned());
        }
    }

    /// Puts a text in the place of a scalar of which only a part is secret.
    fn replace_part(&mut self, node: NodeId, masked: String, again: fn(&str) -> Option<String>) {
        let Content::Scalar(scalar) = &self.tree.nodes[node].content else { return };
        if self.masked.hidden.contains(&node) {
            return;
        }
        let raw = &self.text[self.span(node)];
        // Only where text and value are the same but for quotes can a part be replaced in both.
        let same = raw.trim_matches(['"', '\'']) == scalar.value || scalar.is_block();
        if let (true, Some(raw)) = (same, again(raw)) {
            self.masked.values.insert(node, masked);
            let span = self.span(node);
            self.masked.edits.retain(|(range, _)| *range != span);
            self.masked.edits.push((span, raw));
        } else {
            self.masked.hidden.insert(node);
            self.masked.values.insert(node, MASK.to_owned());
        }
    }

    fn span(&self, node: NodeId) -> Range<usize> {
        self.tree.nodes[node].span.clone()
    }

    /// Hides the scalars and comments that repeat a secret.
    fn sweep(&mut self, resource_type: &str) {
        let kept = self.identity(resource_type);
        let others: Vec<NodeId> = (0..self.tree.nodes.len())
            .filter(|node| !kept.contains(node) && !self.masked.hidden.contains(node))
            .collect();
        let Some(search) = self.search() else { return };
        let keys: HashSet<NodeId> = self
            .tree
            .nodes
            .iter()
            .filter_map(|node| match &node.content {
                Content::Mapping(entries) => Some(entries.iter().map(|(key, _)| *key)),
                _ => None,
            })
            .flatten()
            .collect();
        for node in others {
            if let Content::Scalar(scalar) = &self.tree.nodes[node].content
                && !keys.contains(&node)
                && search.finds(self.masked.values.get(&node).unwrap_or(&scalar.value))
            {
                self.masked.hidden.insert(node);
                self.masked.values.insert(node, MASK.to_owned());
            }
        }
    }

    /// What says which Resource it is, and of which kind: never a secret, though a secret may be the same word.
    fn identity(&self, resource_type: &str) -> HashSet<NodeId> {
        let mut kept = HashSet::new();
        for (key, value) in self.tree.entries(self.tree.root) {
            let key = self.tree.scalar(*key).map(|key| key.value.as_str()).unwrap_or_default();
            if matches!(key, "name" | "version" | "type" | "workspace" | "layer" | "owner" | "created" | "uid") {
                kept.insert(*value);
            } else if key == "tags" {
                if let Content::Sequence(tags) = &self.tree.nodes[*value].content {
                    kept.extend(tags);
                }
            } else if key == resource_type || key == "spec" {
                let plain = self.tree.entries(*value).iter().filter(|(key, _)| {
                    self.tree.scalar(*key).is_some_and(|key| matches!(key.value.as_str(), "type" | "acl" | "compute"))
                });
                kept.extend(plain.map(|(_, value)| *value));
            }
        }
        kept
    }

    fn search(&self) -> Option<Search> {
        let mut sought: Vec<&str> = self.secret_lines.iter().map(|line| shortened(line)).collect();
        sought.sort_unstable();
        sought.dedup();
        if sought.is_empty() {
            return None;
        }
        let automaton = (sought.len() <= MAX_SOUGHT).then(|| AhoCorasick::new(&sought).ok()).flatten();
        Some(Search { automaton })
    }

    fn comments(&mut self, is_secret: bool) {
        let search = self.search();
        let body = self
            .tree
            .entries(self.tree.root)
            .iter()
            .filter(|_| is_secret)
            .find(|(key, _)| {
                let key = self.tree.scalar(*key).map(|key| normalised(&key.value)).unwrap_or_default();
                matches!(key.as_str(), "secret" | "instancesecret" | "spec")
            })
            .map(|(key, _)| self.tree.nodes[*key].span.start);
        for range in &self.tree.comments {
            let comment = &self.text[range.clone()];
            // A line of data that was commented out is still a secret.
            let is_data = body.is_some_and(|body| range.start > body) && comment.contains([':', '=']);
            let new = if is_data || search.as_ref().is_some_and(|search| search.finds(comment)) {
                Some(format!("# {MASK}"))
            } else {
                mask_within(comment)
            };
            if let Some(new) = new {
                self.masked.edits.push((range.clone(), new));
            }
        }
    }

    fn finish(mut self) -> Masked {
        let hidden: Vec<NodeId> = self.masked.hidden.iter().copied().collect();
        for node in hidden {
            let span = self.span(node);
            self.masked.edits.retain(|(range, _)| *range != span);
        }
        for node in &self.masked.hidden {
            let Content::Scalar(scalar) = &self.tree.nodes[*node].content else { continue };
            let span = self.span(*node);
            let new = if scalar.is_block() { block(self.text, &span) } else { inline(&self.text[span.clone()]) };
            self.masked.edits.push((span, new));
        }
        self.masked.edits.sort_by_key(|(range, _)| (range.start, range.end));
        self.masked.edits.dedup_by(|later, earlier| later.0.start < earlier.0.end);
        self.masked
    }
}

/// Finds what was masked in other texts.
struct Search {
    /// `None` when there are too many secrets to look for: then everything counts as found.
    automaton: Option<AhoCorasick>,
}

impl Search {
    fn finds(&self, text: &str) -> bool {
        let Some(automaton) = &self.automaton else { return true };
        automaton.find_overlapping_iter(text).any(|found| {
            let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            found.end() - found.start() >= MIN_WITHIN_WORD
                || !(joins(text[..found.start()].chars().next_back()) || joins(text[found.end()..].chars().next()))
        })
    }
}

fn shortened(secret: &str) -> &str {
    let mut end = secret.len().min(MAX_SOUGHT_BYTES);
    while !secret.is_char_boundary(end) {
        end -= 1;
    }
    &secret[..end]
}

/// A masked scalar with as many lines as it had: within double quotes a backslash joins lines.
fn inline(raw: &str) -> String {
    let mut masked = format!("\"{MASK}");
    if let Some(last) = raw.lines().skip(1).last() {
        let indentation = &last[..last.len() - last.trim_start().len()];
        for _ in raw.lines().skip(1) {
            masked.push_str("\\\n");
            masked.push_str(indentation);
        }
    }
    masked.push('"');
    masked
}

/// A masked block of text with as many lines as it had.
fn block(text: &str, span: &Range<usize>) -> String {
    let line_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let lead = &text[line_start..span.start];
    let raw = &text[span.clone()];
    let region = &text[line_start..span.end];
    let indentation = region
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or_default();
    let mut masked = String::with_capacity(raw.len());
    for (number, line) in raw.split_inclusive('\n').enumerate() {
        if line.trim().is_empty() {
            masked.push_str(line);
            continue;
        }
        let indented = if number == 0 { lead.len() } else { 0 };
        masked.push_str(&" ".repeat(indentation.saturating_sub(indented)));
        masked.push_str(MASK);
        if line.ends_with('\n') {
            masked.push('\n');
        }
    }
    masked
}
