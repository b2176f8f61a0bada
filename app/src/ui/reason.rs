//! Why something is as well as it is.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::{CodeText, ExactTime, RelativeTime, Uptime};
use crate::model::{HealthReason, ReasonMoment, Timestamp};

/// The reason of a health, with an age that goes on, unless it `has_age_beside`. `now` is the moment it was told at;
/// `is_focusable` as in [`RelativeTime`].
#[component]
pub(crate) fn Reason(
    reason: HealthReason,
    now: Timestamp,
    #[prop(optional)] is_focusable: bool,
    #[prop(optional)] has_age_beside: bool,
) -> impl IntoView {
    let words = reason.words();
    let moment = words.moment.filter(|moment| !(has_age_beside && matches!(moment, ReasonMoment::For(_))));
    let moment = moment.map(|moment| match moment {
        ReasonMoment::For(since) => EitherOf3::A(view! { " for " <Uptime since now is_focusable/> }),
        ReasonMoment::Ago(at) => EitherOf3::B(view! { " " <RelativeTime at now is_focusable/> }),
        ReasonMoment::At(at) => EitherOf3::C(view! { " " <ExactTime at/> }),
    });
    view! { <CodeText text=words.text/> {moment} }
}
