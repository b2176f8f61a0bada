//! The overview.

use leptos::prelude::*;

use crate::api::load_overview;
use crate::components::Outcome;

/// `/`: counts, what needs attention, what changed last.
#[component]
pub(crate) fn OverviewPage() -> impl IntoView {
    let loaded = Resource::new(|| (), |()| load_overview());
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok(overview) => view! { <h1>"Overview"</h1><p>{overview.counts.total()}</p> }.into_any(),
                    Err(error) => view! { <Outcome error/> }.into_any(),
                }
            })}
        </Transition>
    }
}
