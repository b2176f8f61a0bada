//! A button that copies a text.

use leptos::prelude::*;

use super::Icon;

/// Copies `text` when pressed and says so for a moment. `label` names what is copied: `Copy id`. Without JavaScript
/// it is not shown, since it could do nothing.
#[component]
pub(crate) fn CopyButton(#[prop(into)] text: String, label: &'static str) -> impl IntoView {
    let (copied, set_copied) = signal(false);
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        {
            let _ = window().navigator().clipboard().write_text(&text);
            set_copied.set(true);
            set_timeout(move || set_copied.set(false), std::time::Duration::from_secs(2));
        }
        #[cfg(not(feature = "hydrate"))]
        {
            let _ = (&text, set_copied);
        }
    };
    view! {
        <button type="button" class="icon-button needs-script" aria-label=label title=label on:click=copy>
            <Icon name="copy"/>
            <span class="copied" role="status">{move || copied.get().then_some("Copied")}</span>
        </button>
    }
}
