//! What is asked of the feed. Read strictly: a mistyped filter must not give the answer to another question.

use app::model::{Field, ResourceType};
use axum::http::{HeaderMap, HeaderName};
use utoipa::IntoParams;

use crate::catalog::feed::ChangeFilter;
use crate::http::parameters::{Parameters, Times};
use crate::http::problem::Problem;

/// The header with which browsers resume a stream.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The most changes on a page.
const MAX_LIMIT: i64 = 1_000;

/// What the feed can be asked with.
const KNOWN: [(&str, Times); 7] = [
    ("after", Times::Once),
    ("limit", Times::Once),
    ("type", Times::Often),
    ("workspace", Times::Often),
    ("name", Times::Often),
    ("source", Times::Often),
    ("field", Times::Often),
];

/// What the feed can be asked with. Filters of one name are alternatives, those of different names all hold.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "it only describes what `Asked::read` reads")]
pub(super) struct ChangesParameters {
    /// Where to begin: after this `seq`, with the `oldest` change that is kept, or `now`, with what comes. Without it a
    /// page begins with the oldest change and a stream now.
    #[param(pattern = "^(now|oldest|[0-9]{1,18})$")]
    after: Option<String>,
    /// The most changes of a page; 100 unless said. A stream passes it over.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u16>,
    /// Types, as manifests write them.
    #[param(max_items = 50)]
    r#type: Option<Vec<String>>,
    /// Workspaces.
    #[param(max_items = 50)]
    workspace: Option<Vec<String>>,
    /// Names of Resources.
    #[param(max_items = 50)]
    name: Option<Vec<String>>,
    /// Who reported it.
    #[param(max_items = 50)]
    source: Option<Vec<String>>,
    /// What changed: `created`, `deleted`, `status`, `runtime`, `nodes` ...
    #[param(max_items = 50)]
    field: Option<Vec<String>>,
}

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
        let parameters = Parameters::read(query, &KNOWN)?;
        let after = match parameters.one("after") {
            None => Start::Unsaid,
            Some("now") => Start::Now,
            Some("oldest") => Start::Oldest,
            Some(seq) => Start::After(number("after", seq)?),
        };
        let start = match headers.get(LAST_EVENT_ID) {
            Some(last) => Start::After(number("Last-Event-ID", last.to_str().unwrap_or_default())?),
            None => after,
        };
        let limit = parameters.number("limit", 1..=MAX_LIMIT)?.and_then(|limit| usize::try_from(limit).ok());
        let own = |value: &str| Some(value.to_owned());
        let filter = ChangeFilter {
            types: all(&parameters, "type", |value| Some(ResourceType::from_slug(value)))?,
            workspaces: all(&parameters, "workspace", own)?,
            names: all(&parameters, "name", own)?,
            sources: all(&parameters, "source", own)?,
            fields: all(&parameters, "field", Field::parse)?,
        };
        Ok(Self { start, limit, filter })
    }
}

fn all<T>(parameters: &Parameters, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Problem> {
    let value = |value: &str| {
        if value.is_empty() {
            return Err(Problem::parameter(name, "it is blank; leave it away to get all"));
        }
        read(value).ok_or_else(|| {
            let words = Field::ALL.map(|field| format!("`{}`", field.as_str()));
            Problem::parameter(name, format!("give one of {}", words.join(", ")))
        })
    };
    parameters.all(name).map(str::trim).map(value).collect()
}

fn number(name: &str, text: &str) -> Result<i64, Problem> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let wrong = || Problem::parameter(name, "give the number of a change, such as `seq` or `next` tell it");
    text.parse().ok().filter(|_| plain).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::http::api::document;

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
            let problem = serde_json::to_string(&problem).expect("JSON");
            assert!(problem.contains(word), "{query}: {problem}");
        }
    }

    #[test]
    fn everything_that_can_be_asked_is_described() {
        let operation = &document()["paths"]["/api/v1/changes"]["get"];
        let described = operation["parameters"].as_array().expect("parameters").iter();
        let described: Vec<&str> = described
            .filter(|parameter| parameter["in"] == "query" && parameter["required"] == false)
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        assert_eq!(described, KNOWN.map(|(name, _)| name));
    }
}
