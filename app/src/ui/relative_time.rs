//! Ages and uptimes, which go on by themselves.

use std::time::Duration;

use leptos::prelude::*;

use super::{Icon, IconName, KeptChoice};
use crate::model::{Timestamp, age_text};

/// How often ages go on.
const TICK: Duration = Duration::from_secs(10);

/// Which clocks exact times are told by: UTC, or those of the place where the browser is.
#[derive(Clone, Copy)]
pub(crate) struct TimeZoneChoice(KeptChoice);

impl TimeZoneChoice {
    /// Whether times are told by the clocks of the place.
    pub(crate) fn is_local(self) -> bool {
        self.0.is_made()
    }

    /// Chooses the clocks of the place, or UTC. Only for the browser.
    pub(crate) fn choose_local(self, local: bool) {
        self.0.make(local);
    }

    /// By how many minutes the chosen clocks are ahead of UTC at a moment.
    pub(crate) fn offset_at(self, at: Timestamp) -> i32 {
        if !self.is_local() {
            return 0;
        }
        let moment = js_sys::Date::new_0();
        moment.set_time(at.0 as f64);
        // Browsers tell how far they are behind.
        -moment.get_timezone_offset().round() as i32
    }

    /// A moment by the chosen clocks.
    pub(crate) fn exact(self, at: Timestamp) -> String {
        at.exact_at(self.offset_at(at))
    }
}

/// The present, as the server's clock has it. Pages are told relative to the moment they were made at until the browser
/// takes them over; from then on the clock ticks there, and nothing is asked for that.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    present: RwSignal<Option<Timestamp>>,
    /// How much the server's clock is ahead of the browser's, in milliseconds.
    ahead: StoredValue<Option<i64>>,
    /// How exact times are told.
    pub(crate) zone: TimeZoneChoice,
}

impl Clock {
    /// Provides the clock of the application.
    pub(crate) fn provide() -> Self {
        let zone = TimeZoneChoice(KeptChoice::new("pharos-times", "local"));
        let clock = Self { present: RwSignal::new(None), ahead: StoredValue::new(None), zone };
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

/// The exact time beside an age that has the focus: over what follows where there is room, in the line on a phone.
const FOCUSABLE: &str = "whitespace-nowrap max-md:focus:whitespace-normal md:relative \
    focus:after:content-[attr(title)/''] max-md:focus:after:ml-1.5 max-md:focus:after:text-muted \
    md:focus:after:absolute md:focus:after:top-[calc(100%+0.3rem)] md:focus:after:right-0 md:focus:after:z-10 \
    md:focus:after:rounded-sm md:focus:after:bg-ink md:focus:after:px-1.5 md:focus:after:py-0.5 \
    md:focus:after:text-xs md:focus:after:text-ground";

/// The same for what stands in the last column of a table: over what precedes, since a table that can be scrolled shows
/// nothing below its last row.
const FOCUSABLE_AT_END: &str = "whitespace-nowrap max-md:focus:whitespace-normal md:relative \
    focus:after:content-[attr(title)/''] max-md:focus:after:ml-1.5 max-md:focus:after:text-muted \
    md:focus:after:absolute md:focus:after:top-0 md:focus:after:right-[calc(100%+0.3rem)] md:focus:after:z-10 \
    md:focus:after:rounded-sm md:focus:after:bg-ink md:focus:after:px-1.5 md:focus:after:py-0.5 \
    md:focus:after:text-xs md:focus:after:text-ground";

/// Class and tab index of an age; `focusable` is the class of one that can have the focus.
fn focusing(is_focusable: bool, focusable: &'static str) -> (&'static str, Option<&'static str>) {
    if is_focusable { (focusable, Some("0")) } else { ("whitespace-nowrap", None) }
}

/// `2 days ago`, with the exact time for machines and in the title. `now` is the moment it was told at. One that
/// `is_focusable` tells the exact time to keyboards and to fingers as well: for the few of a page, not for those of rows.
#[component]
pub(crate) fn RelativeTime(at: Timestamp, now: Timestamp, #[prop(optional)] is_focusable: bool) -> impl IntoView {
    let clock = Clock::of_app();
    let (class, tabindex) = focusing(is_focusable, FOCUSABLE);
    view! {
        <time class=class tabindex=tabindex datetime=at.to_rfc3339() title=move || clock.zone.exact(at)>
            {move || at.relative_to(clock.now_or(now))}
        </time>
    }
}

/// `11 Jun 2025 21:01:56 UTC`, or as the clocks of the place show it.
#[component]
pub(crate) fn ExactTime(at: Timestamp) -> impl IntoView {
    let zone = Clock::of_app().zone;
    view! { <time class="md:whitespace-nowrap" datetime=at.to_rfc3339()>{move || zone.exact(at)}</time> }
}

/// `seen 2 days ago`, below the value that was last observed then; with a warning where the value is stale.
#[component]
pub(crate) fn SeenAge(at: Timestamp, is_stale: bool, now: Timestamp) -> impl IntoView {
    let clock = Clock::of_app();
    let class = if is_stale { "block truncate text-sm text-warn" } else { "block truncate text-sm text-muted" };
    let warning = is_stale.then(|| {
        view! { <Icon name=IconName::Warning class="mr-1 size-3.5"/> <span class="sr-only">"stale: "</span> }
    });
    view! {
        <span class=class>
            {warning} "seen "
            <time datetime=at.to_rfc3339() title=move || clock.zone.exact(at)>
                {move || at.relative_to(clock.now_or(now))}
            </time>
        </span>
    }
}

/// How long something has been as it is: `2 days`, with the exact time it began. `now` is the moment it was told at;
/// `is_focusable` as in [`RelativeTime`].
#[component]
pub(crate) fn Uptime(since: Timestamp, now: Timestamp, #[prop(optional)] is_focusable: bool) -> impl IntoView {
    let clock = Clock::of_app();
    let (class, tabindex) = focusing(is_focusable, FOCUSABLE_AT_END);
    let title = move || ["since ", &clock.zone.exact(since)].concat();
    view! {
        <time class=class tabindex=tabindex datetime=since.to_rfc3339() title=title>
            {move || age_text(clock.now_or(now).since(since))}
        </time>
    }
}
