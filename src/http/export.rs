//! Downloads: the current view of a listing as CSV or JSON, and a manifest.

use std::fmt::Write;
use std::sync::Arc;

use app::catalog::{Catalog, CatalogError};
use app::model::{ListingQuery, Position, ResourceType, Timestamp};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::HttpState;
use super::api::{Format, every_page, table};
use super::cache_policy::CachePolicy;

pub(super) fn routes() -> Router<HttpState> {
    Router::new()
        .route("/export/{file}", get(all_types))
        .route("/export/resources/{file}", get(one_type))
        .route("/export/manifest/{types}/{file}", get(manifest))
}

/// The longest name of a file, in bytes.
const LONGEST_NAME: usize = 80;

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
        CatalogError::Unavailable | CatalogError::Rebuilding => StatusCode::SERVICE_UNAVAILABLE,
        CatalogError::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, format!("{error}\n")).into_response()
}

/// Streams the whole listing, page by page from the beginning, so that its size costs no memory.
async fn export(catalog: Arc<dyn Catalog>, types: Option<&str>, query: Option<&str>, format: Format) -> Response {
    let query = ListingQuery::from_url(types, query.unwrap_or_default()).at(Position::Start);
    let name = file_name(&query, catalog.now(), format);
    match every_page(catalog, query).await {
        Ok(pages) => attachment(&name, format.content_type(), table::body(format, pages)),
        Err(error) => failed(&error),
    }
}

/// The name of a listing as a file: the type, the words, what it is narrowed down by, and the day in UTC. Files that are
/// kept beside each other tell what they hold.
fn file_name(query: &ListingQuery, now: Timestamp, format: Format) -> String {
    let mut name = query.resource_type.as_ref().map_or_else(String::new, |types| file_word(types.slug()));
    if name.is_empty() {
        name.push_str("resources");
    }
    let mut last = None;
    let filters = query.filters.iter().flat_map(|(facet, value)| {
        // Values of one facet follow its name.
        let facet = (last.replace(*facet) != Some(*facet)).then_some(facet.as_str());
        facet.into_iter().chain([value.as_str()])
    });
    for word in [query.q.as_str()].into_iter().chain(filters).map(file_word).filter(|word| !word.is_empty()) {
        let _ = write!(name, "-{word}");
    }
    let day = now.to_rfc3339();
    let end = format!("-{}.{}", day.split('T').next().unwrap_or_default(), format.ending());
    name.truncate(LONGEST_NAME.saturating_sub(end.len()));
    [name.trim_end_matches(['-', '.']), &end].concat()
}

/// What is left of a text in the name of a file: small letters, digits and `._-`.
fn file_word(text: &str) -> String {
    let mut word = String::with_capacity(text.len());
    for letter in text.chars().map(|letter| letter.to_ascii_lowercase()) {
        if letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '.' | '_') {
            word.push(letter);
        } else if !word.ends_with('-') {
            word.push('-');
        }
    }
    word.trim_matches(['-', '.']).to_owned()
}

async fn manifest(State(catalog): State<Arc<dyn Catalog>>, Path((types, file)): Path<(String, String)>) -> Response {
    let Some(fqn) = file.strip_suffix(".yaml") else { return no_such_manifest() };
    let resource_type = ResourceType::from_slug(&types);
    let (key, number) = match catalog.resource(&resource_type, fqn).await {
        Ok(Some(detail)) => (detail.resource.key, detail.number),
        Ok(None) => return no_such_manifest(),
        Err(error) => return failed(&error),
    };
    match catalog.manifest(number).await {
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_478_400_000);

    #[test]
    fn the_name_of_a_file_says_what_is_in_it_and_of_which_day() {
        for (address, name) in [
            ("/resources", "resources-2026-11-24.csv"),
            ("/resources/depots?state=error", "depots-state-error-2026-11-24.csv"),
            ("/resources/instance-secrets?sort=name&after=x", "instance-secrets-2026-11-24.csv"),
            (
                "/resources/services?q=orders+API&state=error&state=pending",
                "services-orders-api-state-error-pending-2026-11-24.csv",
            ),
            ("/resources?tag=team%3Aorders&owner=%C3%84da", "resources-tag-team-orders-owner-da-2026-11-24.csv"),
            ("/resources/depots?q=..%2F..%2Fetc", "depots-etc-2026-11-24.csv"),
            ("/resources/%E6%97%A5?q=%E6%9C%AC", "resources-2026-11-24.csv"),
        ] {
            let query = ListingQuery::from_address(address).expect("a listing");
            assert_eq!(file_name(&query, NOW, Format::Csv), name, "{address}");
        }
    }

    #[test]
    fn a_long_name_is_cut_before_the_day() {
        let query = ListingQuery::from_url(Some("depots"), &format!("q={}", "ab-".repeat(100)));
        let name = file_name(&query, NOW, Format::Json);
        assert!(name.len() <= LONGEST_NAME, "{name}");
        assert!(name.starts_with("depots-ab-ab-") && name.ends_with("ab-2026-11-24.json"), "{name}");
    }
}
