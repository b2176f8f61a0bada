//! The whole application: what is in its context, and the map of the site.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes, RoutingProgress};
use leptos_router::{Lazy, SsrMode, path};

use crate::layout::{
    Arrival, HelpOpen, KeyboardShortcuts, MainContent, PageAnnouncement, PendingPill, ScrollMemory, Selection,
    SideNavigation, SingleKeys, SkipLinks, TopBar,
};
use crate::live::LiveFeed;
use crate::pages::{KitPage, ListingPage, NotFound, OverviewPage, ResourcePage, ResourceTab, SourcesPage};
use crate::ui::Clock;

/// The application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Clock::provide();
    LiveFeed::provide();
    Arrival::provide();
    Selection::provide();
    SingleKeys::provide();
    provide_context(HelpOpen(RwSignal::new(false)));
    let (is_loading, set_loading) = signal(false);
    view! {
        <Title formatter=|page: String| window_title(&page)/>
        <Router set_is_routing=set_loading>
            <SkipLinks/>
            <div class="routing-progress">
                <RoutingProgress is_routing=is_loading max_time=Duration::from_millis(250)/>
            </div>
            <TopBar/>
            <div class="min-h-[calc(100dvh-var(--spacing-bar))] items-start md:grid md:grid-cols-[14rem_minmax(0,1fr)] md:grid-rows-[auto_1fr]">
                <SideNavigation/>
                <MainContent is_loading>
                    <Routes fallback=NotFound>
                        <Route path=path!("/") view={Lazy::<OverviewPage>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("/resources/:types?") view={Lazy::<ListingPage>::new()} ssr=SsrMode::Async/>
                        <ParentRoute path=path!("/resources/:types/:fqn") view={Lazy::<ResourcePage>::new()} ssr=SsrMode::Async>
                            <Route path=path!("/") view={Lazy::<ResourceTab>::new()}/>
                            <Route path=path!("/runtime") view={Lazy::<ResourceTab>::new()}/>
                            <Route path=path!("/events") view={Lazy::<ResourceTab>::new()}/>
                            <Route path=path!("/manifest") view={Lazy::<ResourceTab>::new()}/>
                        </ParentRoute>
                        <Route path=path!("/sources") view={Lazy::<SourcesPage>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("/ui") view=KitPage ssr=SsrMode::Async/>
                        <Route path=path!("/*any") view=NotFound ssr=SsrMode::Async/>
                    </Routes>
                </MainContent>
            </div>
            <KeyboardShortcuts/>
            <ScrollMemory is_loading/>
            <PageAnnouncement/>
            <PendingPill/>
        </Router>
    }
}

/// The title of a window that shows a page. Titles hold what people search for and what was reported: the server writes
/// them into the document as they are given, so they are escaped there; browsers take them as text.
fn window_title(page: &str) -> String {
    let title = format!("{page} · Pharos");
    if cfg!(feature = "ssr") { title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;") } else { title }
}
