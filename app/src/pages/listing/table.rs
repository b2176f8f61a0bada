//! The rows of a listing.
//!
//! This is the part of a page that costs most: whatever is the same for all rows is made once, in [`Columns`].

use std::sync::Arc;

use leptos::either::Either;
use leptos::prelude::*;

use crate::api::Row;
use crate::live::{LiveRow, RowField, RowStore};
use crate::model::{Level, ListingQuery, OLD_AFTER_MS, ResourceType, SortKey, Sorting, State, Timestamp};
use crate::ui::{
    DataTable, HealthBadge, Highlighted, RelativeTime, RuntimeBadge, SeenAge, SortArrow, StateBadge, TypeIcon,
};

/// What no other table has: a first column that takes what is left, and columns that go where there is no room.
const TABLE: &str = "md:min-w-184 md:[&_:is(th,td)]:px-2 md:[&_tbody_th]:min-w-52 md:[&_tbody_th]:max-w-md \
                     md:max-[100rem]:[&_:is(th,td).roomy]:hidden [&_td.narrow]:max-w-48 [&_td.narrow]:wrap-break-word";

/// Which columns a listing has, and what its rows share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    resource_type: bool,
    workspace: bool,
    source: bool,
    words: Vec<String>,
    from: String,
    now: Timestamp,
}

impl Columns {
    pub(super) fn new(query: &ListingQuery, now: Timestamp) -> Self {
        let of = query.resource_type.as_ref();
        let mut from = "?from=".to_owned();
        from.extend(form_urlencoded::byte_serialize(query.url().as_bytes()));
        Self {
            resource_type: of.is_none(),
            workspace: of.and_then(ResourceType::level) != Some(Level::Instance),
            source: of.is_some_and(|resource_type| resource_type.as_str() == "depot"),
            words: query.search_text().words,
            from,
            now,
        }
    }
}

/// The whole table.
#[component]
pub(super) fn ResourceTable(
    rows: RowStore,
    columns: RwSignal<Arc<Columns>>,
    query: RwSignal<Arc<ListingQuery>>,
) -> impl IntoView {
    let headings = move || {
        let (query, columns) = (query.get(), columns.get());
        let heading = |label, key| heading(&query, label, key);
        view! {
            {heading("Name", SortKey::Name)}
            {columns.resource_type.then(|| heading("Type", SortKey::Type))}
            {heading("State", SortKey::State)}
            {heading("Runtime", SortKey::Runtime)}
            <th scope="col">"Health"</th>
            {columns.workspace.then(|| heading("Workspace", SortKey::Workspace))}
            {columns.source.then(|| heading("Source", SortKey::Source))}
            {heading("Owner", SortKey::Owner)}
            <th class="roomy" scope="col">"Tags"</th>
            {heading("Updated", SortKey::Updated)}
        }
        .into_any()
    };
    view! {
        <DataTable class=TABLE>
            <thead>
                <tr>{headings}</tr>
            </thead>
            <tbody>
                <For each=move || rows.fields() key=RowField::key let:field>
                    <tr>{move || cells(&field.get(), &columns.get()).into_any()}</tr>
                </For>
            </tbody>
        </DataTable>
    }
}

/// A column's title, which sorts by it: first the way one looks for, then the other way, then not at all.
fn heading(query: &ListingQuery, label: &'static str, key: SortKey) -> impl IntoView + use<> {
    let newest_first = key == SortKey::Updated;
    let descending = (query.sorting.key == key).then_some(query.sorting.descending);
    let next = match descending {
        None => Sorting { key, descending: newest_first },
        Some(descending) if descending == newest_first => Sorting { key, descending: !newest_first },
        Some(_) => Sorting::default(),
    };
    let direction = descending.map(|descending| if descending { "descending" } else { "ascending" });
    view! {
        <th scope="col" aria-sort=direction>
            <a href=query.sorted(next).url()>{label} <SortArrow descending/></a>
        </th>
    }
}

fn cells(live: &LiveRow, columns: &Columns) -> impl IntoView + use<> {
    let LiveRow { id, row, changed, .. } = live;
    let link = [id, columns.from.as_str()].concat();
    let is_deleted = row.state == State::Deleted;
    let name = if is_deleted {
        "flex items-baseline gap-1.5 wrap-anywhere text-muted"
    } else {
        "flex items-baseline gap-1.5 font-[550] wrap-anywhere"
    };
    let seen = row.observed_at.map(|at| format!("Last observed {}", at.relative_to(columns.now)));
    let of_type = columns.resource_type.then(|| view! { <td data-label="Type">{row.key.resource_type.label()}</td> });
    let workspace = columns.workspace.then(|| {
        view! { <td class="narrow" data-label="Workspace">{row.key.workspace.clone().unwrap_or_default()}</td> }
    });
    let source =
        columns.source.then(|| view! { <td data-label="Source">{row.depot_source.clone().unwrap_or_default()}</td> });
    view! {
        <th scope="row">
            <a class=name href=link>
                <TypeIcon resource_type=row.key.resource_type.clone() class="size-4 translate-y-0.5 text-muted"/>
                <Highlighted text=row.key.name.clone() words=&columns.words/>
            </a>
            {description(row, &columns.words)}
        </th>
        {of_type}
        <td data-label="State" class=mark(changed.state)>
            <StateBadge state=row.state.clone()/>
        </td>
        <td data-label="Runtime" class=mark(changed.runtime)>{runtime(row, columns.now)}</td>
        <td data-label="Health" class=mark(changed.health)>
            <HealthBadge health=row.health.clone()/>
        </td>
        {workspace}
        {source}
        <td class="narrow" data-label="Owner">{row.owner.clone().unwrap_or_default()}</td>
        <td class="roomy" data-label="Tags">{tags(row)}</td>
        <td data-label="Updated" title=seen>
            <RelativeTime at=row.changed_at now=columns.now/>
            {age(row, columns.now)}
        </td>
    }
}

/// Marks a value that has just changed.
fn mark(changed: bool) -> Option<&'static str> {
    changed.then_some("rounded-sm bg-accent-ground motion-safe:animate-changed")
}

fn runtime(row: &Row, now: Timestamp) -> impl IntoView + use<> {
    let runtime = row.runtime();
    if !runtime.is_none() {
        return Either::Left(view! { <RuntimeBadge runtime now/> });
    }
    Either::Right(if row.runtime_unknown {
        Either::Left(view! { <span class="text-muted">"not known"</span> })
    } else {
        Either::Right(view! { <span class="text-muted" title="No runtime">"–"</span> })
    })
}

/// How old what is known is, where it looks old or is stale.
fn age(row: &Row, now: Timestamp) -> Option<impl IntoView + use<>> {
    let is_old = |at: &Timestamp| row.state != State::Deleted && now.since(*at) >= OLD_AFTER_MS;
    let at = row.stale_since.or_else(|| row.observed_at.filter(is_old))?;
    Some(view! { <SeenAge at is_stale=row.stale_since.is_some() now/> })
}

/// The beginning of the description, which takes the room that the name needs anyway, and no more. Only words that
/// occur are marked: unlike in a name, a typo forgiven would mark much.
fn description(row: &Row, words: &[String]) -> Option<impl IntoView + use<>> {
    if row.description.is_empty() {
        return None;
    }
    let marked: Vec<String> = if words.is_empty() {
        Vec::new()
    } else {
        let lower = row.description.to_lowercase();
        words.iter().filter(|word| lower.contains(word.as_str())).cloned().collect()
    };
    Some(view! {
        <div class="w-0 min-w-full truncate pl-5.5 text-sm text-muted">
            <Highlighted text=row.description.clone() words=&marked/>
        </div>
    })
}

fn tags(row: &Row) -> Option<impl IntoView + use<>> {
    if row.tags.is_empty() {
        return None;
    }
    let shown: Vec<_> = row.tags.iter().map(|tag| view! { <span class="tag">{tag.clone()}</span> }).collect();
    let more = (!row.more_tags.is_empty()).then(|| {
        view! { <span class="text-muted" title=row.more_tags.join(", ")>"+" {row.more_tags.len()}</span> }
    });
    Some(view! { <div>{shown} {more}</div> })
}
