//! The overview.

mod attention;
mod by_type;
mod changes;
mod getting_started;
mod load;

use leptos::prelude::*;

use self::load::Overview;
use crate::api::{ApiError, Fragment};
use crate::catalog::Catalog;
use crate::components::resources_text;

/// `/`: counts, what needs attention, what changed last.
pub(super) async fn page(catalog: &dyn Catalog) -> Result<Fragment, ApiError> {
    Ok(Fragment::of("Overview", overview(load::overview(catalog).await?)))
}

fn overview(page: Overview) -> impl IntoView {
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
        <div class="overview">
            <div class="page-head">
                <h1>"Overview"</h1>
                {(total > 0).then(|| view! { <p class="muted">{summary}</p> })}
            </div>
            {body}
        </div>
    }
}
