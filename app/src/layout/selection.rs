//! The rows of a listing that are selected with the keyboard.

use leptos::prelude::*;
use web_sys::Element;

use super::RESULTS_ID;
use super::focus::{focus_in_place, is_focus_lost, link_to, main_content};

/// The selected Resources, by the paths of their pages, in the order they were selected in; in the context of the frame.
/// What a row shows may change meanwhile, and the row may go to another page of the listing.
#[derive(Clone, Copy)]
pub(crate) struct Selection {
    paths: RwSignal<Vec<String>>,
    /// The path of the listing that they were selected in.
    listing: StoredValue<String>,
}

impl Selection {
    /// Provides it to the application.
    pub(crate) fn provide() {
        provide_context(Self { paths: RwSignal::new(Vec::new()), listing: StoredValue::new(String::new()) });
    }

    /// The one of the application.
    pub(crate) fn of_app() -> Self {
        expect_context()
    }

    /// The paths, as they are followed by views.
    pub(crate) fn paths(self) -> Vec<String> {
        self.paths.get()
    }

    /// Whether a Resource is selected, as it is followed by views.
    pub(crate) fn is_selected(self, path: &str) -> bool {
        self.paths.read().iter().any(|selected| selected == path)
    }

    /// Selects a Resource, or does not select it any more.
    pub(crate) fn toggle(self, path: &str) {
        let is_selected = untrack(|| self.is_selected(path));
        self.paths.update(|paths| {
            if is_selected {
                paths.retain(|selected| selected != path);
            } else {
                paths.push(path.to_owned());
            }
        });
    }

    /// Says which listing is on the screen, whatever it is narrowed down by. What was selected in another one is not
    /// selected any more; what was selected in this one still is when one comes back from the page of a Resource.
    pub(crate) fn enter(self, listing: String) {
        if self.listing.with_value(|entered| *entered != listing) {
            self.clear();
            self.listing.set_value(listing);
        }
    }

    /// Selects nothing any more.
    pub(crate) fn clear(self) {
        if self.paths.try_with_untracked(|paths| !paths.is_empty()) == Some(true) {
            self.paths.set(Vec::new());
        }
    }

    /// The same for those who asked for it: where what had the focus is gone, it goes to the row that was selected last.
    pub(crate) fn dismiss(self) {
        let Some(last) = self.paths.get_untracked().pop() else { return };
        self.clear();
        request_animation_frame(move || {
            let row = link_to(|href| path_of(href) == last);
            if is_focus_lost()
                && let Some(target) = row.or_else(main_content)
            {
                focus_in_place(&target);
            }
        });
    }

    /// `x` selects the row that has the focus, Escape clears.
    pub(super) fn on_key(self, key: &str) {
        match key {
            "x" => {
                if let Some(path) = focused_row() {
                    self.toggle(&path);
                }
            }
            // Away from the listing nobody sees what would be given up.
            "Escape" if document().get_element_by_id(RESULTS_ID).is_some() => self.dismiss(),
            _ => {}
        }
    }
}

/// The path of the Resource whose row has the focus.
pub(crate) fn focused_row() -> Option<String> {
    path_of_row(&document().active_element()?)
}

/// The path of the Resource in whose row an element is.
pub(crate) fn path_of_row(element: &Element) -> Option<String> {
    let row = element.closest(&["#", RESULTS_ID, " tbody tr"].concat()).ok()??;
    let href = row.query_selector("th[scope=row] a[href]").ok()??.get_attribute("href")?;
    Some(path_of(&href).to_owned())
}

/// The path of an address.
fn path_of(address: &str) -> &str {
    address.split('?').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_press_takes_a_row_out_again() {
        Owner::new().with(|| {
            Selection::provide();
            let selection = Selection::of_app();
            for path in ["/resources/depots/b", "/resources/depots/a", "/resources/depots/c", "/resources/depots/a"] {
                selection.toggle(path);
            }
            assert_eq!(selection.paths(), ["/resources/depots/b", "/resources/depots/c"]);
            assert!(selection.is_selected("/resources/depots/c") && !selection.is_selected("/resources/depots/a"));
            selection.clear();
            assert!(selection.paths().is_empty());
        });
    }

    #[test]
    fn what_is_selected_lasts_as_long_as_no_other_listing_is_entered() {
        Owner::new().with(|| {
            Selection::provide();
            let selection = Selection::of_app();
            selection.enter("/resources/depots".to_owned());
            selection.toggle("/resources/depots/a");
            selection.enter("/resources/depots".to_owned());
            assert_eq!(selection.paths(), ["/resources/depots/a"]);
            selection.enter("/resources".to_owned());
            assert!(selection.paths().is_empty());
        });
    }
}
