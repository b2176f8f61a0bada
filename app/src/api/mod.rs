//! The server functions: what the browser asks the server for. Thin, with explicit addresses and flat arguments.

#![allow(
    missing_docs,
    reason = "the macro makes a struct of a function's arguments; the function's own text tells what they are"
)]

pub mod encoding;
pub mod error;
pub mod fragment;
pub mod navigation;
pub mod page;
pub mod suggest;

pub use error::ApiError;
pub use fragment::Fragment;
pub use navigation::load_navigation;
pub use page::load_page;
pub use suggest::suggest;
