//! The pages, named as on the screen.

mod error_page;
mod kit;
mod listing;
mod loaded;
mod overview;
mod resource;
mod sources;

pub(crate) use error_page::{ErrorPage, NotFound};
pub(crate) use kit::KitPage;
pub(crate) use listing::ListingPage;
pub(crate) use overview::OverviewPage;
pub(crate) use resource::{ResourcePage, ResourceTab};
pub(crate) use sources::SourcesPage;
