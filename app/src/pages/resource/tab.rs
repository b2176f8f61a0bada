//! What all tabs have in common: they load their own content, and load it again in place when the Resource changes.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::address::Address;
use super::use_address;
use crate::api::{Answer, Current};
use crate::live::{LiveFeed, current_from};
use crate::pages::loaded::{self, PageState, loaded};
use crate::ui::Clock;

/// Tells the tab how far the change log has come for its Resource; in the context of the page.
#[derive(Clone, Copy)]
pub(super) struct ResourceRevision(RwSignal<i64>);

impl ResourceRevision {
    pub(super) fn provide() -> Self {
        let revision = Self(RwSignal::new(0));
        provide_context(revision);
        revision
    }

    /// Tells that the Resource has changed. `seq` is the last entry of the change log, or 0 where that is not known.
    pub(super) fn advance_to(self, seq: i64) {
        self.0.update(|revision| *revision = seq);
    }
}

/// Puts a new content of a tab where the one before stands: what is shown now, and how many of its rows are pending.
pub(super) type Merge<T> = fn(&T, &T) -> (T, u32);

/// Shows all of the new content.
pub(super) fn replace<T: Clone>(_before: &T, new: &T) -> (T, u32) {
    (new.clone(), 0)
}

/// A tab with the content that is loaded for its address.
pub(super) fn tab<T, F>(
    load: impl Fn(Address) -> F + Copy + Send + Sync + 'static,
    merge: Merge<T>,
    view: impl Fn(&Address, &Current<T>) -> AnyView + Copy + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    F: Future<Output = Answer<T>> + Send + 'static,
{
    let shown_address = use_address();
    let own = shown_address.with_untracked(|address| (address.path(), address.tab));
    // The tab still stands when another one, or another Resource, is on its way, and keeps its own address meanwhile.
    let address = Memo::new(move |before: Option<&Address>| {
        let address = shown_address.get();
        if (address.path(), address.tab) == own { address } else { before.cloned().unwrap_or(address) }
    });
    let load = move |url: String| load(Address::parse(&url));
    let clock = Clock::of_app();
    let feed = LiveFeed::of_app();
    let state = PageState::waiting();
    let shown = RwSignal::new(None::<(String, Current<T>)>);
    let revision = use_context::<ResourceRevision>();
    Effect::new(move |before: Option<()>| {
        let seq = revision.map_or(0, |ResourceRevision(revision)| revision.get());
        if before.is_none() || !state.is_shown() {
            return;
        }
        spawn_local(async move {
            let Some(Some((asked, _))) = shown.try_get_untracked() else { return };
            let Some(answer) = current_from(feed, seq, || load(asked.clone())).await else { return };
            clock.advance_to(answer.now);
            let Some(Some((now_asked, before))) = shown.try_get_untracked() else { return };
            if now_asked != asked || answer.seq < before.seq {
                return;
            }
            let (value, pending) = merge(&before.value, &answer.value);
            shown.set(Some((asked.clone(), Current { value, now: answer.now, seq: answer.seq })));
            feed.set_pending(pending, move || _ = shown.try_set(Some((asked.clone(), answer.clone()))));
        });
    });
    loaded(
        loaded::load(move || address.get().url(), load),
        state,
        move |url, answer| shown.set(Some((url, answer))),
        move || {
            (move || {
                shown.with(|shown| shown.as_ref().map(|(url, answer)| view(&Address::parse(url), answer)).into_any())
            })
            .into_any()
        },
    )
}
