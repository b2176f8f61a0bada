//! Choices of the reader that the browser keeps.

use leptos::prelude::*;

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
            let kept =
                window().local_storage().ok().flatten().and_then(|storage| storage.get_item(name).ok().flatten());
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
        if let Some(storage) = window().local_storage().ok().flatten() {
            let _ = if made { storage.set_item(self.name, self.word) } else { storage.remove_item(self.name) };
        }
    }
}
