//! What a page shows instead of its content when it did not get it: what happened, and a way out.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{StateBadge, TypeIcon};
use crate::api::ApiError;

/// An outcome with its ways out.
#[component]
pub(crate) fn Outcome(error: ApiError) -> impl IntoView {
    let (title, near) = match &error {
        ApiError::NotFound { near, .. } => ("Not found", near.clone()),
        ApiError::Invalid(_) => ("This address does not work", Vec::new()),
        ApiError::Unavailable => ("Pharos does not answer", Vec::new()),
        ApiError::Internal => ("Something went wrong", Vec::new()),
    };
    let offers = (!near.is_empty()).then(|| {
        view! {
            <h2>"Did you mean"</h2>
            <ul class="near-matches">
                {near
                    .into_iter()
                    .map(|offer| {
                        view! {
                            <li>
                                <a href=offer.key.path()>
                                    <TypeIcon resource_type=offer.key.resource_type.clone()/>
                                    {offer.key.fqn()}
                                </a>
                                " "
                                <span class="muted">{offer.key.resource_type.label()}</span>
                                " "
                                <StateBadge state=offer.state/>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        }
    });
    view! {
        <Title text=title/>
        <section class="outcome">
            <h1>{title}</h1>
            <p>{sentence(&error.to_string())}</p>
            {offers}
            <p>
                <a href="/">"Go to the overview"</a>
                " or "
                <a href="/resources">"see all Resources"</a>
                "."
            </p>
        </section>
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}
