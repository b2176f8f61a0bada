//! The server functions, and the views they answer with.
//!
//! Each is read-only (`GET`), has an explicit address, takes flat arguments and answers with data: what a page shows,
//! when that was, and up to which entry of the change log it is current.

#![allow(
    missing_docs,
    reason = "the macro makes a struct of a function's arguments; the function's own text tells what they are"
)]

#[cfg(feature = "ssr")]
mod build;
pub mod encoding;
pub mod error;
pub mod listing;
pub mod navigation;
pub mod overview;
pub mod preview;
pub mod resource;
pub mod row;
pub mod sources;
pub mod suggest;

pub use error::ApiError;
pub use listing::{ListingView, ROWS_AT_ONCE, load_listing, load_rows};
pub use navigation::{NavigationView, load_navigation};
pub use overview::{Attention, OverviewView, ResourceChanges, load_overview};
pub use preview::{PreviewView, load_preview};
pub use resource::{
    DetailsView, ManifestView, ResourceView, RuntimeView, load_changes, load_details, load_manifest, load_resource,
    load_runtime,
};
pub use row::Row;
pub use sources::load_sources;
pub use suggest::{SuggestView, UnknownValue, suggest};

use serde::{Deserialize, Serialize};

use crate::model::Timestamp;

/// An answer, and how current it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Current<T> {
    /// What was asked for.
    pub value: T,
    /// The server's clock: the moment that ages are told from.
    pub now: Timestamp,
    /// The entry of the change log up to which the answer is current.
    pub seq: i64,
}

/// What a server function answers.
pub type Answer<T> = Result<Current<T>, ApiError>;
