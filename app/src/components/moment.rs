//! A moment, told relative to the page's own "now", with the exact time beside it for machines and for hovering.

use leptos::prelude::*;
use maud::{Markup, html};

use super::icon::written;
use crate::model::Timestamp;

/// `2 days ago`, with the exact time in the title.
pub(crate) fn moment(at: Timestamp, now: Timestamp) -> Markup {
    html! { time datetime=(at.to_rfc3339()) title=(at.exact()) { (at.relative_to(now)) } }
}

/// The same as a component.
#[component]
pub(crate) fn Moment(at: Timestamp, now: Timestamp) -> impl IntoView {
    written(moment(at, now))
}
