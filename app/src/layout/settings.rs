//! What the reader can choose, besides the theme.

use leptos::prelude::*;

use crate::ui::{Clock, KeptChoice};

/// Whether keys that are pressed alone do anything. They can be switched off, since speech input and slips of the hand
/// press them as well (WCAG 2.1.4).
#[derive(Clone, Copy)]
pub(crate) struct SingleKeys(KeptChoice);

impl SingleKeys {
    /// Provides the choice of the application.
    pub(crate) fn provide() {
        provide_context(Self(KeptChoice::new("pharos-single-keys", "off")));
    }

    /// The choice of the application.
    pub(crate) fn of_app() -> Self {
        expect_context()
    }

    /// Whether they do anything.
    pub(super) fn are_on(self) -> bool {
        !self.0.is_made()
    }

    /// The same, without following it.
    pub(crate) fn are_on_untracked(self) -> bool {
        !self.0.is_made_untracked()
    }
}

const OPTION: &str = "flex min-h-7 w-fit items-center gap-1.5";

/// The choices. Each counts at once, and the browser keeps it.
#[component]
pub(super) fn Settings() -> impl IntoView {
    let SingleKeys(without_keys) = SingleKeys::of_app();
    let zone = Clock::of_app().zone;
    let clocks = move |label: &'static str, local: bool| {
        view! {
            <label class=OPTION>
                <input
                    class="size-4 accent-accent"
                    type="radio"
                    name="times"
                    prop:checked=move || zone.is_local() == local
                    on:change=move |_| zone.choose_local(local)
                />
                {label}
            </label>
        }
    };
    view! {
        <h3 class="pt-2">"Settings"</h3>
        <div class="grid gap-y-1 pb-3">
            <label class=OPTION>
                <input
                    class="size-4 accent-accent"
                    type="checkbox"
                    prop:checked=move || !without_keys.is_made()
                    on:change=move |event| without_keys.make(!event_target_checked(&event))
                />
                "Single-key shortcuts"
            </label>
            <fieldset class="flex flex-wrap items-center gap-x-4">
                <legend class="float-left mr-4">"Times in"</legend>
                {clocks("UTC", false)}
                {clocks("Local time", true)}
            </fieldset>
        </div>
    }
}
