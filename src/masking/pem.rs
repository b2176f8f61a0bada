//! Keys and certificates as PEM blocks.

use std::ops::Range;

/// Adds the places of blocks. One that does not end goes on to the next, or to the end of the text.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    for (begin, end, dashes) in [("-----BEGIN ", "-----END ", "-----"), ("---- BEGIN ", "---- END ", "----")] {
        let mut next = text.find(begin);
        while let Some(start) = next {
            let title = start + begin.len();
            next = text[title..].find(begin).map(|at| title + at);
            let limit = next.unwrap_or(text.len());
            let close = text[title..limit].find(end).and_then(|at| {
                let title = title + at + end.len();
                text[title..limit].find(dashes).map(|at| title + at + dashes.len())
            });
            found.push(start..close.unwrap_or(limit));
        }
    }
    // What was cut off at its beginning.
    if let Some(end) = text.find("-----END ")
        && found.iter().all(|block| end < block.start || block.end < end)
    {
        found.push(0..end);
    }
    if let Some(start) = text.find("PuTTY-User-Key-File-") {
        found.push(start..text.len());
    }
}

/// Whether a text holds a block.
pub(super) fn holds_block(text: &str) -> bool {
    text.contains("-----BEGIN ")
        || text.contains("-----END ")
        || text.contains("---- BEGIN ")
        || text.contains("PuTTY-User-Key-File-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_found_whole_and_one_that_is_cut_off_too() {
        let text = "a -----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- b";
        let mut found = Vec::new();
        find(text, &mut found);
        assert_eq!(found.first(), Some(&(2..text.len() - 2)));
        let mut found = Vec::new();
        find(r"-----BEGIN PRIVATE KEY-----\nabc\n", &mut found);
        assert_eq!(found.first(), Some(&(0..34)));
    }

    #[test]
    fn a_block_ends_where_it_says_or_where_the_next_begins() {
        let certificate = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----";
        let mut found = Vec::new();
        find(&format!("{certificate}\nselect 1; -- END of report --"), &mut found);
        assert_eq!((found.len(), found.first()), (1, Some(&(0..certificate.len()))));
        let cut_off = "-----BEGIN PRIVATE KEY-----\nabc\n-----END ";
        let mut found = Vec::new();
        find(&format!("{cut_off}{certificate} x"), &mut found);
        assert_eq!(found, [0..cut_off.len(), cut_off.len()..cut_off.len() + certificate.len()]);
    }
}
