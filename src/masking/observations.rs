//! Observations, whoever reports them.

use std::collections::HashMap;

use app::model::{Observation, RuntimeNode};

use super::mask_text;

/// Masks what the texts of an observation hold. Its manifest was masked when it was read; what says which Resource it is
/// stays.
pub(crate) fn mask_observation(observation: &mut Observation) {
    let texts = [
        &mut observation.description,
        &mut observation.message,
        &mut observation.status,
        &mut observation.builder_stage,
        &mut observation.runtime,
        &mut observation.owner,
        &mut observation.version,
        &mut observation.layer,
        &mut observation.depot_source,
    ];
    for text in texts.into_iter().flatten() {
        mask(text);
    }
    for tag in observation.tags.iter_mut().flatten() {
        mask(tag);
    }
    if let Some(nodes) = &mut observation.nodes {
        let mut is_renamed = false;
        for node in nodes.iter_mut() {
            is_renamed |= mask(&mut node.name);
            mask_node(node);
        }
        if is_renamed {
            tell_apart(nodes);
        }
    }
}

fn mask_node(node: &mut RuntimeNode) {
    let texts = [&mut node.pod, &mut node.kind, &mut node.workspace, &mut node.data_plane];
    for text in texts.into_iter().flatten() {
        mask(text);
    }
    if let Some(status) = mask_text(node.status.as_str()) {
        node.status = app::model::NodeStatus::parse(&status);
    }
}

/// Masks a text in its place. Says whether there was anything to mask.
fn mask(text: &mut String) -> bool {
    match mask_text(text) {
        Some(masked) => {
            *text = masked;
            true
        }
        None => false,
    }
}

/// Numbers the nodes whose names became the same: one Resource never has two nodes of one name.
fn tell_apart(nodes: &mut [RuntimeNode]) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    for node in nodes {
        let times = seen.entry(node.name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            node.name = format!("{} ({times})", node.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use app::model::{Key, NodeStatus, Timestamp};

    use super::*;

    #[test]
    fn every_text_of_an_observation_is_masked_but_what_says_which_it_is() {
        let key = Key::new("service", Some("public"), "orders-api").expect("a key");
        let secret = "ghp_0123456789abcdefABCD";
        let node = |name: &str| RuntimeNode {
            pod: Some(format!("pod {secret}")),
            ..RuntimeNode::new(format!("{name} {secret}"), NodeStatus::Failed)
        };
        let mut seen = Observation {
            description: Some("password: hunter2hunter2".to_owned()),
            message: Some("cannot log in with postgres://ada:hunter2hunter2@db/x".to_owned()),
            tags: Some(vec!["token=hunter2hunter2".to_owned(), "sales".to_owned()]),
            owner: Some(secret.to_owned()),
            nodes: Some(vec![node("a"), node("a"), node("b")]),
            ..Observation::new(key.clone(), Timestamp(0))
        };
        mask_observation(&mut seen);
        let told = format!("{seen:?}");
        assert!(!told.contains("hunter2") && !told.contains(secret), "{told}");
        assert_eq!(seen.key, key);
        let names: Vec<_> = seen.nodes.iter().flatten().map(|node| node.name.as_str()).collect();
        assert_eq!(names, ["a ***", "a *** (2)", "b ***"]);
        assert_eq!(seen.message.as_deref(), Some("cannot log in with postgres://ada:***@db/x"));
    }
}
