//! The overview.

mod activity;
mod attention;
mod by_type;
mod changes;
mod tiles;

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::{LazyRoute, lazy_route};

use self::activity::Activity;
use self::attention::NeedsAttention;
use self::by_type::ByType;
use self::changes::NewestChanges;
use self::tiles::Tiles;
use super::loaded::{PageState, load, loaded};
use crate::api::{Attention, Current, OverviewView, load_overview, load_rows};
use crate::layout::Selection;
use crate::live::{LiveFeed, Throttle, current_from, patch_in_place};
use crate::ui::{Clock, CodeBlock, EmptyState, page_title, resources_text};

/// How often the page follows changes at most.
const REFRESH_EVERY: Duration = Duration::from_secs(2);

/// `/`: counts, what needs attention, what changed last.
pub(crate) struct OverviewPage;

#[lazy_route]
impl LazyRoute for OverviewPage {
    fn data() -> Self {
        Self
    }

    // The data is asked for here and not in `data`, so that the code for it is in the chunk of the page.
    fn view(_this: Self) -> AnyView {
        Selection::of_app().clear();
        let state = PageState::waiting();
        let shown = RwSignal::new(Current::<OverviewView>::default());
        follow(state, shown);
        loaded(
            load(|| (), |()| load_overview()),
            state,
            move |(), answer| shown.set(answer),
            move || {
                view! {
                    {page_title(|| "Overview".to_owned())}
                    {move || shown.with(|answer| overview_view(answer).into_any())}
                }
                .into_any()
            },
        )
        .into_any()
    }
}

/// Keeps the page current: counts and values at once, new and other entries when the reader asks for them.
fn follow(state: PageState, shown: RwSignal<Current<OverviewView>>) {
    let feed = LiveFeed::of_app();
    let clock = Clock::of_app();
    let throttle = Throttle::new(REFRESH_EVERY);
    let wanted = StoredValue::new(0_i64);
    feed.follow(move |changes| {
        wanted.update_value(|wanted| *wanted = (*wanted).max(changes.last_seq(|_| true)));
        throttle.run(move || {
            spawn_local(async move {
                let seq = wanted.try_get_value().unwrap_or_default();
                let Some(answer) = current_from(feed, seq, load_overview).await else { return };
                clock.advance_to(answer.now);
                // Those that need no attention any more stay in their places until the reader asks, but say how they are.
                let left = shown.try_with_untracked(|shown| left(&shown.value.attention, &answer.value.attention));
                let left = match left {
                    Some(ids) if !ids.is_empty() => current_from(feed, seq, || load_rows(ids.clone())).await,
                    _ => None,
                };
                let Some(before) = shown.try_get_untracked().filter(|_| state.is_shown()) else { return };
                if answer.seq < before.seq {
                    return;
                }
                let (attention, of_attention) =
                    patch_in_place(&before.value.attention, &answer.value.attention, Attention::id);
                let left = left.map(|left| left.value).unwrap_or_default();
                let left: Vec<Attention> = left.into_iter().map(Attention::of).collect();
                let (attention, _) = patch_in_place(&attention, &left, Attention::id);
                let (changes, of_changes) =
                    patch_in_place(&before.value.changes, &answer.value.changes, |changed| changed.key.clone());
                let all = answer.clone();
                // The number goes with the entries that it counts.
                let attention_total =
                    if of_attention > 0 { before.value.attention_total } else { answer.value.attention_total };
                let value = OverviewView { attention, attention_total, changes, ..answer.value };
                shown.set(Current { value, ..answer });
                feed.set_pending(of_attention + of_changes, move || _ = shown.try_set(all.clone()));
            });
        });
    });
}

/// The paths of the Resources that stood alone and are no longer among the entries.
fn left(before: &[Attention], now: &[Attention]) -> Vec<String> {
    let single = before.iter().filter(|entry| entry.common.is_none()).map(Attention::id);
    single.filter(|id| now.iter().all(|other| other.id() != *id)).collect()
}

fn overview_view(answer: &Current<OverviewView>) -> impl IntoView + use<> {
    let Current { value: view, now, .. } = answer.clone();
    let total = view.types.iter().map(|entry| entry.total()).sum();
    let types = view.types.len();
    let summary = format!("{} of {types} {}", resources_text(total), if types == 1 { "type" } else { "types" });
    let body = if total == 0 {
        view! { <GettingStarted/> }.into_any()
    } else {
        view! {
            // On a phone what needs attention comes before what changed.
            <div class="gap-3 max-xl:contents xl:grid xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
                <Tiles summary=view.summary.clone()/>
                <Activity changed=view.summary.changed now/>
            </div>
            <NeedsAttention entries=view.attention total=view.attention_total now/>
            <div class="grid grid-cols-[minmax(0,1fr)] gap-5 max-xl:order-2">
                <NewestChanges changes=view.changes now/>
                <ByType types=view.types health=view.summary.health/>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)] content-start gap-5">
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1.5">
                <h1>"Overview"</h1>
                {(total > 0).then(|| view! { <p class="text-muted">{summary}</p> })}
            </div>
            {body}
        </div>
    }
}

/// The three ways to fill an empty catalog.
#[component]
fn GettingStarted() -> impl IntoView {
    view! {
        <EmptyState title="The catalog is empty">
            <p>"Import a listing of the platform, a manifest, or look around with made-up Resources:"</p>
            <CodeBlock text="dataos-ctl get -t depot -a | pharos import -\npharos import my-service.yaml\npharos demo --resources 1000"/>
        </EmptyState>
    }
}
