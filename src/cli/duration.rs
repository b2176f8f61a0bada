//! Spans of time as options take them.

use std::time::Duration;

use crate::config::parse_duration;

/// Far enough away, and far enough from the end of time.
const MOST: Duration = Duration::from_secs(1_000 * 365 * 24 * 60 * 60);

/// Reads whole numbers with their units: `90d`, `12h`, `2h30m`, `10s`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    match parse_duration(text) {
        Some(duration) if duration <= MOST => Ok(duration),
        Some(_) => Err("that is more than 1,000 years".to_owned()),
        None => Err("expected a whole number and one of `s`, `m`, `h` and `d`, such as `90d`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_span_is_answered_with_the_form() {
        assert_eq!(duration("90d"), Ok(Duration::from_secs(7_776_000)));
        for text in ["", "d", "10", "-1d", "10 days", "9€"] {
            assert!(duration(text).is_err_and(|error| error.contains("`90d`")), "{text}");
        }
        assert!(duration("999999d").is_err_and(|error| error.contains("1,000 years")));
    }
}
