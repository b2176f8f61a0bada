//! What kinds of answers a client accepts (RFC 9110, 12.5.1).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// Kinds that a client accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MediaRange {
    /// Which, lower-cased: `text/csv`, `text/*` or `*/*`.
    pub(super) name: String,
    /// How much it is liked, in thousandths; 0 for not at all.
    pub(super) weight: u16,
}

/// What a request says that it accepts, in its order. The header may come in parts.
pub(super) fn media_ranges(headers: &HeaderMap) -> impl Iterator<Item = MediaRange> {
    let entries = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    entries.flat_map(|value| value.split(',')).map(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let quality = quality.map_or(1.0, |text| text.trim().parse::<f32>().unwrap_or(0.0)).clamp(0.0, 1.0);
        // Between 0 and 1000, so nothing is cut off.
        MediaRange { name, weight: (quality * 1000.0) as u16 }
    })
}

/// Whether a server function takes a request for that of a browser's own address bar: it looks for these letters.
pub(super) fn has_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}

/// The header as it was sent, to tell requests apart.
pub(super) fn as_sent(headers: &HeaderMap) -> Vec<u8> {
    headers.get_all(ACCEPT).iter().flat_map(|value| value.as_bytes()).copied().collect()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn media_ranges_are_read_with_their_weights() {
        let read = |header: &'static str| {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(header))]);
            media_ranges(&headers).map(|range| (range.name, range.weight)).collect::<Vec<_>>()
        };
        let expected = |ranges: &[(&str, u16)]| {
            ranges.iter().map(|(name, weight)| ((*name).to_owned(), *weight)).collect::<Vec<_>>()
        };
        for (header, ranges) in [
            ("*/*", &[("*/*", 1_000)][..]),
            ("Text/CSV; charset=utf-8 ;q=0.5, */*;Q=0.1", &[("text/csv", 500), ("*/*", 100)]),
            ("text/csv;q=0.000, text/html;q=9", &[("text/csv", 0), ("text/html", 1_000)]),
            ("text/csv;q=much", &[("text/csv", 0)]),
        ] {
            assert_eq!(read(header), expected(ranges), "{header}");
        }
        assert_eq!(media_ranges(&HeaderMap::new()).count(), 0);
    }
}
