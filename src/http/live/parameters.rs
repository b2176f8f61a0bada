//! What is asked of the feed. Read strictly: a mistyped filter must not give the answer to another question.

use app::model::{Field, ResourceType};
use axum::http::{HeaderMap, HeaderName};
use percent_encoding::percent_decode_str;

use super::problem::Problem;
use crate::catalog::feed::ChangeFilter;

/// The header with which browsers resume a stream.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The most changes on a page.
const MAX_LIMIT: usize = 1_000;

/// The most values of one filter.
const MAX_VALUES: usize = 50;

/// The longest query string, in bytes.
const MAX_QUERY_BYTES: usize = 32 * 1024;

const KNOWN: &str = "`after`, `limit`, `type`, `workspace`, `name`, `source` and `field`";

/// Where to begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Start {
    /// Nobody said.
    #[default]
    Unsaid,
    /// With the oldest change that the log can be followed from.
    Oldest,
    /// With the next change.
    Now,
    /// After an entry.
    After(i64),
}

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) start: Start,
    pub(super) limit: Option<usize>,
    pub(super) filter: ChangeFilter,
}

impl Asked {
    /// Reads a query string. A `Last-Event-ID` counts more than `after`: whoever resumes asks the address it asked first.
    pub(super) fn read(query: Option<&str>, headers: &HeaderMap) -> Result<Self, Problem> {
        let query = query.unwrap_or_default();
        if query.len() > MAX_QUERY_BYTES {
            return Err(Problem::invalid(format!(
                "The query string has {} bytes; at most {MAX_QUERY_BYTES} are read.",
                query.len()
            )));
        }
        let mut asked = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name)?, decoded(value)?);
            asked.take(&name, value.trim())?;
        }
        if let Some(last) = headers.get(LAST_EVENT_ID) {
            asked.start = Start::After(number("Last-Event-ID", last.to_str().unwrap_or_default())?);
        }
        Ok(asked)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), Problem> {
        let twice = |said: bool| match said {
            true => Err(Problem::parameter(name, "it is given more than once; give it once")),
            false => Ok(()),
        };
        match name {
            "after" => {
                twice(self.start != Start::Unsaid)?;
                self.start = match value {
                    "now" => Start::Now,
                    "oldest" => Start::Oldest,
                    value => Start::After(number(name, value)?),
                };
            }
            "limit" => {
                twice(self.limit.is_some())?;
                let limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
                let wrong = || Problem::parameter(name, format!("give a whole number from 1 to {MAX_LIMIT}"));
                self.limit = Some(limit.ok_or_else(wrong)?);
            }
            "type" => add(name, &mut self.filter.types, value, |value| Some(ResourceType::from_slug(value)))?,
            "workspace" => add(name, &mut self.filter.workspaces, value, own)?,
            "name" => add(name, &mut self.filter.names, value, own)?,
            "source" => add(name, &mut self.filter.sources, value, own)?,
            "field" => add(name, &mut self.filter.fields, value, Field::parse)?,
            _ => {
                let shown: String = name.chars().take(60).collect();
                return Err(Problem::parameter(&shown, format!("it is not known here; this address takes {KNOWN}")));
            }
        }
        Ok(())
    }
}

fn own(value: &str) -> Option<String> {
    Some(value.to_owned())
}

fn add<T>(name: &str, values: &mut Vec<T>, text: &str, read: impl Fn(&str) -> Option<T>) -> Result<(), Problem> {
    if values.len() == MAX_VALUES {
        return Err(Problem::parameter(name, format!("it is given more than {MAX_VALUES} times")));
    }
    if text.is_empty() {
        return Err(Problem::parameter(name, "it is blank; leave it away to get all"));
    }
    let value = read(text).ok_or_else(|| {
        let words: Vec<String> = Field::ALL.iter().map(|field| format!("`{}`", field.as_str())).collect();
        Problem::parameter(name, format!("give one of {}", words.join(", ")))
    })?;
    values.push(value);
    Ok(())
}

fn number(name: &str, text: &str) -> Result<i64, Problem> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let wrong = || Problem::parameter(name, "give the number of a change, such as `seq` or `next` tell it");
    text.parse().ok().filter(|_| plain).ok_or_else(wrong)
}

fn decoded(text: &str) -> Result<String, Problem> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Problem::invalid("The query string is not UTF-8; percent-encode text as UTF-8.".to_owned()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(query: &str) -> Result<Asked, Problem> {
        Asked::read(Some(query), &HeaderMap::new())
    }

    #[test]
    fn what_is_asked_is_understood() {
        let asked = read("after=7&limit=50&type=depots&type=service&workspace=public&field=builder-stage&name=a%20b")
            .expect("a question");
        let expected = Asked {
            start: Start::After(7),
            limit: Some(50),
            filter: ChangeFilter {
                types: vec![ResourceType::new("depot"), ResourceType::new("service")],
                workspaces: vec!["public".to_owned()],
                names: vec!["a b".to_owned()],
                sources: vec![],
                fields: vec![Field::BuilderStage],
            },
        };
        assert_eq!(asked, expected);
        assert_eq!(read("").expect("a question"), Asked::default());
        assert_eq!(read("after=now").expect("a question").start, Start::Now);
        assert_eq!(read("after=oldest").expect("a question").start, Start::Oldest);
    }

    #[test]
    fn who_resumes_says_so_in_a_header() {
        let headers = HeaderMap::from_iter([(LAST_EVENT_ID, HeaderValue::from_static("12"))]);
        assert_eq!(Asked::read(Some("after=7"), &headers).expect("a question").start, Start::After(12));
        let headers = HeaderMap::from_iter([(LAST_EVENT_ID, HeaderValue::from_static("x"))]);
        assert!(Asked::read(None, &headers).is_err());
    }

    #[test]
    fn nonsense_is_refused_in_words() {
        for (query, word) in [
            ("after=x", "`after`"),
            ("after=-1", "`after`"),
            ("after=99999999999999999999", "`after`"),
            ("after=1&after=2", "more than once"),
            ("limit=0", "1 to 1000"),
            ("limit=1001", "1 to 1000"),
            ("field=colour", "`builder-stage`"),
            ("typ=depot", "this address takes"),
            ("workspace=", "blank"),
            ("name=%ff", "UTF-8"),
        ] {
            let problem = read(query).expect_err(query);
            assert!(problem.detail().contains(word), "{query}: {}", problem.detail());
        }
    }
}
