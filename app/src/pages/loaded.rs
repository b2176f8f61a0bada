//! What all pages and their parts have in common: how they are loaded and what stands there instead when they are not.

use std::future::Future;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ErrorPage;
use crate::api::{Answer, ApiError, Current};
use crate::layout::{Arrival, MAIN_ID, focus_in_place, is_focus_lost};
use crate::live::{LiveFeed, retry_wait};
use crate::model::Timestamp;
use crate::ui::{Clock, Notice, render_once};

/// Answers, each with what was asked for.
pub(super) struct Answers<S: Send + Sync + 'static, T: Send + Sync + 'static> {
    /// What is asked for now.
    asked: Memo<S>,
    answers: Resource<(S, Answer<T>)>,
}

impl<S: Send + Sync, T: Send + Sync> Clone for Answers<S, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Send + Sync, T: Send + Sync> Copy for Answers<S, T> {}

/// Loads what `asked` says, and again whenever that changes.
pub(super) fn load<S, T, F>(
    asked: impl Fn() -> S + Send + Sync + 'static,
    load: impl Fn(S) -> F + Send + Sync + Copy + 'static,
) -> Answers<S, T>
where
    S: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Answer<T>> + Send + 'static,
{
    let asked = Memo::new(move |_| asked());
    let load = move |asked: S| async move { (asked.clone(), load(asked).await) };
    Answers { asked, answers: Resource::new(move || asked.get(), load) }
}

/// Tells an answer from the others.
#[derive(PartialEq)]
struct Identity<S> {
    asked: S,
    at: Result<(Timestamp, i64), ApiError>,
}

impl<S: Send + Sync + Serialize + DeserializeOwned, T: Send + Sync + Serialize + DeserializeOwned> Answers<S, T> {
    /// Asks for the same again.
    pub(super) fn refetch(self) {
        self.answers.refetch();
    }
}

impl<S: Clone> Identity<S> {
    fn of<T>((asked, answer): &(S, Answer<T>)) -> Self {
        let at = answer.as_ref().map(|answer| (answer.now, answer.seq)).map_err(Clone::clone);
        Self { asked: asked.clone(), at }
    }
}

/// What stands where a page, or a part of one, belongs.
#[derive(Clone, Copy)]
pub(super) struct PageState {
    stage: RwSignal<Stage>,
    /// Whether the server did not answer when it was asked for something else to show.
    is_unreachable: RwSignal<bool>,
}

#[derive(Clone)]
enum Stage {
    /// Nothing: the first answer is on its way.
    Waiting,
    /// The page.
    Shown,
    /// Why there is no page.
    Failed(ApiError),
}

impl PageState {
    /// Nothing stands there yet.
    pub(super) fn waiting() -> Self {
        Self { stage: RwSignal::new(Stage::Waiting), is_unreachable: RwSignal::new(false) }
    }

    /// Whether the page is on the screen.
    pub(super) fn is_shown(self) -> bool {
        self.stage.try_with_untracked(|stage| matches!(stage, Stage::Shown)).unwrap_or_default()
    }

    fn show(self) {
        if self.is_unreachable.get_untracked() {
            self.is_unreachable.set(false);
        }
        // A page that follows a page is not made anew.
        if !self.is_shown() {
            self.stage.set(Stage::Shown);
        }
    }

    fn fail(self, error: ApiError) {
        let is_unreachable = error == ApiError::Unavailable && self.is_shown();
        self.is_unreachable.set(is_unreachable);
        if !is_unreachable {
            self.stage.set(Stage::Failed(error));
        }
    }
}

/// Says that a part of a page is loaded inside it.
#[derive(Clone, Copy)]
struct InsidePage;

/// A page or a part of one, made once: as soon as its first answer is there. That answer, and each one after it, goes to
/// `show`, which puts it into the signals that the view follows. So what is on the screen stays while the next answer
/// is on its way, and keeps focus and scroll position when it comes. Where the answer is an error, the page of the error
/// stands instead; but while the server does not answer, what is on the screen stays, and it is tried again.
pub(super) fn loaded<S, T>(
    Answers { asked, answers }: Answers<S, T>,
    state: PageState,
    show: impl Fn(S, Current<T>) + Copy + Send + Sync + 'static,
    view: impl Fn() -> AnyView + Copy + Send + Sync + 'static,
) -> impl IntoView
where
    S: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let clock = Clock::of_app();
    let feed = LiveFeed::of_app();
    let arrival = Arrival::of_app();
    let is_whole_page = use_context::<InsidePage>().is_none();
    provide_context(InsidePage);
    let show = move |(asked, answer): (S, Answer<T>)| {
        match answer {
            Ok(answer) => {
                feed.drop_pending();
                clock.set_by(answer.now);
                feed.start_after(answer.seq);
                show(asked, answer);
                state.show();
            }
            Err(error) => state.fail(error),
        }
        // What stays on the screen while the server does not answer is not what was asked for.
        if is_whole_page && !state.is_unreachable.get_untracked() {
            arrival.tell();
        }
    };
    let is_retrying = StoredValue::new(false);
    Effect::new(move |before: Option<Option<Identity<S>>>| {
        let before = before.flatten();
        let Some(identity) = answers.with(|answer| answer.as_ref().map(Identity::of)) else { return before };
        if identity.at == Err(ApiError::Unavailable) {
            retry(answers, is_retrying);
        }
        // Something else is on its way.
        if identity.asked != asked.get_untracked() {
            return before;
        }
        // The first one is shown below, where the server waits for it too.
        if before.is_some_and(|before| before != identity)
            && let Some(answer) = answers.get()
        {
            show(answer);
            // Once the views have followed.
            request_animation_frame(keep_focus);
        }
        Some(identity)
    });
    // Not in the scope of whoever places the page: it is not made anew for another answer.
    let page = untrack(|| {
        view! {
            <Transition>
                {Suspend::new(async move {
                    show(answers.await);
                    let page = view! {
                        {move || state.is_unreachable.get().then(|| view! { <Unreachable/> }).into_any()}
                        {move || match state.stage.get() {
                            Stage::Waiting => ().into_any(),
                            Stage::Shown => view(),
                            Stage::Failed(error) => view! { <ErrorPage error/> }.into_any(),
                        }}
                    };
                    render_once(page.into_any())
                })}
            </Transition>
        }
    });
    on_cleanup(move || feed.drop_pending());
    page
}

/// Gives the focus to the page where what had it is gone, such as the chip of a filter that was dropped.
fn keep_focus() {
    if is_focus_lost()
        && let Some(main) = document().get_element_by_id(MAIN_ID).and_then(|main| main.dyn_into().ok())
    {
        focus_in_place(&main);
    }
}

/// Asks again in a while, if the server still does not answer then and somebody sees the page.
fn retry<T: Send + Sync + Serialize + DeserializeOwned, S: Send + Sync + Serialize + DeserializeOwned>(
    answers: Resource<(S, Answer<T>)>,
    is_retrying: StoredValue<bool>,
) {
    if is_retrying.try_get_value() != Some(false) {
        return;
    }
    is_retrying.set_value(true);
    set_timeout(
        move || {
            if is_retrying.try_set_value(false).is_some() {
                return;
            }
            let is_away = answers.with_untracked(|answer| {
                answer.as_ref().is_some_and(|(_, answer)| matches!(answer, Err(ApiError::Unavailable)))
            });
            if is_away && document().hidden() {
                retry(answers, is_retrying);
            } else if is_away {
                answers.refetch();
            }
        },
        retry_wait(),
    );
}

/// Says that what is on the screen is not what was asked for.
#[component]
fn Unreachable() -> impl IntoView {
    view! {
        <Notice role="alert">
            "Pharos does not answer. This is what was there before; it is tried again every few seconds."
        </Notice>
    }
}
