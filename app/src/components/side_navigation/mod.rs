//! The left navigation: all types with the number of their Resources.

#[cfg(feature = "ssr")]
mod entries;

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[cfg(feature = "ssr")]
pub(crate) use self::entries::navigation;
use super::{Arrived, Liveness, Shown};

/// How often the counts are asked for while the index is being rebuilt.
const REBUILD_POLL: Duration = Duration::from_secs(3);

#[cfg(not(feature = "ssr"))]
async fn load(path: String) -> Arrived {
    Arrived(crate::api::load_navigation(path).await)
}

/// On the server only the frame is rendered; the navigation goes into its slot.
#[cfg(feature = "ssr")]
async fn load(_path: String) -> Arrived {
    Arrived::slot(crate::document::Slot::Navigation)
}

/// The types with counts, and a notice while the index is being rebuilt. Keeps what it shows while it is loaded anew,
/// which happens with every page that is opened.
#[component]
pub(crate) fn SideNavigation() -> impl IntoView {
    let path = use_location().pathname;
    let loaded = Resource::new(move || path.get(), load);

    Effect::new(move |_| {
        // On a phone the menu has done its work once it led somewhere.
        path.track();
        if let Ok(Some(menu)) = document().query_selector("nav > details[open]") {
            let _ = menu.remove_attribute("open");
        }
    });
    Effect::new(move |_| {
        let told = loaded.get().is_some_and(|answer| answer.0.is_ok_and(|fragment| fragment.passing));
        // What came with the first page is in its HTML alone.
        if told || document().query_selector("[data-passing]").is_ok_and(|notice| notice.is_some()) {
            set_timeout(move || loaded.refetch(), REBUILD_POLL);
        }
    });

    // Counts change with the page beside them.
    let liveness = use_context::<Liveness>();
    Effect::new(move |before: Option<u32>| {
        let turn = liveness.map_or(0, |liveness| liveness.turn.get());
        if before.is_some_and(|before| before != turn) {
            loaded.refetch();
        }
        turn
    });

    view! {
        <Transition>
            {move || Suspend::new(async move {
                let html = loaded.await.0.map(|fragment| fragment.html).unwrap_or_default();
                view! { <div class="frame-side" inner_html=Shown::from(html)></div> }
            })}
        </Transition>
    }
}
