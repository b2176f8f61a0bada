//! What the platform adds to a manifest when it prints it (domain.md 2.4).

use std::ops::Range;

use app::model::{Observation, ResourceCounts, Timestamp};
use serde_json::Value;

use super::scalar::scalar_text;
use super::yaml::Tree;

/// The longest message that is kept, in characters.
const MAX_MESSAGE: usize = 2_000;

/// Takes the status block out of the content; `None` when the document is a plain manifest.
pub(super) fn take_status(content: &mut Value) -> Option<Value> {
    content.get("status").filter(|status| status.is_object())?;
    content.as_object_mut()?.remove("status")
}

/// Where the status block stands in the text.
pub(super) fn status_range(tree: &Tree, text: &str) -> Option<Range<usize>> {
    let entries = tree.entries(tree.root);
    let place = entries.iter().position(|(key, value)| {
        tree.scalar(*key).is_some_and(|key| key.value == "status") && !tree.entries(*value).is_empty()
    })?;
    let start_of = |place: usize| entries.get(place).map(|(key, _)| tree.nodes[*key].span.start);
    let start = start_of(place)?;
    if text[tree.nodes[tree.root].span.clone()].starts_with('{') {
        // In braces one comma goes with it.
        return Some(match start_of(place + 1) {
            Some(next) => start..next,
            None => {
                let end = tree.nodes[entries[place].1].span.end;
                text[..start].rfind(',').map_or(start, |comma| comma)..end
            }
        });
    }
    let line_start = |at: usize| text[..at].rfind('\n').map_or(0, |at| at + 1);
    let start = line_start(start);
    let Some(next) = start_of(place + 1) else { return Some(start..text.len()) };
    // Comments above the next key are about that key.
    let mut end = line_start(next);
    while let Some(before) = text[start..end].strip_suffix('\n') {
        let line = start + before.rfind('\n').map_or(0, |at| at + 1);
        if line == start || !text[line..end].trim_start().starts_with('#') {
            break;
        }
        end = line;
    }
    Some(start..end)
}

/// Tells what the status block says.
pub(super) fn tell(status: &Value, observation: &mut Observation) {
    let text = |pointer: &str| scalar_text(status.pointer(pointer)).filter(|text| !text.is_empty());
    observation.status = text("/aggregateStatus");
    observation.builder_stage = text("/builderState/stage");
    observation.runtime = scalar_text(status.pointer("/runtimeState/status"));
    let count = |name: &str| {
        status.get(name).and_then(Value::as_array).map(|list| u32::try_from(list.len()).unwrap_or(u32::MAX))
    };
    let counts = ResourceCounts {
        cloud_kernel: count("cloudKernelResources"),
        web_service: count("webServiceResources"),
        operator_runtime: count("operatorRuntimeResources"),
    };
    if counts != ResourceCounts::default() {
        observation.counts = Some(counts);
    }
    observation.message = message(status);
}

/// Tells when the platform created the Resource.
pub(super) fn tell_creation(content: &Value, observation: &mut Observation) {
    observation.created_at = content.get("created").and_then(Value::as_str).and_then(Timestamp::parse);
}

/// Why there is an error: what the failing parts say, then the builder.
fn message(status: &Value) -> Option<String> {
    let mut said: Vec<String> = Vec::new();
    let mut say = |text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty() && !said.contains(text))
            && said.len() < 20
        {
            said.push(text);
        }
    };
    for list in ["cloudKernelResources", "webServiceResources", "operatorRuntimeResources"] {
        for entry in status.get(list).and_then(Value::as_array).into_iter().flatten() {
            say(scalar_text(entry.get("error")));
        }
    }
    say(scalar_text(status.pointer("/runtimeState/error")));
    say(scalar_text(status.get("error")));
    let stage = scalar_text(status.pointer("/builderState/stage")).unwrap_or_default();
    let info = scalar_text(status.pointer("/builderState/info"));
    say(info.filter(|info| stage.eq_ignore_ascii_case("error") || info.to_lowercase().contains("error")));
    (!said.is_empty()).then(|| said.join("; ").chars().take(MAX_MESSAGE).collect())
}
