//! The Events tab: the change log, newest first, by day.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::address::{Address, TabName};
use super::tab::tab;
use crate::api::{Current, load_changes};
use crate::live::patch_in_place;
use crate::model::{Change, ChangePage, Field, Timestamp};
use crate::ui::{ButtonLink, EmptyState, RelativeTime};

/// Values longer than this many letters are shortened.
const SHORT: usize = 120;

/// A page of the change log.
#[component]
pub(super) fn EventsTab() -> impl IntoView {
    let load = |address: Address| load_changes(address.types, address.fqn, address.before);
    tab(load, merge, |address, answer| events_view(address, answer).into_any())
}

/// Events never change: new ones are pending.
fn merge(before: &ChangePage, new: &ChangePage) -> (ChangePage, u32) {
    let (changes, pending) = patch_in_place(&before.changes, &new.changes, |change| change.seq);
    (ChangePage { changes, before: before.before }, pending)
}

pub(super) fn events_view(address: &Address, answer: &Current<ChangePage>) -> impl IntoView + use<> {
    let (page, now) = (&answer.value, answer.now);
    let link = |before: &str| address.link(&address.path(), TabName::Events, &[("before", before)]);
    if page.changes.is_empty() {
        let newest = (address.before > 0).then(|| view! { <p><a href=link("")>"See the newest events"</a></p> });
        let title = if address.before > 0 { "There are no older events" } else { "Nothing has changed yet" };
        return view! { <EmptyState title>{newest}</EmptyState> }.into_any();
    }
    let days = by_day(&page.changes)
        .into_iter()
        .map(|(day, changes)| {
            let entries = changes.iter().map(|change| entry(change, now)).collect_view();
            view! {
                <section class="grid grid-cols-[minmax(0,1fr)] gap-2">
                    <h2>{day}</h2>
                    <ol class="grid gap-2.5 border-l-2 border-line pl-4">{entries}</ol>
                </section>
            }
        })
        .collect_view();
    let newest = (address.before > 0).then(|| {
        let href = link("");
        view! { <ButtonLink rel="prev" href>"Newest"</ButtonLink> }
    });
    let older = page.before.map(|before| {
        let href = link(&before.to_string());
        view! { <ButtonLink rel="next" href>"Older"</ButtonLink> }
    });
    let pages = (newest.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="flex flex-wrap items-center gap-2" aria-label="Pages of events">
                {newest}
                {older}
            </nav>
        }
    });
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)] gap-5">{days}</div>
        {pages}
    }
    .into_any()
}

/// The changes of each day, in the order they came in.
fn by_day(changes: &[Change]) -> Vec<(String, &[Change])> {
    changes
        .chunk_by(|left, right| day(left.at) == day(right.at))
        .map(|changes| (date(changes[0].at), changes))
        .collect()
}

fn day(at: Timestamp) -> i64 {
    at.0.div_euclid(24 * 60 * 60 * 1_000)
}

/// `11 Jun 2025` of `11 Jun 2025 21:01:56 UTC`.
fn date(at: Timestamp) -> String {
    let exact = at.exact();
    exact.splitn(4, ' ').take(3).collect::<Vec<_>>().join(" ")
}

/// `21:01:56 UTC` of `11 Jun 2025 21:01:56 UTC`.
fn time_of_day(at: Timestamp) -> String {
    at.exact().splitn(4, ' ').nth(3).unwrap_or_default().to_owned()
}

fn entry(change: &Change, now: Timestamp) -> impl IntoView + use<> {
    let at = change.at;
    view! {
        <li class="grid items-baseline gap-x-3 gap-y-0.5 max-md:grid-cols-[auto_minmax(0,1fr)] md:grid-cols-[6.5rem_minmax(0,1fr)_auto]">
            <time class="whitespace-nowrap text-muted tabular-nums" datetime=at.to_rfc3339() title=at.exact()>
                {time_of_day(at)}
            </time>
            <div class="flex min-w-0 flex-wrap items-baseline gap-x-2 gap-y-0.5 max-md:col-span-full max-md:row-start-2">
                <strong>{change.field.label()}</strong>
                {what(change)}
            </div>
            <span class="text-muted"><RelativeTime at now/> ", by " {change.source.clone()}</span>
        </li>
    }
}

fn what(change: &Change) -> impl IntoView + use<> {
    match change.field {
        Field::Created if change.from.is_some() => EitherOf3::A("again, after it had been deleted"),
        Field::Created => EitherOf3::A("seen for the first time"),
        Field::Deleted => EitherOf3::A("no longer there"),
        // The values are digests, which tell nobody anything.
        Field::Manifest if change.from.is_some() => EitherOf3::A("changed"),
        Field::Manifest => EitherOf3::A("first reported"),
        Field::CreatedAt => EitherOf3::B(from_to(moment(change.from.as_deref()), moment(change.to.as_deref()))),
        _ => EitherOf3::C(from_to(change.from.clone(), change.to.clone())),
    }
}

fn moment(text: Option<&str>) -> Option<String> {
    text.map(|text| Timestamp::parse(text).map_or_else(|| text.to_owned(), Timestamp::exact))
}

fn from_to(from: Option<String>, to: Option<String>) -> impl IntoView + use<> {
    let before = from.map(|from| {
        view! {
            {value(Some(from))}
            <span aria-label="to" role="img">"→"</span>
        }
    });
    view! {
        {before}
        {value(to)}
    }
}

fn value(text: Option<String>) -> impl IntoView + use<> {
    const VALUE: &str = "min-w-0 rounded-sm bg-sunken px-1 wrap-anywhere";
    match text {
        None => EitherOf3::A(view! { <span class="text-muted">"none"</span> }),
        Some(text) => match text.char_indices().nth(SHORT) {
            None => EitherOf3::B(view! { <code class=VALUE>{text}</code> }),
            Some((end, _)) => {
                let short = format!("{}…", &text[..end]);
                EitherOf3::C(view! {
                    <details class="group min-w-0">
                        <summary>
                            <code class="min-w-0 rounded-sm bg-sunken px-1 wrap-anywhere group-open:hidden">{short}</code>
                            <span class="hidden text-sm text-muted group-open:inline">"Show less"</span>
                        </summary>
                        <code class=VALUE>{text}</code>
                    </details>
                })
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Key;

    fn change(at: &str) -> Change {
        Change {
            seq: 1,
            at: Timestamp::parse(at).expect("a time"),
            key: Key::new("depot", None, "salesraw").expect("a key"),
            field: Field::Runtime,
            from: None,
            to: Some("running:1".to_owned()),
            source: "import".to_owned(),
        }
    }

    #[test]
    fn events_are_grouped_by_day_in_utc() {
        let changes =
            ["2025-06-12T00:00:00Z", "2025-06-11T23:59:59Z", "2025-06-11T05:00:00+05:30", "2025-06-10T00:00:00Z"]
                .map(change);
        let days: Vec<_> = by_day(&changes).into_iter().map(|(day, changes)| (day, changes.len())).collect();
        assert_eq!(days, [("12 Jun 2025".to_owned(), 1), ("11 Jun 2025".to_owned(), 1), ("10 Jun 2025".to_owned(), 2)]);
        assert_eq!(time_of_day(changes[1].at), "23:59:59 UTC");
    }
}
