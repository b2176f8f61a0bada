//! Downloads: the current view of a listing as CSV or JSON, and a manifest.

use std::sync::Arc;

use app::catalog::{Catalog, CatalogError};
use app::model::{ListingQuery, ListingRow, Position, ResourceType};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::{StreamExt, stream};
use serde::Serialize;

use super::HttpState;
use super::caching::CachePolicy;

/// Rows that are fetched at once.
const ROWS_AT_ONCE: usize = 500;

pub(super) fn routes() -> Router<HttpState> {
    Router::new()
        .route("/export/{file}", get(all_types))
        .route("/export/resources/{file}", get(one_type))
        .route("/export/manifest/{types}/{file}", get(manifest))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Csv,
    Json,
}

impl Format {
    fn split(file: &str) -> Option<(&str, Self)> {
        let (name, ending) = file.rsplit_once('.')?;
        match ending {
            "csv" => Some((name, Self::Csv)),
            "json" => Some((name, Self::Json)),
            _ => None,
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

async fn all_types(
    State(catalog): State<Arc<dyn Catalog>>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    match Format::split(&file) {
        Some(("resources", format)) => export(catalog, None, query.as_deref(), format).await,
        _ => no_such_export(),
    }
}

async fn one_type(
    State(catalog): State<Arc<dyn Catalog>>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    match Format::split(&file) {
        Some((types, format)) => export(catalog, Some(types), query.as_deref(), format).await,
        None => no_such_export(),
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

/// One Resource of an export.
#[derive(Serialize)]
struct Row<'a> {
    #[serde(rename = "type")]
    resource_type: &'a str,
    version: &'a str,
    name: &'a str,
    workspace: Option<&'a str>,
    state: &'a str,
    runtime: &'a str,
    health: &'a str,
    reason: &'a str,
    owner: Option<&'a str>,
    source: Option<&'a str>,
    tags: &'a [String],
    description: Option<&'a str>,
    updated: String,
    last_observed: Option<String>,
}

impl<'a> Row<'a> {
    fn of(row: &'a ListingRow) -> Self {
        Self {
            resource_type: row.key.resource_type.as_str(),
            version: &row.version,
            name: &row.key.name,
            workspace: row.key.workspace.as_deref(),
            state: row.state.as_str(),
            runtime: &row.runtime,
            health: row.health.level.as_str(),
            reason: &row.health.reason,
            owner: row.owner.as_deref(),
            source: row.depot_source.as_deref(),
            tags: &row.tags,
            description: row.description.as_deref(),
            updated: row.changed_at.to_rfc3339(),
            last_observed: row.observed_at.map(app::model::Timestamp::to_rfc3339),
        }
    }
}

const CSV_HEADER: &str =
    "type,version,name,workspace,state,runtime,health,reason,owner,source,tags,description,updated,last_observed\r\n";

/// Streams the whole listing, page by page from the beginning, so that its size costs no memory.
async fn export(catalog: Arc<dyn Catalog>, types: Option<&str>, query: Option<&str>, format: Format) -> Response {
    let query = ListingQuery::from_url(types, query.unwrap_or_default()).at(Position::Start);
    let name = query.resource_type.as_ref().map_or_else(|| "resources".to_owned(), |types| types.slug().to_owned());
    // The first page is fetched before the answer begins, so that a failure still has its status.
    let first = match catalog.listing(&query, ROWS_AT_ONCE).await {
        Ok(listing) => listing,
        Err(error) => return failed(&error),
    };
    let opening = match format {
        Format::Csv => CSV_HEADER,
        Format::Json => "[",
    };
    let pages = stream::unfold(Some((first, true)), move |state| {
        let (catalog, query) = (Arc::clone(&catalog), query.clone());
        async move {
            let (listing, is_first) = state?;
            let mut text = if is_first { opening.to_owned() } else { String::new() };
            for (place, row) in listing.rows.iter().enumerate() {
                match format {
                    Format::Csv => push_csv(&mut text, &Row::of(row)),
                    Format::Json => {
                        text.push_str(if is_first && place == 0 { "\n" } else { ",\n" });
                        text.push_str(&serde_json::to_string(&Row::of(row)).unwrap_or_default());
                    }
                }
            }
            let next = match listing.next {
                None => {
                    text.push_str(if format == Format::Json { "\n]\n" } else { "" });
                    None
                }
                Some(cursor) => match catalog.listing(&query.at(Position::After(cursor)), ROWS_AT_ONCE).await {
                    Ok(listing) => Some((listing, false)),
                    // Breaking the answer off is the only way left to say that it is not whole.
                    Err(error) => return Some((Err(std::io::Error::other(error)), None)),
                },
            };
            Some((Ok::<_, std::io::Error>(Bytes::from(text)), next))
        }
    });
    attachment(
        &format!("{name}.{}", if format == Format::Csv { "csv" } else { "json" }),
        format.content_type(),
        // The compression asks once more after the end.
        Body::from_stream(pages.fuse()),
    )
}

fn push_csv(text: &mut String, row: &Row<'_>) {
    let tags = row.tags.join(" ");
    let cells = [
        row.resource_type,
        row.version,
        row.name,
        row.workspace.unwrap_or_default(),
        row.state,
        row.runtime,
        row.health,
        row.reason,
        row.owner.unwrap_or_default(),
        row.source.unwrap_or_default(),
        &tags,
        row.description.unwrap_or_default(),
        &row.updated,
        row.last_observed.as_deref().unwrap_or_default(),
    ];
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        push_cell(text, cell);
    }
    text.push_str("\r\n");
}

/// One cell by RFC 4180. A spreadsheet would run a cell that begins like a formula, so such a cell gets a `'` before
/// it, as OWASP advises.
fn push_cell(text: &mut String, cell: &str) {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !formula && !cell.contains([',', '"', '\r', '\n']) {
        text.push_str(cell);
        return;
    }
    text.push('"');
    if formula {
        text.push('\'');
    }
    text.push_str(&cell.replace('"', "\"\""));
    text.push('"');
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cannot_break_out_or_run() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            let mut text = String::new();
            push_cell(&mut text, cell);
            assert_eq!(text, expected);
        }
    }
}
