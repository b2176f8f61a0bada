//! The frame round every page.

use leptos::html::Main;
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router, RoutingProgress};
use leptos_router::hooks::use_location;
use leptos_router::{SsrMode, path};

use crate::components::{
    CopyButtons, HelpOpen, KeyboardShortcuts, Live, Liveness, ScrollMemory, SideNavigation, TopBar,
};
use crate::pages::Page;

/// The whole application. The server renders it once, as the frame of all documents; browsers take it over.
#[component]
pub fn App() -> impl IntoView {
    provide_context(HelpOpen(RwSignal::new(false)));
    Liveness::provide();
    let (is_loading, set_loading) = signal(false);
    view! {
        <Router>
            <a class="skip-link" href="#main" rel="external">"Skip to content"</a>
            <div class="routing-progress">
                <RoutingProgress is_routing=is_loading max_time=std::time::Duration::from_millis(250)/>
            </div>
            <TopBar/>
            <div class="frame">
                <SideNavigation/>
                <MainContent set_loading/>
            </div>
            <KeyboardShortcuts/>
            <ScrollMemory is_loading/>
            <CopyButtons/>
            <Live is_loading/>
        </Router>
    }
}

/// The page itself. Takes the focus when another page is opened, so that keyboards and screen readers go on from its
/// beginning; changing the filters of a listing leaves the focus where it is.
#[component]
fn MainContent(set_loading: WriteSignal<bool>) -> impl IntoView {
    let main = NodeRef::<Main>::new();
    let path = use_location().pathname;
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some()
            && let Some(main) = main.get_untracked()
        {
            focus(&main);
        }
    });
    view! {
        <main id="main" class="main" tabindex="-1" node_ref=main>
            <Page set_loading/>
            // Which page an address shows is for the server to say; the router only tells the address.
            <FlatRoutes fallback=|| ()>
                <Route path=path!("/") view=|| () ssr=SsrMode::Async/>
                <Route path=path!("/*any") view=|| () ssr=SsrMode::Async/>
            </FlatRoutes>
        </main>
    }
}

/// Where the page is scrolled to is for the router and the memory of places to say.
#[cfg(feature = "hydrate")]
fn focus(element: &web_sys::HtmlElement) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

#[cfg(not(feature = "hydrate"))]
fn focus(_element: &leptos::web_sys::HtmlElement) {}
