//! Listings and searches: a page as JSON, or all of it as CSV and NDJSON.

use std::sync::Arc;

use app::catalog::Catalog;
use app::model::{Facet, ListingQuery, Position, SearchText, shortened};
use axum::Json;
use axum::extract::{OriginalUri, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, LINK};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::everything::every_page;
use super::format::Format;
use super::listing_parameters;
use super::rows::ResourceRow;
use super::table;
use crate::http::parameters::{MAX_VALUES, Parameters, Segments};
use crate::http::problem::{Problem, ProblemKind};

/// Rows of a page, unless the client says how many.
const DEFAULT_LIMIT: usize = 50;

/// The most rows of a page.
const MAX_LIMIT: i64 = 500;

/// One page of a listing.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ListingPage {
    /// The Resources of this page.
    items: Vec<ResourceRow>,
    /// How many Resources match in all; exact.
    total: u64,
    /// What the listing can be narrowed down by.
    facets: Vec<FacetCounts>,
    /// The cursor of the next page, for `after`; `null` on the last one.
    next: Option<String>,
    /// The cursor of the page before, for `before`; `null` on the first one.
    previous: Option<String>,
    /// Whether the index is being rebuilt; items and counts are not complete then.
    rebuilding: bool,
}

/// A facet with its most frequent values and all chosen ones.
#[derive(Debug, Serialize, ToSchema)]
struct FacetCounts {
    /// Which: the name of a filter.
    #[schema(example = "state")]
    name: &'static str,
    /// The values, the most frequent first.
    values: Vec<FacetCount>,
    /// How many further values there are.
    more: u64,
}

/// One value of a facet.
#[derive(Debug, Serialize, ToSchema)]
struct FacetCount {
    /// The value, as filters take it.
    value: String,
    /// How many Resources have it, under the filters of the other facets.
    count: u64,
}

impl From<Facet> for FacetCounts {
    fn from(facet: Facet) -> Self {
        let values = facet.values.into_iter().map(|value| FacetCount { value: value.value, count: value.count });
        Self { name: facet.name.as_str(), values: values.collect(), more: facet.more }
    }
}

/// What a listing can be asked with. Filters of one name are alternatives, those of different names all hold.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "it only describes what `listing_parameters::listing` reads")]
pub(super) struct ListingParameters {
    /// Words to search for, as in the search box: names, parts of names, and qualifiers such as `type:` and `state:`. A
    /// `-` before a word or a qualifier excludes it.
    #[param(max_length = 500)]
    q: Option<String>,
    /// Types, as manifests write them.
    #[param(max_items = 50)]
    r#type: Option<Vec<String>>,
    /// States.
    #[param(max_items = 50)]
    state: Option<Vec<String>>,
    /// Words of the runtime: `running`, `failed`, `none` ...
    #[param(max_items = 50)]
    runtime: Option<Vec<String>>,
    /// Health levels, and `stuck`: what has been starting for too long, which is a part of what is degraded.
    #[param(max_items = 50)]
    health: Option<Vec<String>>,
    /// Workspaces.
    #[param(max_items = 50)]
    workspace: Option<Vec<String>>,
    /// Owners.
    #[param(max_items = 50)]
    owner: Option<Vec<String>>,
    /// Sources of depots (`S3`, `SNOWFLAKE` ...), or who reported a Resource.
    #[param(max_items = 50)]
    source: Option<Vec<String>>,
    /// Tags.
    #[param(max_items = 50)]
    tag: Option<Vec<String>>,
    /// `stale`: what its source has not confirmed for too long.
    #[param(max_items = 50)]
    fresh: Option<Vec<String>>,
    /// The order: relevance, name, type, state, runtime, health, workspace, owner, source or updated; from the end with a `-`
    /// before it (not relevance).
    #[param(pattern = "^(relevance|-?(name|type|state|runtime|health|workspace|owner|source|updated))$")]
    sort: Option<String>,
    /// The cursor `next` of a page: gives the page after it.
    #[param(max_length = 2000)]
    after: Option<String>,
    /// The cursor `previous` of a page: gives the page before it.
    #[param(max_length = 2000)]
    before: Option<String>,
    /// The most Resources of a page. Without it a JSON page has 50, and CSV and NDJSON have all that there are.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u16>,
}

/// Lists or searches the Resources of all types.
#[utoipa::path(
    get,
    path = "/api/v1/resources",
    operation_id = "list_resources",
    tag = "Resources",
    params(ListingParameters),
    responses(
        (status = 200, description = "A page, or all of it as CSV or NDJSON", content(
            (ListingPage = "application/json"), (String = "text/csv"), (ResourceRow = "application/x-ndjson")
        )),
    )
)]
pub(super) async fn all_types(
    State(catalog): State<Arc<dyn Catalog>>,
    OriginalUri(address): OriginalUri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (_, asked) = Format::split(address.path(), &Format::TABLES);
    answer(catalog, None, query.as_deref(), Format::choose(asked, &headers, &Format::TABLES)?).await
}

/// Lists or searches the Resources of one type.
#[utoipa::path(
    get,
    path = "/api/v1/resources/{types}",
    operation_id = "list_resources_of_type",
    tag = "Resources",
    params(("types" = String, Path, description = "The type in the plural, such as `depots`"), ListingParameters),
    responses(
        (status = 200, description = "A page, or all of it as CSV or NDJSON", content(
            (ListingPage = "application/json"), (String = "text/csv"), (ResourceRow = "application/x-ndjson")
        )),
    )
)]
pub(super) async fn one_type(
    State(catalog): State<Arc<dyn Catalog>>,
    Segments(types): Segments<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (types, asked) = Format::split(&types, &Format::TABLES);
    answer(catalog, Some(types), query.as_deref(), Format::choose(asked, &headers, &Format::TABLES)?).await
}

async fn answer(
    catalog: Arc<dyn Catalog>,
    types: Option<&str>,
    query: Option<&str>,
    format: Format,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(query, &listing_parameters::LISTING)?;
    let query = listing_parameters::listing(types, &parameters)?;
    let limit = parameters.number("limit", 1..=MAX_LIMIT)?.and_then(|limit| usize::try_from(limit).ok());
    if let Some(resource_type) = &query.resource_type
        && catalog.counts().await?.of(resource_type).is_none()
    {
        let shown: String = resource_type.as_str().chars().take(60).collect();
        let detail = format!(
            "There is no type `{shown}` in the catalog. `/api/v1/counts` has all types, with the names that addresses \
             take."
        );
        return Err(Problem::new(ProblemKind::UnknownResource, detail));
    }
    refuse_unknown_words(catalog.as_ref(), &query).await?;
    if format != Format::Json && limit.is_none() {
        let pages = every_page(catalog, query).await?;
        return Ok(([(CONTENT_TYPE, format.content_type())], table::body(format, pages)).into_response());
    }
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    let listing = catalog.listing(&query, limit).await?;
    let links = links(&query, limit, listing.next.as_ref(), listing.previous.as_ref());
    let now = catalog.now();
    let rows: Vec<ResourceRow> = listing.rows.into_iter().map(|row| ResourceRow::of(row, now)).collect();
    let mut response = if format == Format::Json {
        let page = ListingPage {
            items: rows,
            total: listing.total,
            facets: listing.facets.into_iter().map(FacetCounts::from).collect(),
            next: listing.next.map(|cursor| cursor.0),
            previous: listing.previous.map(|cursor| cursor.0),
            rebuilding: catalog.index_status().await.rebuilding,
        };
        Json(page).into_response()
    } else {
        let page = stream::iter([Ok(rows)]);
        ([(CONTENT_TYPE, format.content_type())], table::body(format, page)).into_response()
    };
    if let Some(links) = links {
        response.headers_mut().insert(LINK, links);
    }
    Ok(response)
}

/// Refuses values of filters and qualifiers that are neither words of the platform nor those of any Resource: whoever
/// asks for the health `faild` must not be told that all is well. Names that people choose may be there or not.
async fn refuse_unknown_words(catalog: &dyn Catalog, query: &ListingQuery) -> Result<(), Problem> {
    let SearchText { qualifiers, excluded_qualifiers, .. } = query.search_text();
    let of_text = qualifiers.iter().chain(&excluded_qualifiers).map(|asked| ("q", asked));
    let asked = query.filters.iter().map(|asked| (asked.0.as_str(), asked)).chain(of_text);
    for (parameter, (facet, value)) in asked.take(MAX_VALUES) {
        let Some(words) = facet.vocabulary() else { continue };
        let value = value.trim().to_lowercase();
        if words.contains(&value.as_str()) {
            continue;
        }
        let there_are = catalog.values(*facet, None, &value, 1).await?;
        // As long as the index is not complete nobody knows what there is.
        let is_known = there_are.first().is_some_and(|first| first.value.to_lowercase() == value);
        if is_known || catalog.index_status().await.rebuilding {
            continue;
        }
        let others = catalog.values(*facet, None, "", MAX_VALUES).await?;
        let others = others.iter().map(|other| other.value.as_str()).filter(|other| !words.contains(other));
        let known: Vec<String> = words.iter().copied().chain(others).map(|word| format!("`{word}`")).collect();
        let advice =
            format!("no Resource has the {} `{}`; there are {}", facet.as_str(), shortened(&value), known.join(", "));
        return Err(Problem::parameter(parameter, advice));
    }
    Ok(())
}

/// The neighbouring pages, as RFC 8288 has it.
fn links(
    query: &ListingQuery,
    limit: usize,
    next: Option<&app::model::Cursor>,
    previous: Option<&app::model::Cursor>,
) -> Option<HeaderValue> {
    let link = |position: Position, relation: &str| {
        let other = query.at(position);
        format!("</api/v1{}?{}&limit={limit}>; rel=\"{relation}\"", other.path(), other.to_query_string())
    };
    let next = next.map(|cursor| link(Position::After(cursor.clone()), "next"));
    let previous = previous.map(|cursor| link(Position::Before(cursor.clone()), "prev"));
    let links: Vec<String> = next.into_iter().chain(previous).collect();
    (!links.is_empty()).then(|| HeaderValue::try_from(links.join(", ")).ok()).flatten()
}
