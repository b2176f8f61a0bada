//! Whether a value looks as if a machine had made it up.

/// The shortest value that is looked at, and how much of a long one is.
const SHORTEST: usize = 16;
const LOOKED_AT: usize = 256;

/// How long a part without signs has to be, and how many bits a character of it has to say.
const SHORTEST_PART: usize = 12;
const LEAST_BITS: f64 = 2.8;

/// Whether a value has no blanks and a long part in which letters and digits, or small and capital letters, change so
/// often that it is no name.
pub(crate) fn looks_random(value: &str) -> bool {
    let value = value.trim();
    if value.len() < SHORTEST || value.bytes().any(|byte| byte.is_ascii_whitespace() || !byte.is_ascii()) {
        return false;
    }
    let bytes = &value.as_bytes()[..value.len().min(LOOKED_AT)];
    bytes
        .split(|byte| !byte.is_ascii_alphanumeric())
        .any(|part| part.len() >= SHORTEST_PART && is_mixed(part) && bits(part) >= LEAST_BITS)
        || is_uuid(bytes)
}

fn is_mixed(part: &[u8]) -> bool {
    let count = |differ: fn(u8, u8) -> bool| part.windows(2).filter(|pair| differ(pair[0], pair[1])).count();
    let digits = count(|left, right| left.is_ascii_digit() != right.is_ascii_digit());
    let capitals = count(|left, right| left.is_ascii_lowercase() && right.is_ascii_uppercase());
    digits >= 3 || (digits >= 1 && capitals >= 2) || capitals * 5 >= part.len()
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The entropy of the characters, in bits.
fn bits(part: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in part {
        counts[usize::from(*byte)] += 1;
    }
    let all = f64::from(u32::try_from(part.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / all)
        .map(|share| -share * share.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_values_are_told_from_names() {
        for value in
            ["a1b2c3d4e5f6a7b8", "Zk9xQw3LmN0pRt5v", "0f8fad5b-d9cb-469f-a165-70867728950e", "aB+cD3/xY9zKq21LmPoQ=="]
        {
            assert!(looks_random(value), "{value}");
        }
        for value in [
            "customerOrderItems",
            "order-items-2024-01-31",
            "registry.example.com/orders:1.4.2",
            "partition_key_20240131",
            "aaaaaaaaaaaaaaaaaaaa1",
            "/secrets/key.json",
            "roles:id:data-dev",
            "two words a1b2c3d4e5f6",
        ] {
            assert!(!looks_random(value), "{value}");
        }
    }
}
