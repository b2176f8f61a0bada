//! What a listing was asked for that makes no sense, told above its rows.

use std::sync::Arc;

use leptos::prelude::*;

use super::empty::existing_values;
use crate::api::ListingView;
use crate::model::ListingQuery;
use crate::ui::Notice;

/// `notes` tell what is not understood of the address. Which values nothing has is told here only where there are rows:
/// an empty listing tells it by itself.
#[component]
pub(super) fn Notes(
    query: RwSignal<Arc<ListingQuery>>,
    view: RwSignal<Arc<ListingView>>,
    notes: Memo<Vec<String>>,
    is_empty: Memo<bool>,
) -> impl IntoView {
    move || {
        let notes = notes.get().into_iter().map(|note| view! { <Notice role="note">{note}</Notice> }).collect_view();
        let unknown = (!is_empty.get()).then(|| {
            let query = query.get();
            view.read().unknown.iter().map(|unknown| existing_values(&query, unknown)).collect_view()
        });
        view! { {notes} {unknown} }.into_any()
    }
}
