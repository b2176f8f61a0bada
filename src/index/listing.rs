//! Listings, neighbours and suggestions.

use app::model::{ListingQuery, Position};

use super::order::{Direction, Order};
use super::{Hits, Index, IndexError, matches, text};

/// Up to this many rows before a page are counted, so that a page far inside costs no more than others.
const COUNTED_BEFORE: usize = 5_000;

impl Index {
    /// One page of a listing.
    ///
    /// # Errors
    /// [`IndexError::BadCursor`] for a cursor that is none of this order; others when the text index fails.
    pub fn search(&self, query: &ListingQuery, limit: usize) -> Result<Hits, IndexError> {
        let view = self.view();
        let (matches, basis) = self.matches(&view, query)?;
        let order = Order::new(&view.tables, query, matches.scored.as_ref(), self.effort);
        let hits = &matches.hits;
        let limit = limit.max(1);

        let read = |cursor| order.read_cursor(cursor).ok_or(IndexError::BadCursor);
        let (mut places, more_after, more_before) = match &query.position {
            Position::Start => {
                let mut places = order.walk(hits, None, Direction::Forward, limit + 1);
                let more = places.len() > limit;
                places.truncate(limit);
                (places, more, false)
            }
            Position::After(cursor) => {
                let from = read(cursor)?;
                let mut places = order.walk(hits, Some(from), Direction::Forward, limit + 1);
                let more = places.len() > limit;
                places.truncate(limit);
                (places, more, true)
            }
            Position::Before(cursor) => {
                let from = read(cursor)?;
                let mut places = order.walk(hits, Some(from), Direction::Backward, limit + 1);
                let more = places.len() > limit;
                places.truncate(limit);
                places.reverse();
                (places, true, more)
            }
        };
        // Whether the row a cursor came from is still there, is only known by looking.
        let (mut next, mut previous) = (None, None);
        let before = match (&query.position, places.first()) {
            (Position::Start, _) => Some(0),
            (_, None) => None,
            (_, Some(&first)) => {
                let before = order.walk(hits, Some(first), Direction::Backward, COUNTED_BEFORE + 1).len();
                (before <= COUNTED_BEFORE).then_some(before as u64)
            }
        };
        match (&query.position, places.first().copied(), places.last().copied()) {
            (Position::Start, Some(_), Some(last)) => next = more_after.then(|| order.cursor(last.number)),
            (Position::After(_), Some(first), Some(last)) => {
                previous = (more_before && before != Some(0)).then(|| order.cursor(first.number));
                next = more_after.then(|| order.cursor(last.number));
            }
            (Position::Before(_), Some(first), Some(last)) => {
                previous = more_before.then(|| order.cursor(first.number));
                let after = more_after && !order.walk(hits, Some(last), Direction::Forward, 1).is_empty();
                next = after.then(|| order.cursor(last.number));
            }
            (Position::After(cursor), ..) if !hits.is_empty() => {
                // Beyond the end: what is right before is the last page.
                previous =
                    (!order.walk(hits, Some(read(cursor)?), Direction::Backward, 1).is_empty()).then(|| cursor.clone());
            }
            (Position::Before(cursor), ..) if !hits.is_empty() => {
                next =
                    (!order.walk(hits, Some(read(cursor)?), Direction::Forward, 1).is_empty()).then(|| cursor.clone());
            }
            _ => {}
        }
        let numbers = places.drain(..).map(|place| i64::from(place.number)).collect();
        let facets = matches.facets(&view, &self.words, query, basis)?;
        Ok(Hits { numbers, total: hits.len(), before, facets, next, previous })
    }

    /// The numbers of all Resources of a listing, in its order: those after the place that the query stands at, or before
    /// it.
    ///
    /// # Errors
    /// [`IndexError::BadCursor`] for a cursor that is none of this order; others when the text index fails.
    pub fn everything(&self, query: &ListingQuery) -> Result<Vec<u32>, IndexError> {
        let view = self.view();
        let (matches, _) = self.matches(&view, query)?;
        let order = Order::new(&view.tables, query, matches.scored.as_ref(), self.effort);
        let (cursor, direction) = match &query.position {
            Position::Start => return Ok(order.sorted(&matches.hits, None, Direction::Forward)),
            Position::After(cursor) => (cursor, Direction::Forward),
            Position::Before(cursor) => (cursor, Direction::Backward),
        };
        let from = order.read_cursor(cursor).ok_or(IndexError::BadCursor)?;
        Ok(order.sorted(&matches.hits, Some(from), direction))
    }

    /// The Resources before and after a Resource in a listing, wherever the listing's page is; none when it is not in
    /// the listing.
    ///
    /// # Errors
    /// When the text index fails.
    pub fn neighbours(&self, query: &ListingQuery, number: i64) -> Result<(Option<i64>, Option<i64>), IndexError> {
        let Ok(number) = super::number_of(number) else { return Ok((None, None)) };
        let view = self.view();
        let (matches, _) = self.matches(&view, query)?;
        if !matches.hits.contains(number) {
            return Ok((None, None));
        }
        let order = Order::new(&view.tables, query, matches.scored.as_ref(), self.effort);
        let Some(place) = order.place(number) else { return Ok((None, None)) };
        let one = |direction| {
            order.walk(&matches.hits, Some(place), direction, 1).first().map(|place| i64::from(place.number))
        };
        Ok((one(Direction::Backward), one(Direction::Forward)))
    }

    /// Resources to offer for a text being typed, the best first; none for a text that asks for nothing yet.
    ///
    /// # Errors
    /// When the text index fails.
    pub fn suggest(&self, text: &str, limit: usize) -> Result<Vec<i64>, IndexError> {
        let query = ListingQuery { q: text.to_owned(), ..ListingQuery::default() };
        let asked = query.search_text();
        if text::bounded(&asked.words).is_empty() && asked.qualifiers.is_empty() {
            return Ok(Vec::new());
        }
        let view = self.view();
        // Not remembered: few type the same, and what the words match is kept anyway.
        let (matches, _) = matches::compute(&view, &self.words, &query)?;
        let order = Order::new(&view.tables, &query, matches.scored.as_ref(), self.effort);
        let places = order.walk(&matches.hits, None, Direction::Forward, limit);
        Ok(places.into_iter().map(|place| i64::from(place.number)).collect())
    }
}

#[cfg(test)]
mod tests {
    use app::model::{Cursor, Key, Resource, SortKey, Sorting, Timestamp};

    use super::*;

    fn index(names: &[&str]) -> Index {
        let index = Index::in_memory().expect("an index");
        let resources: Vec<_> = (1..)
            .zip(names)
            .map(|(number, name)| {
                (number, Resource::new(Key::new("service", Some("public"), name).expect("a key"), Timestamp(number)))
            })
            .collect();
        index.apply(&resources, 1, Timestamp(0)).expect("applied");
        index
    }

    #[test]
    fn whatever_is_typed_is_answered() {
        let index = index(&["orders", "a-b", "Ünïcödé.x"]);
        for text in [
            "\"", "\"\"", "***", ":", "state:", "type:\"", "\u{0}", "🚀🚀", "\\", "((((", "a\u{301}", "ß", "İ", "-",
            "..", "AND OR",
        ] {
            let long = text.repeat(200);
            for text in [text, &long] {
                let query = ListingQuery { q: text.to_owned(), ..ListingQuery::default() };
                index.search(&query, 5).expect("an answer");
                index.suggest(text, 5).expect("an answer");
                index.near(None, text, 5).expect("an answer");
            }
        }
    }

    #[test]
    fn a_cursor_that_is_none_is_refused() {
        let index = index(&["a", "b"]);
        for key in SortKey::ALL {
            let query = ListingQuery::default().sorted(Sorting { key, descending: false });
            for text in ["", "x", "*", "*.", "name*.x", "updated*.1", "relevance*.x*.0*.1*.1", "state*.1*.x"] {
                let cursor = Cursor(text.to_owned());
                for position in [Position::After(cursor.clone()), Position::Before(cursor.clone())] {
                    assert!(
                        matches!(index.search(&query.at(position), 5), Err(IndexError::BadCursor)),
                        "{key:?} {text}"
                    );
                }
            }
        }
    }

    #[test]
    fn totals_and_facets_are_exact_however_many_words_begin_like_the_one_searched_for() {
        const COUNT: i64 = 3_500;
        let index = Index::in_memory().expect("an index");
        let resource = |number: i64| {
            let key = Key::new("service", Some("public"), &format!("s{number}")).expect("a key");
            let words = (Some(format!("customer{number}")), Some(format!("owner{number}")));
            let mut resource = Resource::new(key, Timestamp(number));
            (resource.description, resource.owner) = words;
            (number, resource)
        };
        index.apply(&(1..=COUNT).map(resource).collect::<Vec<_>>(), 1, Timestamp(0)).expect("applied");
        let query = ListingQuery { q: "custo".to_owned(), ..ListingQuery::default() };
        let hits = index.search(&query, 5).expect("a page");
        assert_eq!(hits.total, COUNT.cast_unsigned());
        let facet = |name: &str| hits.facets.iter().find(|facet| facet.name.as_str() == name).expect("a facet");
        assert_eq!(facet("type").values[0].count, COUNT.cast_unsigned());
        let owners = facet("owner");
        assert_eq!(owners.values.len() as u64 + owners.more, COUNT.cast_unsigned());
    }

    #[test]
    fn a_page_stays_right_when_the_row_it_followed_moves() {
        let index = index(&["a", "b", "c", "d"]);
        let query = ListingQuery::default();
        let first = index.search(&query, 2).expect("a page");
        assert_eq!(first.numbers, [4, 3]);
        let moved = Resource::new(Key::new("service", Some("public"), "c").expect("a key"), Timestamp(9));
        index.apply(&[(3, moved)], 2, Timestamp(0)).expect("applied");
        let second = index.search(&query.at(Position::After(first.next.expect("more"))), 2).expect("a page");
        assert_eq!((second.numbers.as_slice(), second.next), ([2, 1].as_slice(), None));
        let back = index.search(&query.at(Position::Before(second.previous.expect("more"))), 9).expect("a page");
        assert_eq!(back.numbers, [3, 4]);
    }
}
