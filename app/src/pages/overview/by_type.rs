//! How many Resources of which type are in which State.

use leptos::prelude::*;

use crate::model::{FacetName, ListingQuery, State, TypeCount};
use crate::ui::{DataTable, NUMBER_CELL, TypeIcon, count_text};

const COUNT_LINK: &str = "inline-block min-h-6 min-w-6 text-ink";

/// A row per type that has Resources, a column per State that occurs. Every count leads to its listing.
#[component]
pub(super) fn ByType(types: Vec<TypeCount>) -> impl IntoView {
    let mut states: Vec<State> =
        types.iter().flat_map(|entry| entry.states.iter().map(|(state, _)| state.clone())).collect();
    states.sort_by_key(|state| (*state == State::Deleted, state.clone()));
    states.dedup();
    let headings =
        states.iter().map(|state| view! { <th scope="col" class=NUMBER_CELL>{state.to_string()}</th> }).collect_view();
    let rows = types.into_iter().map(|entry| row(entry, &states)).collect_view();
    view! {
        <section class="grid grid-cols-[minmax(0,1fr)] content-start gap-2 xl:row-span-2" aria-labelledby="by-type">
            <h2 id="by-type">"Resources by type"</h2>
            <DataTable class="md:[&_:is(th,td)]:px-1.5 max-md:[&_tbody_tr]:flex max-md:[&_tbody_tr]:flex-wrap max-md:[&_tbody_tr]:gap-x-4 max-md:[&_tbody_th]:basis-full max-md:[&_td]:inline-flex max-md:[&_td]:gap-1.5 max-md:[&_td]:before:order-2">
                <thead>
                    <tr>
                        <th scope="col">"Type"</th>
                        {headings}
                        <th scope="col" class=NUMBER_CELL>"all"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </section>
    }
}

fn row(entry: TypeCount, states: &[State]) -> impl IntoView + use<> {
    let total = entry.total();
    let listing = ListingQuery::of(Some(entry.resource_type.clone()));
    let cells = states
        .iter()
        .map(|state| {
            let count = entry.states.iter().find(|(own, _)| own == state).map_or(0, |(_, count)| *count);
            let link = (count > 0).then(|| {
                let url = listing.toggled(FacetName::State, state.as_str()).url();
                view! { <a class=COUNT_LINK href=url>{count_text(count)}</a> }
            });
            view! { <td class=NUMBER_CELL data-label=state.to_string()>{link}</td> }
        })
        .collect_view();
    let url = listing.url();
    view! {
        <tr>
            <th scope="row" class="whitespace-nowrap">
                <a class="flex items-center gap-2 [&>i]:text-muted" href=url.clone()>
                    <TypeIcon resource_type=entry.resource_type.clone()/>
                    {entry.resource_type.plural()}
                </a>
            </th>
            {cells}
            <td class=NUMBER_CELL data-label="all">
                <a class=COUNT_LINK href=url>{count_text(total)}</a>
            </td>
        </tr>
    }
}
