//! What a listing can be asked with.

use app::model::{Cursor, FacetName, ListingQuery, Position, ResourceType, SortKey, Sorting};

use crate::http::parameters::{Parameters, Times};
use crate::http::problem::Problem;

/// What a listing can be asked with.
pub(crate) const LISTING: [(&str, Times); 14] = [
    ("q", Times::Once),
    ("type", Times::Often),
    ("state", Times::Often),
    ("runtime", Times::Often),
    ("health", Times::Often),
    ("workspace", Times::Often),
    ("owner", Times::Often),
    ("source", Times::Often),
    ("tag", Times::Often),
    ("fresh", Times::Often),
    ("sort", Times::Once),
    ("after", Times::OnceAsCursor),
    ("before", Times::OnceAsCursor),
    ("limit", Times::Once),
];

/// The listing that an address asks for.
///
/// # Errors
/// When a parameter cannot be read.
pub(crate) fn listing(types: Option<&str>, parameters: &Parameters) -> Result<ListingQuery, Problem> {
    let mut query = ListingQuery::of(types.map(ResourceType::from_slug));
    parameters.one("q").unwrap_or_default().trim().clone_into(&mut query.q);
    for facet in FacetName::ALL {
        for value in parameters.all(facet.as_str()).map(str::trim).filter(|value| !value.is_empty()) {
            let filter = (facet, facet.read_value(value).to_owned());
            if !query.filters.contains(&filter) {
                query.filters.push(filter);
            }
        }
    }
    if let Some(text) = parameters.one("sort") {
        query.sorting = Sorting::parse(text);
        if query.sorting.to_string() != text {
            let keys: Vec<String> = SortKey::ALL.iter().map(|key| format!("`{}`", key.as_str())).collect();
            let advice = format!("sort by {}, from the end with a `-` before it", keys.join(", "));
            return Err(Problem::parameter("sort", advice));
        }
    }
    query.position = match (parameters.one("after"), parameters.one("before")) {
        (None, None) => Position::Start,
        (Some(cursor), None) => Position::After(Cursor(cursor.to_owned())),
        (None, Some(cursor)) => Position::Before(Cursor(cursor.to_owned())),
        (Some(_), Some(_)) => return Err(Problem::parameter("before", "give either `after` or `before`")),
    };
    Ok(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Result<ListingQuery, Problem> {
        listing(None, &Parameters::read(Some(text), &LISTING)?)
    }

    #[test]
    fn an_address_reads_as_the_same_address_of_a_page() {
        for text in
            ["q=orders+api&state=active&state=error&sort=-updated", "workspace=public&after=x*.5", "type=Depots", ""]
        {
            assert_eq!(query(text).expect("a listing"), ListingQuery::from_url(None, text), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_and_named() {
        for (text, name) in [
            ("stat=active", "stat"),
            ("sort=colour", "sort"),
            ("sort=-relevance", "sort"),
            ("q=a&q=b", "q"),
            ("after=a&before=b", "before"),
        ] {
            let problem = query(text).expect_err(text);
            assert_eq!(problem.faults()[0].field.as_deref(), Some(name), "{text}");
        }
        assert!(query("q=%ff").is_err(), "not UTF-8");
        assert!(query(&format!("q={}", "x".repeat(501))).is_err(), "too long");
        assert!(query(&"state=a&".repeat(51)).is_err(), "too many");
    }
}
