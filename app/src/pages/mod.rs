//! The pages.

mod listing;
mod not_found;
mod overview;
mod resource;

pub(crate) use listing::ListingPage;
pub(crate) use not_found::NotFoundPage;
pub(crate) use overview::OverviewPage;
pub(crate) use resource::ResourcePage;
