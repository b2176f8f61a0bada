//! What changed last.

use leptos::prelude::*;

use crate::components::{Moment, TypeIcon};
use crate::model::{Change, Field, Timestamp};

/// Longer values are cut here: the page of the Resource has all of it. In characters.
const VALUE_CHARACTERS: usize = 80;

/// The newest entries of the change log.
pub(super) fn changes(changes: Vec<Change>, now: Timestamp) -> impl IntoView {
    let body = if changes.is_empty() {
        view! { <p class="muted">"Nothing has changed yet."</p> }.into_any()
    } else {
        let entries = changes.into_iter().map(|change| entry(change, now)).collect::<Vec<_>>();
        view! { <ul class="entries" data-live-rows="">{entries}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="changes">
            <h2 id="changes">"Newest changes"</h2>
            {body}
        </section>
    }
}

fn entry(change: Change, now: Timestamp) -> impl IntoView {
    let href = change.key.path();
    let what = what_changed(&change);
    let place = change.key.workspace.map(|workspace| format!("in {workspace}"));
    let key = change.seq.to_string();
    view! {
        <li data-key=key>
            <span class="subject">
                <TypeIcon resource_type=change.key.resource_type.clone()/>
                <a href=href>{change.key.name}</a>
                <span class="muted">{change.key.resource_type.label()}" "{place}</span>
            </span>
            <span class="when"><Moment at=change.at now/></span>
            <span class="what">{what}" · reported by "{change.source}</span>
        </li>
    }
}

/// The change in a line: `Runtime: running:1 → failed`.
fn what_changed(change: &Change) -> String {
    let value = |text: &Option<String>| match text.as_deref().map(str::trim) {
        None | Some("") => "none".to_owned(),
        Some(text) if text.chars().count() > VALUE_CHARACTERS => {
            text.chars().take(VALUE_CHARACTERS).chain(['…']).collect()
        }
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
