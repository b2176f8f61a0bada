//! The server functions: what pages ask the catalog for. Thin, with explicit addresses and flat arguments.

#![allow(
    missing_docs,
    reason = "the macro makes a struct of a function's arguments; the function's own text tells what they are"
)]

pub mod encoding;
pub mod error;
pub mod listing;
pub mod navigation;
pub mod overview;
pub mod resource;
pub mod suggest;

pub use error::ApiError;
pub use listing::{ListingPage, load_listing};
pub use navigation::{Navigation, load_navigation};
pub use overview::{Overview, load_overview};
pub use resource::{ManifestPage, ResourcePage, SHOWN_LINES, load_changes, load_manifest, load_resource};
pub use suggest::suggest;
