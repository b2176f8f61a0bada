//! A moment, told relative to the page's own "now", with the exact time beside it for machines and for hovering.

use leptos::prelude::*;

use crate::model::Timestamp;

/// `2 days ago`, with the exact time in the title.
#[component]
pub(crate) fn Moment(at: Timestamp, now: Timestamp) -> impl IntoView {
    view! { <time datetime=at.to_rfc3339() title=at.exact()>{at.relative_to(now)}</time> }
}
