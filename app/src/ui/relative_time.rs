//! Ages and uptimes, which go on by themselves.

use std::time::Duration;

use leptos::prelude::*;

use super::{Icon, IconName};
use crate::model::{Timestamp, duration_text};

/// How often ages go on.
const TICK: Duration = Duration::from_secs(10);

/// The present, as the server's clock has it. Pages are told relative to the moment they were made at until the browser
/// takes them over; from then on the clock ticks there, and nothing is asked for that.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    present: RwSignal<Option<Timestamp>>,
    /// How much the server's clock is ahead of the browser's, in milliseconds.
    ahead: StoredValue<Option<i64>>,
}

impl Clock {
    /// Provides the clock of the application.
    pub(crate) fn provide() -> Self {
        let clock = Self { present: RwSignal::new(None), ahead: StoredValue::new(None) };
        provide_context(clock);
        Effect::new(move |_| {
            let ticking = set_interval_with_handle(move || clock.tick(), TICK).ok();
            on_cleanup(move || {
                if let Some(ticking) = ticking {
                    ticking.clear();
                }
            });
        });
        clock
    }

    /// The clock of the application.
    pub(crate) fn of_app() -> Self {
        expect_context()
    }

    /// The present, but never before `now`, at which something was told.
    pub(crate) fn now_or(self, now: Timestamp) -> Timestamp {
        self.present.get().map_or(now, |present| present.max(now))
    }

    /// Sets the clock by an answer that is shown. Does nothing on the server.
    pub(crate) fn set_by(self, now: Timestamp) {
        Effect::new(move |_| self.advance_to(now));
    }

    /// Sets the clock by an answer. One that was kept for a while does not set it back. Only for the browser.
    pub(crate) fn advance_to(self, now: Timestamp) {
        let ahead = now.0 - browser_now();
        let known = self.ahead.try_get_value().flatten();
        if known.is_none_or(|known| known < ahead) {
            self.ahead.set_value(Some(ahead));
            // What the page shows was told at the moment it was made, and stays until the next tick.
            if known.is_some() {
                self.tick();
            }
        }
    }

    fn tick(self) {
        if let Some(ahead) = self.ahead.get_value() {
            self.present.set(Some(Timestamp(browser_now() + ahead)));
        }
    }
}

fn browser_now() -> i64 {
    js_sys::Date::now() as i64
}

/// `2 days ago`, with the exact time for machines and in the title. `now` is the moment it was told at.
#[component]
pub(crate) fn RelativeTime(at: Timestamp, now: Timestamp) -> impl IntoView {
    let clock = Clock::of_app();
    view! {
        <time class="whitespace-nowrap" datetime=at.to_rfc3339() title=at.exact()>
            {move || at.relative_to(clock.now_or(now))}
        </time>
    }
}

/// `11 Jun 2025 21:01:56 UTC`.
#[component]
pub(crate) fn ExactTime(at: Timestamp) -> impl IntoView {
    view! { <time class="whitespace-nowrap" datetime=at.to_rfc3339()>{at.exact()}</time> }
}

/// `seen 2 days ago`, below the value that was last observed then; with a warning where the value is stale.
#[component]
pub(crate) fn SeenAge(at: Timestamp, is_stale: bool, now: Timestamp) -> impl IntoView {
    let clock = Clock::of_app();
    let class = if is_stale { "block truncate text-sm text-warn" } else { "block truncate text-sm text-muted" };
    let warning = is_stale.then(|| {
        view! { <Icon name=IconName::Warning class="mr-1 size-3.5"/> <span class="sr-only">"stale: "</span> }
    });
    view! { <span class=class>{warning} {move || ["seen ", &at.relative_to(clock.now_or(now))].concat()}</span> }
}

/// How long something has been running: `2 days 3 hours`. `now` is the moment it was told at.
#[component]
pub(crate) fn Uptime(since: Timestamp, now: Timestamp) -> impl IntoView {
    let clock = Clock::of_app();
    view! { <span>{move || duration_text(clock.now_or(now).since(since))}</span> }
}
