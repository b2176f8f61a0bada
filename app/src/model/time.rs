//! Moments and durations, as integers of milliseconds.
//!
//! Written by hand rather than taken from a date crate because the browser formats times as well, and the few lines
//! of calendar arithmetic here weigh a hundredth of one in the WebAssembly.

use std::fmt;

use serde::{Deserialize, Serialize};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads an RFC 3339 time such as `2025-07-28T13:40:00+05:30`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if !text.is_ascii() || bytes.len() < 20 {
            return None;
        }
        let number = |from: usize, to: usize| -> Option<i64> {
            let part = text.get(from..to)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()
        };
        let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
        if separators.iter().any(|&(at, wanted)| bytes[at] != wanted) || !matches!(bytes[10], b'T' | b't' | b' ') {
            return None;
        }
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        if !(1..=12).contains(&month)
            || day < 1
            || day > days_in_month(year, month)
            || hour > 23
            || minute > 59
            || second > 60
        {
            return None;
        }
        let rest = &text[19..];
        let (fraction, zone) = match rest.strip_prefix('.') {
            Some(after) => {
                let digits = after.bytes().take_while(u8::is_ascii_digit).count();
                if digits == 0 {
                    return None;
                }
                let millis = format!("{:0<3}", &after[..digits.min(3)]).parse::<i64>().ok()?;
                (millis, &after[digits..])
            }
            None => (0, rest),
        };
        let offset_minutes = match zone.as_bytes() {
            b"Z" | b"z" => 0,
            [sign @ (b'+' | b'-'), hours @ .., b':', tens, units] if hours.len() == 2 => {
                let digits = [hours[0], hours[1], *tens, *units];
                if !digits.iter().all(u8::is_ascii_digit) {
                    return None;
                }
                let [h1, h2, m1, m2] = digits.map(|digit| i64::from(digit - b'0'));
                let minutes = (h1 * 10 + h2) * 60 + m1 * 10 + m2;
                if h1 * 10 + h2 > 23 || m1 > 5 {
                    return None;
                }
                if *sign == b'-' { -minutes } else { minutes }
            }
            _ => return None,
        };
        let days = days_from_civil(year, month, day);
        Some(Self(
            days * DAY + hour * HOUR + minute * MINUTE + second.min(59) * SECOND + fraction - offset_minutes * MINUTE,
        ))
    }

    /// RFC 3339 in UTC, to the second unless there are milliseconds: `2025-07-28T08:10:00Z`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let (year, month, day) = civil_from_days(self.0.div_euclid(DAY));
        let within = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (within / HOUR, within % HOUR / MINUTE, within % MINUTE / SECOND);
        let millis = within % SECOND;
        let fraction = if millis == 0 { String::new() } else { format!(".{millis:03}") };
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
    }

    /// As the Runtime tab prints it, with the zone said: `11 Jun 2025 21:01:56 UTC`.
    #[must_use]
    pub fn exact(self) -> String {
        self.exact_at(0)
    }

    /// The same for clocks that are `offset` minutes ahead of UTC: `11 Jun 2025 23:01:56 +02:00`.
    #[must_use]
    pub fn exact_at(self, offset: i32) -> String {
        format!("{} {}", self.date_at(offset), self.time_of_day_at(offset))
    }

    /// The number of the day for clocks that are `offset` minutes ahead of UTC.
    #[must_use]
    pub fn day_at(self, offset: i32) -> i64 {
        self.ahead(offset).div_euclid(DAY)
    }

    /// The day for clocks that are `offset` minutes ahead of UTC: `11 Jun 2025`.
    #[must_use]
    pub fn date_at(self, offset: i32) -> String {
        let (year, month, day) = civil_from_days(self.day_at(offset));
        let month = MONTHS[usize::try_from(month - 1).unwrap_or_default()];
        format!("{day} {month} {year}")
    }

    /// The time of day for clocks that are `offset` minutes ahead of UTC: `23:01:56 +02:00`.
    #[must_use]
    pub fn time_of_day_at(self, offset: i32) -> String {
        let within = self.ahead(offset).rem_euclid(DAY);
        let (hour, minute, second) = (within / HOUR, within % HOUR / MINUTE, within % MINUTE / SECOND);
        let zone = match offset {
            0 => "UTC".to_owned(),
            _ => {
                let sign = if offset < 0 { '-' } else { '+' };
                let minutes = offset.unsigned_abs();
                format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        };
        format!("{hour:02}:{minute:02}:{second:02} {zone}")
    }

    /// What clocks show that are `offset` minutes ahead of UTC, as if they showed UTC.
    fn ahead(self, offset: i32) -> i64 {
        self.0.saturating_add(i64::from(offset) * MINUTE)
    }

    /// Seen from `now`, in words: `2 days ago`, `in 5 minutes`, `just now`.
    #[must_use]
    pub fn relative_to(self, now: Self) -> String {
        let distance = now.0.saturating_sub(self.0);
        match distance.unsigned_abs() {
            ..10_000 => "just now".to_owned(),
            _ if distance > 0 => format!("{} ago", largest_unit(distance)),
            _ => format!("in {}", largest_unit(-distance)),
        }
    }

    /// Milliseconds from `earlier` to this moment, never negative.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0).max(0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_rfc3339())
    }
}

/// A length of time in its two largest units: `3 minutes 20 seconds`, `2 days`.
#[must_use]
pub fn duration_text(millis: i64) -> String {
    let millis = millis.max(0);
    let units = [(DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second")];
    let Some(first) = units.iter().position(|&(size, _)| millis >= size) else {
        return "0 seconds".to_owned();
    };
    let (size, name) = units[first];
    let mut text = counted(millis / size, name);
    if let Some(&(next_size, next_name)) = units.get(first + 1) {
        let rest = millis % size / next_size;
        if rest > 0 {
            text.push(' ');
            text.push_str(&counted(rest, next_name));
        }
    }
    text
}

/// A length of time in its largest unit, at least a second: `3 minutes`, `2 days`.
#[must_use]
pub fn age_text(millis: i64) -> String {
    largest_unit(millis.max(0))
}

fn largest_unit(millis: i64) -> String {
    let units = [
        (365 * DAY, "year"),
        (30 * DAY, "month"),
        (DAY, "day"),
        (HOUR, "hour"),
        (MINUTE, "minute"),
        (SECOND, "second"),
    ];
    let (size, name) = units.into_iter().find(|&(size, _)| millis >= size).unwrap_or((SECOND, "second"));
    counted((millis / size).max(1), name)
}

fn counted(count: i64, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

// Both directions after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_the_forms_the_platform_prints() {
        for (text, millis) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2025-07-28T13:40:00+05:30", 1_753_690_200_000),
            ("2025-07-28T08:10:00Z", 1_753_690_200_000),
            ("2022-06-24T17:11:55.25+05:30", 1_656_070_915_250),
            ("2024-02-29T00:00:00-01:00", 1_709_168_400_000),
        ] {
            assert_eq!(Timestamp::parse(text), Some(Timestamp(millis)), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in ["", "5m", "2025-02-30T00:00:00Z", "2025-01-01", "2025-01-01T00:00:00", "2025-01-01T24:00:00Z"] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn tells_distance_in_words() {
        let now = Timestamp(100 * DAY);
        assert_eq!(Timestamp(98 * DAY).relative_to(now), "2 days ago");
        assert_eq!(Timestamp(100 * DAY - 1).relative_to(now), "just now");
        assert_eq!(Timestamp(100 * DAY + 5 * MINUTE).relative_to(now), "in 5 minutes");
        assert_eq!(Timestamp(100 * DAY - HOUR).relative_to(now), "1 hour ago");
        assert_eq!(duration_text(200 * SECOND), "3 minutes 20 seconds");
        assert_eq!(duration_text(0), "0 seconds");
        assert_eq!(age_text(2 * DAY + 23 * HOUR), "2 days");
        assert_eq!(age_text(-5), "1 second");
    }

    #[test]
    fn prints_the_runtime_tab_form() {
        assert_eq!(
            Timestamp::parse("2025-06-11T21:01:56Z").map(Timestamp::exact).as_deref(),
            Some("11 Jun 2025 21:01:56 UTC")
        );
    }

    #[test]
    fn clocks_ahead_of_utc_or_behind_it_may_show_another_day() {
        let at = Timestamp::parse("2025-12-31T21:01:56Z").expect("a time");
        for (offset, told) in [
            (0, "31 Dec 2025 21:01:56 UTC"),
            (60, "31 Dec 2025 22:01:56 +01:00"),
            (330, "1 Jan 2026 02:31:56 +05:30"),
            (-210, "31 Dec 2025 17:31:56 -03:30"),
            (14 * 60, "1 Jan 2026 11:01:56 +14:00"),
        ] {
            assert_eq!(at.exact_at(offset), told);
            assert_eq!([at.date_at(offset), at.time_of_day_at(offset)].join(" "), told);
        }
        assert_eq!(Timestamp(0).exact_at(-1), "31 Dec 1969 23:59:00 -00:01");
    }

    proptest! {
        #[test]
        fn printing_and_parsing_round_trip(millis in -62_167_219_200_000_i64..253_402_300_799_999) {
            let moment = Timestamp(millis);
            prop_assert_eq!(Timestamp::parse(&moment.to_rfc3339()), Some(moment));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            let _ = Timestamp::parse(&text);
        }
    }
}
