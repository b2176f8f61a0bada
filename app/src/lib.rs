//! The pages and the domain of Pharos: compiled for the server (`ssr`) and for the browser (`hydrate`).

// A page is one type made of all its parts, and those nest deeply.
#![recursion_limit = "512"]
#![allow(unreachable_pub, reason = "the macros for components and server functions make public items")]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!(
    "`ssr` and `hydrate` exclude each other: build the server with one and the browser's part with the other"
);

pub mod api;
mod app;
#[cfg(feature = "ssr")]
pub mod catalog;
mod layout;
mod live;
pub mod model;
mod pages;
mod shell;
mod ui;

pub use app::App;
pub use shell::{PREFERENCES_SCRIPT, SiteFiles, shell};

/// Hydrates the page that the server sent.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    use leptos::prelude::{ArcRwSignal, Set, document, provide_context};

    // Leptos makes its own executor while it hydrates.
    wasm_bindgen_futures::spawn_local(async {
        let Some(body) = document().body() else { return };
        let hydrated = ArcRwSignal::new(false);
        let told = ui::Hydrated(hydrated.clone());
        let app = move || {
            provide_context(told);
            App()
        };
        leptos::mount::hydrate_from_async(body, app).await.forget();
        // Tests and scripts wait for this before they type or click.
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "true");
        }
        hydrated.set(true);
    });
}
