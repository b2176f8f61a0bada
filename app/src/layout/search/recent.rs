//! The texts that were searched for last. They are kept in the browser, and never leave it.

use crate::ui::browser_storage;

/// Where they are kept, one a line.
const STORED_AS: &str = "pharos-searches";

/// How many are kept.
const KEPT: usize = 8;

/// The texts, the newest first. None where the browser keeps nothing.
pub(super) fn recent_searches() -> Vec<String> {
    browser_storage()
        .and_then(|storage| storage.get_item(STORED_AS).ok())
        .flatten()
        .map_or_else(Vec::new, |kept| read(&kept))
}

/// Keeps a text as the newest.
pub(super) fn remember(text: &str) {
    if let Some(storage) = browser_storage() {
        let _ = storage.set_item(STORED_AS, &with_newest(recent_searches(), text).join("\n"));
    }
}

/// Forgets all texts.
pub(super) fn forget() {
    if let Some(storage) = browser_storage() {
        let _ = storage.remove_item(STORED_AS);
    }
}

/// What is kept may have been written by anybody.
fn read(kept: &str) -> Vec<String> {
    kept.lines().map(str::trim).filter(|text| !text.is_empty()).take(KEPT).map(str::to_owned).collect()
}

fn with_newest(mut searches: Vec<String>, text: &str) -> Vec<String> {
    let text = text.trim();
    if !text.is_empty() {
        searches.retain(|search| search != text);
        searches.insert(0, text.to_owned());
        searches.truncate(KEPT);
    }
    searches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first_and_each_once() {
        let mut searches = Vec::new();
        for text in ["a", "b", " a ", "", "  "] {
            searches = with_newest(searches, text);
        }
        assert_eq!(searches, ["a", "b"]);
        for number in 0..20 {
            searches = with_newest(searches, &number.to_string());
        }
        assert_eq!(searches, ["19", "18", "17", "16", "15", "14", "13", "12"]);
        assert_eq!(read(&searches.join("\n")), searches);
    }

    #[test]
    fn whatever_was_kept_is_read() {
        assert_eq!(read("\n a b \n\n"), ["a b"]);
        assert_eq!(read(&"x\n".repeat(99)).len(), KEPT);
    }
}
