//! Which answers a client has already: `If-None-Match` and the tags that it names (RFC 9110, 13.1.2).

use axum::http::header::IF_NONE_MATCH;
use axum::http::{HeaderMap, HeaderValue};

/// Whether `If-None-Match` names a tag. Tags are given to what exists only, so whoever has one need not have it looked up.
pub(super) fn names(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let Ok(tag) = tag.to_str() else { return false };
    let bare = tag.trim_start_matches("W/");
    known(headers).any(|known| known.trim_start_matches("W/") == bare)
}

/// Whether `If-None-Match` has `*`, which names the tag of whatever exists: only who has seen that it does can tell.
pub(super) fn names_any(headers: &HeaderMap) -> bool {
    known(headers).any(|known| known == "*")
}

fn known(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        let tag = HeaderValue::from_static("\"a\"");
        for (header, expected) in
            [("\"a\"", true), ("W/\"a\"", true), ("\"b\", W/\"a\"", true), ("\"b\"", false), ("*", false), ("", false)]
        {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(header))]);
            assert_eq!((names(&headers, &tag), names_any(&headers)), (expected, header == "*"), "{header}");
        }
    }
}
