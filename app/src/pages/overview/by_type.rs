//! How many Resources of which type are in which State.

use leptos::prelude::*;

use crate::components::{TypeIcon, count_text};
use crate::model::{Counts, FacetName, ListingQuery, State, TypeCount};

/// A row per type that has Resources, a column per State that occurs. Every count leads to its listing.
pub(super) fn by_type(counts: Counts) -> impl IntoView {
    let types: Vec<TypeCount> = counts.types.into_iter().filter(|entry| entry.total() > 0).collect();
    let mut states: Vec<State> =
        types.iter().flat_map(|entry| entry.states.iter().map(|(state, _)| state.clone())).collect();
    states.sort_by_key(|state| (*state == State::Deleted, state.clone()));
    states.dedup();
    let headings = states
        .iter()
        .map(|state| view! { <th scope="col" class="number">{state.to_string()}</th> })
        .collect::<Vec<_>>();
    let rows = types.into_iter().map(|entry| row(entry, &states)).collect::<Vec<_>>();
    view! {
        <section class="by-type" aria-labelledby="by-type">
            <h2 id="by-type">"Resources by type"</h2>
            <div class="table-wrap">
                <table class="data-table">
                    <thead>
                        <tr>
                            <th scope="col">"Type"</th>
                            {headings}
                            <th scope="col" class="number">"all"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
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
            (count > 0).then(|| {
                let url = listing.toggled(FacetName::State, state.as_str()).url();
                view! { <a href=url>{count_text(count)}</a> }
            })
        })
        .zip(states)
        .map(|(link, state)| view! { <td class="number" data-label=state.to_string() data-live="">{link}</td> })
        .collect::<Vec<_>>();
    let url = listing.url();
    view! {
        <tr>
            <th scope="row">
                <a href=url.clone()>
                    <TypeIcon resource_type=entry.resource_type.clone()/>
                    {entry.resource_type.plural()}
                </a>
            </th>
            {cells}
            <td class="number" data-label="all" data-live=""><a href=url>{count_text(total)}</a></td>
        </tr>
    }
}
