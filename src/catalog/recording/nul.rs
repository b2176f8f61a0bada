//! Leaves out the one character that no engine has to keep.

use std::borrow::Cow;

use app::model::{Manifest, Observation};
use serde_json::Value;

/// The observation without NUL in any of its texts, which some engines cut a text at and others refuse. Names hold none
/// (see [`app::model::Key::new`]).
pub(super) fn without_nul(seen: &Observation) -> Cow<'_, Observation> {
    if !holds_nul(seen) {
        return Cow::Borrowed(seen);
    }
    let mut seen = seen.clone();
    let texts = [
        &mut seen.version,
        &mut seen.status,
        &mut seen.builder_stage,
        &mut seen.runtime,
        &mut seen.owner,
        &mut seen.description,
        &mut seen.layer,
        &mut seen.depot_source,
        &mut seen.message,
    ];
    for text in texts.into_iter().flatten().chain(seen.tags.iter_mut().flatten()) {
        clean(text);
    }
    for node in seen.nodes.iter_mut().flatten() {
        clean(&mut node.name);
        for text in [&mut node.pod, &mut node.kind, &mut node.workspace, &mut node.data_plane].into_iter().flatten() {
            clean(text);
        }
        node.status = app::model::NodeStatus::parse(&node.status.as_str().replace('\0', ""));
    }
    if let Some(Manifest { text, content }) = &mut seen.manifest {
        clean(text);
        clean_value(content);
    }
    Cow::Owned(seen)
}

fn holds_nul(seen: &Observation) -> bool {
    let texts = [
        &seen.version,
        &seen.status,
        &seen.builder_stage,
        &seen.runtime,
        &seen.owner,
        &seen.description,
        &seen.layer,
        &seen.depot_source,
        &seen.message,
    ];
    let is_bad = |text: &String| text.contains('\0');
    texts.into_iter().flatten().any(is_bad)
        || seen.tags.iter().flatten().any(is_bad)
        || seen.nodes.iter().flatten().any(|node| {
            let texts = [&node.pod, &node.kind, &node.workspace, &node.data_plane];
            is_bad(&node.name) || node.status.as_str().contains('\0') || texts.into_iter().flatten().any(is_bad)
        })
        || seen.manifest.as_ref().is_some_and(|manifest| is_bad(&manifest.text) || value_holds_nul(&manifest.content))
}

fn value_holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(value_holds_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || value_holds_nul(value)),
        _ => false,
    }
}

fn clean(text: &mut String) {
    text.retain(|c| c != '\0');
}

fn clean_value(value: &mut Value) {
    match value {
        Value::String(text) => clean(text),
        Value::Array(items) => items.iter_mut().for_each(clean_value),
        Value::Object(fields) => {
            let old = std::mem::take(fields);
            fields.extend(old.into_iter().map(|(mut name, mut value)| {
                clean(&mut name);
                clean_value(&mut value);
                (name, value)
            }));
        }
        _ => {}
    }
}
