//! How a reader wants listings: kept in the browser, and applied to the document before it is painted (see `shell.rs`), so
//! that pages are the same for all readers.

use leptos::prelude::*;

use crate::ui::apply_choice;

/// How high rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Density {
    /// Two lines.
    #[default]
    Comfortable,
    /// One line.
    Compact,
}

impl Density {
    pub(super) const ALL: [Self; 2] = [Self::Comfortable, Self::Compact];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Comfortable => "Comfortable",
            Self::Compact => "Compact",
        }
    }

    /// The value in the document; the usual one needs none.
    fn value(self) -> Option<&'static str> {
        match self {
            Self::Comfortable => None,
            Self::Compact => Some("compact"),
        }
    }
}

const DENSITY: &str = "density";

/// The columns that the reader does not want, with blanks between them.
const WITHOUT: &str = "without";

/// The preferences of the reader, as the document has them.
#[derive(Clone, Copy)]
pub(super) struct Preferences {
    pub(super) density: RwSignal<Density>,
    without: RwSignal<Vec<String>>,
}

impl Preferences {
    /// The usual ones, until the browser has read those of the reader.
    pub(super) fn new() -> Self {
        let preferences = Self { density: RwSignal::default(), without: RwSignal::default() };
        Effect::new(move |_| {
            if applied(DENSITY).as_deref() == Density::Compact.value() {
                preferences.density.set(Density::Compact);
            }
            let without = applied(WITHOUT).unwrap_or_default();
            preferences.without.set(without.split_whitespace().map(str::to_owned).collect());
        });
        preferences
    }

    pub(super) fn set_density(self, density: Density) {
        apply_choice(DENSITY, density.value());
        self.density.set(density);
    }

    pub(super) fn is_without(self, column: &str) -> bool {
        self.without.with(|without| without.iter().any(|other| other == column))
    }

    pub(super) fn toggle_column(self, column: &'static str) {
        self.without.update(|without| {
            let count = without.len();
            without.retain(|other| other != column);
            if without.len() == count {
                without.push(column.to_owned());
            }
        });
        let without = self.without.with_untracked(|without| without.join(" "));
        apply_choice(WITHOUT, (!without.is_empty()).then_some(&without));
    }
}

fn applied(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(&["data-", name].concat())
}
