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
mod components;
#[cfg(feature = "ssr")]
pub mod document;
pub mod model;
mod pages;

pub use app::App;

/// Takes over the page that the server sent.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(App);
    // Tests and scripts wait for this before they type or click.
    if let Some(root) = leptos::prelude::document().document_element() {
        let _ = root.set_attribute("data-hydrated", "true");
    }
}
