//! Numbers for people.

/// `12,345`: thousands parted.
pub(crate) fn count_text(count: u64) -> String {
    let digits = count.to_string();
    if digits.len() <= 3 {
        return digits;
    }
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 Resource`, `12,345 Resources`.
pub(crate) fn resources_text(count: u64) -> String {
    if count == 1 { "1 Resource".to_owned() } else { format!("{} Resources", count_text(count)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted() {
        for (count, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (123_456, "123,456"), (1_234_567, "1,234,567")]
        {
            assert_eq!(count_text(count), text);
        }
        assert_eq!(resources_text(1), "1 Resource");
        assert_eq!(resources_text(2_000), "2,000 Resources");
    }
}
