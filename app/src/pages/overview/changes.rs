//! What changed last.

use leptos::prelude::*;

use crate::model::{Change, Field, Key, Timestamp};
use crate::ui::{CardList, RelativeTime, TypeIcon};

/// The newest entries of the change log.
#[component]
pub(super) fn NewestChanges(changes: Vec<Change>, now: Timestamp) -> impl IntoView {
    let body = if changes.is_empty() {
        view! { <p class="text-muted">"Nothing has changed yet."</p> }.into_any()
    } else {
        let entries = changes.into_iter().map(|change| entry(change, now)).collect_view();
        view! { <CardList>{entries}</CardList> }.into_any()
    };
    view! { <Section id="changes" title="Newest changes" more=None>{body}</Section> }
}

fn entry(change: Change, now: Timestamp) -> impl IntoView {
    let what = what_changed(&change);
    view! { <Entry key=change.key at=change.at now badge=().into_any()>{what}" · reported by "{change.source}</Entry> }
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

/// A Resource, what is to be said of it, and when that was.
#[component]
pub(super) fn Entry(key: Key, at: Timestamp, now: Timestamp, badge: AnyView, children: Children) -> impl IntoView {
    let href = key.path();
    let workspace = key.workspace.map(|workspace| format!("in {workspace}"));
    view! {
        <li>
            <span class="flex min-w-0 flex-wrap items-baseline gap-x-2 gap-y-0.5 wrap-anywhere [&>i]:self-center">
                {badge}
                <TypeIcon resource_type=key.resource_type.clone()/>
                <a class="font-[550]" href=href>{key.name}</a>
                <span class="text-muted">{key.resource_type.label()} " " {workspace}</span>
            </span>
            <span class="text-sm text-muted md:text-end">
                <RelativeTime at now/>
            </span>
            <span class="text-sm wrap-anywhere text-muted md:col-span-2">{children()}</span>
        </li>
    }
}

/// The change in a line: `Runtime: running:1 → failed`.
fn what_changed(change: &Change) -> String {
    let value = |text: &Option<String>| match text.as_deref().map(str::trim) {
        None | Some("") => "none".to_owned(),
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
        field if change.from.is_none() => format!("{}: {}", field.label(), value(&change.to)),
        field => format!("{}: {} → {}", field.label(), value(&change.from), value(&change.to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Key;

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
        assert_eq!(told(Field::Runtime, Some("failed"), Some("")), "Runtime: failed → none");
        assert_eq!(told(Field::Nodes, Some("1 failed"), Some("1 failed")), "Runtime nodes changed: 1 failed");
        assert_eq!(told(Field::Owner, None, Some("ada")), "Owner: ada");
        assert_eq!(told(Field::Manifest, Some("0a1b"), Some("2c3d")), "Manifest changed");
        assert_eq!(told(Field::Created, Some("deleted"), Some("active")), "Created again");
    }
}
