//! One Resource: what is known of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::catalog::Catalog;
use app::model::{Health, Incarnation, ResourceCounts, ResourceDetail, ResourceType, Seen, Timestamp};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::format::Format;
use super::rows::ResourceRow;
use crate::http::parameters::{Parameters, Segments};
use crate::http::problem::{Problem, ProblemKind};

/// How many Resources of a similar name are told.
const NEAR: usize = 5;

/// All that is known of one Resource, but for its nodes, changes and manifest.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Resource {
    /// The id as the platform prints it: `TYPE:VERSION:NAME[:WORKSPACE]`.
    #[schema(example = "service:v1:orders-api:public")]
    id: String,
    /// The type, as manifests write it.
    #[serde(rename = "type")]
    resource_type: String,
    /// The version; empty when nobody said.
    version: String,
    /// The name.
    name: String,
    /// The workspace; `null` for Resources that live in none.
    workspace: Option<String>,
    /// The path of its page.
    #[schema(example = "/resources/services/public.orders-api")]
    page: String,
    /// The State: the last status, or `deleted`.
    state: String,
    /// Since when the State is what it is.
    #[schema(format = DateTime)]
    state_since: Option<String>,
    /// Aggregate Status: the last status that was reported, as it was; survives deletion.
    status: Option<String>,
    /// Why the platform reports an error.
    message: Option<String>,
    /// The Builder Stage as it was reported.
    builder_stage: Option<String>,
    /// The runtime as it was reported; empty for none, `null` when it is not known.
    runtime: Option<String>,
    /// Since when the word of the runtime is what it is.
    #[schema(format = DateTime)]
    runtime_since: Option<String>,
    /// Its health.
    health: HealthTold,
    /// The owner.
    owner: Option<String>,
    /// The description.
    description: Option<String>,
    /// The tags.
    tags: Vec<String>,
    /// `user` or `system`.
    layer: Option<String>,
    /// The source of a depot.
    depot_source: Option<String>,
    /// How many replicas are wanted.
    replicas: Option<u32>,
    /// How many things the platform made for it.
    counts: CountsTold,
    /// When the platform created it, where that was said.
    #[schema(format = DateTime)]
    created: Option<String>,
    /// When it was first seen.
    #[schema(format = DateTime)]
    first_seen: String,
    /// When something last changed.
    #[schema(format = DateTime)]
    updated: String,
    /// Whether its manifest is known.
    has_manifest: bool,
    /// How many runtime nodes of it are known.
    nodes: usize,
    /// Its parts that the catalog knows, for composite Resources.
    parts: Vec<ResourceRow>,
    /// Its lives, newest first.
    lives: Vec<Life>,
    /// When and by which source each part of this was last observed.
    observed: BTreeMap<String, Observed>,
}

/// Is it working, and why.
#[derive(Debug, Serialize, ToSchema)]
struct HealthTold {
    /// `healthy`, `scheduled`, `in-progress`, `starting`, `unknown`, `degraded`, `failed` or `deleted`.
    level: String,
    /// Why, in a sentence.
    reason: String,
    /// Why, in a word for programs: `running`, `replicas-missing`, `failed-building` ...
    code: &'static str,
    /// Whether it has been starting for too long.
    stuck: bool,
}

impl HealthTold {
    /// A health, with ages as they are at `now`.
    fn of(health: &Health, now: Timestamp) -> Self {
        Self {
            level: health.level.as_str().to_owned(),
            reason: health.reason.told(now),
            code: health.reason.code(),
            stuck: health.stuck,
        }
    }
}

/// How many things the platform made for a Resource; `null` where nobody said.
#[derive(Debug, Serialize, ToSchema)]
struct CountsTold {
    /// Cloud Kernel Resource Count.
    cloud_kernel: Option<u32>,
    /// `WebService` Resource Count.
    web_service: Option<u32>,
    /// Operator Runtime Resource Count.
    operator_runtime: Option<u32>,
}

impl From<ResourceCounts> for CountsTold {
    fn from(counts: ResourceCounts) -> Self {
        let ResourceCounts { cloud_kernel, web_service, operator_runtime } = counts;
        Self { cloud_kernel, web_service, operator_runtime }
    }
}

/// One life of a Resource: from its creation to its deletion.
#[derive(Debug, Serialize, ToSchema)]
struct Life {
    /// When it was created, as far as is known.
    #[schema(format = DateTime)]
    created: String,
    /// Which source told.
    created_by: String,
    /// When it was deleted; `null` while it lives.
    #[schema(format = DateTime)]
    deleted: Option<String>,
}

impl From<Incarnation> for Life {
    fn from(life: Incarnation) -> Self {
        Self {
            created: life.created_at.to_rfc3339(),
            created_by: life.created_by,
            deleted: life.deleted_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// When and by which source something was last observed.
#[derive(Debug, Serialize, ToSchema)]
struct Observed {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// By which source.
    source: String,
}

impl From<Seen> for Observed {
    fn from(seen: Seen) -> Self {
        Self { at: seen.at.to_rfc3339(), source: seen.source }
    }
}

impl Resource {
    /// What is known of a Resource, with ages as they are at `now`.
    fn of(detail: ResourceDetail, now: Timestamp) -> Self {
        let resource = detail.resource;
        let word = |aspect: &app::model::Aspect| match serde_json::to_value(aspect) {
            Ok(Value::String(word)) => word.replace('-', "_"),
            _ => String::new(),
        };
        Self {
            id: resource.id().to_string(),
            page: resource.key.path(),
            state: resource.state().as_str().to_owned(),
            state_since: resource.state_since.map(Timestamp::to_rfc3339),
            health: HealthTold::of(&detail.health, now),
            has_manifest: detail.has_manifest,
            nodes: detail.nodes.len(),
            parts: detail.parts.into_iter().map(|part| ResourceRow::of(part, now)).collect(),
            lives: detail.incarnations.into_iter().map(Life::from).collect(),
            observed: resource.observed.iter().map(|(aspect, seen)| (word(aspect), seen.clone().into())).collect(),
            resource_type: resource.key.resource_type.as_str().to_owned(),
            version: resource.version,
            name: resource.key.name,
            workspace: resource.key.workspace,
            status: resource.status,
            message: resource.message,
            builder_stage: resource.builder_stage,
            runtime: resource.runtime,
            runtime_since: resource.runtime_since.map(Timestamp::to_rfc3339),
            owner: resource.owner,
            description: resource.description,
            tags: resource.tags,
            layer: resource.layer,
            depot_source: resource.depot_source,
            replicas: resource.replicas,
            counts: resource.counts.into(),
            created: resource.created_at.map(Timestamp::to_rfc3339),
            first_seen: resource.first_seen_at.to_rfc3339(),
            updated: resource.changed_at.to_rfc3339(),
        }
    }
}

/// The Resource of two segments of a path.
pub(super) async fn found(catalog: &Arc<dyn Catalog>, types: &str, fqn: &str) -> Result<ResourceDetail, Problem> {
    let resource_type = ResourceType::from_slug(types);
    if let Some(detail) = catalog.resource(&resource_type, fqn).await? {
        return Ok(detail);
    }
    let name = fqn.rsplit_once('.').map_or(fqn, |(_, name)| name);
    let near = catalog.near_matches(Some(&resource_type), name, NEAR).await.unwrap_or_default();
    let near: Vec<String> = near.iter().map(|offer| format!("/api/v1{}", offer.key.path())).collect();
    let shown = |text: &str| text.chars().take(100).collect::<String>();
    let detail = format!(
        "There is no `{}` among the `{}` of the catalog. Name it as `name`, or as `workspace.name` where the type has \
         workspaces; `/api/v1/resources?q=` finds it.",
        shown(fqn),
        shown(types)
    );
    Err(Problem::new(ProblemKind::UnknownResource, detail).with_near(near))
}

/// One Resource.
#[utoipa::path(
    get,
    path = "/api/v1/resources/{types}/{fqn}",
    operation_id = "get_resource",
    tag = "Resources",
    params(
        ("types" = String, Path, description = "The type in the plural, such as `depots`"),
        ("fqn" = String, Path, description = "`name`, or `workspace.name` where the type has workspaces"),
    ),
    responses((status = 200, description = "The Resource", body = Resource))
)]
pub(super) async fn one(
    State(catalog): State<Arc<dyn Catalog>>,
    Segments((types, fqn)): Segments<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Json<Resource>, Problem> {
    Parameters::read(query.as_deref(), &[])?;
    Format::choose(None, &headers, &[Format::Json])?;
    let detail = found(&catalog, &types, &fqn).await?;
    Ok(Json(Resource::of(detail, catalog.now())))
}
