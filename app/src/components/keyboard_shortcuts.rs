//! Keys that work on every page.

use leptos::prelude::*;

/// Listens for the keys.
#[component]
pub(crate) fn KeyboardShortcuts() -> impl IntoView {}
