//! The pages.

// The macro makes the properties of a component `pub`, and takes them by value.
#![allow(unreachable_pub, clippy::needless_pass_by_value)]

mod listing;
mod not_found;
mod overview;
mod resource;

pub(crate) use listing::ListingPage;
pub(crate) use not_found::NotFoundPage;
pub(crate) use overview::OverviewPage;
pub(crate) use resource::ResourcePage;
