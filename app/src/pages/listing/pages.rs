//! The ways to the pages before and after.

use std::sync::Arc;

use leptos::prelude::*;

use crate::api::ListingView;
use crate::model::{ListingQuery, Position};
use crate::ui::{ButtonLink, Icon, IconName};

/// Previous, next, and back to the first page; nothing when there is one page only.
#[component]
pub(super) fn Pages(query: Arc<ListingQuery>, view: Arc<ListingView>) -> impl IntoView {
    let (next, previous) = (view.next.clone(), view.previous.clone());
    let is_inside = query.position != Position::Start;
    if !is_inside && next.is_none() {
        return None;
    }
    let first = (is_inside && previous.is_some()).then(|| {
        let href = query.at(Position::Start).url();
        view! { <ButtonLink href>"First page"</ButtonLink> }
    });
    let previous = previous.map(|cursor| {
        let href = query.at(Position::Before(cursor)).url();
        view! {
            <ButtonLink rel="prev" href>
                <Icon name=IconName::ArrowLeft/>
                "Previous"
            </ButtonLink>
        }
    });
    let next = next.map(|cursor| {
        let href = query.at(Position::After(cursor)).url();
        view! {
            <ButtonLink rel="next" href>
                "Next"
                <Icon name=IconName::ArrowRight/>
            </ButtonLink>
        }
    });
    Some(view! {
        <nav class="flex flex-wrap items-center gap-2" aria-label="Pages">
            {first}
            {previous}
            {next}
        </nav>
    })
}
