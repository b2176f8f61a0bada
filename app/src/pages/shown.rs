//! Shows the page of the address that the browser is at.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::api::ApiError;
use crate::components::{Arrived, Shown};

/// The title of a window that shows a page.
pub(crate) fn window_title(page: &str) -> String {
    format!("{page} · Pharos")
}

/// The page of the present address. While the next one is on its way, the one before stands, and `set_loading` is told.
#[component]
pub(crate) fn Page(set_loading: WriteSignal<bool>) -> impl IntoView {
    let location = use_location();
    let address = Memo::new(move |_| {
        let (path, search) = (location.pathname.get(), location.search.get());
        if search.is_empty() { path } else { format!("{path}?{}", search.trim_start_matches('?')) }
    });
    let loaded = Resource::new(move || address.get(), load);
    view! {
        <Transition set_pending=set_loading>
            {move || Suspend::new(async move {
                match loaded.await.0 {
                    Ok(fragment) => {
                        set_title(&fragment.title);
                        view! { <div class="page" inner_html=Shown::from(fragment.html)></div> }.into_any()
                    }
                    Err(error) => failed(&error).into_any(),
                }
            })}
        </Transition>
    }
}

#[cfg(not(feature = "ssr"))]
async fn load(address: String) -> Arrived {
    Arrived(crate::api::load_page(address).await)
}

/// On the server only the frame is rendered; the page goes into its slot.
#[cfg(feature = "ssr")]
async fn load(_address: String) -> Arrived {
    Arrived::slot(crate::document::Slot::Page)
}

/// What is shown when the server did not answer.
fn failed(error: &ApiError) -> impl IntoView + use<> {
    let title = "Pharos does not answer";
    set_title(title);
    view! {
        <section class="outcome">
            <h1>{title}</h1>
            <p>{error.to_string()}"."</p>
            <p><a href="" rel="external">"Load the page again"</a></p>
        </section>
    }
}

/// Gives the window its title. The first page comes with one.
fn set_title(page: &str) {
    if cfg!(not(feature = "ssr")) && !page.is_empty() {
        document().set_title(&window_title(page));
    }
}
