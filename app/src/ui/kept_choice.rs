//! Choices of the reader that the browser keeps.

use leptos::prelude::*;
use web_sys::Storage;

/// Whether the page is hydrated; in the context of the application in the browser only.
#[derive(Clone, Debug)]
pub(crate) struct Hydrated(pub(crate) ArcRwSignal<bool>);

/// A choice between what everybody has at first and one other thing, for which the browser keeps `word` under `name`.
/// The server makes pages without it, so what was chosen before counts from the moment that the page is hydrated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeptChoice {
    name: &'static str,
    word: &'static str,
    is_made: RwSignal<bool>,
}

impl KeptChoice {
    /// The choice that was made before, if any.
    pub(crate) fn new(name: &'static str, word: &'static str) -> Self {
        let is_made = RwSignal::new(false);
        let hydrated = use_context::<Hydrated>();
        Effect::new(move |_| {
            // Before that, a text would be taken for the one that the server sent.
            if !hydrated.as_ref().is_some_and(|Hydrated(hydrated)| hydrated.get()) {
                return;
            }
            let kept = browser_storage().and_then(|storage| storage.get_item(name).ok().flatten());
            if kept.as_deref() == Some(word) {
                is_made.set(true);
            }
        });
        Self { name, word, is_made }
    }

    /// Whether the other thing is chosen.
    pub(crate) fn is_made(self) -> bool {
        self.is_made.get()
    }

    /// The same, without following it.
    pub(crate) fn is_made_untracked(self) -> bool {
        self.is_made.get_untracked()
    }

    /// Chooses, for good. Only for the browser.
    pub(crate) fn make(self, made: bool) {
        self.is_made.set(made);
        // Where the browser keeps nothing, the choice holds until the page is left.
        if let Some(storage) = browser_storage() {
            let _ = if made { storage.set_item(self.name, self.word) } else { storage.remove_item(self.name) };
        }
    }
}

/// Where the browser keeps choices; `None` where it keeps nothing. Only for the browser.
pub(crate) fn browser_storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Applies a choice to the document, where style sheets see it, and keeps it for pages to come, whose shell applies it
/// before they are painted. `None` is what everybody has at first. Only for the browser.
pub(crate) fn apply_choice(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    let (attribute, key) = (["data-", name].concat(), ["pharos-", name].concat());
    let storage = browser_storage();
    match value {
        Some(value) => {
            let _ = root.set_attribute(&attribute, value);
            let _ = storage.map(|storage| storage.set_item(&key, value));
        }
        None => {
            let _ = root.remove_attribute(&attribute);
            let _ = storage.map(|storage| storage.remove_item(&key));
        }
    }
}
