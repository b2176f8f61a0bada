//! The platform's status and runtime reports, in the platform's shape (domain.md 7.1), so that existing monitors can
//! read from here.

use std::sync::Arc;

use app::catalog::CatalogError;
use app::model::{Aspect, Resource, State as ResourceState};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Writing;
use super::format::Format;
use crate::http::parameters::{Parameters, Segments, Times};
use crate::http::problem::{Problem, ProblemKind};
use crate::store::{IdPattern, MAX_REPORTED};

/// Items of a page, unless the client says how many, and at most.
const DEFAULT_SIZE: i64 = 20;
const MAX_SIZE: i64 = 100;

/// The last page that can be asked for.
const MAX_PAGE: i64 = MAX_REPORTED.cast_signed();

/// What is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Report {
    /// The status.
    Status,
    /// The runtime.
    Runtime,
}

/// A page of reports, as the platform's collated service gives it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReportPage {
    /// The Resources that the id matches, by type, workspace and name.
    items: Vec<ReportItem>,
    /// The page, counted from 1.
    page: i64,
    /// The most items of a page.
    size: i64,
    /// How many pages there are.
    total_pages: u64,
    /// How many Resources match in all.
    total_records: u64,
}

/// What was observed of one Resource.
#[derive(Debug, Serialize, ToSchema)]
struct ReportItem {
    /// The id: `TYPE:VERSION:NAME[:WORKSPACE]`.
    #[schema(example = "service:v1:orders-api:public")]
    id: String,
    /// What was observed; nothing where nobody said.
    observations: Vec<ReportedValue>,
}

/// A value that was observed.
#[derive(Debug, Serialize, ToSchema)]
struct ReportedValue {
    /// `status` or `runtime`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// When it was last observed.
    #[schema(format = DateTime)]
    when: String,
    /// The value: a status such as `active` or `deleted`, or a runtime such as `pending:0/1`.
    value: String,
}

/// How reports are asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "it only describes what `report` reads")]
pub(super) struct ReportParameters {
    /// `TYPE:VERSION:NAME[:WORKSPACE]`; `%` (sent as `%25`) stands for any characters in any part.
    #[param(max_length = 500, pattern = r"^[^:\s]+:[^:\s]*:[^:\s]+(:[^:\s]+)?$", example = "service:v1:%:public")]
    id: String,
    /// The page, counted from 1.
    #[param(minimum = 1, maximum = 100000)]
    page: Option<u32>,
    /// The most items of a page; 20 unless said.
    #[param(minimum = 1, maximum = 100)]
    size: Option<u8>,
}

/// Reports the status or the runtime of Resources in the shape of the platform's collated service.
#[utoipa::path(
    get,
    path = "/collated/api/v1/reports/resources/{report}",
    operation_id = "report",
    tag = "Reports",
    params(("report" = inline(Report), Path, description = "What is reported"), ReportParameters),
    responses((status = 200, description = "A page of reports", body = ReportPage))
)]
pub(super) async fn report(
    State(api): State<Arc<Writing>>,
    Segments(report): Segments<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Json<ReportPage>, Problem> {
    let report = match report.as_str() {
        "status" => Report::Status,
        "runtime" => Report::Runtime,
        _ => {
            let detail = "There is no such report. There are `status` and `runtime`.";
            return Err(Problem::new(ProblemKind::UnknownAddress, detail));
        }
    };
    let known = [("id", Times::Once), ("page", Times::Once), ("size", Times::Once)];
    let parameters = Parameters::read(query.as_deref(), &known)?;
    Format::choose(None, &headers, &[Format::Json])?;
    let id = parameters.one("id").and_then(IdPattern::parse).ok_or_else(|| {
        Problem::parameter("id", "write `TYPE:VERSION:NAME[:WORKSPACE]`, as in `service:v1:orders-api:public`")
    })?;
    let page = parameters.number("page", 1..=MAX_PAGE)?.unwrap_or(1);
    let size = parameters.number("size", 1..=MAX_SIZE)?.unwrap_or(DEFAULT_SIZE);
    let offset = (page - 1).saturating_mul(size).unsigned_abs();
    let matched = api.store.matching(&id, offset, size.unsigned_abs()).await.map_err(CatalogError::from)?;
    Ok(Json(ReportPage {
        items: matched.resources.iter().map(|(_, resource)| item(resource, report)).collect(),
        page,
        size,
        total_pages: matched.total.div_ceil(size.unsigned_abs()),
        total_records: matched.total,
    }))
}

fn item(resource: &Resource, report: Report) -> ReportItem {
    let (kind, value, aspect) = match report {
        Report::Status if resource.state() == ResourceState::Deleted => {
            ("status", Some("deleted".to_owned()), Aspect::Presence)
        }
        Report::Status => ("status", resource.status.clone(), Aspect::Status),
        Report::Runtime => ("runtime", resource.runtime.clone(), Aspect::Runtime),
    };
    let value = value.filter(|value| !value.trim().is_empty());
    let when = resource.observed.get(&aspect).map_or(resource.changed_at, |seen| seen.at);
    let observation = value.map(|value| ReportedValue { kind, when: when.to_rfc3339(), value });
    ReportItem { id: resource.id().to_string(), observations: observation.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use app::model::{Key, Seen, Timestamp};

    use super::*;

    #[test]
    fn a_report_tells_the_last_value_and_deletion() {
        let mut resource =
            Resource::new(Key::new("service", Some("public"), "orders-api").expect("a key"), Timestamp(0));
        resource.version = "v1".to_owned();
        resource.runtime = Some(String::new());
        assert!(item(&resource, Report::Runtime).observations.is_empty(), "a blank runtime is none");
        assert!(item(&resource, Report::Status).observations.is_empty(), "nobody said");
        resource.runtime = Some("pending:0/1".to_owned());
        resource.observed.insert(Aspect::Runtime, Seen { at: Timestamp(1_754_910_753_000), source: "test".into() });
        let told = serde_json::to_value(item(&resource, Report::Runtime)).expect("JSON");
        assert_eq!(
            told,
            serde_json::json!({
                "id": "service:v1:orders-api:public",
                "observations": [{ "type": "runtime", "when": "2025-08-11T11:12:33Z", "value": "pending:0/1" }]
            })
        );
        resource.status = Some("active".to_owned());
        resource.deleted = true;
        assert_eq!(item(&resource, Report::Status).observations[0].value, "deleted");
    }
}
