//! The ways to the pages before and after.

use leptos::prelude::*;

use crate::components::Icon;
use crate::model::{Cursor, ListingQuery, Position};

/// Previous, next, and back to the first page; nothing when there is one page only.
pub(super) fn pages(
    query: &ListingQuery,
    next: Option<Cursor>,
    previous: Option<Cursor>,
) -> Option<impl IntoView + use<>> {
    let inside = query.position != Position::Start;
    if !inside && next.is_none() {
        return None;
    }
    let first = (inside && previous.is_some())
        .then(|| view! { <a class="button" href=query.at(Position::Start).url()>"First page"</a> });
    let previous = previous.map(|cursor| {
        view! {
            <a class="button" rel="prev" href=query.at(Position::Before(cursor)).url()>
                <Icon name="arrow-left"/>
                "Previous"
            </a>
        }
    });
    let next = next.map(|cursor| {
        view! {
            <a class="button" rel="next" href=query.at(Position::After(cursor)).url()>
                "Next"
                <Icon name="arrow-right"/>
            </a>
        }
    });
    Some(view! { <nav class="pages" aria-label="Pages">{first}{previous}{next}</nav> })
}
