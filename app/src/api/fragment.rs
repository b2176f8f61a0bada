//! Parts of the site as the server renders them.

use serde::{Deserialize, Serialize};

/// A rendered part of the site. All that browsers do with it is to show it, so none of what it was made from, nor the
/// code that made it, has to travel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fragment {
    /// The title of the page; empty for parts that are none.
    pub title: String,
    /// The HTML.
    pub html: String,
    /// The status of a page that shows this.
    pub status: u16,
    /// Whether it will soon be another and should be asked for again.
    pub passing: bool,
    /// Which changes concern it, where that cannot be told by its address: parameters of the change feed.
    #[serde(skip)]
    pub follow: String,
}

#[cfg(feature = "ssr")]
impl Fragment {
    /// Renders a view. Its status is 200.
    pub(crate) fn of(title: impl Into<String>, view: impl leptos::prelude::IntoView) -> Self {
        use leptos::prelude::{Owner, RenderHtml};

        // An owner of its own ends with the view, so that nothing is kept of it.
        let html = Owner::new().with(|| view.into_view().to_html());
        Self { title: title.into(), html, status: 200, passing: false, follow: String::new() }
    }

    /// The same with another status.
    pub(crate) fn with_status(self, status: http::StatusCode) -> Self {
        Self { status: status.as_u16(), ..self }
    }
}
