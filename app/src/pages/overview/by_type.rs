//! How many Resources of which type are in which State.

use leptos::prelude::*;

use crate::model::{FacetName, HealthCount, HealthLevel, ListingQuery, State, TypeCount};
use crate::ui::{DataTable, HealthBar, NUMBER_CELL, TypeIcon, count_text};

const COUNT_LINK: &str = "inline-block min-h-6 min-w-6 text-ink";

/// A row per type that has Resources: how well they are as a bar, and a column per State that occurs. Every count leads to
/// its listing.
#[component]
pub(super) fn ByType(types: Vec<TypeCount>, health: Vec<HealthCount>) -> impl IntoView {
    let mut states: Vec<State> =
        types.iter().flat_map(|entry| entry.states.iter().map(|(state, _)| state.clone())).collect();
    states.sort_by_key(|state| (*state == State::Deleted, state.clone()));
    states.dedup();
    let headings = states
        .iter()
        .map(|state| view! { <th scope="col" class=STATE_COLUMN>{capitalised(state.as_str())}</th> })
        .collect_view();
    let rows = types
        .into_iter()
        .map(|entry| {
            let levels = health.iter().find(|count| count.resource_type == entry.resource_type);
            row(&entry, levels.map_or(&[], |count| count.levels.as_slice()), &states)
        })
        .collect_view();
    view! {
        <section class="grid grid-cols-[minmax(0,1fr)] content-start gap-2" aria-labelledby="by-type">
            <h2 id="by-type">"Resources by type"</h2>
            <DataTable class=TABLE fits=true>
                <thead>
                    <tr>
                        <th scope="col" class="w-44">"Type"</th>
                        <th scope="col">"Health"</th>
                        {headings}
                        <th scope="col" class="text-end w-20">"All"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </section>
    }
}

/// On a phone a row is a card: the type and how many there are, the bar, and the States that occur.
const TABLE: &str = "@min-xl:table-fixed @min-xl:border @min-xl:border-line [&_:is(th,td)]:h-9 [&_:is(th,td)]:px-2 [&_:is(th,td)]:align-middle tabular-nums \
    @max-xl:block @max-xl:[&_thead]:sr-only @max-xl:[&_tbody]:grid @max-xl:[&_:is(th,td)]:h-auto @max-xl:[&_tr]:py-1.5 @max-xl:[&_tr]:grid @max-xl:[&_tr]:grid-cols-[minmax(0,1fr)_auto] \
    @max-xl:[&_td.bar]:order-1 @max-xl:[&_td.bar]:col-span-2 @max-xl:[&_td.state]:hidden \
    @max-3xl:[&_:is(th,td).state]:hidden";

const STATE_COLUMN: &str = "state text-end w-20";

fn row(entry: &TypeCount, levels: &[(HealthLevel, u64)], states: &[State]) -> impl IntoView + use<> {
    let listing = ListingQuery::of(Some(entry.resource_type.clone()));
    let cells = states
        .iter()
        .map(|state| {
            let count = entry.states.iter().find(|(own, _)| own == state).map_or(0, |(_, count)| *count);
            let link = (count > 0).then(|| {
                let url = listing.toggled(FacetName::State, state.as_str()).url();
                view! { <a class=COUNT_LINK href=url>{count_text(count)}</a> }
            });
            view! { <td class=STATE_COLUMN>{link}</td> }
        })
        .collect_view();
    let url = listing.url();
    view! {
        <tr>
            <th scope="row" class="truncate">
                <a class="flex items-center gap-2 [&>i]:text-muted" href=url.clone()>
                    <TypeIcon resource_type=entry.resource_type.clone()/>
                    {entry.resource_type.plural()}
                </a>
            </th>
            <td class="bar"><HealthBar levels=levels.to_vec()/></td>
            {cells}
            <td class=NUMBER_CELL>
                <a class=COUNT_LINK href=url>{count_text(entry.total())}</a>
            </td>
        </tr>
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
