//! The Events tab: the change log, newest first, by day.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::address::{Address, Tab};
use crate::components::Moment;
use crate::model::{Change, ChangePage, Field, Resource, Timestamp};

/// Values longer than this many letters are shortened.
const SHORT: usize = 120;

/// A page of the change log.
pub(super) fn events(
    page: &ChangePage,
    resource: &Resource,
    address: &Address,
    now: Timestamp,
) -> impl IntoView + use<> {
    let path = resource.key.path();
    if page.changes.is_empty() {
        let newest = (address.before > 0).then(|| {
            view! { <p><a href=address.link(&path, Tab::Events, &[])>"See the newest events"</a></p> }
        });
        return view! {
            <div class="empty-state">
                <h2>{if address.before > 0 { "There are no older events" } else { "Nothing has changed yet" }}</h2>
                {newest}
            </div>
        }
        .into_any();
    }
    let days = by_day(&page.changes)
        .into_iter()
        .map(|(day, changes)| {
            let entries = changes.iter().map(|change| entry(change, now)).collect_view();
            let key = day.clone();
            view! {
                <section data-key=key>
                    <h2>{day}</h2>
                    <ol class="timeline" data-live-rows="">{entries}</ol>
                </section>
            }
        })
        .collect_view();
    let newest = (address.before > 0).then(|| {
        view! { <a class="button" rel="prev" href=address.link(&path, Tab::Events, &[])>"Newest"</a> }
    });
    let older = page.before.map(|before| {
        let href = address.link(&path, Tab::Events, &[("before", &before.to_string())]);
        view! { <a class="button" rel="next" href=href>"Older"</a> }
    });
    let pages = (newest.is_some() || older.is_some()).then(|| {
        view! { <nav class="pages" aria-label="Pages of events">{newest}{older}</nav> }
    });
    view! {
        <div class="events" data-live-rows="">{days}</div>
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
fn clock(at: Timestamp) -> String {
    at.exact().splitn(4, ' ').nth(3).unwrap_or_default().to_owned()
}

fn entry(change: &Change, now: Timestamp) -> impl IntoView + use<> {
    let at = change.at;
    view! {
        <li data-key=change.seq.to_string()>
            <time datetime=at.to_rfc3339() title=at.exact()>{clock(at)}</time>
            <div class="event-what">
                <strong>{change.field.label()}</strong>
                {what(change)}
            </div>
            <span class="muted"><Moment at now/>", by "{change.source.clone()}</span>
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
            <span class="arrow" aria-label="to">"→"</span>
        }
    });
    view! {
        {before}
        {value(to)}
    }
}

fn value(text: Option<String>) -> impl IntoView + use<> {
    match text {
        None => EitherOf3::A(view! { <span class="muted">"none"</span> }),
        Some(text) => match text.char_indices().nth(SHORT) {
            None => EitherOf3::B(view! { <code>{text}</code> }),
            Some((end, _)) => {
                let short = format!("{}…", &text[..end]);
                EitherOf3::C(view! {
                    <details class="long-value">
                        <summary><code>{short}</code></summary>
                        <code>{text}</code>
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
        assert_eq!(clock(changes[1].at), "23:59:59 UTC");
    }
}
