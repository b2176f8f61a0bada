//! What changed last.

use leptos::prelude::*;

use crate::api::ResourceChanges;
use crate::model::{Change, Field, Key, Runtime, RuntimeDetail, Timestamp};
use crate::ui::{CardList, RelativeTime, TypeIcon};

/// The Resources that changed last, each with what changed.
#[component]
pub(super) fn NewestChanges(changes: Vec<ResourceChanges>, now: Timestamp) -> impl IntoView {
    let body = if changes.is_empty() {
        view! { <p class="text-muted">"Nothing has changed yet."</p> }.into_any()
    } else {
        let entries = changes.into_iter().map(|changed| entry(changed, now)).collect_view();
        view! { <CardList>{entries}</CardList> }.into_any()
    };
    view! { <Section id="changes" title="Newest changes" more=None>{body}</Section> }
}

fn entry(changed: ResourceChanges, now: Timestamp) -> impl IntoView {
    let ResourceChanges { key, at, source, changes, more } = changed;
    let href = key.path() + "/events";
    let what = changes.iter().map(what_changed).collect::<Vec<_>>().join(" · ");
    let more = (more > 0).then(|| format!(" · and {more} more"));
    view! {
        <li class="relative grid-cols-[minmax(0,1fr)]! items-baseline hover:bg-raised xl:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_17rem]!">
            <ResourceLink key href/>
            <span class="truncate text-sm text-muted max-xl:pl-5.5">{what} {more}</span>
            <span class="text-sm text-muted max-xl:pl-5.5 xl:text-end"><RelativeTime at now/> " by " {source}</span>
        </li>
    }
}

/// The name of a Resource and `Service in public`. The link covers the entry that it stands in.
#[component]
pub(super) fn ResourceLink(key: Key, href: String) -> impl IntoView {
    let label = key.resource_type.label();
    let place = match key.workspace {
        Some(workspace) => format!("{label} in {workspace}"),
        None => label,
    };
    view! {
        <span class="flex min-w-0 items-baseline gap-x-2">
            <a class="flex min-w-0 items-baseline gap-1.5 font-[550] after:absolute after:inset-0" href=href>
                <TypeIcon resource_type=key.resource_type class="size-4 translate-y-0.5 text-muted"/>
                <span class="truncate">{key.name}</span>
            </a>
            <span class="min-w-12 truncate text-sm text-muted">{place}</span>
        </span>
    }
}

/// A titled part of the overview, with a way to more of it.
#[component]
pub(super) fn Section(
    id: &'static str,
    title: &'static str,
    more: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="grid grid-cols-[minmax(0,1fr)] content-start gap-2" aria-labelledby=id>
            <div class="flex flex-wrap items-baseline gap-x-3 gap-y-1">
                <h2 id=id>{title}</h2>
                {more}
            </div>
            {children()}
        </section>
    }
}

/// The change in a line: `Runtime: running:1 → failed`.
fn what_changed(change: &Change) -> String {
    let value = |text: &Option<String>| match text.as_deref().map(str::trim) {
        None | Some("") => "none".to_owned(),
        // A run that is planned is told by its time, as times are shown.
        Some(text) if change.field == Field::Runtime => match Runtime::parse(text).detail {
            Some(RuntimeDetail::At(at)) => format!("next run {}", at.exact()),
            _ => text.to_owned(),
        },
        Some(text) => text.to_owned(),
    };
    match change.field {
        Field::Created if change.from.is_some() => "Created again".to_owned(),
        Field::Created => "Created".to_owned(),
        Field::Deleted => "Deleted".to_owned(),
        // Digests say nothing to people.
        Field::Manifest if change.from.is_some() => "Manifest changed".to_owned(),
        Field::Manifest => "Manifest added".to_owned(),
        // Values that are summed up may read the same before and after.
        field if change.from == change.to => format!("{} changed: {}", field.label(), value(&change.to)),
        Field::CreatedAt => format!("{}: {}", change.field.label(), moment(change.to.as_deref())),
        field if change.from.is_none() => format!("{}: {}", field.label(), value(&change.to)),
        field => format!("{}: {} → {}", field.label(), value(&change.from), value(&change.to)),
    }
}

/// A time that was reported, as times are shown.
fn moment(text: Option<&str>) -> String {
    let text = text.unwrap_or_default();
    Timestamp::parse(text).map_or_else(|| text.to_owned(), Timestamp::exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_in_a_line() {
        let told = |field: Field, from: Option<&str>, to: Option<&str>| {
            what_changed(&Change {
                seq: 1,
                at: Timestamp(0),
                key: Key::new("depot", None, "sales").expect("a key"),
                field,
                from: from.map(str::to_owned),
                to: to.map(str::to_owned),
                source: "import".to_owned(),
            })
        };
        assert_eq!(told(Field::Runtime, Some("running:1"), Some("failed")), "Runtime: running:1 → failed");
        let planned = told(Field::Runtime, Some("succeeded"), Some("next:2026-11-30T06:00:00Z"));
        assert_eq!(planned, "Runtime: succeeded → next run 30 Nov 2026 06:00:00 UTC");
        assert_eq!(told(Field::Runtime, Some("failed"), Some("")), "Runtime: failed → none");
        assert_eq!(told(Field::Nodes, Some("1 failed"), Some("1 failed")), "Runtime nodes changed: 1 failed");
        assert_eq!(told(Field::Owner, None, Some("ada")), "Owner: ada");
        assert_eq!(told(Field::Manifest, Some("0a1b"), Some("2c3d")), "Manifest changed");
        let created = told(Field::CreatedAt, None, Some("2025-06-11T21:01:56Z"));
        assert!(created.ends_with("11 Jun 2025 21:01:56 UTC"), "{created}");
        assert_eq!(told(Field::Created, Some("deleted"), Some("active")), "Created again");
    }
}
