//! Old links of the catalog and the operations app, and other spellings of our own addresses.

use app::model::{Key, ResourceType};
use axum::Router;
use axum::extract::{Path, Query, Request};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::HttpState;

pub(super) fn routes() -> Router<HttpState> {
    Router::new()
        .route(
            "/metis/resources/{types}/{fqn}",
            get(|Path((types, fqn)): Path<(String, String)>| async move { metis(&types, &fqn, "") }),
        )
        .route(
            "/metis/resources/{types}/{fqn}/{tab}",
            get(|Path((types, fqn, tab)): Path<(String, String, String)>| async move { metis(&types, &fqn, &tab) }),
        )
        .route("/metis/resources/{types}", get(|Path(types): Path<String>| async move { listing(&types) }))
        .route(
            "/operations/user-space/resources/resource-runtime",
            get(|Query(old): Query<OperationsLink>| async move { operations(&old, "/runtime") }),
        )
        .route(
            "/operations/user-space/resources/resource-status",
            get(|Query(old): Query<OperationsLink>| async move { operations(&old, "") }),
        )
}

/// The parameters of a link into the operations app (domain.md 5).
#[derive(Debug, Deserialize)]
struct OperationsLink {
    #[serde(default)]
    name: String,
    #[serde(default, rename = "type")]
    resource_type: String,
    #[serde(default)]
    workspace: String,
}

fn listing(types: &str) -> Response {
    let resource_type = ResourceType::from_slug(types);
    Redirect::permanent(&app::model::ListingQuery::of(Some(resource_type)).path()).into_response()
}

/// `dataos.{workspace}.{name}`, or `dataos.{name}` for instance-level Resources.
fn metis(types: &str, fqn: &str, tab: &str) -> Response {
    let resource_type = ResourceType::from_slug(types);
    let fqn = fqn.strip_prefix("dataos.").unwrap_or(fqn);
    let key = match (resource_type.level(), fqn.split_once('.')) {
        (Some(app::model::Level::Instance), Some((_, name))) => Key::new(resource_type.as_str(), None, name).ok(),
        _ => Key::candidates(&resource_type, fqn).into_iter().next(),
    };
    let tab = match tab {
        "runtime" | "run_history" => "/runtime",
        "activity_feed" | "events" => "/events",
        "manifest" => "/manifest",
        _ => "",
    };
    to(key, tab)
}

fn operations(old: &OperationsLink, tab: &str) -> Response {
    to(Key::new(&old.resource_type, Some(&old.workspace), &old.name).ok(), tab)
}

fn to(key: Option<Key>, tab: &str) -> Response {
    match key {
        // Not every type has a Runtime tab, and old links do not know which: temporary where a tab is named.
        Some(key) if tab.is_empty() => Redirect::permanent(&key.path()).into_response(),
        Some(key) => Redirect::temporary(&format!("{}{tab}", key.path())).into_response(),
        None => (StatusCode::NOT_FOUND, "This link names no Resource. Search for it at /resources.\n").into_response(),
    }
}

/// Leads `/resources/depot` and `/resources/depots/` to `/resources/depots`; `None` for an address that is as it should
/// be.
pub(super) fn to_canonical(request: &Request) -> Option<Response> {
    let path = request.uri().path();
    if !matches!(*request.method(), Method::GET | Method::HEAD) || !path.starts_with("/resources") {
        return None;
    }
    let mut segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let known = segments.get(2).map(|segment| ResourceType::new(segment));
    if let Some(info) = known.as_ref().and_then(ResourceType::info) {
        segments[2] = info.slug;
    }
    let canonical = segments.join("/");
    // A second slash at the front would lead to another host.
    if canonical == path || canonical.starts_with("//") {
        return None;
    }
    let address = match request.uri().query() {
        Some(query) => format!("{canonical}?{query}"),
        None => canonical,
    };
    Some(Redirect::permanent(&address).into_response())
}
