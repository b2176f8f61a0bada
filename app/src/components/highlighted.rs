//! A text with the matches of the search marked.

use leptos::prelude::*;
use maud::{Markup, html};

use super::icon::written;
use crate::model::highlight;

/// `text` with `words` marked where they occur, in an element of its own.
pub(crate) fn highlighted(text: &str, words: &[String]) -> Markup {
    if words.is_empty() {
        return html! { span { (text) } };
    }
    html! {
        span {
            @for part in highlight(text, words) {
                @if part.matched { mark { (part.text) } } @else { (part.text) }
            }
        }
    }
}

/// The same as a component.
#[component]
pub(crate) fn Highlighted(text: String, words: Vec<String>) -> impl IntoView {
    written(highlighted(&text, &words))
}
