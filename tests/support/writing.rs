//! Requests with tokens and bodies.

use app::model::Timestamp;
use axum::body::Body;
use axum::http::Request;
use pharos::access::Token;
use pharos::store::NewToken;
use tower::ServiceExt;

use super::{Answer, Site};

impl Site {
    /// A new token with these scopes, stored as `pharos token create` would.
    pub(crate) async fn token(&self, name: &str, scopes: &[&str]) -> String {
        let token = Token::random().expect("random numbers");
        let url = format!("sqlite://{}", self.folder.path().join("pharos.db").display());
        let store = pharos::store::open(&url).await.expect("the store");
        let new = NewToken {
            name: name.to_owned(),
            start: token.start().to_owned(),
            hash: token.hash().0,
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            created_at: Timestamp(0),
            expires_at: None,
        };
        store.add_token(&new).await.expect("the token is stored");
        store.close().await;
        token.reveal().to_owned()
    }

    /// A request with a method, headers and a body.
    pub(crate) async fn send(
        &self,
        method: &str,
        address: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(address).header("host", "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 64 << 20).await.expect("a whole body");
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The last part of the type of the problem that this is.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.body);
        let json = self.json();
        assert_eq!(json["status"], self.status.as_u16(), "{}", self.body);
        assert!(json["detail"].as_str().is_some_and(|detail| detail.ends_with('.')), "{}", self.body);
        json["type"].as_str().and_then(|kind| kind.strip_prefix("/api/problems/")).expect("a type").to_owned()
    }
}
