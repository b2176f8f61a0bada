//! What changes how a listing is shown, and not what it holds: order, size of its pages, columns and density.

use std::sync::Arc;

use leptos::prelude::*;

use super::preferences::{Density, Preferences};
use super::table::{ColumnSet, next_sorting};
use crate::model::{ListingQuery, PageSize, SortKey};
use crate::ui::{Icon, IconName, Menu, SortArrow};

/// The menus of a listing. They stay open while the listing behind them changes.
#[component]
pub(super) fn Toolbar(query: RwSignal<Arc<ListingQuery>>) -> impl IntoView {
    let sorting = Memo::new(move |_| query.with(|query| query.sorting));
    let label = move || format!("Sort: {}", query.with(|query| sort_label(query, sorting.get().key)));
    let orders = move || {
        let query = query.get();
        sort_keys(&query).into_iter().map(|key| order(&query, key)).collect_view().into_any()
    };
    let sizes = move || {
        let query = query.get();
        PageSize::ALL.map(|size| size_option(&query, size)).collect_view().into_any()
    };
    view! {
        <Menu name="Sort" label icon=IconName::Sort>{orders}</Menu>
        <Menu name="View" label=|| "View".to_owned() icon=IconName::Columns>
            <div role="group" aria-label="Rows on a page">
                <p>"Rows on a page"</p>
                {sizes}
            </div>
            <Appearance query/>
        </Menu>
    }
}

fn order(query: &ListingQuery, key: SortKey) -> impl IntoView + use<> {
    let is_current = query.sorting.key == key;
    let descending = (is_current && key != SortKey::Relevance).then_some(query.sorting.descending);
    let href = query.sorted(next_sorting(query.sorting, key)).url();
    let direction = descending.map(|descending| if descending { ", descending" } else { ", ascending" });
    view! {
        <a href=href aria-current=is_current.then_some("true")>
            <span>{sort_label(query, key)} <span class="sr-only">{direction}</span></span>
            <SortArrow descending/>
        </a>
    }
}

fn size_option(query: &ListingQuery, size: PageSize) -> impl IntoView + use<> {
    let is_current = query.size == size;
    view! {
        <a href=query.sized(size).url() aria-current=is_current.then_some("true")>
            {size.rows()}
            {is_current.then(|| view! { <Icon name=IconName::Check/> })}
        </a>
    }
}

/// Columns and density. They belong to the reader and not to the address, and need JavaScript.
#[component]
fn Appearance(query: RwSignal<Arc<ListingQuery>>) -> impl IntoView {
    let preferences = Preferences::new();
    let density = move |density: Density| {
        let is_current = move || preferences.density.get() == density;
        view! {
            <button
                type="button"

                aria-pressed=move || is_current().to_string()
                on:click=move |_| preferences.set_density(density)
            >
                {density.label()}
                {move || is_current().then(|| view! { <Icon name=IconName::Check/> }).into_any()}
            </button>
        }
    };
    let columns = move || {
        optional_columns(&query.read())
            .into_iter()
            .map(|(name, label)| {
                view! {
                    <label>
                        {label}
                        <input
                            type="checkbox"
                            class="size-4 accent-accent"
                            prop:checked=move || !preferences.is_without(name)
                            on:change=move |_| preferences.toggle_column(name)
                        />
                    </label>
                }
            })
            .collect_view()
            .into_any()
    };
    view! {
        <div class="no-script:hidden max-md:hidden">
            <div role="group" aria-label="Density">
                <p>"Density"</p>
                {Density::ALL.map(density).collect_view()}
            </div>
            <div role="group" aria-label="Columns">
                <p>"Columns, where they have room"</p>
                {columns}
            </div>
        </div>
    }
}

fn sort_label(query: &ListingQuery, key: SortKey) -> &'static str {
    match key {
        // Without words nothing matches better than anything else.
        SortKey::Relevance if query.q.is_empty() => "Recently changed",
        SortKey::Relevance => "Best match",
        SortKey::Name => "Name",
        SortKey::Type => "Type",
        SortKey::State => "State",
        SortKey::Runtime => "Runtime",
        SortKey::Health => "Health",
        SortKey::Workspace => "Workspace",
        SortKey::Owner => "Owner",
        SortKey::Source => "Source",
        SortKey::Updated => "Updated",
    }
}

fn sort_keys(query: &ListingQuery) -> Vec<SortKey> {
    let has = ColumnSet::of(query);
    let is_shown = |key: &SortKey| match key {
        SortKey::Type => has.resource_type,
        SortKey::Workspace => has.workspace,
        SortKey::Source => has.source,
        _ => true,
    };
    SortKey::ALL.into_iter().filter(is_shown).collect()
}

/// The columns that can be left out, as they are named in the page and on the screen.
fn optional_columns(query: &ListingQuery) -> Vec<(&'static str, &'static str)> {
    let has = ColumnSet::of(query);
    [
        (has.resource_type, "type", "Type"),
        (has.workspace, "workspace", "Workspace"),
        (has.source, "source", "Source"),
        (true, "owner", "Owner"),
        (true, "tags", "Tags"),
        (true, "updated", "Updated"),
    ]
    .into_iter()
    .filter(|(is_there, ..)| *is_there)
    .map(|(_, name, label)| (name, label))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_listing_shows_can_be_sorted_by_or_left_out() {
        let of = |address: &str| ListingQuery::from_address(address).expect("a listing");
        assert!(sort_keys(&of("/resources")).contains(&SortKey::Type));
        assert!(!sort_keys(&of("/resources/services")).contains(&SortKey::Type));
        assert!(sort_keys(&of("/resources/depots")).contains(&SortKey::Source));
        let columns = |address: &str| optional_columns(&of(address)).iter().map(|(name, _)| *name).collect::<Vec<_>>();
        assert_eq!(columns("/resources/depots"), ["source", "owner", "tags", "updated"], "depots have no workspace");
        assert_eq!(columns("/resources/services"), ["workspace", "owner", "tags", "updated"]);
    }
}
