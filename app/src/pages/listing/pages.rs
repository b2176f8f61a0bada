//! The ways to the pages before and after.

use std::sync::Arc;

use leptos::prelude::*;

use crate::api::ListingView;
use crate::model::{ListingQuery, Position};
use crate::ui::{ButtonLink, Icon, IconName, count_text};

/// Previous, next, and back to the first page; nothing when there is one page only.
#[component]
pub(super) fn Pages(query: Arc<ListingQuery>, view: Arc<ListingView>, rows: usize) -> impl IntoView {
    let (next, previous) = (view.next.clone(), view.previous.clone());
    let is_inside = query.position != Position::Start;
    if !is_inside && next.is_none() {
        return None;
    }
    let shown = shown_text(view.before, rows, view.total);
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
            <p class="mr-auto text-muted tabular-nums">{shown}</p>
            {first}
            {previous}
            {next}
        </nav>
    })
}

/// `26–50 of 214`. Far inside a long listing the rows before are not counted.
fn shown_text(before: Option<u64>, rows: usize, total: u64) -> String {
    let total = count_text(total);
    match before {
        _ if rows == 0 => format!("None of {total}"),
        Some(before) => format!("{}–{} of {total}", count_text(before + 1), count_text(before + rows as u64)),
        None => format!("{rows} of {total}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_a_page_are_told_by_their_numbers() {
        assert_eq!(shown_text(Some(25), 25, 214), "26–50 of 214");
        assert_eq!(shown_text(Some(200), 14, 1_214), "201–214 of 1,214");
        assert_eq!(shown_text(None, 25, 1_000_000), "25 of 1,000,000");
        assert_eq!(shown_text(Some(0), 0, 214), "None of 214");
    }
}
