//! The frame round every page, and which page an address shows.

use leptos::html::Main;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router, RoutingProgress};
use leptos_router::hooks::use_location;
use leptos_router::{SsrMode, path};

use crate::components::{HelpOpen, KeyboardShortcuts, ScrollMemory, SideNavigation, TopBar};
use crate::pages::{ListingPage, NotFoundPage, OverviewPage, ResourcePage};

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(HelpOpen(RwSignal::new(false)));
    let (is_routing, set_is_routing) = signal(false);
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Pharos".to_owned() } else { format!("{title} · Pharos") }/>
        <Router set_is_routing>
            <a class="skip-link" href="#main" rel="external">"Skip to content"</a>
            <div class="routing-progress">
                <RoutingProgress is_routing max_time=std::time::Duration::from_millis(250)/>
            </div>
            <TopBar/>
            <div class="frame">
                <SideNavigation/>
                <MainContent/>
            </div>
            <KeyboardShortcuts/>
            <ScrollMemory/>
        </Router>
    }
}

/// The page itself. Takes the focus when another page is opened, so that keyboards and screen readers go on from its
/// beginning; changing the filters of a listing leaves the focus where it is.
#[component]
fn MainContent() -> impl IntoView {
    let main = NodeRef::<Main>::new();
    let path = use_location().pathname;
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some()
            && let Some(main) = main.get_untracked()
        {
            let _ = main.focus();
        }
    });
    view! {
        <main id="main" class="main" tabindex="-1" node_ref=main>
            <FlatRoutes fallback=NotFoundPage>
                <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async/>
                <Route path=path!("/resources") view=ListingPage ssr=SsrMode::Async/>
                <Route path=path!("/resources/:types") view=ListingPage ssr=SsrMode::Async/>
                // One route for all tabs: going from tab to tab keeps the page and what it has loaded.
                <Route path=path!("/resources/:types/:fqn/:tab?") view=ResourcePage ssr=SsrMode::Async/>
            </FlatRoutes>
        </main>
    }
}
