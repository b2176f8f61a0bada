//! The formats of answers: chosen by the ending of the address, else by the `Accept` header.

use axum::http::HeaderMap;

use crate::http::accept::{MediaRange, media_ranges};
use crate::http::problem::{Problem, ProblemKind};

/// A format of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// One JSON document.
    Json,
    /// Comma-separated values with a header, RFC 4180.
    Csv,
    /// One JSON document a line.
    Ndjson,
    /// YAML, as it was reported.
    Yaml,
}

impl Format {
    /// What tables can be had as.
    pub(crate) const TABLES: [Self; 3] = [Self::Json, Self::Csv, Self::Ndjson];

    /// The ending of addresses and file names.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Yaml => "yaml",
        }
    }

    /// The `Content-Type` of answers.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ndjson => "application/x-ndjson",
            Self::Yaml => "application/yaml",
        }
    }

    /// The media types that clients ask for it with.
    fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::Json => &["application/json"],
            Self::Csv => &["text/csv"],
            Self::Ndjson => &["application/x-ndjson", "application/ndjson", "application/jsonl"],
            Self::Yaml => &["application/yaml", "application/x-yaml", "text/yaml"],
        }
    }

    /// Takes the ending off the last segment of a path, where it is one of the offered formats.
    pub(crate) fn split<'p>(segment: &'p str, offered: &[Self]) -> (&'p str, Option<Self>) {
        let found = segment.rsplit_once('.').and_then(|(name, ending)| {
            let format = offered.iter().copied().find(|format| format.ending() == ending)?;
            (!name.is_empty()).then_some((name, Some(format)))
        });
        found.unwrap_or((segment, None))
    }

    /// The format of an answer: the one of the address, else the one that the client likes best, else the first.
    ///
    /// # Errors
    /// When the client accepts none of the offered ones.
    pub(crate) fn choose(asked: Option<Self>, headers: &HeaderMap, offered: &[Self]) -> Result<Self, Problem> {
        if let Some(format) = asked {
            return Ok(format);
        }
        let accepted: Vec<MediaRange> = media_ranges(headers).collect();
        if accepted.iter().all(|range| range.name.is_empty()) {
            return Ok(offered[0]);
        }
        let mut best: Option<(Self, u16)> = None;
        for &format in offered {
            let weight = weight(&accepted, format);
            if weight > 0 && best.is_none_or(|(_, other)| weight > other) {
                best = Some((format, weight));
            }
        }
        best.map(|(format, _)| format).ok_or_else(|| {
            let offered: Vec<String> = offered.iter().map(|format| format!("`{}`", format.media_types()[0])).collect();
            let detail = format!(
                "The `Accept` header allows none of what there is here. Ask for {} or for `*/*`.",
                offered.join(", ")
            );
            Problem::new(ProblemKind::NotAcceptable, detail)
        })
    }
}

/// How much a client likes a format, in thousandths: what it says most exactly counts.
fn weight(accepted: &[MediaRange], format: Format) -> u16 {
    let mut best = (0, 0);
    for MediaRange { name, weight } in accepted {
        let exactness = match name.split_once('/') {
            Some(("*", "*")) => 1,
            Some((group, "*")) if format.media_types().iter().any(|known| known.starts_with(&format!("{group}/"))) => 2,
            _ if format.media_types().contains(&name.as_str()) => 3,
            _ => continue,
        };
        if exactness > best.0 {
            best = (exactness, *weight);
        } else if exactness == best.0 {
            best.1 = best.1.max(*weight);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::ACCEPT;

    use super::*;

    fn chosen(accept: &'static str) -> Option<Format> {
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
        Format::choose(None, &headers, &Format::TABLES).ok()
    }

    #[test]
    fn the_client_gets_what_it_likes_best() {
        for (accept, expected) in [
            ("*/*", Some(Format::Json)),
            ("text/csv", Some(Format::Csv)),
            ("application/json;q=0.5, text/csv", Some(Format::Csv)),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Some(Format::Json)),
            ("text/*", Some(Format::Csv)),
            ("application/json;q=0, application/*", Some(Format::Ndjson)),
            ("application/ndjson", Some(Format::Ndjson)),
            ("image/png", None),
            ("application/json;q=0", None),
            ("nonsense", None),
        ] {
            assert_eq!(chosen(accept), expected, "{accept}");
        }
        assert_eq!(Format::choose(None, &HeaderMap::new(), &Format::TABLES).ok(), Some(Format::Json));
    }

    #[test]
    fn the_ending_decides_and_is_no_part_of_the_name() {
        assert_eq!(Format::split("depots.csv", &Format::TABLES), ("depots", Some(Format::Csv)));
        assert_eq!(Format::split("depots.xml", &Format::TABLES), ("depots.xml", None));
        assert_eq!(Format::split(".csv", &Format::TABLES), (".csv", None));
    }
}
