//! A text with the matches of the search marked.

use leptos::prelude::*;

use crate::model::highlight;

/// `text` with `words` marked where they occur.
#[component]
pub(crate) fn Highlighted(text: String, words: Vec<String>) -> impl IntoView {
    if words.is_empty() {
        return leptos::either::Either::Left(text);
    }
    leptos::either::Either::Right(
        highlight(&text, &words)
            .into_iter()
            .map(|part| {
                if part.matched {
                    leptos::either::Either::Left(view! { <mark>{part.text}</mark> })
                } else {
                    leptos::either::Either::Right(part.text)
                }
            })
            .collect_view(),
    )
}
