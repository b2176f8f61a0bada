//! Light, dark, or as the system has it.

use leptos::prelude::*;

use crate::ui::{IconButton, IconName, apply_choice};

/// A button that turns the theme over. The choice is kept in the browser and applied by the shell before paint; where it
/// is what the system has anyway, the system decides again.
#[component]
pub(crate) fn ThemeToggle() -> impl IntoView {
    view! {
        <IconButton icon=IconName::Contrast label="Switch between light and dark" on_click=|_| flip()/>
    }
}

fn flip() {
    let Some(root) = document().document_element() else { return };
    let system_dark =
        window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|media| media.matches());
    let dark = match root.get_attribute("data-theme").as_deref() {
        Some(theme) => theme == "dark",
        None => system_dark,
    };
    let theme = if dark { "light" } else { "dark" };
    apply_choice("theme", (dark == system_dark).then_some(theme));
}
