//! Icons: one sprite file, referred to by name, so that a page of rows stays small.

use leptos::prelude::*;

use crate::model::ResourceType;

/// An icon of the sprite. It says nothing to screen readers: the word beside it does.
#[component]
pub(crate) fn Icon(name: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true">
            <use href=format!("/icons.svg#{name}")></use>
        </svg>
    }
}

/// The icon of a type.
#[component]
pub(crate) fn TypeIcon(resource_type: ResourceType) -> impl IntoView {
    let name = resource_type.info().map_or("resource", |info| info.name);
    view! { <Icon name/> }
}
