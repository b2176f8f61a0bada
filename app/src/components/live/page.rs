//! The page that is shown, and how it is made current.

use leptos::prelude::*;
use leptos::web_sys::Element;

use super::Liveness;
use crate::components::fragment::Morph;

/// How long a value that changed stays marked, in milliseconds.
const MARKED_FOR: u64 = 2_500;

/// More changes than these are not told one by one.
const TOLD: usize = 3;

/// What concerns the page, and up to which entry of the log it is current.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marker {
    pub(super) follow: String,
    pub(super) seq: String,
}

fn shown() -> Option<Element> {
    document().query_selector("main > .page").ok().flatten()
}

impl Marker {
    pub(super) fn of_page() -> Option<Self> {
        let marker = shown()?.query_selector("template[data-live-page]").ok().flatten()?;
        Some(Self { follow: marker.get_attribute("data-live-page")?, seq: marker.get_attribute("data-seq")? })
    }
}

/// Path and query of the page.
pub(super) fn address() -> String {
    let location = window().location();
    format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

/// Shows new HTML, with rows where they are if `hold`. Tells how many rows were held back, and what changed in words.
pub(super) fn patch(html: &str, hold: bool) -> (usize, Vec<String>) {
    let Some(page) = shown() else { return (0, Vec::new()) };
    let mut morph = Morph { hold, ..Morph::default() };
    morph.content(&page, html);
    let mut said = Vec::new();
    for element in &morph.changed {
        mark(element);
        let name = element.get_attribute("data-live").unwrap_or_default();
        if !name.is_empty() {
            let text = element.text_content().unwrap_or_default();
            said.push([name.as_str(), " is now ", text.trim()].concat());
        }
    }
    (morph.held, said)
}

fn mark(element: &Element) {
    let classes = element.class_list();
    let _ = classes.add_1("live-changed");
    set_timeout(move || drop(classes.remove_1("live-changed")), std::time::Duration::from_millis(MARKED_FOR));
}

/// Says what changed; many changes are summed up.
pub(super) fn announce(liveness: Liveness, changes: &[String]) {
    let text = match changes.len() {
        0 => return,
        count if count > TOLD => [&count.to_string(), " values have changed"].concat(),
        _ => changes.join(". "),
    };
    liveness.said.set(text);
}
