//! Masks the secrets of a manifest, in its text and in its content, before anything leaves the reader.
//!
//! What is secret is decided by [`crate::masking`]; here is decided where a value stands: below which key, in the body of
//! a secret, among the arguments of a command. Keys, indentation, comments and lines stay as they are. What was masked once
//! is looked for everywhere else too.

mod comments;
mod rendering;
mod repeated;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::yaml::{Content, NodeId, Scalar, Tree};
use crate::masking::{
    KeyKind, MASK, hides_nothing, kind_of, looks_random, mask_text, mask_webhook, normalised, secret_arguments,
    secrets_in,
};
use rendering::{block, inline};
use repeated::Repeated;

/// What so many words of arguments are looked at together; nobody writes longer commands.
const MAX_ARGUMENTS: usize = 10_000;

/// The fields of every manifest: in that of a secret, all others are its body.
const COMMON_FIELDS: &[&str] = &[
    "name",
    "version",
    "type",
    "tags",
    "description",
    "owner",
    "layer",
    "workspace",
    "created",
    "uid",
    "generation",
    "stamp",
    "status",
    "entity",
    "kind",
    "apiversion",
    "metadata",
];

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
    let mut masker = Masker { tree, text, masked: Masked::default(), repeated: Repeated::default() };
    let is_secret = matches!(resource_type, "secret" | "instance-secret");
    masker.walk(tree.root, &Context { is_secret, is_root: true, ..Context::default() });
    masker.sweep(resource_type);
    masker.comments(is_secret);
    masker.finish()
}

/// Where a value stands.
#[derive(Clone, Default)]
struct Context<'tree> {
    /// Whether the whole manifest is a secret.
    is_secret: bool,
    /// Whether it is in the body of such a manifest.
    in_body: bool,
    /// The key above, normalised.
    parent: String,
    /// Whether it is the outermost value of a manifest.
    is_root: bool,
    /// The command that these are the arguments of.
    command: Vec<&'tree str>,
}

struct Masker<'tree> {
    tree: &'tree Tree,
    text: &'tree str,
    masked: Masked,
    repeated: Repeated,
}

impl<'tree> Masker<'tree> {
    fn walk(&mut self, node: NodeId, context: &Context<'tree>) {
        let tree = self.tree;
        match &tree.nodes[node].content {
            // What an alias stands for is walked where it is defined.
            Content::Alias(_) => {}
            Content::Scalar(scalar) => {
                if context.is_secret && context.in_body && !matches!(context.parent.as_str(), "keys" | "tags") {
                    self.hide(node);
                } else if let Some(masked) = mask_text(&scalar.value) {
                    self.repeated.parts(&secrets_in(&scalar.value));
                    self.replace_part(node, masked, mask_text);
                }
            }
            Content::Sequence(items) => {
                self.arguments(items, &context.command);
                for item in items {
                    self.walk(*item, context);
                }
            }
            Content::Mapping(entries) => self.mapping(entries, context),
        }
    }

    fn mapping(&mut self, entries: &'tree [(NodeId, NodeId)], context: &Context<'tree>) {
        let tree = self.tree;
        let kind = Mapping { tree, entries };
        // A manifest of a secret within another manifest.
        let is_manifest = context.is_root || kind.is_secret_manifest();
        let is_secret = context.is_secret || kind.is_secret_manifest();
        let holds_secrets = is_secret
            || kind.is_kubernetes_secret()
            || kind.value_of("acl").is_some()
            || matches!(context.parent.as_str(), "secret" | "instancesecret" | "connectionsecret");
        let names_secret = kind.names_secret();
        let command = kind.command();
        for (key_node, value) in entries {
            let Some(key) = tree.scalar(*key_node).map(|key| key.value.as_str()) else { continue };
            if mask_text(key).is_some() {
                self.hide(*key_node);
            }
            let word = normalised(key);
            let scalar = tree.scalar(*value);
            let in_body = is_secret
                && !(context.in_body && is_plain_body_field(&word))
                && (context.in_body || (is_manifest && !COMMON_FIELDS.contains(&word.as_str())));
            if (holds_secrets && matches!(word.as_str(), "data" | "files" | "stringdata" | "binarydata"))
                || (names_secret
                    && matches!(word.as_str(), "value" | "val" | "v" | "default" | "defaultvalue" | "content"))
                || (in_body && scalar.is_some())
                || self.is_secret(key, *value, scalar)
            {
                self.hide(*value);
            } else if is_webhook(&context.parent) && matches!(word.as_str(), "url" | "uri" | "endpoint") {
                if let Some(masked) = scalar.and_then(|url| mask_webhook(&url.value)) {
                    self.replace_part(tree.resolve(*value), masked, mask_webhook);
                }
            } else {
                let takes_command = matches!(word.as_str(), "args" | "arguments" | "cmd");
                let command = if takes_command { command.clone() } else { Vec::new() };
                self.walk(*value, &Context { is_secret, in_body, parent: word, is_root: false, command });
            }
        }
    }

    /// Whether a value is secret because of the name of its key.
    fn is_secret(&self, key: &str, value: NodeId, scalar: Option<&Scalar>) -> bool {
        let Some(scalar) = scalar else {
            // Where it comes from is no secret.
            let is_reference = Mapping { tree: self.tree, entries: self.tree.entries(value) }.is_reference();
            return kind_of(key) == KeyKind::Secret && !is_reference;
        };
        match kind_of(key) {
            KeyKind::Secret | KeyKind::SecretScalar => scalar.flag().is_none(),
            KeyKind::Suspect => looks_random(&scalar.value),
            KeyKind::Plain => false,
        }
    }

    /// Hides the secrets among the arguments of a command that is given as a list.
    fn arguments(&mut self, items: &[NodeId], command: &[&str]) {
        if items.len() > MAX_ARGUMENTS {
            return;
        }
        let mut words = command.to_vec();
        words.extend(items.iter().map(|item| self.tree.scalar(*item).map_or("", |word| word.value.as_str())));
        if !words.iter().any(|word| word.starts_with('-') || word.contains('/') || *word == "login") {
            return;
        }
        for (word, range) in secret_arguments(&words) {
            let Some(item) = word.checked_sub(command.len()).map(|place| items[place]) else { continue };
            if !hides_nothing(&words[word][range.clone()]) {
                self.repeated.parts(&[&words[word][range]]);
                self.hide(item);
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
                            self.repeated.whole(&scalar.value);
                            // Folding joins lines; elsewhere they may stand as they were written.
                            let raw = &self.text[self.span(node)];
                            if raw.contains('\n') {
                                self.repeated.whole(&raw.replace(['"', '\''], ""));
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

    /// Puts a text in the place of a scalar of which only a part is secret.
    fn replace_part(&mut self, node: NodeId, masked: String, again: fn(&str) -> Option<String>) {
        let Content::Scalar(scalar) = &self.tree.nodes[node].content else { return };
        if self.masked.hidden.contains(&node) {
            return;
        }
        let span = self.span(node);
        let raw = &self.text[span.clone()];
        let replaced = if scalar.is_literal() {
            // The lines of a block are looked at with the blanks before the first of them, so that they stand as in the
            // value.
            let lead = span.start - self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
            again(&self.text[span.start - lead..span.end]).and_then(|new| new.get(lead..).map(str::to_owned))
        } else if raw.trim_matches(['"', '\'']) == scalar.value {
            again(raw)
        } else {
            // Only where text and value are the same but for quotes can a part be replaced in both.
            None
        };
        match replaced {
            Some(replaced) => {
                self.masked.values.insert(node, masked);
                self.masked.edits.retain(|(range, _)| *range != span);
                self.masked.edits.push((span, replaced));
            }
            None => {
                self.masked.hidden.insert(node);
                self.masked.values.insert(node, MASK.to_owned());
            }
        }
    }

    fn span(&self, node: NodeId) -> Range<usize> {
        self.tree.nodes[node].span.clone()
    }

    /// Hides the scalars that repeat a secret.
    fn sweep(&mut self, resource_type: &str) {
        let Some(search) = self.repeated.search() else { return };
        let kept = self.identity(resource_type);
        let mappings = self.tree.nodes.iter().filter_map(|node| match &node.content {
            Content::Mapping(entries) => Some(entries),
            _ => None,
        });
        let keys: HashSet<NodeId> = mappings.flatten().map(|(key, _)| *key).collect();
        for node in 0..self.tree.nodes.len() {
            if let Content::Scalar(scalar) = &self.tree.nodes[node].content
                && !kept.contains(&node)
                && !keys.contains(&node)
                && !self.masked.hidden.contains(&node)
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

    fn finish(mut self) -> Masked {
        let spans: HashSet<(usize, usize)> =
            self.masked.hidden.iter().map(|node| (self.span(*node).start, self.span(*node).end)).collect();
        self.masked.edits.retain(|(range, _)| !spans.contains(&(range.start, range.end)));
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

/// What in the body of a secret is none: how it is kept, not what.
fn is_plain_body_field(word: &str) -> bool {
    matches!(word, "type" | "acl" | "name" | "title" | "description" | "allkeys")
}

fn is_webhook(parent: &str) -> bool {
    parent.contains("webhook") || matches!(parent, "slack" | "discord" | "teams" | "msteams")
}

/// A mapping, seen as a whole.
struct Mapping<'tree> {
    tree: &'tree Tree,
    entries: &'tree [(NodeId, NodeId)],
}

impl<'tree> Mapping<'tree> {
    /// The scalars, each with its key.
    fn scalars(&self) -> impl Iterator<Item = (&'tree str, &'tree str)> {
        let text = |node: NodeId| self.tree.scalar(node).map(|scalar| scalar.value.as_str());
        self.entries.iter().filter_map(move |(key, value)| Some((text(*key)?, text(*value)?)))
    }

    fn value_of(&self, name: &str) -> Option<NodeId> {
        let is_key = |key: NodeId| self.tree.scalar(key).is_some_and(|key| key.value.eq_ignore_ascii_case(name));
        self.entries.iter().find(|(key, _)| is_key(*key)).map(|(_, value)| *value)
    }

    fn is_kubernetes_secret(&self) -> bool {
        self.scalars().any(|(key, value)| key == "kind" && value.eq_ignore_ascii_case("secret"))
    }

    fn is_secret_manifest(&self) -> bool {
        let is_typed =
            self.scalars().any(|(key, value)| key == "type" && matches!(value, "secret" | "instance-secret"));
        is_typed
            && ["secret", "instance-secret", "data", "stringData", "spec"]
                .iter()
                .any(|key| self.value_of(key).is_some())
    }

    /// `- name: DB_PASSWORD` with `value: ...` beside it.
    fn names_secret(&self) -> bool {
        const NAMES: [&str; 14] = [
            "name",
            "key",
            "k",
            "id",
            "header",
            "field",
            "param",
            "parameter",
            "property",
            "variable",
            "env",
            "option",
            "flag",
            "arg",
        ];
        self.scalars().any(|(key, value)| {
            NAMES.iter().any(|name| key.eq_ignore_ascii_case(name))
                && matches!(kind_of(value), KeyKind::Secret | KeyKind::SecretScalar)
        })
    }

    /// Whether it only says where a value comes from.
    fn is_reference(&self) -> bool {
        let is_source = |key: NodeId| self.tree.scalar(key).is_some_and(|key| key.value == "valueFrom");
        !self.entries.is_empty() && self.entries.iter().all(|(key, _)| is_source(*key))
    }

    /// The command that arguments beside it belong to.
    fn command(&self) -> Vec<&'tree str> {
        let Some(command) = self.value_of("command").or_else(|| self.value_of("entrypoint")) else { return Vec::new() };
        match &self.tree.nodes[self.tree.resolve(command)].content {
            Content::Scalar(scalar) => scalar.value.split_whitespace().take(MAX_ARGUMENTS).collect(),
            Content::Sequence(items) => {
                let words = items.iter().take(MAX_ARGUMENTS).filter_map(|item| self.tree.scalar(*item));
                words.map(|word| word.value.as_str()).collect()
            }
            _ => Vec::new(),
        }
    }
}
