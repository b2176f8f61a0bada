//! Where the focus goes when another page is opened.

use leptos::html::Main;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use web_sys::FocusOptions;

/// The place of the page. It takes the focus when another page is opened, so that keyboards and screen readers go on
/// from its beginning; changing the filters of a listing leaves the focus where it is.
#[component]
pub(crate) fn MainContent(children: Children) -> impl IntoView {
    let main = NodeRef::<Main>::new();
    let path = use_location().pathname;
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some()
            && let Some(main) = main.get_untracked()
        {
            // Where the page is scrolled to is for the router and the scroll memory to say.
            let options = FocusOptions::new();
            options.set_prevent_scroll(true);
            let _ = main.focus_with_options(&options);
        }
    });
    view! {
        <main
            id="main"
            class="min-w-0 max-w-[120rem] px-5 pt-4 pb-12 focus-visible:outline-none max-md:px-3 max-md:pt-3 max-md:pb-10 md:col-start-2 md:row-start-2"
            tabindex="-1"
            node_ref=main
        >
            {children()}
        </main>
    }
}
