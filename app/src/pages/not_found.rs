//! The page for addresses that lead nowhere.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::api::ApiError;
use crate::components::Outcome;

/// Says that there is no such page.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    let path = use_location().pathname;
    let error = move || {
        let error = ApiError::NotFound { what: path.get(), near: Vec::new() };
        #[cfg(feature = "ssr")]
        let error = error.with_status();
        error
    };
    move || view! { <Outcome error=error()/> }
}
