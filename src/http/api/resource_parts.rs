//! What belongs to one Resource and is kept apart from it: its nodes, its changes and its manifest.

use std::sync::Arc;

use app::catalog::{Catalog, CatalogError};
use app::model::{ChangePage, NodePage, ResourceDetail};
use axum::Json;
use axum::extract::{OriginalUri, RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures::{Stream, stream};
use serde::Serialize;
use utoipa::ToSchema;

use super::format::Format;
use super::resource::found;
use super::rows::{ChangeRow, NodeRow};
use super::table;
use crate::http::parameters::{Parameters, Segments, Times};
use crate::http::problem::{Problem, ProblemKind};

/// The most runtime nodes on a page. A Resource keeps a few hundred that have ended, so hardly any has more.
const NODES_AT_ONCE: usize = 2_000;

/// The runtime nodes of a Resource.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Nodes {
    /// The nodes, by name; the latest of those that have ended too.
    items: Vec<NodeRow>,
    /// The name to continue `after`; `null` at the end.
    after: Option<String>,
}

/// A page of the change log of a Resource.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Changes {
    /// The entries, newest first.
    items: Vec<ChangeRow>,
    /// The `seq` to continue `before`; `null` at the beginning of the log.
    before: Option<i64>,
}

/// The runtime nodes of a Resource, by name: a page of them as JSON, or all of them as CSV or NDJSON.
#[utoipa::path(
    get,
    path = "/api/v1/resources/{types}/{fqn}/nodes",
    operation_id = "list_nodes",
    tag = "Resources",
    params(
        ("types" = String, Path, description = "The type in the plural, such as `services`"),
        ("fqn" = String, Path, description = "`name`, or `workspace.name` where the type has workspaces"),
        ("after" = Option<String>, Query, description = "Only nodes after the one of this name"),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 2000, description = "The length of a page; 2,000 if not said"),
    ),
    responses((status = 200, description = "The nodes", content(
        (Nodes = "application/json"), (String = "text/csv"), (NodeRow = "application/x-ndjson")
    )))
)]
pub(super) async fn nodes(
    State(catalog): State<Arc<dyn Catalog>>,
    OriginalUri(address): OriginalUri,
    Segments((types, fqn)): Segments<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(query.as_deref(), &[("after", Times::Once), ("limit", Times::Once)])?;
    let limit = parameters.number("limit", 1..=NODES_AT_ONCE as i64)?.and_then(|limit| usize::try_from(limit).ok());
    let limit = limit.unwrap_or(NODES_AT_ONCE);
    let after = parameters.one("after").unwrap_or_default();
    let (_, asked) = Format::split(address.path(), &Format::TABLES);
    let format = Format::choose(asked, &headers, &Format::TABLES)?;
    let ResourceDetail { number, resource, .. } = found(&catalog, &types, &fqn).await?;
    let page =
        if resource.has_runtime_tab() { catalog.nodes(number, after, limit).await? } else { NodePage::default() };
    Ok(match format {
        Format::Json => {
            let items = page.nodes.into_iter().map(NodeRow::from).collect();
            Json(Nodes { items, after: page.after }).into_response()
        }
        _ => {
            let body = table::body(format, every_node(catalog, number, page));
            ([(CONTENT_TYPE, format.content_type())], body).into_response()
        }
    })
}

fn every_node(
    catalog: Arc<dyn Catalog>,
    number: i64,
    first: NodePage,
) -> impl Stream<Item = Result<Vec<NodeRow>, CatalogError>> + Send + 'static {
    stream::unfold(Some(Ok(first)), move |page| {
        let catalog = Arc::clone(&catalog);
        async move {
            let page: NodePage = match page? {
                Ok(page) => page,
                Err(error) => return Some((Err(error), None)),
            };
            let next = match page.after {
                Some(after) => Some(catalog.nodes(number, &after, NODES_AT_ONCE).await),
                None => None,
            };
            Some((Ok(page.nodes.into_iter().map(NodeRow::from).collect()), next))
        }
    })
}

/// The change log of a Resource, newest first: a page of 50 as JSON, or all of it as CSV or NDJSON.
#[utoipa::path(
    get,
    path = "/api/v1/resources/{types}/{fqn}/changes",
    operation_id = "list_changes",
    tag = "Resources",
    params(
        ("types" = String, Path, description = "The type in the plural, such as `services`"),
        ("fqn" = String, Path, description = "`name`, or `workspace.name` where the type has workspaces"),
        ("before" = Option<i64>, Query, minimum = 1, description = "Only entries before this `seq`"),
    ),
    responses((status = 200, description = "The changes", content(
        (Changes = "application/json"), (String = "text/csv"), (ChangeRow = "application/x-ndjson")
    )))
)]
pub(super) async fn changes(
    State(catalog): State<Arc<dyn Catalog>>,
    OriginalUri(address): OriginalUri,
    Segments((types, fqn)): Segments<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(query.as_deref(), &[("before", Times::Once)])?;
    let before = parameters.number("before", 1..=i64::MAX)?;
    let (_, asked) = Format::split(address.path(), &Format::TABLES);
    let format = Format::choose(asked, &headers, &Format::TABLES)?;
    let number = found(&catalog, &types, &fqn).await?.number;
    let page = catalog.changes(number, before).await?;
    Ok(match format {
        Format::Json => {
            let items = page.changes.into_iter().map(ChangeRow::from).collect();
            Json(Changes { items, before: page.before }).into_response()
        }
        _ => {
            let body = table::body(format, every_change(catalog, number, page));
            ([(CONTENT_TYPE, format.content_type())], body).into_response()
        }
    })
}

fn every_change(
    catalog: Arc<dyn Catalog>,
    number: i64,
    first: ChangePage,
) -> impl Stream<Item = Result<Vec<ChangeRow>, CatalogError>> + Send + 'static {
    stream::unfold(Some(Ok(first)), move |page| {
        let catalog = Arc::clone(&catalog);
        async move {
            let page: ChangePage = match page? {
                Ok(page) => page,
                Err(error) => return Some((Err(error), None)),
            };
            let next = match page.before {
                Some(before) => Some(catalog.changes(number, Some(before)).await),
                None => None,
            };
            Some((Ok(page.changes.into_iter().map(ChangeRow::from).collect()), next))
        }
    })
}

/// The manifest of a Resource, secrets masked: its text as YAML, comments and all, or its content as JSON.
#[utoipa::path(
    get,
    path = "/api/v1/resources/{types}/{fqn}/manifest",
    operation_id = "get_manifest",
    tag = "Resources",
    params(
        ("types" = String, Path, description = "The type in the plural, such as `services`"),
        ("fqn" = String, Path, description = "`name`, or `workspace.name` where the type has workspaces"),
    ),
    responses((status = 200, description = "The manifest", content(
        (String = "application/yaml"), (Object = "application/json")
    )))
)]
pub(super) async fn manifest(
    State(catalog): State<Arc<dyn Catalog>>,
    OriginalUri(address): OriginalUri,
    Segments((types, fqn)): Segments<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    const OFFERED: [Format; 2] = [Format::Yaml, Format::Json];
    Parameters::read(query.as_deref(), &[])?;
    let (_, asked) = Format::split(address.path(), &OFFERED);
    let format = Format::choose(asked, &headers, &OFFERED)?;
    let ResourceDetail { number, resource, .. } = found(&catalog, &types, &fqn).await?;
    let Some(manifest) = catalog.manifest(number).await? else {
        let key = resource.key;
        let detail = format!("No manifest of `{key}` has been reported. `pharos import` or a source can report it.");
        return Err(Problem::new(ProblemKind::UnknownResource, detail));
    };
    Ok(match format {
        Format::Json => Json(manifest.content).into_response(),
        _ => ([(CONTENT_TYPE, format.content_type())], manifest.text).into_response(),
    })
}
