//! A button that copies a text.

use std::time::Duration;

use leptos::prelude::*;

use super::Icon;

/// How long it is said that the text was copied.
const SAID_FOR: Duration = Duration::from_secs(2);

/// Copies `text` when pressed and says so for a moment. `label` names what is copied: `Copy id`. Without JavaScript
/// it is not shown, since it could do nothing.
#[component]
pub(crate) fn CopyButton(#[prop(into)] text: String, label: &'static str) -> impl IntoView {
    let (said, set_said) = signal(None::<&'static str>);
    let press = move |_| {
        set_said.set(Some(if copy(&text) { "Copied" } else { "Copying needs HTTPS" }));
        set_timeout(move || set_said.set(None), SAID_FOR);
    };
    view! {
        <button type="button" class="icon-button needs-script" aria-label=label title=label on:click=press>
            <Icon name="copy"/>
            <span class="copied" role="status">{move || said.get()}</span>
        </button>
    }
}

#[cfg(feature = "hydrate")]
fn copy(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // Browsers have no clipboard on pages that came without encryption from another machine.
    if clipboard.is_undefined() {
        return false;
    }
    let _ = clipboard.write_text(text);
    true
}

#[cfg(not(feature = "hydrate"))]
fn copy(_text: &str) -> bool {
    false
}
