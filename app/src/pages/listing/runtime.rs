//! The runtime of a Resource, as a listing and its preview show it.

use leptos::either::Either;
use leptos::prelude::*;

use crate::api::Row;
use crate::model::Timestamp;
use crate::ui::RuntimeBadge;

/// The runtime of a row; where there is none, whether that is known.
pub(super) fn runtime(row: &Row, now: Timestamp) -> impl IntoView + use<> {
    let runtime = row.runtime();
    if !runtime.is_none() {
        return Either::Left(view! { <RuntimeBadge runtime now/> });
    }
    Either::Right(if row.runtime_unknown {
        Either::Left(view! { <span class="text-muted">"not known"</span> })
    } else {
        Either::Right(view! { <span class="text-muted" title="No runtime">"–"</span> })
    })
}
