//! What can be done with the selected rows of a listing.

use leptos::prelude::*;

use crate::layout::Selection;
use crate::model::Key;
use crate::ui::{Button, copy_text};

/// What is said when the browser opened fewer windows than it was asked for.
const KEPT_SHUT: &str = "The browser kept windows shut: allow this site to open pop-ups";

/// The bar at the bottom.
const BAR: &str = "fixed right-5 bottom-5 z-20 flex max-w-[calc(100vw-2.5rem)] flex-wrap items-center gap-2 rounded-lg \
                   border border-edge bg-raised px-3 py-2 shadow-panel max-md:right-3 max-md:bottom-16";

/// How many rows are selected, and what can be done with them; not to be seen while there are none.
#[component]
pub(super) fn SelectionBar() -> impl IntoView {
    let selection = Selection::of_app();
    let is_empty = Memo::new(move |_| selection.paths().is_empty());
    let count = Memo::new(move |before: Option<&String>| match selection.paths().len() {
        0 if before.is_none_or(String::is_empty) => String::new(),
        0 => "Nothing selected".to_owned(),
        count => format!("{count} selected"),
    });
    let said = RwSignal::new("");
    Effect::new(move |_| {
        // What was done was done with other rows.
        selection.paths();
        said.set("");
    });
    view! {
        <div
            class=move || if is_empty.get() { "sr-only" } else { BAR }
            role="group"
            aria-label="Selected rows"
        >
            <p class="font-semibold tabular-nums" role="status">
                {move || count.get()}
            </p>
            {move || (!is_empty.get()).then(|| actions(selection, said)).into_any()}
            <p class="text-muted" role="status">
                {move || said.get()}
            </p>
        </div>
    }
}

fn actions(selection: Selection, said: RwSignal<&'static str>) -> impl IntoView {
    let say = move |text| _ = said.try_set(text);
    let open = move |_| {
        let is_open = |path: &String| matches!(window().open_with_url_and_target(path, "_blank"), Ok(Some(_)));
        let paths = untrack(|| selection.paths());
        let opened = paths.iter().filter(|path| is_open(path)).count();
        say(if opened < paths.len() { KEPT_SHUT } else { "" });
    };
    let copy_names = move |_| copy_text(&lines(&untrack(|| selection.paths()), name), say);
    let copy_links = move |_| {
        let origin = window().location().origin().unwrap_or_default();
        copy_text(&lines(&untrack(|| selection.paths()), |path| [&origin, path].concat()), say);
    };
    view! {
        <Button on_click=open>"Open in new windows"</Button>
        <Button on_click=copy_names>"Copy names"</Button>
        <Button on_click=copy_links>"Copy links"</Button>
        <Button on_click=move |_| selection.dismiss()>"Clear"</Button>
    }
}

fn lines(paths: &[String], line: impl Fn(&str) -> String) -> String {
    paths.iter().map(|path| line(path)).collect::<Vec<_>>().join("\n")
}

/// The name of the Resource with this page.
fn name(path: &str) -> String {
    Key::of_path(path).into_iter().next().map_or_else(|| path.to_owned(), |key| key.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_copied_one_a_line_as_they_were_selected() {
        let paths = ["/resources/services/public.orders-api", "/resources/depots/sales.raw"].map(str::to_owned);
        assert_eq!(lines(&paths, name), "orders-api\nsales.raw");
    }

    #[test]
    fn the_bar_shows_while_something_is_selected() {
        Owner::new().with(|| {
            Selection::provide();
            let selection = Selection::of_app();
            let html = || view! { <SelectionBar/> }.to_html();
            assert!(!html().contains("Copy names"));
            selection.toggle("/resources/depots/a");
            selection.toggle("/resources/depots/b");
            assert!(html().contains("2 selected") && html().contains("Copy names"), "{}", html());
        });
    }
}
