//! Keys and certificates as PEM blocks.

use std::ops::Range;

use memchr::memmem;

/// Adds the places of blocks. One that does not end goes on to the end of the text.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    for (begin, dashes) in [("-----BEGIN ", "-----"), ("---- BEGIN ", "----")] {
        let mut from = 0;
        while let Some(at) = memmem::find(&text.as_bytes()[from..], begin.as_bytes()) {
            let start = from + at;
            let title_end = start + begin.len();
            let end =
                text[title_end..].find("-- END ").or_else(|| text[title_end..].find("--END ")).map(|at| title_end + at);
            let end = end.map_or(text.len(), |end| {
                let title = end + "-- END ".len();
                let close = text.get(title..).and_then(|rest| rest.find(dashes));
                close.map_or(text.len(), |close| title + close + dashes.len())
            });
            found.push(start..end);
            from = end;
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
}
