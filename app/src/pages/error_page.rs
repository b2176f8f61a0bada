//! What a page shows when it did not get its content: what happened, and a way out.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::api::ApiError;
use crate::api::error::sentence;
use crate::layout::Arrival;
use crate::model::{ListingQuery, ResourceType, Suggestion};
use crate::ui::{CodeText, StateBadge, TypeIcon};

/// The page of an address that leads nowhere.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    let what = use_location().pathname;
    let arrival = Arrival::of_app();
    Effect::new(move |_| arrival.tell());
    move || view! { <ErrorPage error=ApiError::NotFound { what: what.get(), near: Vec::new() }/> }.into_any()
}

/// Says why there is no page. On the server the response gets the status that goes with it.
#[component]
pub(crate) fn ErrorPage(error: ApiError) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let error = error.with_status();
    let text = sentence(&error.to_string());
    let listing = type_of(&use_location().pathname.get_untracked()).map(|resource_type| {
        let text = ["see all ", &resource_type.plural()].concat();
        view! { ", " <a href=ListingQuery::of(Some(resource_type)).url()>{text}</a> }
    });
    let (title, near) = match error {
        ApiError::NotFound { near, .. } => ("Not found", near),
        ApiError::Invalid(_) => ("This address does not work", Vec::new()),
        ApiError::Unavailable => ("Pharos does not answer", Vec::new()),
        ApiError::Internal => ("Something went wrong", Vec::new()),
    };
    let suggestions = (!near.is_empty()).then(|| {
        view! {
            <h2>"Did you mean"</h2>
            <ul class="grid gap-1.5">{near.into_iter().map(suggestion).collect_view()}</ul>
        }
    });
    view! {
        <Title text=title/>
        <section class="grid max-w-2xl justify-items-start gap-3 py-8">
            <h1>{title}</h1>
            <p class="wrap-anywhere"><CodeText text/></p>
            {suggestions}
            <p>
                <a href="/">"Go to the overview"</a>
                {listing}
                ", "
                <a href="/resources">"see all Resources"</a>
                " or "
                <a href="" rel="external">"load the page again"</a>
                "."
            </p>
        </section>
    }
}

/// The type that the address of a Resource names, if it is a known one.
fn type_of(path: &str) -> Option<ResourceType> {
    let (types, _) = path.strip_prefix("/resources/")?.split_once('/')?;
    Some(ResourceType::from_slug(types)).filter(|resource_type| resource_type.info().is_some())
}

fn suggestion(near: Suggestion) -> impl IntoView {
    view! {
        <li>
            <a class="inline-flex items-center gap-1.5 wrap-anywhere" href=near.key.path()>
                <TypeIcon resource_type=near.key.resource_type.clone()/>
                {near.key.fqn()}
            </a>
            " "
            <span class="text-muted">{near.key.resource_type.label()}</span>
            " "
            <StateBadge state=near.state/>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_resource_names_its_type() {
        let named = |path: &str| type_of(path).map(|resource_type| resource_type.plural());
        assert_eq!(named("/resources/depots/salesrwa").as_deref(), Some("Depots"));
        assert_eq!(named("/resources/depots/salesraw/jobs").as_deref(), Some("Depots"));
        for path in ["/resources/nothings/x", "/resources/depots", "/resources", "/nowhere", "/"] {
            assert_eq!(named(path), None, "{path}");
        }
    }
}
