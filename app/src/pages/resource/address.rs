//! What the address of a Resource's page says (design.md 1.2: the URL is the state).

use percent_encoding::percent_decode_str;

use crate::model::{ListingQuery, MAX_SEARCH_CHARS, resource_path};

/// A tab of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum TabName {
    /// What is known of it.
    #[default]
    Details,
    /// Its runtime nodes.
    Runtime,
    /// Its change log.
    Events,
    /// Its manifest.
    Manifest,
}

impl TabName {
    fn parse(segment: &str) -> Option<Self> {
        Some(match segment {
            "" => Self::Details,
            "runtime" => Self::Runtime,
            "events" => Self::Events,
            "manifest" => Self::Manifest,
            _ => return None,
        })
    }

    /// The end of the path; empty for Details.
    fn segment(self) -> &'static str {
        match self {
            Self::Details => "",
            Self::Runtime => "/runtime",
            Self::Events => "/events",
            Self::Manifest => "/manifest",
        }
    }
}

/// Path and query string, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// The type, in the plural.
    pub(super) types: String,
    /// The name, with its workspace.
    pub(super) fqn: String,
    /// The tab.
    pub(super) tab: TabName,
    /// The listing one came from, path and query; empty for none. Never any other address.
    pub(super) from: String,
    /// The order of the Runtime tab.
    pub(super) sort: String,
    /// A part of the names of the only nodes the Runtime tab shows; empty for all.
    pub(super) q: String,
    /// The only status the Runtime tab shows; empty for all.
    pub(super) status: String,
    /// The only data plane the Runtime tab shows; empty for all.
    pub(super) data_plane: String,
    /// The `seq` the Events tab begins before; 0 for the newest.
    pub(super) before: i64,
}

impl Address {
    /// Reads an address; `None` when it is not that of a Resource's page.
    pub(super) fn from_url(path: &str, query: &str) -> Option<Self> {
        let mut segments = path.strip_prefix("/resources/")?.trim_end_matches('/').split('/');
        let (types, fqn) = (segments.next()?, segments.next()?);
        let tab = TabName::parse(segments.next().unwrap_or_default())?;
        if segments.next().is_some() {
            return None;
        }
        let decoded = |segment: &str| percent_decode_str(segment).decode_utf8_lossy().into_owned();
        let mut address = Self { types: decoded(types), fqn: decoded(fqn), tab, ..Self::default() };
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            match name.as_ref() {
                "from" => {
                    address.from = ListingQuery::from_address(&value).map(|query| query.url()).unwrap_or_default();
                }
                "sort" => address.sort = value.into_owned(),
                "q" => address.q = value.trim().chars().take(MAX_SEARCH_CHARS).collect(),
                "status" => address.status = value.into_owned(),
                "dataplane" => address.data_plane = value.into_owned(),
                "before" => address.before = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        Some(address)
    }

    /// Reads back what [`Self::url`] wrote.
    pub(super) fn parse(url: &str) -> Self {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        Self::from_url(path, query).unwrap_or_default()
    }

    /// The whole address.
    pub(super) fn url(&self) -> String {
        let before = if self.before == 0 { String::new() } else { self.before.to_string() };
        let [q, sort, status, data_plane] = self.node_values();
        self.link(&self.path(), self.tab, &[q, sort, status, data_plane, ("before", &before)])
    }

    /// What the Runtime tab is asked with, by the names of the query string.
    pub(super) fn node_values(&self) -> [(&'static str, &str); 4] {
        [("q", &self.q), ("sort", &self.sort), ("status", &self.status), ("dataplane", &self.data_plane)]
    }

    /// Whether the Runtime tab leaves nodes out.
    pub(super) fn narrows_nodes(&self) -> bool {
        [&self.q, &self.status, &self.data_plane].into_iter().any(|value| !value.is_empty())
    }

    /// The address of the Runtime tab of the Resource at `path`, asked with the same.
    pub(super) fn runtime_link(&self, path: &str) -> String {
        self.link(path, TabName::Runtime, &self.node_values())
    }

    /// The path of the Resource's page.
    pub(super) fn path(&self) -> String {
        resource_path(&self.types, &self.fqn)
    }

    /// The address of a tab of the Resource at `path`. Keeps where one came from; blank values are left out.
    pub(super) fn link(&self, path: &str, tab: TabName, values: &[(&str, &str)]) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("from", self.from.as_str())].iter().chain(values) {
            if !value.is_empty() {
                pairs.append_pair(name, value);
            }
        }
        let query = pairs.finish();
        let mut link = String::with_capacity(path.len() + query.len() + 12);
        link.push_str(path);
        link.push_str(tab.segment());
        if !query.is_empty() {
            link.push('?');
            link.push_str(&query);
        }
        link
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_are_read_from_the_path() {
        for (path, tab) in [
            ("/resources/depots/salesraw", TabName::Details),
            ("/resources/depots/salesraw/", TabName::Details),
            ("/resources/depots/salesraw/runtime", TabName::Runtime),
            ("/resources/depots/salesraw/events", TabName::Events),
            ("/resources/depots/salesraw/manifest", TabName::Manifest),
        ] {
            let address = Address::from_url(path, "").expect("the address of a Resource");
            assert_eq!((address.types.as_str(), address.fqn.as_str(), address.tab), ("depots", "salesraw", tab));
        }
        for path in [
            "/",
            "/resources",
            "/resources/depots",
            "/operations",
            "/resources/depots/salesraw/jobs",
            "/resources/depots/salesraw/events/1",
        ] {
            assert_eq!(Address::from_url(path, ""), None, "{path}");
        }
    }

    #[test]
    fn an_address_is_read_back_as_it_was_written() {
        let query = "from=%2Fresources&q=old+ss&sort=-name&status=failed&dataplane=hub&before=12";
        let address = Address::from_url("/resources/services/public.a%20b/runtime", query).expect("an address");
        assert_eq!(Address::parse(&address.url()), address);
    }

    #[test]
    fn tabs_keep_where_one_came_from() {
        let from = "/resources/services?state=error&q=a+b";
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("from", from).finish();
        let address = Address::from_url("/resources/services/public.a%20b", &query).expect("an address");
        assert_eq!(address.fqn, "public.a b");
        assert_eq!(address.from, "/resources/services?q=a+b&state=error");
        let link = address.link("/resources/services/public.x", TabName::Runtime, &[("sort", "name"), ("status", "")]);
        let (path, query) = link.split_once('?').expect("a query string");
        let again = Address::from_url(path, query).expect("an address");
        assert_eq!((again.tab, again.from, again.sort.as_str()), (TabName::Runtime, address.from, "name"));
    }

    #[test]
    fn only_listings_are_gone_back_to() {
        for from in ["https://example.com/", "javascript:alert(1)", "//example.com/resources", "/api/ui/suggest"] {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("from", from).finish();
            let address = Address::from_url("/resources/depots/x", &query).expect("an address");
            assert_eq!(address.from, "", "{from}");
            assert_eq!(address.link("/resources/depots/x", TabName::Details, &[]), "/resources/depots/x");
        }
    }
}
