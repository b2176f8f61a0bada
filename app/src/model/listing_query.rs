//! The state of a listing, which is what its URL says (design.md 1.2 and 4).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::facet_name::FacetName;
use super::health::HealthLevel;
use super::key::encode_segment;
use super::resource_type::ResourceType;
use super::search_text::SearchText;

/// The longest query string that is read, in bytes. Proxies commonly take 8 KiB of method, path and query.
pub const MAX_QUERY_BYTES: usize = 6_144;

/// The longest text that the search box takes, in UTF-16 code units as browsers count. One takes up to nine bytes of a
/// query string, and this leaves room for filters and a place in the listing.
pub const MAX_SEARCH_CHARS: usize = 400;

/// The longest place in a listing that is handed out, in bytes of a query string.
pub const MAX_CURSOR_BYTES: usize = 1_280;

const _: () = assert!(MAX_SEARCH_CHARS * 9 + MAX_CURSOR_BYTES + 1_024 < MAX_QUERY_BYTES);

/// What a listing is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SortKey {
    /// The best match first; without words: live before deleted, then recently changed.
    #[default]
    Relevance,
    /// By name, then workspace and type.
    Name,
    /// By type.
    Type,
    /// By State.
    State,
    /// By the word of the runtime.
    Runtime,
    /// By the word of the health.
    Health,
    /// By workspace.
    Workspace,
    /// By owner.
    Owner,
    /// By the source of a depot.
    Source,
    /// By the time of the last change.
    Updated,
}

impl SortKey {
    /// All.
    pub const ALL: [Self; 10] = [
        Self::Relevance,
        Self::Name,
        Self::Type,
        Self::State,
        Self::Runtime,
        Self::Health,
        Self::Workspace,
        Self::Owner,
        Self::Source,
        Self::Updated,
    ];

    /// The word in URLs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Name => "name",
            Self::Type => "type",
            Self::State => "state",
            Self::Runtime => "runtime",
            Self::Health => "health",
            Self::Workspace => "workspace",
            Self::Owner => "owner",
            Self::Source => "source",
            Self::Updated => "updated",
        }
    }
}

/// A sort key and its direction; in URLs `name` or `-name`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sorting {
    /// By what.
    pub key: SortKey,
    /// From the end. Relevance has no direction: always false.
    pub descending: bool,
}

impl Sorting {
    /// Reads `name` or `-name`; anything else is relevance.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (word, descending) = match text.strip_prefix('-') {
            Some(word) => (word, true),
            None => (text, false),
        };
        let key = SortKey::ALL.into_iter().find(|key| key.as_str() == word).unwrap_or_default();
        Self { key, descending: descending && key != SortKey::Relevance }
    }
}

impl fmt::Display for Sorting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", if self.descending { "-" } else { "" }, self.key.as_str())
    }
}

/// How many rows a page of a listing has; in URLs `size=50`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PageSize {
    /// 25 rows.
    #[default]
    Rows25,
    /// 50 rows.
    Rows50,
    /// 100 rows.
    Rows100,
}

impl PageSize {
    /// All, from the smallest.
    pub const ALL: [Self; 3] = [Self::Rows25, Self::Rows50, Self::Rows100];

    /// How many rows.
    #[must_use]
    pub fn rows(self) -> usize {
        match self {
            Self::Rows25 => 25,
            Self::Rows50 => 50,
            Self::Rows100 => 100,
        }
    }

    /// Reads a number of rows; anything else is the default.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|size| text.parse() == Ok(size.rows())).unwrap_or_default()
    }
}

/// A place in a sorted listing: the sort values of a row and its number, opaque to users. It stays valid when rows
/// come, go or move.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// Which page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Position {
    /// The first page.
    #[default]
    Start,
    /// The page after a row.
    After(Cursor),
    /// The page before a row.
    Before(Cursor),
}

/// What a listing shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListingQuery {
    /// The type of the path; `None` for all types.
    pub resource_type: Option<ResourceType>,
    /// The text of the search box, as typed.
    pub q: String,
    /// The chosen values per facet, in order of choice; values of one facet are alternatives.
    pub filters: Vec<(FacetName, String)>,
    /// The order.
    pub sorting: Sorting,
    /// How many rows a page has.
    pub size: PageSize,
    /// The page.
    pub position: Position,
}

impl ListingQuery {
    /// A listing of one type, or of all.
    #[must_use]
    pub fn of(resource_type: Option<ResourceType>) -> Self {
        Self { resource_type, ..Self::default() }
    }

    /// All that is failed or degraded.
    #[must_use]
    pub fn needing_attention() -> Self {
        Self::of_health(HealthLevel::NEEDING_ATTENTION)
    }

    /// All of these healths.
    #[must_use]
    pub fn of_health(levels: impl IntoIterator<Item = HealthLevel>) -> Self {
        let filters = levels.into_iter().map(|level| (FacetName::Health, level.as_str().to_owned())).collect();
        Self { filters, ..Self::default() }
    }

    /// Reads the segment of the path after `/resources` and the query string. Unknown parameters and blank values are
    /// ignored; a string over [`MAX_QUERY_BYTES`] counts as blank.
    #[must_use]
    pub fn from_url(types: Option<&str>, query: &str) -> Self {
        let mut listing = Self::of(types.filter(|types| !types.is_empty()).map(ResourceType::from_slug));
        if query.len() > MAX_QUERY_BYTES {
            return listing;
        }
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            match name.as_ref() {
                "q" => value.clone_into(&mut listing.q),
                "sort" => listing.sorting = Sorting::parse(value),
                "size" => listing.size = PageSize::parse(value),
                "after" => listing.position = Position::After(Cursor(value.to_owned())),
                "before" => listing.position = Position::Before(Cursor(value.to_owned())),
                name => {
                    if let Some(facet) = FacetName::from_qualifier(name) {
                        let filter = (facet, facet.read_value(value).to_owned());
                        if !listing.filters.contains(&filter) {
                            listing.filters.push(filter);
                        }
                    }
                }
            }
        }
        listing
    }

    /// Reads the address of a listing, `/resources/depots?state=active`; `None` for any other address.
    #[must_use]
    pub fn from_address(address: &str) -> Option<Self> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let types = path.strip_prefix("/resources")?;
        match types.strip_prefix('/') {
            None if types.is_empty() => Some(Self::from_url(None, query)),
            Some(types) if !types.contains('/') => {
                // What is no text is no type, either: a listing of nothing, and not of everything.
                let types = percent_encoding::percent_decode_str(types).decode_utf8_lossy();
                Some(Self::from_url(Some(&types), query))
            }
            _ => None,
        }
    }

    /// The query string, without `?`; empty for the plain listing.
    #[must_use]
    pub fn to_query_string(&self) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        if !self.q.is_empty() {
            pairs.append_pair("q", &self.q);
        }
        for (facet, value) in &self.filters {
            pairs.append_pair(facet.as_str(), value);
        }
        if self.sorting != Sorting::default() {
            pairs.append_pair("sort", &self.sorting.to_string());
        }
        if self.size != PageSize::default() {
            pairs.append_pair("size", &self.size.rows().to_string());
        }
        match &self.position {
            Position::Start => {}
            Position::After(cursor) => {
                pairs.append_pair("after", &cursor.0);
            }
            Position::Before(cursor) => {
                pairs.append_pair("before", &cursor.0);
            }
        }
        pairs.finish()
    }

    /// The path: `/resources` or `/resources/depots`.
    #[must_use]
    pub fn path(&self) -> String {
        match &self.resource_type {
            Some(resource_type) => format!("/resources/{}", encode_segment(resource_type.slug())),
            None => "/resources".to_owned(),
        }
    }

    /// Path and query string.
    #[must_use]
    pub fn url(&self) -> String {
        let query = self.to_query_string();
        if query.is_empty() { self.path() } else { format!("{}?{query}", self.path()) }
    }

    /// Whether a value of a facet is chosen.
    #[must_use]
    pub fn has(&self, facet: FacetName, value: &str) -> bool {
        self.filters.iter().any(|(name, chosen)| *name == facet && chosen == value)
    }

    /// The same listing with a value chosen, or not chosen any more, from its first page.
    #[must_use]
    pub fn toggled(&self, facet: FacetName, value: &str) -> Self {
        let mut query = Self { position: Position::Start, ..self.clone() };
        if self.has(facet, value) {
            query.filters.retain(|(name, chosen)| !(*name == facet && chosen == value));
        } else {
            query.filters.push((facet, value.to_owned()));
        }
        query
    }

    /// The same listing without filters and words.
    #[must_use]
    pub fn cleared(&self) -> Self {
        Self { q: String::new(), filters: Vec::new(), position: Position::Start, ..self.clone() }
    }

    /// The same listing in another order, from its first page.
    #[must_use]
    pub fn sorted(&self, sorting: Sorting) -> Self {
        Self { sorting, position: Position::Start, ..self.clone() }
    }

    /// The same listing with pages of another size, from its first page.
    #[must_use]
    pub fn sized(&self, size: PageSize) -> Self {
        Self { size, position: Position::Start, ..self.clone() }
    }

    /// The same listing on another page.
    #[must_use]
    pub fn at(&self, position: Position) -> Self {
        Self { position, ..self.clone() }
    }

    /// The text of the search box, taken apart.
    #[must_use]
    pub fn search_text(&self) -> SearchText {
        SearchText::parse(&self.q)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_url_is_the_state() {
        let query = ListingQuery::from_url(
            Some("depots"),
            "?state=active&state=error&q=sales+raw&sort=-updated&after=x~1&junk=1&owner=",
        );
        assert_eq!(query.resource_type.as_ref().map(ResourceType::as_str), Some("depot"));
        assert_eq!(query.filters.len(), 2);
        assert_eq!(query.sorting, Sorting { key: SortKey::Updated, descending: true });
        assert_eq!(query.url(), "/resources/depots?q=sales+raw&state=active&state=error&sort=-updated&after=x%7E1");
    }

    #[test]
    fn choosing_a_value_starts_over() {
        let query = ListingQuery::from_url(None, "after=x&state=active");
        let more = query.toggled(FacetName::Owner, "ada");
        assert_eq!(more.url(), "/resources?state=active&owner=ada");
        assert_eq!(more.toggled(FacetName::State, "active").url(), "/resources?owner=ada");
        assert_eq!(more.cleared().url(), "/resources");
    }

    #[test]
    fn a_type_may_be_chosen_by_its_plural() {
        let query = ListingQuery::from_url(None, "type=Depots&type=depot&type=instance-secrets&owner=depots");
        assert_eq!(query.url(), "/resources?type=depot&type=instance-secret&owner=depots");
    }

    #[test]
    fn only_listings_have_neighbours() {
        let query = ListingQuery::from_address("/resources/depots?state=active").expect("a listing");
        assert_eq!(query.url(), "/resources/depots?state=active");
        assert!(ListingQuery::from_address("/resources").is_some());
        for address in ["", "/", "/resources/depots/salesraw", "https://example.com/resources", "/resourcesx"] {
            assert_eq!(ListingQuery::from_address(address), None, "{address}");
        }
    }

    fn any_query() -> impl Strategy<Value = ListingQuery> {
        let word = "[^\\s]{1,12}( [^\\s]{1,8})?";
        let facet = proptest::sample::select(FacetName::ALL.to_vec());
        let sorting = (proptest::sample::select(SortKey::ALL.to_vec()), any::<bool>())
            .prop_map(|(key, descending)| Sorting { key, descending: descending && key != SortKey::Relevance });
        let position = prop_oneof![
            Just(Position::Start),
            "[^\\s]{1,20}".prop_map(|cursor| Position::After(Cursor(cursor))),
            "[^\\s]{1,20}".prop_map(|cursor| Position::Before(Cursor(cursor))),
        ];
        (
            proptest::option::of("[a-z]{1,8}"),
            proptest::option::of(word),
            proptest::collection::vec((facet, word), 0..5),
            (sorting, proptest::sample::select(PageSize::ALL.to_vec())),
            position,
        )
            .prop_map(|(types, q, mut filters, (sorting, size), position)| {
                let mut seen = std::collections::HashSet::new();
                filters.retain(|filter| seen.insert(filter.clone()));
                ListingQuery {
                    resource_type: types.map(|types| ResourceType::from_slug(&types)),
                    q: q.unwrap_or_default(),
                    filters,
                    sorting,
                    size,
                    position,
                }
            })
    }

    proptest! {
        #[test]
        fn any_listing_survives_its_url(query in any_query()) {
            let mut filters: Vec<(FacetName, String)> = Vec::new();
            for (facet, value) in &query.filters {
                let filter = (*facet, facet.read_value(value.trim()).to_owned());
                if !filters.contains(&filter) {
                    filters.push(filter);
                }
            }
            let trimmed = ListingQuery { q: query.q.trim().to_owned(), filters, ..query };
            let slug = trimmed.resource_type.as_ref().map(|types| types.slug().to_owned());
            prop_assert_eq!(ListingQuery::from_url(slug.as_deref(), &trimmed.to_query_string()), trimmed);
        }

        #[test]
        fn any_query_string_is_read(query in ".*") {
            let _ = ListingQuery::from_url(None, &query);
        }
    }
}
