//! The addresses that a listing leads to: of itself with other facet values, and of the pages of its Resources.

use crate::model::{FacetName, ListingQuery, Position};

/// Makes the address of the listing with one value more, or one less. A page has about a hundred such links, so what
/// they share is written once.
pub(super) struct FilterLinks<'query> {
    query: &'query ListingQuery,
    start: String,
    end: String,
}

impl<'query> FilterLinks<'query> {
    pub(super) fn new(query: &'query ListingQuery) -> Self {
        let (sorting, size, position) = (Default::default(), Default::default(), Position::Start);
        let mut start = ListingQuery { sorting, size, position, ..query.clone() }.url();
        start.push(if start.contains('?') { '&' } else { '?' });
        let mut end = String::new();
        if query.sorting != sorting {
            end = format!("&sort={}", query.sorting);
        }
        if query.size != size {
            end.push_str(&format!("&size={}", query.size.rows()));
        }
        Self { query, start, end }
    }

    /// The same listing with the value chosen, or not chosen any more; and whether it is chosen now.
    pub(super) fn toggle(&self, facet: FacetName, value: &str) -> (String, bool) {
        if self.query.has(facet, value) {
            return (self.query.toggled(facet, value).url(), true);
        }
        let mut url = String::with_capacity(self.start.len() + self.end.len() + value.len() + 16);
        url.push_str(&self.start);
        url.push_str(facet.as_str());
        url.push('=');
        url.extend(form_urlencoded::byte_serialize(value.as_bytes()));
        url.push_str(&self.end);
        (url, false)
    }
}

/// What the address of a Resource's page says of the listing that leads to it.
pub(super) fn from_parameter(query: &ListingQuery) -> String {
    let mut from = "?from=".to_owned();
    from.extend(form_urlencoded::byte_serialize(query.url().as_bytes()));
    from
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_toggle_one_value_and_keep_the_rest() {
        for address in [
            "/resources",
            "/resources/depots?q=sales+raw",
            "/resources/services?state=active&owner=ada&sort=-updated&size=50&after=x",
        ] {
            let query = ListingQuery::from_address(address).expect("a listing");
            let links = FilterLinks::new(&query);
            for (facet, value) in [(FacetName::State, "active"), (FacetName::Owner, "a b&c"), (FacetName::Tag, "ä")] {
                let (url, chosen) = links.toggle(facet, value);
                assert_eq!(url, query.toggled(facet, value).url());
                assert_eq!(chosen, query.has(facet, value));
            }
        }
    }
}
