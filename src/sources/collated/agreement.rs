//! Whether the pages of a report that were read are all of it.
//!
//! Pages are counted off, so that a Resource which goes away in front of a page moves another one to a page that was
//! read already: nobody sees it, and it would be taken for deleted. Therefore what was read has to agree with the
//! number of Resources that the platform tells, from the first page to the last and once more after it.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::report::Page;

/// What was read of a report, and what the platform said that there is.
#[derive(Default)]
pub(super) struct Agreement {
    hasher: RandomState,
    /// The ids that were read, as hashes: there may be a million.
    ids: HashSet<u64>,
    first_page: HashSet<u64>,
    pages: u64,
    /// How many Resources there are, as the first page says.
    total: Option<u64>,
    /// Another number that a later page says.
    changed_to: Option<u64>,
}

impl Agreement {
    /// Takes the next page in.
    pub(super) fn add(&mut self, page: &Page) {
        let ids = self.ids_of(page);
        if self.pages == 0 {
            self.total = page.total_records;
            self.first_page.clone_from(&ids);
        } else if self.changed_to.is_none() {
            self.changed_to = page.total_records.filter(|total| Some(*total) != self.total);
        }
        self.ids.extend(ids);
        self.pages += 1;
    }

    /// Whether there were several pages. One page is of one moment.
    pub(super) fn has_several_pages(&self) -> bool {
        self.pages > 1
    }

    /// What does not agree, in words; `None` where everything does. `again` is the first page, asked for after the last
    /// one where there are several.
    pub(super) fn disagreement(&self, again: Option<&Page>) -> Option<String> {
        let Some(total) = self.total else {
            let text = "has several pages and does not tell how many Resources there are (`total_records`)";
            return self.has_several_pages().then(|| text.to_owned());
        };
        let at_last = again.and_then(|page| page.total_records).filter(|at_last| *at_last != total);
        if let Some(changed_to) = self.changed_to.or(at_last) {
            return Some(format!("told of {total} Resources at first and of {changed_to} later"));
        }
        let read = self.ids.len() as u64;
        if read != total {
            return Some(format!("tells of {total} Resources, and {read} were read"));
        }
        let is_other = again.is_some_and(|page| self.ids_of(page) != self.first_page);
        is_other.then(|| "has other Resources on its first page than before".to_owned())
    }

    fn ids_of(&self, page: &Page) -> HashSet<u64> {
        let ids = page.items.iter().filter_map(|item| item.get("id")?.as_str());
        ids.map(|id| self.hasher.hash_one(id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page(total_records: Option<u64>, names: &[&str]) -> Page {
        let items = names.iter().map(|name| json!({ "id": format!("depot:v1:{name}") })).collect();
        Page { items, page: None, total_pages: 2, total_records }
    }

    fn found(pages: &[Page], again: Option<&Page>) -> String {
        let mut agreement = Agreement::default();
        pages.iter().for_each(|page| agreement.add(page));
        agreement.disagreement(again).unwrap_or_default()
    }

    #[test]
    fn what_was_read_agrees_with_the_total_before_and_after() {
        let first = page(Some(3), &["a", "b"]);
        let pages = [first.clone(), page(Some(3), &["c"])];
        assert_eq!(found(&pages, Some(&first)), "");
        assert_eq!(found(&pages, Some(&page(Some(2), &["a", "c"]))), "told of 3 Resources at first and of 2 later");
        assert_eq!(
            found(&pages, Some(&page(Some(3), &["b", "c"]))),
            "has other Resources on its first page than before",
            "one went and another came"
        );
    }

    #[test]
    fn a_shift_between_pages_is_found() {
        let first = page(Some(4), &["a", "b"]);
        let hidden = [first.clone(), page(Some(3), &["d"])];
        assert_eq!(found(&hidden, Some(&first)), "told of 4 Resources at first and of 3 later");
        let twice = [page(Some(4), &["a", "b"]), page(Some(4), &["b", "c"])];
        assert_eq!(found(&twice, Some(&first)), "tells of 4 Resources, and 3 were read");
    }

    #[test]
    fn one_page_is_of_one_moment() {
        assert_eq!(found(&[page(None, &["a"])], None), "");
        assert_eq!(found(&[page(Some(1), &["a"])], None), "");
        assert_eq!(found(&[page(Some(2), &["a"])], None), "tells of 2 Resources, and 1 were read");
    }

    #[test]
    fn several_pages_without_a_total_are_not_known_to_be_all() {
        let pages = [page(None, &["a", "b"]), page(None, &["c"])];
        assert!(found(&pages, Some(&pages[0])).contains("`total_records`"));
    }
}
