//! What went wrong, as RFC 9457 has it: a stable type, what happened, to what, and the fix.

use app::api::error::sentence;
use app::catalog::CatalogError;
use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::cache_policy::CachePolicy;

/// The most faults that one answer names.
pub(crate) const MAX_FAULTS: usize = 100;

/// The kinds of problems. Their names are part of the API and never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProblemKind {
    /// The address or its parameters cannot be read.
    InvalidRequest,
    /// The body cannot be read at all.
    MalformedBody,
    /// A token is needed.
    Unauthorized,
    /// The token is none, or not any more.
    TokenRefused,
    /// The token does not allow this.
    Forbidden,
    /// A page of another site asks.
    CrossSite,
    /// There is no such address.
    UnknownAddress,
    /// There is no such type or Resource.
    UnknownResource,
    /// The address does not take this method.
    MethodNotAllowed,
    /// None of the accepted media types can be had.
    NotAcceptable,
    /// The same request is under way.
    InProgress,
    /// A complete listing would delete too much.
    DeletesTooMuch,
    /// The log does not have the changes that were asked for.
    ChangesGone,
    /// The body came too slowly.
    TooSlow,
    /// The body is larger than allowed.
    TooLarge,
    /// The body is of a kind that is not read.
    UnsupportedMediaType,
    /// The server does not answer to this name.
    Misdirected,
    /// The batch was read and is refused.
    BatchRefused,
    /// The `Idempotency-Key` came with another request before.
    KeyReused,
    /// Too many tokens of this address were refused.
    TooManyAttempts,
    /// Something broke inside.
    Internal,
    /// The database does not answer.
    Unavailable,
    /// It took too long.
    TimedOut,
    /// No further stream can be served.
    TooManyStreams,
}

impl ProblemKind {
    /// All, by status.
    pub(crate) const ALL: [Self; 24] = [
        Self::InvalidRequest,
        Self::MalformedBody,
        Self::Unauthorized,
        Self::TokenRefused,
        Self::Forbidden,
        Self::CrossSite,
        Self::UnknownAddress,
        Self::UnknownResource,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::TooSlow,
        Self::InProgress,
        Self::DeletesTooMuch,
        Self::ChangesGone,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Misdirected,
        Self::BatchRefused,
        Self::KeyReused,
        Self::TooManyAttempts,
        Self::Internal,
        Self::Unavailable,
        Self::TimedOut,
        Self::TooManyStreams,
    ];

    /// Name, status and title.
    fn told(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::InvalidRequest => ("invalid-request", StatusCode::BAD_REQUEST, "The request cannot be read"),
            Self::MalformedBody => ("malformed-body", StatusCode::BAD_REQUEST, "The body cannot be read"),
            Self::Unauthorized => ("token-needed", StatusCode::UNAUTHORIZED, "A token is needed"),
            Self::TokenRefused => ("token-refused", StatusCode::UNAUTHORIZED, "The token is refused"),
            Self::Forbidden => ("scope-missing", StatusCode::FORBIDDEN, "The token lacks a scope"),
            Self::CrossSite => ("cross-site", StatusCode::FORBIDDEN, "A page of another site may not do this"),
            Self::UnknownAddress => ("unknown-address", StatusCode::NOT_FOUND, "There is no such address"),
            Self::UnknownResource => ("unknown-resource", StatusCode::NOT_FOUND, "It is not in the catalog"),
            Self::MethodNotAllowed => {
                ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED, "The address does not take this method")
            }
            Self::NotAcceptable => ("not-acceptable", StatusCode::NOT_ACCEPTABLE, "No accepted media type can be had"),
            Self::InProgress => ("in-progress", StatusCode::CONFLICT, "The same request is under way"),
            Self::DeletesTooMuch => {
                ("deletes-too-much", StatusCode::CONFLICT, "The complete listing would delete too much")
            }
            Self::ChangesGone => ("changes-gone", StatusCode::GONE, "The log does not have these changes"),
            Self::TooSlow => ("too-slow", StatusCode::REQUEST_TIMEOUT, "The body came too slowly"),
            Self::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
            Self::UnsupportedMediaType => {
                ("unsupported-media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "The kind of the body is not known")
            }
            Self::Misdirected => {
                ("misdirected", StatusCode::MISDIRECTED_REQUEST, "The server does not answer to this name")
            }
            Self::BatchRefused => ("batch-refused", StatusCode::UNPROCESSABLE_ENTITY, "The batch is refused"),
            Self::KeyReused => ("key-reused", StatusCode::UNPROCESSABLE_ENTITY, "The key came with another request"),
            Self::TooManyAttempts => ("too-many-attempts", StatusCode::TOO_MANY_REQUESTS, "Too many refused tokens"),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong inside Pharos"),
            Self::Unavailable => ("unavailable", StatusCode::SERVICE_UNAVAILABLE, "The database does not answer"),
            Self::TimedOut => ("timed-out", StatusCode::SERVICE_UNAVAILABLE, "It took too long"),
            Self::TooManyStreams => {
                ("too-many-streams", StatusCode::SERVICE_UNAVAILABLE, "No further stream can be served")
            }
        }
    }

    /// The name at the end of the type.
    pub(crate) fn name(self) -> &'static str {
        self.told().0
    }

    /// The status of the answer.
    pub(crate) fn status(self) -> StatusCode {
        self.told().1
    }

    /// What happened, in general.
    pub(crate) fn title(self) -> &'static str {
        self.told().2
    }
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Fault {
    /// The line of the body, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u64>,
    /// Which observation of the batch, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<u64>,
    /// The field or parameter, such as `nodes[2].status`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    /// What is wrong with it, and what would be right.
    pub(crate) detail: String,
}

/// A problem by RFC 9457.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// The kind: a relative URI that leads to its section of the reference and never changes.
    #[serde(rename = "type", serialize_with = "type_uri")]
    #[schema(value_type = String, example = "/api/problems/unknown-resource")]
    kind: ProblemKind,
    /// What happened, in general.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What happened to what, and what to do.
    #[schema(value_type = String)]
    detail: Box<str>,
    /// Everything that is wrong, at most 100 of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<Fault>,
    /// The addresses of Resources with similar names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    near: Vec<String>,
    /// The `seq` after which the log can be followed, where the changes that were asked for are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, required = false)]
    oldest: Option<i64>,
    /// The last `seq` of the log, where the changes that were asked for are gone: go on after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, required = false)]
    newest: Option<i64>,
}

fn type_uri<S: serde::Serializer>(kind: &ProblemKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("/api/problems/{}", kind.name()))
}

impl Problem {
    /// A problem of a kind: what happened to what, and the fix.
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            title: kind.title(),
            status: kind.status().as_u16(),
            detail: detail.into().into_boxed_str(),
            errors: Vec::new(),
            near: Vec::new(),
            oldest: None,
            newest: None,
        }
    }

    /// A parameter that cannot be read.
    pub(crate) fn parameter(name: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let fault = Fault { field: Some(name.to_owned()), detail: detail.clone(), ..Fault::default() };
        Self::new(ProblemKind::InvalidRequest, format!("The parameter `{name}` cannot be read: {detail}."))
            .with_faults(vec![fault])
    }

    /// The same with what is wrong in particular; the first [`MAX_FAULTS`] are kept.
    pub(crate) fn with_faults(mut self, mut faults: Vec<Fault>) -> Self {
        faults.truncate(MAX_FAULTS);
        self.errors = faults;
        self
    }

    /// The same with addresses that may have been meant.
    pub(crate) fn with_near(self, near: Vec<String>) -> Self {
        Self { near, ..self }
    }

    /// The same with what the log can be followed from, and its last entry.
    pub(crate) fn with_bounds(self, oldest: i64, newest: i64) -> Self {
        Self { oldest: Some(oldest), newest: Some(newest), ..self }
    }

    /// The kind.
    #[cfg(test)]
    pub(crate) fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// What is wrong in particular.
    #[cfg(test)]
    pub(crate) fn faults(&self) -> &[Fault] {
        &self.errors
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.kind.status();
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, CachePolicy::NoStore.header());
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        let kind = match &error {
            CatalogError::Unavailable | CatalogError::Rebuilding => ProblemKind::Unavailable,
            CatalogError::Invalid(_) => ProblemKind::InvalidRequest,
            CatalogError::WouldDeleteTooMuch { scope, missing, known } => {
                return Self::new(
                    ProblemKind::DeletesTooMuch,
                    format!(
                        "The complete listing of `{scope}` lacks {missing} of {known} Resources, so nothing was \
                         stored. If that is right, repeat the request with `force=true`."
                    ),
                );
            }
            CatalogError::Internal => ProblemKind::Internal,
        };
        Self::new(kind, sentence(&error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_told_as_the_standard_has_it() {
        let problem = Problem::new(ProblemKind::UnknownResource, "`x` is not in the catalog.");
        let json = serde_json::to_value(&problem).expect("JSON");
        assert_eq!(
            json,
            serde_json::json!({
                "type": "/api/problems/unknown-resource",
                "title": "It is not in the catalog",
                "status": 404,
                "detail": "`x` is not in the catalog."
            })
        );
        assert_eq!(problem.into_response().headers()[CONTENT_TYPE], "application/problem+json");
    }

    #[test]
    fn names_are_unique_and_fit_an_address() {
        let mut names: Vec<_> = ProblemKind::ALL.map(ProblemKind::name).to_vec();
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ProblemKind::ALL.len());
    }

    #[test]
    fn no_more_than_a_hundred_faults_are_named() {
        let problem = Problem::new(ProblemKind::BatchRefused, "").with_faults(vec![Fault::default(); 500]);
        assert_eq!(problem.faults().len(), MAX_FAULTS);
        assert_eq!(problem.kind(), ProblemKind::BatchRefused);
    }
}
