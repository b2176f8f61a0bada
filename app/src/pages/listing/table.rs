//! The rows of a listing.
//!
//! This is the part of a page that costs most, on the server as in the browser: plain elements, nothing reactive, and
//! whatever is the same for all rows is made once.

use maud::{Markup, html};

use crate::components::{health_badge, highlighted, icon, moment, runtime_badge, state_badge, type_icon};
use crate::model::{Level, ListingQuery, ListingRow, PLATFORM_TAG, ResourceType, SortKey, Sorting, State, Timestamp};

/// Tags shown in a row.
const TAGS: usize = 3;

/// More of a description does not fit into its line.
const DESCRIPTION_CHARACTERS: usize = 140;

/// An observation older than this looks old: a day, in milliseconds.
const OLD_AFTER_MS: i64 = 24 * 60 * 60 * 1_000;

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

/// The whole table. It is written and not made of views, as is whatever a page has hundreds of.
pub(super) fn table(rows: &[ListingRow], query: &ListingQuery, now: Timestamp) -> Markup {
    let columns = Columns::new(query, now);
    let head = |label: &str, key: SortKey| heading(query, label, key);
    html! {
        div.table-wrap {
            table.data-table.resources {
                thead {
                    tr {
                        (head("Name", SortKey::Name))
                        @if columns.resource_type { (head("Type", SortKey::Type)) }
                        (head("State", SortKey::State))
                        (head("Runtime", SortKey::Runtime))
                        th scope="col" { "Health" }
                        @if columns.workspace { (head("Workspace", SortKey::Workspace)) }
                        @if columns.source { (head("Source", SortKey::Source)) }
                        (head("Owner", SortKey::Owner))
                        th.roomy scope="col" { "Tags" }
                        (head("Updated", SortKey::Updated))
                    }
                }
                tbody data-live-rows { @for row in rows { (line(row, &columns)) } }
            }
        }
    }
}

/// A column's title, which sorts by it: first the way one looks for, then the other way, then not at all.
fn heading(query: &ListingQuery, label: &str, key: SortKey) -> Markup {
    let newest_first = key == SortKey::Updated;
    let sorted = (query.sorting.key == key).then_some(query.sorting.descending);
    let next = match sorted {
        None => Sorting { key, descending: newest_first },
        Some(descending) if descending == newest_first => Sorting { key, descending: !newest_first },
        Some(_) => Sorting::default(),
    };
    let (direction, arrow) = match sorted {
        None => (None, None),
        Some(false) => (Some("ascending"), Some("arrow-up")),
        Some(true) => (Some("descending"), Some("arrow-down")),
    };
    html! {
        th scope="col" aria-sort=[direction] {
            a href=(query.sorted(next).url()) { (label) @if let Some(name) = arrow { (icon(name)) } }
        }
    }
}

fn line(row: &ListingRow, columns: &Columns) -> Markup {
    let path = row.key.path();
    let deleted = row.state == State::Deleted;
    let seen = row.observed_at.map(|at| format!("Last observed {}", at.relative_to(columns.now)));
    html! {
        tr data-key=(path) data-state=[deleted.then_some("deleted")] {
            th scope="row" {
                a.row-link href={ (path) (columns.from) } {
                    (type_icon(&row.key.resource_type))
                    (highlighted(&row.key.name, &columns.words))
                }
                (describe(row, &columns.words))
            }
            @if columns.resource_type { td data-label="Type" { (row.key.resource_type.label()) } }
            td data-label="State" data-live={ (row.key.name) ": state" } { (state_badge(&row.state)) }
            td data-label="Runtime" data-live={ (row.key.name) ": runtime" } { (runtime(row, columns.now)) }
            td data-label="Health" data-live={ (row.key.name) ": health" } { (health_badge(&row.health)) }
            @if columns.workspace {
                td.narrow data-label="Workspace" { (row.key.workspace.as_deref().unwrap_or_default()) }
            }
            @if columns.source { td data-label="Source" { (row.depot_source.as_deref().unwrap_or_default()) } }
            td.narrow data-label="Owner" { (row.owner.as_deref().unwrap_or_default()) }
            td.roomy data-label="Tags" { (tags(&row.tags)) }
            td data-label="Updated" title=[seen] { (moment(row.changed_at, columns.now)) (age(row, columns.now)) }
        }
    }
}

fn runtime(row: &ListingRow, now: Timestamp) -> Markup {
    match runtime_badge(&row.runtime(), Some(now)) {
        Some(badge) => badge,
        None if row.runtime_unknown => html! { span.muted { "not known" } },
        None => html! { span.muted title="No runtime" { "–" } },
    }
}

/// How old what is known is, where it looks old or is stale.
fn age(row: &ListingRow, now: Timestamp) -> Markup {
    let old = row.observed_at.filter(|at| row.state != State::Deleted && now.since(*at) >= OLD_AFTER_MS);
    html! {
        @if let Some(seen) = &row.stale {
            span.stale.is-stale { "stale: seen " (seen.at.relative_to(now)) }
        } @else if let Some(at) = old {
            span.stale { "seen " (at.relative_to(now)) }
        }
    }
}

/// The beginning of the description. Only words that occur are marked: unlike in a name, a typo forgiven would mark
/// much.
fn describe(row: &ListingRow, words: &[String]) -> Markup {
    let text = row.description.as_deref().unwrap_or_default().trim();
    let mut start: String = text.chars().take(DESCRIPTION_CHARACTERS).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    let lower = if words.is_empty() { String::new() } else { start.to_lowercase() };
    let marked: Vec<String> = words.iter().filter(|word| lower.contains(word.as_str())).cloned().collect();
    html! { @if !text.is_empty() { div.description { (highlighted(&start, &marked)) } } }
}

fn tags(tags: &[String]) -> Markup {
    let own: Vec<&str> = tags.iter().map(String::as_str).filter(|tag| !tag.starts_with(PLATFORM_TAG)).collect();
    let (shown, rest) = own.split_at(own.len().min(TAGS));
    html! {
        @if !own.is_empty() {
            div {
                @for tag in shown { span.tag { (tag) } }
                @if !rest.is_empty() { span.muted title=(rest.join(", ")) { "+" (rest.len()) } }
            }
        }
    }
}
