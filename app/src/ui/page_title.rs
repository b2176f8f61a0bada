//! The title of the window.

use leptos::prelude::*;
use leptos_meta::Title;

/// The title of the window while a page is on the screen; it follows the signals that `text` reads. The server asks for
/// titles when the page is rendered and its signals are gone, so there it is read at once.
pub(crate) fn page_title(text: impl Fn() -> String + Send + Sync + 'static) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let text = untrack(text);
    view! { <Title text/> }
}
