//! The pages and the domain of Pharos: compiled for the server (`ssr`) and for the browser (`hydrate`).

#[cfg(feature = "ssr")]
pub mod catalog;
pub mod model;
