//! The overview.

mod attention;
mod by_type;
mod changes;
mod getting_started;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::{self, load_overview};
use crate::components::{Outcome, resources_text};

/// `/`: counts, what needs attention, what changed last.
#[component]
pub(crate) fn OverviewPage() -> impl IntoView {
    let loaded = Resource::new(|| (), |()| load_overview());
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok(page) => overview(page).into_any(),
                    Err(error) => view! { <Outcome error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn overview(page: api::Overview) -> impl IntoView {
    let total = page.counts.total();
    let types = page.counts.types.iter().filter(|entry| entry.total() > 0).count();
    let summary = format!("{} of {types} {}", resources_text(total), if types == 1 { "type" } else { "types" });
    let body = if total == 0 {
        getting_started::getting_started().into_any()
    } else {
        (
            by_type::by_type(page.counts),
            attention::attention(page.attention, page.attention_total, page.now),
            changes::changes(page.changes, page.now),
        )
            .into_any()
    };
    view! {
        <Title text="Overview"/>
        <div class="overview">
            <div class="page-head">
                <h1>"Overview"</h1>
                {(total > 0).then(|| view! { <p class="muted">{summary}</p> })}
            </div>
            {body}
        </div>
    }
}
