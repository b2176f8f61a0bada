//! When a source is asked next.

use std::time::Duration;

/// The longest pause that failures alone lead to, unless the interval is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

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

#[cfg(test)]
mod tests {
    use super::*;

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
