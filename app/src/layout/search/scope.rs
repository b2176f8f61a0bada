//! What a search is limited to: the listing on the screen, or nothing.

use form_urlencoded::{Serializer, parse};

use crate::model::{FacetName, ListingQuery, ResourceType};

/// What the address of the page says that a search keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SearchScope {
    /// The path of the listing on the screen, `None` elsewhere.
    pub(super) listing: Option<String>,
    /// The words the listing was searched for.
    pub(super) words: String,
    /// The filters of the listing.
    pub(super) filters: Vec<(String, String)>,
}

impl SearchScope {
    /// Reads path and query string of a page.
    pub(super) fn new(path: &str, query: &str) -> Self {
        let path = path.trim_end_matches('/');
        let inner = path.strip_prefix("/resources").filter(|rest| rest.rfind('/').is_none_or(|at| at == 0));
        if inner.is_none_or(|rest| !rest.is_empty() && !rest.starts_with('/')) {
            return Self::default();
        }
        let mut scope = Self { listing: Some(path.to_owned()), ..Self::default() };
        for (name, value) in parse(query.trim_start_matches('?').as_bytes()) {
            if name == "q" {
                scope.words = value.into_owned();
            } else if FacetName::from_qualifier(&name).is_some() {
                scope.filters.push((name.into_owned(), value.into_owned()));
            }
        }
        scope
    }

    /// Where a form without JavaScript leads.
    pub(super) fn action(&self) -> String {
        self.listing.clone().unwrap_or_else(|| "/resources".to_owned())
    }

    /// The type that a search is limited to.
    pub(super) fn resource_type(&self) -> Option<ResourceType> {
        ListingQuery::from_address(self.listing.as_deref()?)?.resource_type
    }

    /// The listing that a text leads to: the one on the screen narrowed down, or all Resources. The best match comes
    /// first, whatever the order was.
    pub(super) fn searched(&self, text: &str) -> String {
        let mut query = Serializer::new(String::new());
        let text = text.trim();
        if !text.is_empty() {
            query.append_pair("q", text);
        }
        query.extend_pairs(&self.filters);
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        [&self.action(), mark, &query].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_stays_on_its_listing() {
        let scope = SearchScope::new("/resources/depots", "state=active&sort=-updated&after=x&q=raw");
        assert_eq!(scope.words, "raw");
        assert_eq!(scope.searched(" sales "), "/resources/depots?q=sales&state=active");
        assert_eq!(scope.searched(" "), "/resources/depots?state=active");
    }

    #[test]
    fn elsewhere_a_search_is_for_everything() {
        for path in ["/", "/resources", "/resources/depots/sales", "/resourcesful", "/sources"] {
            let scope = SearchScope::new(path, "state=active");
            let filters = if path == "/resources" { "&state=active" } else { "" };
            assert_eq!(scope.searched("a b&c"), format!("/resources?q=a+b%26c{filters}"), "{path}");
        }
    }

    #[test]
    fn what_it_leads_to_is_the_address_of_a_listing() {
        let scope = SearchScope::new("/resources/services/", "?owner=ada&owner=bob+c&x=1");
        let address = scope.searched("é %");
        let query = ListingQuery::from_address(&address).expect("a listing");
        assert_eq!((query.q.as_str(), query.filters.len()), ("é %", 2));
        assert_eq!(query.url(), address);
    }
}
