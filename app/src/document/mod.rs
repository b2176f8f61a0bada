//! Whole HTML documents: what a browser gets when it comes to the site.
//!
//! All documents are alike but for a few places. So the application is rendered once, as a [`Frame`] with those places
//! marked, and each page is put into it.

mod frame;
mod shell;

use http::StatusCode;

pub use self::frame::Frame;
pub(crate) use self::frame::{Filling, Slot};
pub use self::shell::{SiteFiles, shell};
use crate::api::Fragment;
use crate::catalog::Catalog;
use crate::components::{Place, navigation};
use crate::pages;

/// A document ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The status of the answer.
    pub status: StatusCode,
    /// The HTML.
    pub html: String,
}

/// The document at an address of the site, a path with its query string. `nonce` is the one of this answer, which its
/// scripts carry. When store or index do not answer, the document says so.
pub async fn document(catalog: &dyn Catalog, frame: &Frame, address: &str, nonce: &str) -> Document {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let place = Place::new(path, query);
    let page = pages::page(catalog, address).await.unwrap_or_else(pages::outcome);
    let Fragment { title, html, status, .. } = page;
    let html = frame.around(&Filling {
        nonce,
        title: &pages::window_title(&title),
        search_action: &place.action(),
        search_words: &place.words,
        navigation: &navigation(catalog, path).await.html,
        page: &html,
    });
    Document { status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), html }
}
