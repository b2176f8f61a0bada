//! Manifests, one YAML document each (domain.md 1.4 and 1.5).

use std::collections::HashMap;
use std::ops::Range;

use app::model::{Key, Manifest, ManifestFacts, Observation};
use serde_json::Value;

use super::ReadOptions;
use super::listing::workspace_or_default;
use super::mask::mask;
use super::read_back;
use super::refusal::{Fault, READABLE};
use super::scalar::scalar_text;
use super::yaml::{NodeId, Tree};
use crate::masking::{MASK, mask_observation};

/// Reads one document that begins at `line` of the input.
///
/// # Errors
/// When it is not valid YAML, or does not say which Resource it is about.
pub(super) fn read(text: &str, line: u64, options: &ReadOptions<'_>) -> Result<Observation, Fault> {
    let tree = Tree::parse(text, line)?;
    let key = key(&tree, line, options)?;
    let masked = mask(&tree, text, key.resource_type.as_str());
    let mut content = tree.to_value(&masked.values, line)?;
    let status = read_back::take_status(&mut content);

    let mut edits = masked.edits;
    if let Some(removed) = read_back::status_range(&tree, text) {
        edits.retain(|(range, _)| range.end <= removed.start || range.start >= removed.end);
        edits.push((removed, String::new()));
        edits.sort_by_key(|(range, _)| range.start);
    }
    let mut manifest_text = edited(text, &edits);
    if !says_the_same(&manifest_text, &content) {
        // The content is masked for certain; JSON is YAML, if not as it was written.
        manifest_text = format!("{content:#}\n");
    }

    let facts = ManifestFacts::new(&content, key.resource_type.as_str());
    let mut observation = Observation::new(key.clone(), options.at);
    observation.version = scalar_text(content.get("version"));
    observation.owner = scalar_text(content.get("owner")).filter(|owner| !owner.is_empty());
    observation.layer = scalar_text(content.get("layer")).filter(|layer| !layer.is_empty());
    observation.description = scalar_text(content.get("description"));
    observation.tags = tags(content.get("tags"));
    observation.depot_source = facts.depot_source();
    observation.replicas = facts.replicas();
    if let Some(status) = status {
        read_back::tell(&status, &mut observation);
    }
    read_back::tell_creation(&content, &mut observation);
    mask_observation(&mut observation);
    observation.manifest = Some(Manifest { text: manifest_text, content });
    Ok(observation)
}

/// Which Resource it is. Read off the tree: names that look like numbers are texts here.
fn key(tree: &Tree, line: u64, options: &ReadOptions<'_>) -> Result<Key, Fault> {
    let at = |node: NodeId| line + tree.nodes[node].line.saturating_sub(1) as u64;
    let root = tree.entries(tree.root);
    if root.is_empty() {
        let found = match tree.scalar(tree.root) {
            Some(_) => "text",
            None => "a list",
        };
        return Err(Fault::new(at(tree.root), found, READABLE));
    }
    let text = |name: &str| {
        let node = tree.field(name)?;
        let scalar = tree.scalar(node).filter(|scalar| !scalar.is_null())?;
        Some((node, scalar.value.trim()))
    };
    if let Some((node, entity)) = text("entity")
        && entity != "resource"
    {
        return Err(Fault::new(
            at(node),
            &format!("entity: {entity}"),
            "a Resource: other entities are not in the catalog",
        ));
    }
    let missing = |name: &str| {
        let keys: Vec<&str> =
            root.iter().filter_map(|(key, _)| tree.scalar(*key)).map(|key| key.value.as_str()).collect();
        let expected = format!("a manifest with `name`, `version` and `type`; the {name} is missing");
        Fault::new(at(tree.root), &keys.join(", "), expected)
    };
    let (name_node, name) = text("name").ok_or_else(|| missing("name"))?;
    let (type_node, resource_type) = text("type").ok_or_else(|| missing("type"))?;
    let workspace = text("workspace");
    for (node, value) in [(name_node, name), (type_node, resource_type)].into_iter().chain(workspace) {
        if value.contains("{{") {
            let expected = "a name: fill in the placeholder, for the catalog has no use for templates";
            return Err(Fault::new(at(node), value, expected));
        }
    }
    let workspace = workspace_or_default(resource_type, workspace.map(|(_, value)| value), options.workspace);
    Key::new(resource_type, workspace, name)
        .map_err(|error| Fault::new(at(name_node), name, format!("the name of a Resource, but {error}")))
}

fn tags(value: Option<&Value>) -> Option<Vec<String>> {
    let tags: Vec<String> = match value? {
        Value::Array(tags) => tags.iter().filter_map(|tag| scalar_text(Some(tag))).collect(),
        Value::Null => Vec::new(),
        single => scalar_text(Some(single)).into_iter().collect(),
    };
    let mut kept: Vec<String> = Vec::with_capacity(tags.len());
    let mut seen = std::collections::HashSet::new();
    for tag in tags {
        if !tag.is_empty() && seen.insert(tag.clone()) {
            kept.push(tag);
        }
    }
    Some(kept)
}

/// The text with places replaced; `edits` are in order and do not overlap.
fn edited(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut new = String::with_capacity(text.len());
    let mut done = 0;
    for (range, replacement) in edits {
        new.push_str(&text[done..range.start]);
        new.push_str(replacement);
        done = range.end;
    }
    new.push_str(&text[done..]);
    new
}

/// Whether a masked text is still valid and says what the masked content says.
fn says_the_same(text: &str, content: &Value) -> bool {
    Tree::parse(text, 1)
        .and_then(|tree| tree.to_value(&HashMap::new(), 1))
        .is_ok_and(|read| same_but_for_masks(&read, content))
}

fn same_but_for_masks(read: &Value, content: &Value) -> bool {
    match (read, content) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same_but_for_masks(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| same_but_for_masks(left, right)))
        }
        // A masked block of text has a mask in every line.
        (Value::String(left), Value::String(right)) if right == MASK => {
            left.chars().all(|c| c == '*' || c.is_whitespace())
        }
        (left, right) => left == right,
    }
}
