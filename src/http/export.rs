//! Downloads: the current view of a listing as CSV or JSON, and a manifest.

use std::sync::Arc;

use app::catalog::{Catalog, CatalogError};
use app::model::{ListingQuery, Position, ResourceType};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::HttpState;
use super::api::{Format, every_page, table};
use super::caching::CachePolicy;

pub(super) fn routes() -> Router<HttpState> {
    Router::new()
        .route("/export/{file}", get(all_types))
        .route("/export/resources/{file}", get(one_type))
        .route("/export/manifest/{types}/{file}", get(manifest))
}

/// What a listing can be had as.
const OFFERED: [Format; 2] = [Format::Csv, Format::Json];

async fn all_types(
    State(catalog): State<Arc<dyn Catalog>>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    match Format::split(&file, &OFFERED) {
        ("resources", Some(format)) => export(catalog, None, query.as_deref(), format).await,
        _ => no_such_export(),
    }
}

async fn one_type(
    State(catalog): State<Arc<dyn Catalog>>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    match Format::split(&file, &OFFERED) {
        (types, Some(format)) => export(catalog, Some(types), query.as_deref(), format).await,
        (_, None) => no_such_export(),
    }
}

fn no_such_export() -> Response {
    (StatusCode::NOT_FOUND, "There is no such export. A listing can be had as `.csv` and as `.json`.\n").into_response()
}

fn failed(error: &CatalogError) -> Response {
    let status = match error {
        CatalogError::Invalid(_) | CatalogError::WouldDeleteTooMuch { .. } => StatusCode::BAD_REQUEST,
        CatalogError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        CatalogError::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, format!("{error}\n")).into_response()
}

/// Streams the whole listing, page by page from the beginning, so that its size costs no memory.
async fn export(catalog: Arc<dyn Catalog>, types: Option<&str>, query: Option<&str>, format: Format) -> Response {
    let query = ListingQuery::from_url(types, query.unwrap_or_default()).at(Position::Start);
    let name = query.resource_type.as_ref().map_or_else(|| "resources".to_owned(), |types| types.slug().to_owned());
    match every_page(catalog, query).await {
        Ok(pages) => {
            let name = format!("{name}.{}", format.ending());
            attachment(&name, format.content_type(), table::body(format, pages))
        }
        Err(error) => failed(&error),
    }
}

async fn manifest(State(catalog): State<Arc<dyn Catalog>>, Path((types, file)): Path<(String, String)>) -> Response {
    let Some(fqn) = file.strip_suffix(".yaml") else { return no_such_manifest() };
    let resource_type = ResourceType::from_slug(&types);
    let key = match catalog.resource(&resource_type, fqn).await {
        Ok(Some(detail)) => detail.resource.key,
        Ok(None) => return no_such_manifest(),
        Err(error) => return failed(&error),
    };
    match catalog.manifest(&key).await {
        Ok(Some(manifest)) => {
            attachment(&format!("{}.yaml", key.fqn()), "application/yaml; charset=utf-8", Body::from(manifest.text))
        }
        Ok(None) => no_such_manifest(),
        Err(error) => failed(&error),
    }
}

fn no_such_manifest() -> Response {
    (StatusCode::NOT_FOUND, "There is no manifest of this Resource in the catalog.\n").into_response()
}

fn attachment(name: &str, content_type: &'static str, body: Body) -> Response {
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' }).collect();
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{safe}\""))
        .expect("letters, digits and `-_.` are valid in a header");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CONTENT_DISPOSITION, disposition),
        (CACHE_CONTROL, CachePolicy::NoStore.header()),
    ];
    (headers, body).into_response()
}
