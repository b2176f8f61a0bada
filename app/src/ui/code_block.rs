//! Text of a terminal or a file.

use leptos::prelude::*;

/// A block of text in a fixed width that wraps where it must.
#[component]
pub(crate) fn CodeBlock(#[prop(into)] text: String) -> impl IntoView {
    view! {
        <pre class="max-w-full justify-self-stretch overflow-x-auto rounded-md border border-line bg-raised px-3 py-2.5 leading-relaxed wrap-anywhere whitespace-pre-wrap">
            <code>{text}</code>
        </pre>
    }
}
