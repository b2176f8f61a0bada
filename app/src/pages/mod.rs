//! The pages, named as on the screen.

mod error_page;
mod listing;
mod overview;
mod resource;
mod sources;

pub(crate) use error_page::{ErrorPage, NotFound};
pub(crate) use listing::ListingPage;
pub(crate) use overview::OverviewPage;
pub(crate) use resource::{DetailsTab, EventsTab, ManifestTab, ResourcePage, RuntimeTab};
pub(crate) use sources::SourcesPage;
