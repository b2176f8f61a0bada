//! Reads addresses strictly: a mistyped filter must not give the answer to another question.

use std::ops::RangeInclusive;

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use super::problem::{Problem, ProblemKind};

/// The longest query string that is read, in bytes.
pub(crate) const MAX_QUERY_BYTES: usize = 32 * 1024;

/// The most values of one parameter that may be given several times.
pub(crate) const MAX_VALUES: usize = 50;

/// The longest value of a parameter, in characters.
pub(crate) const MAX_VALUE_CHARS: usize = 500;

/// The longest cursor that is read, in characters: longer than any that is handed out.
pub(crate) const MAX_CURSOR_CHARS: usize = 2_000;

/// How often a parameter may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    Once,
    /// Once, and as long as cursors are.
    OnceAsCursor,
    Often,
}

/// The parameters of a query string.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads a query string that may have the `known` parameters.
    ///
    /// # Errors
    /// When it is too long or no UTF-8, or has a parameter that is unknown, too long or given too often.
    pub(crate) fn read(query: Option<&str>, known: &[(&str, Times)]) -> Result<Self, Problem> {
        let query = query.unwrap_or_default();
        if query.len() > MAX_QUERY_BYTES {
            let detail = format!("The query string has {} bytes; at most {MAX_QUERY_BYTES} are read.", query.len());
            return Err(Problem::new(ProblemKind::InvalidRequest, detail));
        }
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name)?, decoded(value)?);
            let Some((_, times)) = known.iter().find(|(known, _)| *known == name) else {
                let known: Vec<String> = known.iter().map(|(name, _)| format!("`{name}`")).collect();
                let shown: String = name.chars().take(60).collect();
                let advice = match known.is_empty() {
                    true => "this address takes none".to_owned(),
                    false => format!("this address takes {}", known.join(", ")),
                };
                return Err(Problem::parameter(&shown, format!("it is not known here; {advice}")));
            };
            let before = pairs.iter().filter(|(other, _)| *other == name).count();
            match times {
                Times::Once | Times::OnceAsCursor if before > 0 => {
                    return Err(Problem::parameter(&name, "it is given more than once; give it once"));
                }
                Times::Often if before >= MAX_VALUES => {
                    return Err(Problem::parameter(&name, format!("it is given more than {MAX_VALUES} times")));
                }
                _ => {}
            }
            let most = if *times == Times::OnceAsCursor { MAX_CURSOR_CHARS } else { MAX_VALUE_CHARS };
            if value.chars().count() > most {
                return Err(Problem::parameter(&name, format!("it has more than {most} characters")));
            }
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// All values of a parameter.
    pub(crate) fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        self.0.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that is a whole number.
    ///
    /// # Errors
    /// When it is something else, or out of range.
    pub(crate) fn number(&self, name: &str, range: RangeInclusive<i64>) -> Result<Option<i64>, Problem> {
        let Some(text) = self.one(name) else { return Ok(None) };
        let plain = text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| plain && range.contains(number));
        number.map(Some).ok_or_else(|| {
            Problem::parameter(name, format!("give a whole number from {} to {}", range.start(), range.end()))
        })
    }

    /// The value of a parameter that is true or false; false when it is not given.
    ///
    /// # Errors
    /// When it is something else.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.one(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Problem::parameter(name, "give `true` or `false`")),
        }
    }
}

fn decoded(text: &str) -> Result<String, Problem> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| {
        let shown: String = text.chars().take(60).collect();
        let detail = format!("`{shown}` in the query string is not UTF-8; percent-encode text as UTF-8.");
        Problem::new(ProblemKind::InvalidRequest, detail)
    })
}

/// The segments of a path; what cannot be read is told as a problem.
pub(crate) struct Segments<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Segments<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(segments)) => Ok(Self(segments)),
            Err(PathRejection::FailedToDeserializePathParams(_)) => {
                let detail = "The path is not UTF-8; percent-encode text as UTF-8.";
                Err(Problem::new(ProblemKind::InvalidRequest, detail))
            }
            Err(error) => {
                tracing::error!(%error, "a path was not parsed");
                Err(Problem::new(ProblemKind::Internal, "The path was not parsed; the log has the details."))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole_and_bounded() {
        let limit = |text: &str| {
            Parameters::read(Some(text), &[("limit", Times::Once)]).expect("parameters").number("limit", 1..=500)
        };
        assert!(matches!(limit("limit=500"), Ok(Some(500))));
        assert!(matches!(limit(""), Ok(None)));
        for text in ["limit=0", "limit=501", "limit=+5", "limit=5.0", "limit=", "limit=99999999999999999999"] {
            assert!(limit(text).is_err(), "{text}");
        }
    }
}
