//! Makes what an element shows the same as some HTML, touching only what differs.

use leptos::prelude::document;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Node};

/// Makes the content of an element the same as `html`.
pub(super) fn morph(shown: &Element, html: &str) {
    let Ok(wanted) = document().create_element("div") else { return };
    wanted.set_inner_html(html);
    children(shown, &wanted);
}

/// Nodes are matched by their keys, those without one by their places.
fn children(shown: &Node, wanted: &Node) {
    let mut at = shown.first_child();
    let mut next = wanted.first_child();
    while let Some(new) = next {
        next = new.next_sibling();
        match same(at.clone(), &new) {
            Some(old) if Some(&old) == at.as_ref() => {
                at = old.next_sibling();
                node(&old, &new);
            }
            Some(old) => {
                let _ = shown.insert_before(&old, at.as_ref());
                node(&old, &new);
            }
            None => {
                let _ = shown.insert_before(&new, at.as_ref());
            }
        }
    }
    while let Some(old) = at {
        at = old.next_sibling();
        let _ = shown.remove_child(&old);
    }
}

/// The node, from a place on, that shows what `new` shows.
fn same(at: Option<Node>, new: &Node) -> Option<Node> {
    let alike = |old: &Node| old.node_name() == new.node_name();
    let Some(wanted) = key(new) else {
        return at.filter(|old| alike(old) && key(old).is_none());
    };
    let mut at = at;
    while let Some(old) = at {
        if alike(&old) && key(&old).as_ref() == Some(&wanted) {
            return Some(old);
        }
        at = old.next_sibling();
    }
    None
}

fn key(node: &Node) -> Option<String> {
    let element = node.dyn_ref::<Element>()?;
    element.get_attribute("id").or_else(|| element.get_attribute("data-key"))
}

fn node(old: &Node, new: &Node) {
    let (Some(old), Some(new)) = (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) else {
        if old.node_value() != new.node_value() {
            old.set_node_value(new.node_value().as_deref());
        }
        return;
    };
    // What is unfolded is the reader's choice.
    let kept = |name: &str| name == "open" && old.tag_name() == "DETAILS";
    for name in new.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        let value = new.get_attribute(&name);
        if value != old.get_attribute(&name) && !kept(&name) {
            let _ = old.set_attribute(&name, &value.unwrap_or_default());
        }
    }
    for name in old.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        if !new.has_attribute(&name) && !kept(&name) {
            let _ = old.remove_attribute(&name);
        }
    }
    children(old, new);
}
