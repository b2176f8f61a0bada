//! Which Resource is looked at beside a listing, in the address: `?preview=services/public.orders-api`.

use serde::{Deserialize, Serialize};

use crate::model::{ListingQuery, MAX_QUERY_BYTES, resource_path};

/// The parameter.
const PARAMETER: &str = "preview";

/// What the paths of the pages of Resources begin with.
const RESOURCES: &str = "/resources/";

/// A Resource by the segments of its page's path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::pages::listing) struct Previewed {
    /// The type, in the plural.
    pub(super) types: String,
    /// The name, with its workspace.
    pub(super) fqn: String,
}

impl Previewed {
    /// Reads the query string of a listing.
    pub(super) fn from_query(query: &str) -> Option<Self> {
        if query.len() > MAX_QUERY_BYTES {
            return None;
        }
        let mut pairs = form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
        let (_, value) = pairs.find(|(name, _)| name == PARAMETER)?;
        let (types, fqn) = value.split_once('/')?;
        (!types.is_empty() && !fqn.is_empty()).then(|| Self { types: types.to_owned(), fqn: fqn.to_owned() })
    }

    /// The path of its page.
    pub(super) fn path(&self) -> String {
        resource_path(&self.types, &self.fqn)
    }

    /// The address of a listing beside which the Resource with this page is looked at.
    pub(super) fn address(listing: &ListingQuery, path: &str) -> String {
        Self::address_start(listing) + Self::address_end(path)
    }

    /// What is the same in such addresses for all rows of a listing.
    pub(in crate::pages::listing) fn address_start(listing: &ListingQuery) -> String {
        let url = listing.url();
        let mark = if url.contains('?') { "&" } else { "?" };
        [&url, mark, PARAMETER, "="].concat()
    }

    /// What is not. Paths are encoded as parameters are.
    pub(in crate::pages::listing) fn address_end(path: &str) -> &str {
        path.strip_prefix(RESOURCES).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Key;

    #[test]
    fn an_address_says_what_is_looked_at_beside_which_listing() {
        for (listing, name) in [("/resources", "orders-api"), ("/resources/services?q=a+b&state=active", "50%41+ü")] {
            let query = ListingQuery::from_address(listing).expect("a listing");
            let key = Key::new("service", Some("public"), name).expect("a key");
            let address = Previewed::address(&query, &key.path());
            let (_, parameters) = address.split_once('?').expect("parameters");
            let previewed = Previewed::from_query(parameters).expect("a Resource");
            assert_eq!(previewed.path(), key.path());
            assert_eq!(previewed.fqn, format!("public.{name}"));
            assert_eq!(ListingQuery::from_address(&address), Some(query), "the listing is the same");
        }
        for query in ["", "preview=", "preview=depots", "preview=/x", "preview=depots/", "state=active"] {
            assert_eq!(Previewed::from_query(query), None, "{query}");
        }
    }
}
