//! What is asked of the catalog as a whole: counts and suggestions.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::catalog::Catalog;
use app::model::TypeCount;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::format::Format;
use crate::http::parameters::{Parameters, Times};
use crate::http::problem::Problem;

/// Suggestions, unless the client says how many.
const DEFAULT_SUGGESTIONS: usize = 10;

/// The most suggestions of one answer.
const MAX_SUGGESTIONS: i64 = 50;

/// How many Resources there are.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Counts {
    /// All of them, the deleted ones too.
    total: u64,
    /// Per type, in the order of the navigation; known types that have none too.
    types: Vec<CountsOfType>,
}

/// How many Resources of a type there are.
#[derive(Debug, Serialize, ToSchema)]
struct CountsOfType {
    /// The type, as manifests write it.
    #[serde(rename = "type")]
    #[schema(example = "depot")]
    resource_type: String,
    /// The type in the plural, as addresses have it.
    #[schema(example = "depots")]
    types: String,
    /// All of them, the deleted ones too.
    total: u64,
    /// Per State.
    states: BTreeMap<String, u64>,
}

impl From<TypeCount> for CountsOfType {
    fn from(count: TypeCount) -> Self {
        Self {
            total: count.total(),
            resource_type: count.resource_type.as_str().to_owned(),
            types: count.resource_type.slug().to_owned(),
            states: count.states.into_iter().map(|(state, count)| (state.as_str().to_owned(), count)).collect(),
        }
    }
}

/// How many Resources of which type are in which State.
#[utoipa::path(
    get,
    path = "/api/v1/counts",
    operation_id = "get_counts",
    tag = "Resources",
    responses((status = 200, description = "The counts", body = Counts))
)]
pub(super) async fn counts(
    State(catalog): State<Arc<dyn Catalog>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Json<Counts>, Problem> {
    Parameters::read(query.as_deref(), &[])?;
    Format::choose(None, &headers, &[Format::Json])?;
    let counts = catalog.counts().await?;
    Ok(Json(Counts { total: counts.total(), types: counts.types.into_iter().map(CountsOfType::from).collect() }))
}

/// The Resources that best fit a text.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Suggestions {
    /// The best first.
    items: Vec<SuggestedResource>,
}

/// A Resource that fits a text.
#[derive(Debug, Serialize, ToSchema)]
struct SuggestedResource {
    /// The type, as manifests write it.
    #[serde(rename = "type")]
    resource_type: String,
    /// The name.
    name: String,
    /// The workspace; `null` for Resources that live in none.
    workspace: Option<String>,
    /// The State.
    state: String,
    /// The health.
    health: String,
    /// The path of its page.
    page: String,
}

/// What suggestions can be asked with.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "it only describes what `suggestions` reads")]
pub(super) struct SuggestionParameters {
    /// What has been typed so far.
    #[param(max_length = 500)]
    q: Option<String>,
    /// The most suggestions; 10 unless said.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u8>,
}

/// Suggests Resources while a text is typed.
#[utoipa::path(
    get,
    path = "/api/v1/suggestions",
    operation_id = "suggest",
    tag = "Resources",
    params(SuggestionParameters),
    responses((status = 200, description = "The suggestions", body = Suggestions))
)]
pub(super) async fn suggestions(
    State(catalog): State<Arc<dyn Catalog>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Json<Suggestions>, Problem> {
    let parameters = Parameters::read(query.as_deref(), &[("q", Times::Once), ("limit", Times::Once)])?;
    Format::choose(None, &headers, &[Format::Json])?;
    let limit = parameters.number("limit", 1..=MAX_SUGGESTIONS)?.and_then(|limit| usize::try_from(limit).ok());
    let text = parameters.one("q").unwrap_or_default();
    let found = catalog.suggestions(text, limit.unwrap_or(DEFAULT_SUGGESTIONS)).await?;
    let items = found.into_iter().map(|offer| SuggestedResource {
        page: offer.key.path(),
        state: offer.state.as_str().to_owned(),
        health: offer.health.level.as_str().to_owned(),
        resource_type: offer.key.resource_type.as_str().to_owned(),
        name: offer.key.name,
        workspace: offer.key.workspace,
    });
    Ok(Json(Suggestions { items: items.collect() }))
}
