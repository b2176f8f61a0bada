//! The Events tab: the change log, newest first, by day.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::address::{Address, TabName};
use super::tab::tab;
use crate::api::{Current, load_changes};
use crate::live::patch_in_place;
use crate::model::{Change, ChangePage, Field, Timestamp};
use crate::ui::{ButtonLink, Clock, EmptyState, ExactTime, RelativeTime, TimeZoneChoice};

/// Values longer than this many letters are shortened.
const SHORT: usize = 120;

const VALUE: &str = "min-w-0 rounded-sm bg-sunken px-1 wrap-anywhere";

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
    let zone = Clock::of_app().zone;
    let changes = page.changes.clone();
    // Where the clocks of the place are chosen, changes may belong to another day.
    let days = move || {
        by_day(&changes, |at| zone.offset_at(at))
            .into_iter()
            .map(|(day, changes)| {
                let entries = changes.iter().map(|change| entry(change, now, zone)).collect_view();
                view! {
                    <section class="grid grid-cols-[minmax(0,1fr)] gap-2">
                        <h2>{day}</h2>
                        <ol class="grid gap-2.5 border-l-2 border-line pl-4">{entries}</ol>
                    </section>
                }
            })
            .collect_view()
            .into_any()
    };
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

/// The changes of each day, in the order they came in, by clocks that are ahead of UTC by what `offset` says.
fn by_day(changes: &[Change], offset: impl Fn(Timestamp) -> i32) -> Vec<(String, &[Change])> {
    let day = |change: &Change| change.at.day_at(offset(change.at));
    let date = |change: &Change| change.at.date_at(offset(change.at));
    changes.chunk_by(|left, right| day(left) == day(right)).map(|changes| (date(&changes[0]), changes)).collect()
}

fn entry(change: &Change, now: Timestamp, zone: TimeZoneChoice) -> impl IntoView + use<> {
    let at = change.at;
    let offset = zone.offset_at(at);
    view! {
        <li class="grid items-baseline gap-x-3 gap-y-0.5 max-md:grid-cols-[auto_minmax(0,1fr)] md:grid-cols-[7.5rem_minmax(0,1fr)_auto]">
            <time
                class="whitespace-nowrap text-muted tabular-nums"
                datetime=at.to_rfc3339()
                title=at.exact_at(offset)
            >
                {at.time_of_day_at(offset)}
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
        Field::Created if change.from.is_some() => Either::Left("again, after it had been deleted"),
        Field::Created => Either::Left("seen for the first time"),
        Field::Deleted => Either::Left("no longer there"),
        // The values are digests, which tell nobody anything.
        Field::Manifest if change.from.is_some() => Either::Left("changed"),
        Field::Manifest => Either::Left("first reported"),
        Field::CreatedAt | Field::Runtime => {
            let to = change.to.as_deref().map_or_else(|| value(None).into_any(), moment);
            Either::Right(from_to(change.from.as_deref().map(moment), to))
        }
        _ => {
            let from = change.from.clone().map(|from| value(Some(from)).into_any());
            Either::Right(from_to(from, value(change.to.clone()).into_any()))
        }
    }
}

fn from_to(from: Option<AnyView>, to: AnyView) -> impl IntoView + use<> {
    let before = from.map(|from| {
        view! {
            {from}
            <span aria-label="to" role="img">"→"</span>
        }
    });
    view! {
        {before}
        {to}
    }
}

/// A value that is a moment, or a run planned for one.
fn moment(text: &str) -> AnyView {
    let (before, time) = match text.strip_prefix("next:") {
        Some(time) => ("next run ", time),
        None => ("", text),
    };
    match Timestamp::parse(time) {
        Some(at) => view! { <code class=VALUE>{before} <ExactTime at/></code> }.into_any(),
        None => value(Some(text.to_owned())).into_any(),
    }
}

fn value(text: Option<String>) -> impl IntoView + use<> {
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
    fn events_are_grouped_by_the_day_that_clocks_show() {
        let changes =
            ["2025-06-12T00:00:00Z", "2025-06-11T23:59:59Z", "2025-06-11T05:00:00+05:30", "2025-06-10T00:00:00Z"]
                .map(change);
        for (offset, expected) in [
            (0, &[("12 Jun 2025", 1), ("11 Jun 2025", 1), ("10 Jun 2025", 2)][..]),
            (120, &[("12 Jun 2025", 2), ("11 Jun 2025", 1), ("10 Jun 2025", 1)]),
            (-60, &[("11 Jun 2025", 2), ("10 Jun 2025", 1), ("9 Jun 2025", 1)]),
        ] {
            let days = by_day(&changes, |_| offset);
            let days: Vec<_> = days.iter().map(|(day, changes)| (day.as_str(), changes.len())).collect();
            assert_eq!(days, expected, "{offset} minutes ahead");
        }
    }
}
