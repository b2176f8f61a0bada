//! The rows of a listing.
//!
//! This is the part of a page that costs most, on the server as in the browser: plain elements, nothing reactive, and
//! whatever is the same for all rows is made once.

use leptos::prelude::*;

use crate::components::{HealthBadge, Highlighted, Icon, Moment, RuntimeBadge, StateBadge, TypeIcon};
use crate::model::{Level, ListingQuery, ListingRow, PLATFORM_TAG, ResourceType, SortKey, Sorting, State, Timestamp};

/// Tags shown in a row.
const TAGS: usize = 3;

/// More of a description does not fit into its line.
const DESCRIPTION_CHARACTERS: usize = 140;

/// An observation older than this looks old: a day, in milliseconds.
const STALE_AFTER_MS: i64 = 24 * 60 * 60 * 1_000;

/// Which columns a listing has, and what its rows share.
struct Columns {
    resource_type: bool,
    workspace: bool,
    source: bool,
    words: Vec<String>,
    from: String,
    now: Timestamp,
}

impl Columns {
    fn new(query: &ListingQuery, now: Timestamp) -> Self {
        let of = query.resource_type.as_ref();
        let workspaces = of.and_then(ResourceType::level) != Some(Level::Instance);
        let mut from = "?from=".to_owned();
        from.extend(form_urlencoded::byte_serialize(query.url().as_bytes()));
        Self {
            resource_type: of.is_none(),
            workspace: workspaces,
            source: of.is_some_and(|resource_type| resource_type.as_str() == "depot"),
            words: query.search_text().words,
            from,
            now,
        }
    }
}

pub(super) fn table(rows: Vec<ListingRow>, query: &ListingQuery, now: Timestamp) -> impl IntoView + use<> {
    let columns = Columns::new(query, now);
    let head = |label: &'static str, key: SortKey| heading(query, label, key);
    let headings = (
        head("Name", SortKey::Name),
        columns.resource_type.then(|| head("Type", SortKey::Type)),
        head("State", SortKey::State),
        head("Runtime", SortKey::Runtime),
        view! { <th scope="col">"Health"</th> },
        columns.workspace.then(|| head("Workspace", SortKey::Workspace)),
        columns.source.then(|| head("Source", SortKey::Source)),
        head("Owner", SortKey::Owner),
        view! { <th scope="col" class="roomy">"Tags"</th> },
        head("Updated", SortKey::Updated),
    );
    let rows = rows.into_iter().map(|row| line(row, &columns)).collect::<Vec<_>>();
    view! {
        <div class="table-wrap">
            <table class="data-table resources">
                <thead>
                    <tr>{headings}</tr>
                </thead>
                <tbody data-live-rows="">{rows}</tbody>
            </table>
        </div>
    }
}

/// A column's title, which sorts by it: first the way one looks for, then the other way, then not at all.
fn heading(query: &ListingQuery, label: &'static str, key: SortKey) -> impl IntoView + use<> {
    let newest_first = key == SortKey::Updated;
    let sorted = (query.sorting.key == key).then_some(query.sorting.descending);
    let next = match sorted {
        None => Sorting { key, descending: newest_first },
        Some(descending) if descending == newest_first => Sorting { key, descending: !newest_first },
        Some(_) => Sorting::default(),
    };
    let (direction, icon) = match sorted {
        None => (None, None),
        Some(false) => (Some("ascending"), Some("arrow-up")),
        Some(true) => (Some("descending"), Some("arrow-down")),
    };
    view! {
        <th scope="col" aria-sort=direction>
            <a href=query.sorted(next).url()>{label}{icon.map(|name| view! { <Icon name/> })}</a>
        </th>
    }
}

fn line(row: ListingRow, columns: &Columns) -> impl IntoView + use<> {
    let deleted = row.state == State::Deleted;
    let mut href = row.key.path();
    href.push_str(&columns.from);
    let runtime = if !row.runtime.is_empty() {
        view! { <RuntimeBadge runtime=row.runtime() now=columns.now/> }.into_any()
    } else if row.runtime_unknown {
        view! { <span class="muted">"not known"</span> }.into_any()
    } else {
        view! { <span class="muted" title="No runtime">"–"</span> }.into_any()
    };
    let description = row
        .description
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| describe(text, &columns.words));
    let stale = row
        .observed_at
        .filter(|at| !deleted && columns.now.since(*at) >= STALE_AFTER_MS)
        .map(|at| view! { <span class="stale">"seen "{at.relative_to(columns.now)}</span> });
    let seen = row.observed_at.map(|at| format!("Last observed {}", at.relative_to(columns.now)));
    let key = row.key.path();
    let live = |what: &str| format!("{}: {what}", row.key.name);
    let (of_state, of_runtime, of_health) = (live("state"), live("runtime"), live("health"));
    view! {
        <tr data-key=key data-state=deleted.then_some("deleted")>
            <th scope="row">
                <a class="row-link" href=href>
                    <TypeIcon resource_type=row.key.resource_type.clone()/>
                    <span><Highlighted text=row.key.name words=columns.words.clone()/></span>
                </a>
                {description}
            </th>
            {columns.resource_type.then(|| view! { <td data-label="Type">{row.key.resource_type.label()}</td> })}
            <td data-label="State" data-live=of_state><StateBadge state=row.state/></td>
            <td data-label="Runtime" data-live=of_runtime>{runtime}</td>
            <td data-label="Health" data-live=of_health><HealthBadge health=row.health/></td>
            {columns.workspace.then(|| view! { <td data-label="Workspace" class="narrow">{row.key.workspace}</td> })}
            {columns.source.then(|| view! { <td data-label="Source">{row.depot_source}</td> })}
            <td data-label="Owner" class="narrow">{row.owner}</td>
            <td data-label="Tags" class="roomy">{tags(row.tags)}</td>
            <td data-label="Updated" title=seen><Moment at=row.changed_at now=columns.now/>{stale}</td>
        </tr>
    }
}

/// The beginning of the description. Only words that occur are marked: unlike in a name, a typo forgiven would mark
/// much.
fn describe(text: &str, words: &[String]) -> impl IntoView + use<> {
    let mut start: String = text.chars().take(DESCRIPTION_CHARACTERS).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    let lower = if words.is_empty() { String::new() } else { start.to_lowercase() };
    let marked = words.iter().filter(|word| lower.contains(word.as_str())).cloned().collect();
    view! { <div class="description"><Highlighted text=start words=marked/></div> }
}

fn tags(tags: Vec<String>) -> Option<impl IntoView> {
    let mut own: Vec<String> = tags.into_iter().filter(|tag| !tag.starts_with(PLATFORM_TAG)).collect();
    if own.is_empty() {
        return None;
    }
    let rest = own.split_off(own.len().min(TAGS));
    let rest = (!rest.is_empty()).then(|| {
        let count = format!("+{}", rest.len());
        view! { <span class="muted" title=rest.join(", ")>{count}</span> }
    });
    let own = own.into_iter().map(|tag| view! { <span class="tag">{tag}</span> }).collect::<Vec<_>>();
    Some(view! { <div>{own}{rest}</div> })
}
