//! Lengths of time and numbers of bytes, as people write them.

use std::time::Duration;

/// Reads a length of time such as `90s`, `5m`, `2h30m` or `1d`; `None` for anything else.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut millis: u64 = 0;
    while !rest.is_empty() {
        let (number, after) = leading_number(rest)?;
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let size: u64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        millis = millis.checked_add(number.checked_mul(size)?)?;
        rest = after.trim_start();
    }
    Some(Duration::from_millis(millis))
}

/// Reads a number of bytes such as `512 KiB`, `64MiB` or `1 GB`; `None` for anything else.
pub(crate) fn parse_bytes(text: &str) -> Option<u64> {
    let (number, unit) = leading_number(text.trim())?;
    let size: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "b" => 1,
        "kb" => 1_000,
        "kib" => 1 << 10,
        "mb" => 1_000_000,
        "mib" => 1 << 20,
        "gb" => 1_000_000_000,
        "gib" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(size)
}

/// A number of bytes in the largest unit that fits.
pub(crate) fn bytes_text(bytes: u64) -> String {
    for (size, unit) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] {
        if bytes >= size && bytes.is_multiple_of(size) {
            return format!("{} {unit}", bytes / size);
        }
    }
    format!("{bytes} B")
}

fn leading_number(text: &str) -> Option<(u64, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_as_people_write_them() {
        for (text, seconds) in [("90s", 90), ("5m", 300), ("2h30m", 9_000), ("1d", 86_400), ("1h 5m", 3_900)] {
            assert_eq!(parse_duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(parse_duration("250ms"), Some(Duration::from_millis(250)));
        for text in ["", "5", "m", "5 potatoes", "-5m", "5m!", "99999999999999999999s", "999999999999999999d"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_of_bytes_are_read_as_people_write_them() {
        for (text, bytes) in [("64 MiB", 64 << 20), ("1GB", 1_000_000_000), ("10 kib", 10_240), ("7 B", 7)] {
            assert_eq!(parse_bytes(text), Some(bytes), "{text}");
        }
        for text in ["", "64", "MiB", "1 TB", "1.5 MiB", "99999999999 GiB"] {
            assert_eq!(parse_bytes(text), None, "{text}");
        }
        assert_eq!(bytes_text(64 << 20), "64 MiB");
        assert_eq!(bytes_text(1_500), "1500 B");
    }
}
