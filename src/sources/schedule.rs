//! When a source is asked next.

use std::time::Duration;

use app::model::Timestamp;

use super::run::later;
use crate::store::Plan;

/// The longest pause that failures alone lead to, unless the interval is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

/// The longest pause that a platform can ask for.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3_600);

/// How long to wait after a run. Every failure in a row doubles the interval, up to an hour; `asked` is the pause that
/// the platform asked for. `share`, from 0 to 1, is the part of the jitter that chance adds.
pub(super) fn pause(
    interval: Duration,
    jitter: Duration,
    failures: u32,
    asked: Option<Duration>,
    share: f64,
) -> Duration {
    let backed_off = interval.saturating_mul(1_u32.checked_shl(failures.min(20)).unwrap_or(u32::MAX));
    let pause = backed_off.min(LONGEST_PAUSE.max(interval)).max(asked.unwrap_or_default());
    pause + jitter.mul_f64(share.clamp(0.0, 1.0))
}

/// When a source is due that is asked every so often, as far as it is known at a moment. A source that was never asked is
/// due at once. What was noted counts unless the interval has become shorter since.
pub(super) fn due(plan: &Plan, now: Timestamp, interval: Duration, jitter: Duration, share: f64) -> Timestamp {
    let Some(ended_at) = plan.last_ended_at else { return now };
    // After a clock was set back, what is in the future was just now.
    let after = |share| later(ended_at.min(now), pause(interval, jitter, plan.failures, None, share));
    let due = plan.next_run_at.map_or_else(|| after(share), |noted| noted.min(after(1.0)));
    due.max(plan.wait_until.map_or(due, |until| until.min(later(now, LONGEST_WAIT))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_due_when_its_plan_says_so() {
        let now = Timestamp(100 * 60_000);
        let at = |minutes: i64| Timestamp(minutes * 60_000);
        let due = |plan: &Plan| due(plan, now, MINUTE * 10, MINUTE, 0.0);
        assert_eq!(due(&Plan::default()), now, "it was never asked");
        let ended = Plan { last_ended_at: Some(at(95)), ..Plan::default() };
        assert_eq!(due(&ended), at(105));
        assert_eq!(due(&Plan { failures: 2, ..ended }), at(135), "failures count beyond a restart");
        assert_eq!(due(&Plan { next_run_at: Some(at(106)), ..ended }), at(106));
        assert_eq!(due(&Plan { next_run_at: Some(at(900)), ..ended }), at(106), "the interval was longer");
        assert_eq!(due(&Plan { wait_until: Some(at(130)), ..ended }), at(130), "the platform asked for it");
        assert_eq!(due(&Plan { wait_until: Some(at(101)), ..ended }), at(105));
    }

    #[test]
    fn a_clock_that_was_set_back_puts_nothing_off_for_long() {
        let plan = Plan {
            last_ended_at: Some(Timestamp(i64::MAX / 2)),
            next_run_at: Some(Timestamp(i64::MAX / 2)),
            ..Plan::default()
        };
        assert_eq!(due(&plan, Timestamp(0), MINUTE, Duration::ZERO, 0.0), Timestamp(60_000));
        let plan = Plan { wait_until: Some(Timestamp(i64::MAX)), ..plan };
        assert_eq!(due(&plan, Timestamp(0), MINUTE, Duration::ZERO, 0.0), Timestamp(24 * 3_600_000));
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn failures_double_the_pause_up_to_an_hour() {
        let after = |failures| pause(MINUTE, Duration::ZERO, failures, None, 0.5);
        assert_eq!(after(0), MINUTE);
        assert_eq!(after(1), MINUTE * 2);
        assert_eq!(after(3), MINUTE * 8);
        for failures in [6, 40, u32::MAX] {
            assert_eq!(after(failures), MINUTE * 60, "{failures}");
        }
        assert_eq!(pause(MINUTE * 300, Duration::ZERO, 9, None, 0.0), MINUTE * 300, "a rare one does not get rarer");
    }

    #[test]
    fn the_pause_that_was_asked_for_is_kept() {
        assert_eq!(pause(MINUTE, Duration::ZERO, 1, Some(MINUTE * 90), 0.0), MINUTE * 90);
        assert_eq!(pause(MINUTE, Duration::ZERO, 1, Some(MINUTE), 0.0), MINUTE * 2);
    }

    #[test]
    fn chance_adds_no_more_than_the_jitter() {
        assert_eq!(pause(MINUTE, MINUTE, 0, None, 0.0), MINUTE);
        assert_eq!(pause(MINUTE, MINUTE, 0, None, 0.25), Duration::from_secs(75));
        assert_eq!(pause(MINUTE, MINUTE, 0, None, 7.0), MINUTE * 2);
    }
}
