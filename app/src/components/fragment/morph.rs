//! Makes what an element shows the same as some HTML, touching only what differs.

use std::iter::successors;

use leptos::prelude::document;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Node};

/// One change of what is shown, and what it came upon.
#[derive(Default)]
pub(crate) struct Morph {
    /// Whether rows stay where they are, in elements marked `data-live-rows`: none comes, goes or moves.
    pub(crate) hold: bool,
    /// How many rows would have come, gone or moved.
    pub(crate) held: usize,
    /// The elements marked `data-live` in which something changed.
    pub(crate) changed: Vec<Element>,
}

/// Makes the content of an element the same as `html`.
pub(super) fn morph(shown: &Element, html: &str) {
    Morph::default().content(shown, html);
}

impl Morph {
    /// Makes the content of an element the same as `html`.
    pub(crate) fn content(&mut self, shown: &Element, html: &str) {
        let Ok(wanted) = document().create_element("div") else { return };
        wanted.set_inner_html(html);
        self.children(shown, &wanted);
    }

    /// Nodes are matched by their keys, those without one by their places.
    fn children(&mut self, shown: &Node, wanted: &Node) {
        if self.hold
            && let (Some(shown), Some(wanted)) = (shown.dyn_ref::<Element>(), wanted.dyn_ref::<Element>())
            && shown.has_attribute("data-live-rows")
        {
            self.rows(shown, wanted);
            return;
        }
        let mut at = shown.first_child();
        let mut next = wanted.first_child();
        while let Some(new) = next {
            next = new.next_sibling();
            match same(at.clone(), &new) {
                Some(old) if Some(&old) == at.as_ref() => {
                    at = old.next_sibling();
                    self.node(&old, &new);
                }
                Some(old) => {
                    let _ = shown.insert_before(&old, at.as_ref());
                    self.node(&old, &new);
                }
                None => {
                    self.note(shown);
                    let _ = shown.insert_before(&new, at.as_ref());
                }
            }
        }
        while let Some(old) = at {
            at = old.next_sibling();
            self.note(shown);
            let _ = shown.remove_child(&old);
        }
    }

    /// Changes what rows show, and counts what else would have become of them.
    fn rows(&mut self, shown: &Element, wanted: &Element) {
        let (mut kept, mut last) = (0, 0);
        let mut next = wanted.first_element_child();
        while let Some(new) = next {
            next = new.next_element_sibling();
            let row = successors(shown.first_element_child(), Element::next_element_sibling)
                .enumerate()
                .find(|(_, old)| key(old) == key(&new));
            let Some((place, old)) = row else { continue };
            kept += 1;
            self.held += usize::from(place < last);
            last = last.max(place);
            self.node(&old, &new);
        }
        self.held += (shown.child_element_count() + wanted.child_element_count()) as usize - 2 * kept;
    }

    fn node(&mut self, old: &Node, new: &Node) {
        let (Some(old), Some(new)) = (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) else {
            if old.node_value() != new.node_value() {
                self.note(old);
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
        self.children(old, new);
    }

    /// Notes that something changed in a node, if it lies in what is watched. Ages change all the time.
    fn note(&mut self, node: &Node) {
        let element = node.dyn_ref::<Element>().cloned().or_else(|| node.parent_element());
        let Some(element) = element.filter(|element| element.tag_name() != "TIME") else { return };
        if let Ok(Some(live)) = element.closest("[data-live]")
            && !self.changed.contains(&live)
        {
            self.changed.push(live);
        }
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
