//! Who asks: looks at the token of every request before anything else is done for it.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use app::api::error::sentence;
use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::cache_policy::CachePolicy;
use super::client_address::TrustedProxies;
use super::hosts::AllowedHosts;
use super::problem::{Problem, ProblemKind};
use crate::access::{Access, Caller, Denied};

/// The routes that need no right to read, since they tell nothing of the catalog. Whatever is not one of them needs it,
/// also an address that leads nowhere: its page has the navigation.
pub(super) const PUBLIC: [&str; 5] = ["/healthz", "/readyz", "/favicon.svg", "/robots.txt", "/pkg/{*file}"];

/// Programs get problem details (RFC 9457), people get plain text.
const PROGRAMS: [&str; 2] = ["/api/", "/collated/"];

/// The only addresses that may be written to.
const WRITES: &str = "/api/v1/";

/// What is looked at before anything else is done for a request.
pub(super) struct Entrance {
    pub(super) access: Arc<Access>,
    pub(super) proxies: TrustedProxies,
    /// The only names that are answered to; `None` for any.
    pub(super) hosts: Option<AllowedHosts>,
}

/// Lets a request through with its [`Caller`], or turns it away.
pub(super) async fn authenticate(State(entrance): State<Arc<Entrance>>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if entrance.hosts.as_ref().is_some_and(|hosts| !hosts.allow(&request)) {
        return Refusal::misdirected().answer(path);
    }
    let access = &entrance.access;
    let public = is_public(&request);
    let caller = match presented(request.headers()) {
        _ if public => access.anonymous(),
        None => access.anonymous(),
        Some(token) => match access.caller(token, entrance.client(&request)).await {
            Ok(caller) => caller,
            Err(denied) => return Refusal::from(denied).answer(path),
        },
    };
    if !public && let Some(refusal) = refusal(&caller, request.method(), path) {
        return refusal.answer(path);
    }
    request.extensions_mut().insert(caller);
    next.run(request).await
}

/// Whether a request is for what anybody may have: by the route that answers it, not by how its address looks.
fn is_public(request: &Request) -> bool {
    let route = request.extensions().get::<MatchedPath>();
    matches!(*request.method(), Method::GET | Method::HEAD)
        && route.is_some_and(|route| PUBLIC.contains(&route.as_str()))
}

/// The token that a request brings: `Authorization: Bearer`, or `apikey` as the platform has it. Other ways to sign in
/// belong to whoever stands in front of this server.
fn presented(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok())
        && let Some((scheme, token)) = value.split_once(' ')
        && scheme.eq_ignore_ascii_case("bearer")
    {
        return Some(token.trim());
    }
    // What is no text is no token either, but it was meant as one.
    headers.get("apikey").map(|value| value.to_str().unwrap_or_default().trim())
}

impl Entrance {
    /// Whom to count failures for.
    fn client(&self, request: &Request) -> IpAddr {
        let connection = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let connected = connection.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
        self.proxies.client(connected, request.headers())
    }
}

/// Why a caller may not make such a request, if so. What exactly may be written is for the handler to say.
fn refusal(caller: &Caller, method: &Method, path: &str) -> Option<Refusal> {
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) || !path.starts_with(WRITES);
    if if reads { caller.may_read() } else { caller.may_write_something() } {
        return None;
    }
    let (what, scope) = if reads { ("reading this catalog", "read") } else { ("writing", "write") };
    Some(match &caller.name {
        None => Refusal {
            kind: ProblemKind::Unauthorized,
            detail: format!(
                "{what} needs a token: make one with `pharos token create --name NAME --scope {scope}` and send it as \
                 `Authorization: Bearer TOKEN`"
            ),
            error: None,
            retry_after: None,
        },
        Some(name) => Refusal {
            kind: ProblemKind::Forbidden,
            detail: format!("{what} needs the scope `{scope}`, which the token `{name}` does not have"),
            error: Some("insufficient_scope"),
            retry_after: None,
        },
    })
}

/// A request that is turned away.
struct Refusal {
    kind: ProblemKind,
    detail: String,
    /// The word of RFC 6750.
    error: Option<&'static str>,
    retry_after: Option<u64>,
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        let detail = denied.to_string();
        let (kind, error, retry_after) = match denied {
            Denied::TooMany { wait } => (ProblemKind::TooManyAttempts, None, Some(wait.as_secs() + 1)),
            Denied::Store(_) => (ProblemKind::Unavailable, None, Some(5)),
            _ => (ProblemKind::TokenRefused, Some("invalid_token"), None),
        };
        Self { kind, detail, error, retry_after }
    }
}

impl Refusal {
    /// A name that this server does not answer to.
    fn misdirected() -> Self {
        Self {
            kind: ProblemKind::Misdirected,
            detail: "this server answers to the names of this machine only, and the header `Host` has another; if \
                     people reach it by that name, start it with `pharos serve --allow-host NAME`"
                .to_owned(),
            error: None,
            retry_after: None,
        }
    }

    fn answer(self, path: &str) -> Response {
        let (status, detail) = (self.kind.status(), sentence(&self.detail));
        let mut response = if PROGRAMS.iter().any(|start| path.starts_with(start)) {
            Problem::new(self.kind, detail).into_response()
        } else {
            (status, detail + "\n").into_response()
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, CachePolicy::NoStore.header());
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            let challenge = match self.error {
                None => r#"Bearer realm="Pharos""#.to_owned(),
                Some(error) => format!(r#"Bearer realm="Pharos", error="{error}""#),
            };
            headers.insert(WWW_AUTHENTICATE, HeaderValue::try_from(challenge).expect("plain words"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    /// Where nobody looked at the request, nobody is allowed anything.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self::anonymous(false)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(axum::http::HeaderName::from_static(name), HeaderValue::try_from(value).unwrap())])
    }

    #[test]
    fn a_token_comes_as_bearer_or_as_the_platform_has_it() {
        assert_eq!(presented(&headers("authorization", "Bearer abc")), Some("abc"));
        assert_eq!(presented(&headers("authorization", "bearer  abc ")), Some("abc"));
        assert_eq!(presented(&headers("apikey", "abc")), Some("abc"));
        assert_eq!(presented(&headers("authorization", "Basic YTpi")), None, "that is for the proxy in front");
        assert_eq!(presented(&HeaderMap::new()), None);
    }

    #[test]
    fn nobody_writes_without_the_right_and_only_where_writing_is() {
        let reader = Caller::anonymous(true);
        let status =
            |caller: &Caller, method, path| refusal(caller, &method, path).map(|refusal| refusal.kind.status());
        assert_eq!(status(&reader, Method::GET, "/resources"), None);
        assert_eq!(status(&reader, Method::POST, "/api/ui/suggest"), None, "server functions only read");
        assert_eq!(status(&reader, Method::POST, "/api/v1/observations"), Some(StatusCode::UNAUTHORIZED));
        let writer = Caller::named("ci", vec!["write:depot".parse().unwrap()], false);
        assert_eq!(status(&writer, Method::POST, "/api/v1/observations"), None);
        assert_eq!(status(&writer, Method::GET, "/api/v1/resources"), Some(StatusCode::FORBIDDEN));
        assert_eq!(status(&Caller::anonymous(false), Method::GET, "/"), Some(StatusCode::UNAUTHORIZED));
        assert_eq!(status(&Caller::anonymous(false), Method::POST, "/api/ui/suggest"), Some(StatusCode::UNAUTHORIZED));
    }
}
