//! Buttons that copy a text.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::Icon;

/// What a button copies.
#[cfg(feature = "ssr")]
pub(crate) enum Copied {
    /// This text.
    Text(String),
    /// What the element with this id shows, but for its links: they number its lines.
    Content(&'static str),
    /// The address of the page, as it stands in the browser.
    Address,
}

/// Copies what it says when pressed, and tells so for a moment. `label` names what is copied: `Copy id`. Without
/// JavaScript it is not shown, since it could do nothing.
#[cfg(feature = "ssr")]
#[component]
pub(crate) fn CopyButton(what: Copied, label: &'static str) -> impl IntoView {
    let icon = if matches!(what, Copied::Address) { "link" } else { "copy" };
    let (text, content) = match what {
        Copied::Text(text) => (Some(text), None),
        Copied::Content(id) => (None, Some(id)),
        Copied::Address => (None, None),
    };
    view! {
        <button
            type="button"
            class="icon-button needs-script"
            aria-label=label
            title=label
            data-copy=text.unwrap_or_default()
            data-copy-content=content
        >
            <Icon name=icon/>
            <span class="copied" role="status"></span>
        </button>
    }
}

/// Makes the copy buttons of all pages work. Does nothing on the server.
#[component]
pub(crate) fn CopyButtons() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| browser::listen());
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use leptos::ev;
    use leptos::prelude::*;
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::Element;

    /// How long it is said that the text was copied.
    const SAID_FOR: Duration = Duration::from_secs(2);

    pub(super) fn listen() {
        let handle = window_event_listener(ev::click, |event| {
            let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let button = pressed.and_then(|element| element.closest("button[data-copy]").ok().flatten());
            if let Some(button) = button {
                press(&button);
            }
        });
        on_cleanup(move || handle.remove());
    }

    fn press(button: &Element) {
        let Ok(Some(said)) = button.query_selector("[role=status]") else { return };
        said.set_text_content(Some(if copy(&text(button)) { "Copied" } else { "Copying needs HTTPS" }));
        set_timeout(move || said.set_text_content(None), SAID_FOR);
    }

    fn text(button: &Element) -> String {
        match (button.get_attribute("data-copy-content"), button.get_attribute("data-copy")) {
            (Some(id), _) => content(&id).unwrap_or_default(),
            (None, Some(text)) if !text.is_empty() => text,
            _ => window().location().href().unwrap_or_default(),
        }
    }

    fn content(id: &str) -> Option<String> {
        let content = document().get_element_by_id(id)?.clone_node_with_deep(true).ok()?.dyn_into::<Element>().ok()?;
        while let Ok(Some(link)) = content.query_selector("a") {
            link.remove();
        }
        content.text_content()
    }

    fn copy(text: &str) -> bool {
        let clipboard = window().navigator().clipboard();
        // Browsers have no clipboard on pages that came without encryption from another machine.
        if clipboard.is_undefined() {
            return false;
        }
        let _ = clipboard.write_text(text);
        true
    }
}
