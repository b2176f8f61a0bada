//! What the address of a listing says that no listing understands. It is passed over, but not without a word.

use super::facet_name::FacetName;
use super::listing_query::{MAX_QUERY_BYTES, PageSize, SortKey, Sorting};
use super::search_text::shortened;

/// How many notes there are at most: an address can say anything.
const MOST: usize = 5;

/// What is not understood of a listing's query string, in sentences that tell what would be.
#[must_use]
pub fn listing_notes(query: &str) -> Vec<String> {
    if query.len() > MAX_QUERY_BYTES {
        return vec![format!(
            "The address is longer than {MAX_QUERY_BYTES} bytes, so its words and filters do not count."
        )];
    }
    let mut notes: Vec<String> = Vec::new();
    for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
        let value = value.trim();
        let note = match name.as_ref() {
            _ if value.is_empty() => None,
            "q" | "after" | "before" | "preview" => None,
            "sort" => (Sorting::parse(value).to_string() != value).then(|| {
                let keys = SortKey::ALL.map(SortKey::as_str).join(", ");
                let shown = shortened(value);
                format!("Nothing is sorted by “{shown}”. There are: {keys}; all but the first also from the end, as in -name.")
            }),
            "size" => (PageSize::parse(value).rows().to_string() != value).then(|| {
                let sizes = PageSize::ALL.map(|size| size.rows().to_string()).join(", ");
                format!("No page has “{}” rows. There are: {sizes}.", shortened(value))
            }),
            "page" => Some("Pages have no numbers: Next and Previous lead from one to the other.".to_owned()),
            name if FacetName::from_qualifier(name).is_some() => None,
            name => Some(format!("Listings do not know “{}”, which the address has.", shortened(name))),
        };
        if let Some(note) = note.filter(|note| !notes.contains(note)) {
            notes.push(note);
        }
    }
    notes.truncate(MOST);
    notes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::ListingQuery;

    #[test]
    fn what_is_not_understood_is_told_with_what_would_be() {
        for (query, word) in [
            ("?sort=foo", "relevance, name, type"),
            ("sort=-relevance", "“-relevance”"),
            ("sort=Name", "“Name”"),
            ("page=999", "Next and Previous"),
            ("size=7", "25, 50, 100"),
            ("stat=active", "“stat”"),
        ] {
            let notes = listing_notes(query);
            assert!(notes.len() == 1 && notes[0].contains(word), "{query}: {notes:?}");
        }
        assert_eq!(listing_notes("page=1&page=2&sort=x&size=y").len(), 3);
        assert_eq!(listing_notes("preview=depots/salesraw"), Vec::<String>::new());
        assert_eq!(listing_notes(&format!("q={}", "x".repeat(MAX_QUERY_BYTES))).len(), 1);
        assert_eq!(listing_notes(&"a1=1&a2=1&a3=1&a4=1&a5=1&a6=1&".repeat(3)).len(), MOST);
    }

    proptest! {
        #[test]
        fn an_address_that_a_listing_has_itself_needs_no_note(query in ".*") {
            let address = ListingQuery::from_url(None, &query).to_query_string();
            prop_assert_eq!(listing_notes(&address), Vec::<String>::new());
        }
    }
}
