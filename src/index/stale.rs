//! Which Resources are stale. That comes with time alone and not with the change log, so it is told to the index from
//! outside, and nothing of it is kept on disk.

use app::model::STALE;
use roaring::RoaringBitmap;

use super::column::{Dictionary, Value};
use super::tables::Tables;
use super::{Index, number_of};

impl Index {
    /// Tells which Resources are stale, instead of those told before. Unknown and deleted ones are left out.
    pub fn set_stale(&self, numbers: impl IntoIterator<Item = i64>) {
        let told: RoaringBitmap = numbers.into_iter().filter_map(|number| number_of(number).ok()).collect();
        let mut view = self.view_mut();
        let stale = &told & &view.tables.live;
        view.tables.told_stale = told;
        let is_known = match view.tables.stale() {
            Some(known) => *known == stale,
            None => stale.is_empty(),
        };
        if is_known {
            return;
        }
        view.tables.set_stale(stale);
        view.generation += 1;
    }
}

impl Tables {
    fn stale(&self) -> Option<&RoaringBitmap> {
        self.fresh.values.first().map(|value| &value.members)
    }

    fn set_stale(&mut self, members: RoaringBitmap) {
        self.fresh = Dictionary::default();
        if !members.is_empty() {
            self.fresh.add(Value { word: STALE.to_owned(), count: members.len(), members });
        }
    }

    /// What comes later than it was told of, as in a rebuild, is stale all the same.
    pub(super) fn stale_if_told(&mut self, number: u32) {
        if self.told_stale.contains(number) {
            let place = self.fresh.place(STALE);
            self.fresh.enter(place, number);
        }
    }

    /// What is deleted is not stale.
    pub(super) fn not_stale(&mut self, number: u32) {
        self.told_stale.remove(number);
        if let Some(value) = self.fresh.values.first_mut()
            && value.members.remove(number)
        {
            value.count -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use app::model::{FacetName, Key, ListingQuery, Resource, Timestamp};

    use super::*;

    fn depot(name: &str, deleted: bool) -> Resource {
        Resource { deleted, ..Resource::new(Key::new("depot", None, name).expect("a key"), Timestamp(1)) }
    }

    fn found(index: &Index, query: &str) -> Vec<i64> {
        index.search(&ListingQuery::from_url(None, query), 10).expect("a page").numbers
    }

    #[test]
    fn what_is_stale_is_found_until_it_is_fresh_again() {
        let index = Index::in_memory().expect("an index");
        let depots = [(1, depot("a", false)), (2, depot("b", false)), (3, depot("c", true))];
        index.apply(&depots, 1, Timestamp(1)).expect("applied");
        assert!(found(&index, "fresh=stale").is_empty());
        index.set_stale([2, 3, 9, -1]);
        assert_eq!(found(&index, "fresh=stale"), [2], "the dead and the unknown are not waited for");
        assert_eq!(found(&index, "q=fresh:stale"), [2]);
        let page = index.search(&ListingQuery::default(), 10).expect("a page");
        let facet = page.facets.iter().find(|facet| facet.name == FacetName::Fresh).expect("a facet");
        assert_eq!((facet.values[0].value.as_str(), facet.values[0].count), ("stale", 1));
        index.set_stale([]);
        assert!(found(&index, "fresh=stale").is_empty());
    }

    #[test]
    fn what_is_told_in_the_middle_of_a_rebuild_is_found_after_it() {
        let index = Index::in_memory().expect("an index");
        index.begin_rebuild().expect("begun");
        index.set_stale([1, 2, 3]);
        let depots = [(1, depot("a", false)), (2, depot("b", true)), (4, depot("d", false))];
        index.append(&depots, Timestamp(1)).expect("appended");
        index.finish_rebuild(1).expect("finished");
        assert_eq!(found(&index, "q=fresh:stale"), [1]);
        assert_eq!(found(&index, "q=-fresh:stale%20type:depot"), [4, 2], "a minus gives the others");
        index.set_stale([]);
        assert!(found(&index, "fresh=stale").is_empty());
    }

    #[test]
    fn what_is_deleted_is_no_longer_stale() {
        let index = Index::in_memory().expect("an index");
        index.apply(&[(1, depot("a", false))], 1, Timestamp(1)).expect("applied");
        index.set_stale([1]);
        index.apply(&[(1, depot("a", true))], 2, Timestamp(2)).expect("applied");
        assert!(found(&index, "fresh=stale").is_empty());
    }
}
