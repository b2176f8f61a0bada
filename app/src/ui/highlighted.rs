//! A text with the matches of the search marked.

use leptos::either::Either;
use leptos::prelude::*;

use crate::model::highlight;

/// `text` with `words` marked where they occur, in an element of its own.
#[component]
pub(crate) fn Highlighted<'w>(#[prop(into)] text: String, words: &'w [String]) -> impl IntoView + use<> {
    if words.is_empty() {
        return Either::Left(view! { <span>{text}</span> });
    }
    let parts: Vec<_> = highlight(&text, words)
        .into_iter()
        .map(
            |part| {
                if part.matched { Either::Left(view! { <mark>{part.text}</mark> }) } else { Either::Right(part.text) }
            },
        )
        .collect();
    Either::Right(view! { <span>{parts}</span> })
}
