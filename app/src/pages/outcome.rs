//! What a page shows instead of its content when it did not get it: what happened, and a way out.

use leptos::prelude::*;

use crate::api::error::sentence;
use crate::api::{ApiError, Fragment};
use crate::components::{StateBadge, TypeIcon};
use crate::model::Suggestion;

/// The page that tells an outcome.
pub(crate) fn outcome(error: ApiError) -> Fragment {
    let status = error.status();
    let text = sentence(&error.to_string());
    let (title, near) = match error {
        ApiError::NotFound { near, .. } => ("Not found", near),
        ApiError::Invalid(_) => ("This address does not work", Vec::new()),
        ApiError::Unavailable => ("Pharos does not answer", Vec::new()),
        ApiError::Internal => ("Something went wrong", Vec::new()),
    };
    Fragment::of(title, telling(title, text, near)).with_status(status)
}

fn telling(title: &'static str, text: String, near: Vec<Suggestion>) -> impl IntoView {
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
        <section class="outcome">
            <h1>{title}</h1>
            <p>{text}</p>
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
