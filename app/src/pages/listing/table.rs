//! The rows of a listing.
//!
//! This is the part of a page that costs most: whatever is the same for all rows is made once, in [`Columns`].

use std::sync::Arc;

use leptos::either::Either;
use leptos::prelude::*;

use super::links::from_parameter;
use super::preview::{Preview, Previewed};
use super::runtime::runtime;
use crate::api::Row;
use crate::layout::Selection;
use crate::live::{LiveRow, RowField, RowStore};
use crate::model::{Level, ListingQuery, OLD_AFTER_MS, ResourceType, SortKey, Sorting, State, Timestamp};
use crate::ui::{DataTable, HealthBadge, Highlighted, Reason, RelativeTime, SeenAge, SortArrow, StateBadge, TypeIcon};

/// Rows of one height, in two lines or, when the reader chose so, in one. Columns go where there is no room for them, and
/// where the reader does not want them; what is too long ends in an ellipsis. On a phone a row is a card.
const TABLE: &str = "\
    @min-xl:table-fixed @min-xl:border-separate @min-xl:border-spacing-0 @min-xl:rounded-lg @min-xl:border @min-xl:border-line \
    @min-xl:[&_tbody_:is(th,td)]:border-t @min-xl:[&_tbody_:is(th,td)]:border-line @min-xl:[&_:is(th,td)]:px-2 \
    @min-xl:[&_:is(th,td)]:h-13 @min-xl:[&_:is(th,td)]:align-middle @min-xl:[&_:is(th,td)]:truncate \
    @min-xl:[&_thead_th]:sticky @min-xl:[&_thead_th]:top-bar @min-xl:[&_thead_th]:z-10 @min-xl:[&_thead_th]:h-9 \
    @min-xl:[&_thead_th:first-child]:rounded-tl-lg @min-xl:[&_thead_th:last-child]:rounded-tr-lg \
    [&_tbody_tr]:relative [&_.name]:after:absolute [&_.name]:after:inset-0 \
    [&_.name>span]:truncate [html[data-density=compact]_&_tbody_:is(th,td)]:h-8 [html[data-density=compact]_&_tbody_th>div]:flex \
    @max-[40rem]:[&_.col-updated]:hidden @max-[58rem]:[&_.col-workspace]:hidden @min-[58rem]:[&_.in]:hidden @min-[68rem]:[&_.of]:hidden \
    @max-[50rem]:[&_.col-owner]:hidden @max-[58rem]:[&_.col-source]:hidden @max-[68rem]:[&_.col-type]:hidden @max-[84rem]:[&_.col-tags]:hidden \
    [html[data-without~=type]_&_.col-type]:hidden [html[data-without~=workspace]_&_.col-workspace]:hidden \
    [html[data-without~=source]_&_.col-source]:hidden [html[data-without~=owner]_&_.col-owner]:hidden \
    [html[data-without~=tags]_&_.col-tags]:hidden [html[data-without~=updated]_&_.col-updated]:hidden \
    @max-xl:block @max-xl:[&_thead]:sr-only @max-xl:[&_tbody]:grid @max-xl:[&_tbody]:grid-cols-[minmax(0,1fr)] @max-xl:[&_tbody]:gap-2 \
    @max-xl:[&_tbody_tr]:flex @max-xl:[&_tbody_tr]:flex-wrap @max-xl:[&_tbody_tr]:items-center @max-xl:[&_tbody_tr]:gap-x-3 \
    @max-xl:[&_tbody_tr]:gap-y-1 @max-xl:[&_tbody_tr]:rounded-lg @max-xl:[&_tbody_tr]:border @max-xl:[&_tbody_tr]:px-3 \
    @max-xl:[&_tbody_tr]:py-2 @max-xl:[&_tbody_th]:min-w-0 @max-xl:[&_tbody_th]:flex-1 \
    @max-xl:[&_tbody_th]:basis-[calc(100%-8rem)] @max-xl:[&_td]:order-2 @max-xl:[&_td]:leading-6 @max-xl:[&_td]:text-sm @max-xl:[&_td.col-health]:order-1 @max-xl:[&_td.col-health]:self-start \
    @max-xl:[&_td.col-updated]:block @max-xl:[&_.col-updated_*]:inline @max-xl:[&_.col-updated>span]:ml-2 \
    [&_thead_th.col-tags]:font-normal";

/// The widths of the columns. The name has what is left.
mod width {
    pub(super) const NAME: &str = "";
    pub(super) const TYPE: &str = "col-type w-30";
    pub(super) const STATE: &str = "col-state w-20 @min-4xl:w-22";
    pub(super) const RUNTIME: &str = "col-runtime w-38";
    pub(super) const HEALTH: &str = "col-health w-26 @min-4xl:w-28";
    pub(super) const WORKSPACE: &str = "col-workspace w-26";
    pub(super) const SOURCE: &str = "col-source w-26";
    pub(super) const OWNER: &str = "col-owner w-26 @min-4xl:w-28";
    pub(super) const TAGS: &str = "col-tags w-56";
    pub(super) const UPDATED: &str = "col-updated w-32 @min-4xl:w-38";
}

const SECOND_LINE: &str = "truncate pl-5.5 text-sm text-muted [html[data-density=compact]_&]:pl-0";

/// Which of the columns that depend on the type a listing has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ColumnSet {
    pub(super) resource_type: bool,
    pub(super) workspace: bool,
    pub(super) source: bool,
}

impl ColumnSet {
    pub(super) fn of(query: &ListingQuery) -> Self {
        let of = query.resource_type.as_ref();
        Self {
            resource_type: of.is_none(),
            workspace: of.and_then(ResourceType::level) != Some(Level::Instance),
            source: of.is_some_and(|resource_type| resource_type.as_str() == "depot"),
        }
    }
}

/// Which columns a listing has, and what its rows share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    set: ColumnSet,
    words: Vec<String>,
    from: String,
    preview: String,
    now: Timestamp,
}

impl Columns {
    pub(super) fn new(query: &ListingQuery, now: Timestamp) -> Self {
        Self {
            set: ColumnSet::of(query),
            words: query.search_text().words,
            from: from_parameter(query),
            preview: Previewed::address_start(query),
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
    preview: Preview,
) -> impl IntoView {
    let headings = move || {
        let (query, columns) = (query.get(), columns.get());
        let heading = |label, key, class| heading(&query, label, key, class);
        view! {
            {heading("Name", SortKey::Name, width::NAME)}
            {columns.set.resource_type.then(|| heading("Type", SortKey::Type, width::TYPE))}
            {heading("State", SortKey::State, width::STATE)}
            {heading("Runtime", SortKey::Runtime, width::RUNTIME)}
            {heading("Health", SortKey::Health, width::HEALTH)}
            {columns.set.workspace.then(|| heading("Workspace", SortKey::Workspace, width::WORKSPACE))}
            {columns.set.source.then(|| heading("Source", SortKey::Source, width::SOURCE))}
            {heading("Owner", SortKey::Owner, width::OWNER)}
            <th class=width::TAGS scope="col">"Tags"</th>
            {heading("Updated", SortKey::Updated, width::UPDATED)}
        }
        .into_any()
    };
    let selection = Selection::of_app();
    view! {
        <DataTable class=TABLE fits=true>
            <thead>
                <tr>{headings}</tr>
            </thead>
            <tbody>
                <For each=move || rows.fields() key=RowField::key let:field>
                    {
                        let path = field.key();
                        let current = path.clone();
                        view! {
                            <tr
                                data-selected=move || selection.is_selected(&path).then_some("")
                                aria-current=move || preview.is_of(&current).then_some("true")
                            >
                                {move || cells(&field.get(), &columns.get()).into_any()}
                            </tr>
                        }
                    }
                </For>
            </tbody>
        </DataTable>
    }
}

/// What is sorted by when the title of a column is chosen: first the way one looks for, then the other way, then not at
/// all.
pub(super) fn next_sorting(sorting: Sorting, key: SortKey) -> Sorting {
    let newest_first = key == SortKey::Updated;
    match (sorting.key == key).then_some(sorting.descending) {
        _ if key == SortKey::Relevance => Sorting::default(),
        None => Sorting { key, descending: newest_first },
        Some(descending) if descending == newest_first => Sorting { key, descending: !newest_first },
        Some(_) => Sorting::default(),
    }
}

/// A column's title, which sorts by it.
fn heading(query: &ListingQuery, label: &'static str, key: SortKey, class: &'static str) -> impl IntoView + use<> {
    let descending = (query.sorting.key == key).then_some(query.sorting.descending);
    let next = next_sorting(query.sorting, key);
    let direction = descending.map(|descending| if descending { "descending" } else { "ascending" });
    view! {
        <th class=class scope="col" aria-sort=direction>
            <a href=query.sorted(next).url()>{label} <SortArrow descending/></a>
        </th>
    }
}

fn cells(live: &LiveRow, columns: &Columns) -> impl IntoView + use<> {
    let LiveRow { id, row, changed, .. } = live;
    let link = [id, columns.from.as_str()].concat();
    let peek = [columns.preview.as_str(), Previewed::address_end(id)].concat();
    let label = ["Preview ", &row.key.name].concat();
    let name =
        if row.state == State::Deleted { "name flex gap-1.5 text-muted" } else { "name flex gap-1.5 font-[550]" };
    let of_type =
        columns.set.resource_type.then(|| view! { <td class="col-type">{row.key.resource_type.label()}</td> });
    let workspace = columns.set.workspace.then(|| {
        view! { <td class="col-workspace">{row.key.workspace.clone().unwrap_or_default()}</td> }
    });
    let source = columns.set.source.then(|| view! { <td class="col-source">{row.depot_source.clone()}</td> });
    view! {
        <th scope="row">
            <div class="min-w-0 items-baseline gap-2">
                <a class=name href=link>
                    <TypeIcon resource_type=row.key.resource_type.clone() class="size-4 translate-y-0.5 text-muted"/>
                    <Highlighted text=row.key.name.clone() words=&columns.words/>
                </a>
                {second_line(row, columns)}
            </div>
        </th>
        {of_type}
        <td class=mark("col-state", changed.state)>
            <StateBadge state=row.state.clone()/>
        </td>
        <td class=mark("col-runtime", changed.runtime)>{runtime(row, columns.now)}</td>
        <td class=mark("col-health", changed.health)>
            <HealthBadge health=row.health.clone()/>
            <a class="peek" href=peek aria-label=label></a>
        </td>
        {workspace}
        {source}
        <td class="col-owner">{row.owner.clone()}</td>
        <td class="col-tags">{tags(row)}</td>
        <td class="col-updated">
            <RelativeTime at=row.changed_at now=columns.now/>
            {age(row, columns.now)}
        </td>
    }
}

/// The class of a cell, which marks a value that has just changed.
fn mark(column: &'static str, changed: bool) -> String {
    let mark = if changed { " rounded-sm bg-accent-ground motion-safe:animate-changed" } else { "" };
    [column, mark].concat()
}

/// How old what is known is, where it looks old or is stale.
fn age(row: &Row, now: Timestamp) -> Option<impl IntoView + use<>> {
    let is_old = |at: &Timestamp| row.state != State::Deleted && now.since(*at) >= OLD_AFTER_MS;
    let at = row.stale_since.or_else(|| row.observed_at.filter(is_old))?;
    Some(view! { <SeenAge at is_stale=row.stale_since.is_some() now/> })
}

/// Why it is not well, or else what it is for; with type, and workspace or source, where those have no column. Only words that occur
/// are marked in it: unlike in a name, a typo forgiven would mark much.
fn second_line(row: &Row, columns: &Columns) -> impl IntoView + use<> {
    let has_text = row.health.level.needs_attention() || !row.description.is_empty();
    let (before, after) = match (has_text, columns.set.resource_type) {
        (true, _) => ("", " · "),
        (false, true) => (" · ", ""),
        (false, false) => ("", ""),
    };
    let of_type = columns.set.resource_type.then(|| {
        view! { <span class="of">{[&row.key.resource_type.label(), after].concat()}</span> }
    });
    let workspace = row.key.workspace.as_ref().filter(|_| columns.set.workspace);
    let source = row.depot_source.as_ref().filter(|_| columns.set.source);
    let place = workspace.or(source).map(|place| view! { <span class="in">{[before, place, after].concat()}</span> });
    let text = if row.health.level.needs_attention() {
        Either::Left(view! { <span class="text-ink"><Reason reason=row.health.reason.clone() now=columns.now/></span> })
    } else {
        let lower = row.description.to_lowercase();
        let marked: Vec<String> = columns.words.iter().filter(|word| lower.contains(word.as_str())).cloned().collect();
        Either::Right((!row.description.is_empty()).then(|| {
            view! { <Highlighted text=row.description.clone() words=&marked/> }
        }))
    };
    view! { <div class=SECOND_LINE>{of_type} {place} {text}</div> }
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
