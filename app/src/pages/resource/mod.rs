//! The page of a Resource: a header, and tabs that are routes of their own.

mod address;
mod day_strip;
mod details;
mod events;
mod header;
mod manifest;
mod node_filters;
mod parts;
mod runtime;
mod tab;
#[cfg(test)]
mod tests;
mod yaml;

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::LazyRoute;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;
use reactive_stores::{ArcStore, Patch};

use self::address::{Address, TabName};
use self::details::DetailsTab;
use self::events::EventsTab;
use self::header::{Header, ResourceTabs, SideColumn};
use self::manifest::ManifestTab;
use self::runtime::RuntimeTab;
use self::tab::ResourceRevision;
use super::ErrorPage;
use super::loaded::{PageState, load, loaded};
use crate::api::resource::{ResourceStatus, ResourceViewStoreFields};
use crate::api::{ApiError, Current, ResourceView, load_resource};
use crate::live::{LatestSeq, LiveFeed, Throttle, current_from};
use crate::model::{Key, Suggestion, Timestamp};
use crate::ui::page_title;

/// How often the page follows changes at most.
const REFRESH_EVERY: Duration = Duration::from_secs(1);

/// `/resources/{types}/{fqn}`, whatever the tab.
pub(crate) struct ResourcePage;

/// A tab of the page, which is a route of its own.
pub(crate) struct ResourceTab;

impl LazyRoute for ResourcePage {
    fn data() -> Self {
        Self
    }

    async fn view(_this: Self) -> AnyView {
        resource_view(Part::Page).await
    }

    async fn preload() {
        preload().await;
    }
}

impl LazyRoute for ResourceTab {
    fn data() -> Self {
        Self
    }

    async fn view(_this: Self) -> AnyView {
        resource_view(Part::Tab).await
    }

    async fn preload() {
        preload().await;
    }
}

/// The page, or its tab.
enum Part {
    Page,
    Tab,
}

/// The views of the page and of its tabs, in one chunk of the WebAssembly: they are always shown together.
#[lazy]
fn resource_view(part: Part) -> AnyView {
    match part {
        Part::Page => page_view().into_any(),
        Part::Tab => match use_address().with_untracked(|address| address.tab) {
            TabName::Details => view! { <DetailsTab/> }.into_any(),
            TabName::Runtime => view! { <RuntimeTab/> }.into_any(),
            TabName::Events => view! { <EventsTab/> }.into_any(),
            TabName::Manifest => view! { <ManifestTab/> }.into_any(),
        },
    }
}

/// Loads the chunk before the page is hydrated.
async fn preload() {
    #[cfg(feature = "hydrate")]
    __preload_resource_view().await;
}

fn page_view() -> impl IntoView {
    let address = use_address();
    let asked =
        Memo::new(move |_| address.with(|address| (address.types.clone(), address.fqn.clone(), address.from.clone())));
    let answers = load(move || asked.get(), |(types, fqn, from)| load_resource(types, fqn, from));
    let state = PageState::waiting();
    let shown = ShownResource::new();
    shown.follow(state, address);
    loaded(
        answers,
        state,
        move |_, answer| shown.show(answer),
        move || (move || shown.page(address).into_any()).into_any(),
    )
}

/// What the address says. Another page that is being opened does not change it.
fn use_address() -> Memo<Address> {
    let location = use_location();
    Memo::new(move |before: Option<&Address>| {
        Address::from_url(&location.pathname.read(), &location.search.read())
            .or_else(|| before.cloned())
            .unwrap_or_default()
    })
}

/// The Resource on the screen.
#[derive(Clone, Copy)]
struct ShownResource {
    /// What header and tabs follow; each part of it is patched by itself.
    view: StoredValue<Option<ArcStore<ResourceView>>>,
    /// Tells only when it is another Resource, whose page is made anew.
    key: RwSignal<Option<Key>>,
    now: StoredValue<Timestamp>,
    seq: LatestSeq,
}

impl ShownResource {
    fn new() -> Self {
        Self {
            view: StoredValue::new(None),
            key: RwSignal::new(None),
            now: StoredValue::default(),
            seq: LatestSeq::new(),
        }
    }

    fn show(self, answer: Current<ResourceView>) {
        let Current { value, now, seq } = answer;
        self.seq.restart(seq);
        self.now.set_value(now);
        match self.view.get_value() {
            Some(view) if self.key.read_untracked().as_ref() == Some(&value.key) => view.patch(value),
            _ => {
                let key = value.key.clone();
                self.view.set_value(Some(ArcStore::new(value)));
                self.key.set(Some(key));
            }
        }
    }

    fn page(self, address: Memo<Address>) -> Option<AnyView> {
        self.key.track();
        let (view, now) = (self.view.get_value()?, self.now.get_value());
        Some(view! { <Page address view now/> }.into_any())
    }

    /// Keeps the header current, and tells the tab when the Resource or a part of it has changed.
    fn follow(self, state: PageState, address: Memo<Address>) {
        let feed = LiveFeed::of_app();
        let revision = ResourceRevision::provide();
        let throttle = Throttle::new(REFRESH_EVERY);
        let wanted = StoredValue::new(0_i64);
        feed.follow(move |changes| {
            let Some(view) = self.view.try_get_value().flatten().filter(|_| state.is_shown()) else { return };
            let (own, parts) = (view.clone().key().get_untracked(), view.parts().get_untracked());
            let is_shown = |key: &Key| *key == own || parts.contains(key);
            if !changes.concern(is_shown) {
                return;
            }
            wanted.update_value(|wanted| *wanted = (*wanted).max(changes.last_seq(is_shown)));
            throttle.run(move || {
                let seq = wanted.try_get_value().unwrap_or_default();
                revision.advance_to(seq);
                let Address { types, fqn, from, .. } = address.get_untracked();
                spawn_local(async move {
                    let ask = || load_resource(types.clone(), fqn.clone(), from.clone());
                    let Some(answer) = current_from(feed, seq, ask).await else { return };
                    let Some(view) = self.view.try_get_value().flatten() else { return };
                    // Meanwhile another Resource, or the same from another listing, may have been opened.
                    if address.try_with_untracked(|address| address.from != from) != Some(false)
                        || view.clone().key().get_untracked() != answer.value.key
                        || !self.seq.accepts(answer.seq)
                    {
                        return;
                    }
                    if view.clone().status().get_untracked() != answer.value.status {
                        feed.announce(vec![announced(&answer.value.key, &answer.value.status, answer.now)]);
                    }
                    view.patch(answer.value);
                });
            });
        });
    }
}

/// State and health in words, for those who do not see them change.
fn announced(key: &Key, status: &ResourceStatus, now: Timestamp) -> String {
    let ResourceStatus { state, health, .. } = status;
    format!("{}: state and health is now {state}, {}. {}.", key.name, health.word(), health.reason.told(now))
}

/// The title of a tab.
fn title(key: &Key, tab: TabName) -> String {
    let types = key.resource_type.plural();
    match tab {
        TabName::Details => format!("{} · {types}", key.name),
        TabName::Runtime => format!("{} runtime · {types}", key.name),
        TabName::Events => format!("{} events · {types}", key.name),
        TabName::Manifest => format!("{} manifest · {types}", key.name),
    }
}

#[component]
fn Page(address: Memo<Address>, view: ArcStore<ResourceView>, now: Timestamp) -> impl IntoView {
    let key = view.clone().key().get_untracked();
    let has_runtime = view.clone().has_runtime();
    // While the page of another Resource is on its way, the address is that one's.
    let own = address.with_untracked(Address::path);
    let has_tab = Memo::new(move |before: Option<&bool>| {
        let asks_for_it = address.with(|address| (address.path() == own).then_some(address.tab == TabName::Runtime));
        asks_for_it.map_or_else(|| before.is_none_or(|before| *before), |asks| !asks || has_runtime.get())
    });
    let status = view.clone().status();
    let missing = format!("{}/runtime", key.fqn());
    move || {
        if !has_tab.get() {
            let ResourceStatus { state, health, .. } = status.get_untracked();
            let near = vec![Suggestion { key: key.clone(), state, health }];
            let error = ApiError::NotFound { what: missing.clone(), near };
            return view! { <ErrorPage error/> }.into_any();
        }
        let key = key.clone();
        view! {
            {page_title(move || title(&key, address.with(|address| address.tab)))}
            <article class="grid grid-cols-[minmax(0,1fr)] content-start gap-3">
                <Header address view=view.clone() now/>
                <div class="grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-5 xl:grid-cols-[minmax(0,1fr)_18rem]">
                    <div class="grid grid-cols-[minmax(0,1fr)] content-start gap-3">
                        <ResourceTabs address view=view.clone()/>
                        // A tab that is still on its way must not pull up what is below.
                        <div class="grid min-h-64 grid-cols-[minmax(0,1fr)] content-start gap-5 [&>section]:grid [&>section]:grid-cols-[minmax(0,1fr)] [&>section]:gap-2">
                            <Outlet/>
                        </div>
                    </div>
                    <SideColumn view=view.clone() now/>
                </div>
            </article>
        }
        .into_any()
    }
}
