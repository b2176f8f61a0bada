//! Shows the page of the address that the browser is at.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::api::{ApiError, load_page};
use crate::components::{Arrived, Shown};

/// The page of the present address. While the next one is on its way, the one before stands, and `set_loading` is told.
#[component]
pub(crate) fn Page(set_loading: WriteSignal<bool>) -> impl IntoView {
    let location = use_location();
    let address = Memo::new(move |_| {
        let (path, search) = (location.pathname.get(), location.search.get());
        if search.is_empty() { path } else { format!("{path}?{}", search.trim_start_matches('?')) }
    });
    let loaded = Resource::new(move || address.get(), |address| async move { Arrived(load_page(address).await) });
    view! {
        <Transition set_pending=set_loading>
            {move || Suspend::new(async move {
                match loaded.await.0 {
                    Ok(fragment) => {
                        #[cfg(feature = "ssr")]
                        answer_with(fragment.status);
                        view! {
                            <Title text=fragment.title/>
                            <div class="page" inner_html=Shown::from(fragment.html)></div>
                        }
                        .into_any()
                    }
                    Err(error) => failed(&error).into_any(),
                }
            })}
        </Transition>
    }
}

/// What is shown when the server did not answer.
fn failed(error: &ApiError) -> impl IntoView + use<> {
    view! {
        <Title text="Pharos does not answer"/>
        <section class="outcome">
            <h1>"Pharos does not answer"</h1>
            <p>{error.to_string()}"."</p>
            <p><a href="" rel="external">"Load the page again"</a></p>
        </section>
    }
}

/// Gives the page under way the status of what it shows.
#[cfg(feature = "ssr")]
fn answer_with(status: u16) {
    if let (Some(response), Ok(status)) =
        (use_context::<leptos_axum::ResponseOptions>(), http::StatusCode::from_u16(status))
        && status != http::StatusCode::OK
    {
        response.set_status(status);
    }
}
