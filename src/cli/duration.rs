//! Spans of time as people type them.

use std::time::Duration;

const DAY: u64 = 24 * 60 * 60;

/// Reads a whole number and a unit: `90d`, `12h`, `30m`, `10s`, `2w`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let told = || "expected a whole number and one of `s`, `m`, `h`, `d` and `w`, such as `90d`".to_owned();
    let text = text.trim();
    let unit = text.chars().last().ok_or_else(told)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => DAY,
        'w' => 7 * DAY,
        _ => return Err(told()),
    };
    let number = &text[..text.len() - unit.len_utf8()];
    if number.is_empty() || !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(told());
    }
    // Far enough away, and far enough from the end of time.
    let most = 1_000 * 365 * DAY;
    let seconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(seconds));
    match seconds.filter(|seconds| *seconds <= most) {
        Some(seconds) => Ok(Duration::from_secs(seconds)),
        None => Err("that is more than 1,000 years".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_with_their_unit() {
        for (text, seconds) in
            [("10s", 10), ("0s", 0), ("30m", 1_800), ("12h", 43_200), ("90d", 7_776_000), (" 2w ", 1_209_600)]
        {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_answered_with_the_form() {
        for text in ["", "d", "10", "-1d", "1.5h", "10 days", "9€"] {
            assert!(duration(text).is_err_and(|error| error.contains("`90d`")), "{text}");
        }
        for text in ["99999999999999999999s", "9999999w"] {
            assert!(duration(text).is_err_and(|error| error.contains("1,000 years")), "{text}");
        }
    }
}
