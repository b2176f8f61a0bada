//! Sentences with values in them.

use leptos::either::Either;
use leptos::prelude::*;

/// A sentence whose values stand in backticks, as terminals and the API have it: here they are code.
#[component]
pub(crate) fn CodeText(#[prop(into)] text: String) -> impl IntoView {
    // A backtick without its partner is a letter like any other.
    let is_paired = text.matches('`').count().is_multiple_of(2);
    if !is_paired {
        return Either::Left(text);
    }
    let parts = text.split('`').map(str::to_owned).enumerate();
    Either::Right(
        parts
            .map(
                |(at, part)| {
                    if at % 2 == 1 { Either::Left(view! { <code>{part}</code> }) } else { Either::Right(part) }
                },
            )
            .collect::<Vec<_>>(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &'static str) -> String {
        Owner::new().with(|| view! { <CodeText text/> }.to_html())
    }

    #[test]
    fn values_are_code() {
        let shown = html("`a<b` is not in the catalog");
        assert!(shown.contains("<code>a&lt;b") && !shown.contains('`'), "{shown}");
        assert!(html("5` of cable").contains("5` of cable"));
    }
}
