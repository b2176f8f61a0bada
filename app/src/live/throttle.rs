//! Work that is done at most so often.

use std::time::Duration;

use leptos::prelude::*;

/// Calls a function soon, at most once in an interval, however often it is asked to. Only for the browser.
#[derive(Clone, Copy)]
pub(crate) struct Throttle {
    interval: Duration,
    is_waiting: StoredValue<bool>,
    last_at: StoredValue<f64>,
}

impl Throttle {
    /// A throttle that lives as long as the current owner.
    pub(crate) fn new(interval: Duration) -> Self {
        Self { interval, is_waiting: StoredValue::new(false), last_at: StoredValue::new(f64::NEG_INFINITY) }
    }

    /// Does `work` now, or when the interval is over; not at all if it waits to be done already, or when the owner is
    /// gone by then.
    pub(crate) fn run(self, work: impl Fn() + 'static) {
        if self.is_waiting.try_get_value() != Some(false) {
            return;
        }
        let now = milliseconds_now();
        let wait = self.last_at.get_value() + self.interval.as_secs_f64() * 1_000.0 - now;
        if wait <= 0.0 {
            self.last_at.set_value(now);
            work();
            return;
        }
        self.is_waiting.set_value(true);
        set_timeout(
            move || {
                if self.is_waiting.try_update_value(|is_waiting| *is_waiting = false).is_some() {
                    self.last_at.set_value(milliseconds_now());
                    work();
                }
            },
            Duration::from_secs_f64(wait / 1_000.0),
        );
    }
}

/// A clock that never goes back.
fn milliseconds_now() -> f64 {
    window().performance().map_or_else(js_sys::Date::now, |performance| performance.now())
}
