//! Writing: observations, and what the platform printed.

use std::sync::Arc;

use app::model::{Batch, Observation, Recorded, Scope};
use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Writing;
use super::batch::{self, Reporter};
use super::body::{LEAST_PACE, read_body};
use super::idempotency::{self, Once, fingerprint};
use super::observation::WireObservation;
use crate::access::Caller;
use crate::http::parameters::{Parameters, Times};
use crate::http::problem::{Fault, MAX_FAULTS, Problem, ProblemKind};

/// The longest name of a source, in bytes.
const MAX_SOURCE_BYTES: usize = 64;

/// What became of a batch.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct Accepted {
    /// Observations in the batch.
    accepted: u64,
    /// Observations that changed something.
    changed: u64,
    /// Observations that changed nothing.
    unchanged: u64,
    /// Resources that were deleted, whether said so or missing from a complete listing.
    deleted: u64,
    /// The last entry of the change log.
    seq: i64,
}

impl From<Recorded> for Accepted {
    fn from(recorded: Recorded) -> Self {
        let Recorded { read, changed, unchanged, deleted, seq } = recorded;
        Self { accepted: read, changed, unchanged, deleted, seq }
    }
}

/// How a batch is taken.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "it only describes what `Request::read` reads")]
pub(super) struct BatchParameters {
    /// Who reports; the name of the token unless said.
    #[param(min_length = 1, max_length = 64, pattern = "^[!-~]+$")]
    source: Option<String>,
    /// What the batch is a complete listing of, as `TYPE` or `TYPE:WORKSPACE`: what this source reported there before
    /// and is missing now is deleted.
    #[param(max_items = 50)]
    complete: Option<Vec<String>>,
    /// Whether to accept a complete listing that deletes more than half of its scope.
    force: Option<bool>,
}

/// How a request wants its batch taken.
struct Request {
    caller: String,
    source: String,
    complete: Vec<Scope>,
    force: bool,
    workspace: String,
}

impl Request {
    /// Reads the parameters and sees that the caller may do at all what they say.
    fn read(caller: &Caller, query: Option<&str>, takes_workspace: bool) -> Result<Self, Problem> {
        let Some(name) = caller.name.as_deref() else {
            let detail = "Writing needs a token. Make one with `pharos token create --scope write` and send it as \
                          `Authorization: Bearer TOKEN`.";
            return Err(Problem::new(ProblemKind::Unauthorized, detail));
        };
        let known =
            [("source", Times::Once), ("complete", Times::Often), ("force", Times::Once), ("workspace", Times::Once)];
        let parameters = Parameters::read(query, if takes_workspace { &known } else { &known[..3] })?;
        let source = parameters.one("source").unwrap_or(name);
        if source.is_empty() || source.len() > MAX_SOURCE_BYTES || !source.bytes().all(|byte| byte.is_ascii_graphic()) {
            let advice = format!("name the source with 1 to {MAX_SOURCE_BYTES} letters, digits and signs of ASCII");
            return Err(Problem::parameter("source", advice));
        }
        if !caller.may_write_as(source) {
            let detail = format!(
                "The token `{name}` may not report as the source `{source}`. Say the source that it is for with \
                 `?source=`, or use another token."
            );
            return Err(Problem::new(ProblemKind::Forbidden, detail));
        }
        let mut complete = Vec::new();
        for text in parameters.all("complete") {
            let Some(scope) = Scope::parse(text) else {
                return Err(Problem::parameter("complete", "write `TYPE` or `TYPE:WORKSPACE`, as in `service:public`"));
            };
            if !caller.may_write_scope(source, &scope) {
                let detail = format!(
                    "The token `{name}` may not, as the source `{source}`, say what is complete in `{scope}`. Use a \
                     token whose scope covers that."
                );
                return Err(Problem::new(ProblemKind::Forbidden, detail));
            }
            if !complete.contains(&scope) {
                complete.push(scope);
            }
        }
        let workspace = parameters.one("workspace").unwrap_or("public");
        if app::model::Key::new("service", Some(workspace), "x").map_or(true, |key| key.workspace.is_none()) {
            return Err(Problem::parameter("workspace", "it is no name of a workspace"));
        }
        Ok(Self {
            caller: name.to_owned(),
            source: source.to_owned(),
            complete,
            force: parameters.flag("force")?,
            workspace: workspace.to_owned(),
        })
    }
}

/// Records observations: all of them, or none.
#[utoipa::path(
    post,
    path = "/api/v1/observations",
    operation_id = "record_observations",
    tag = "Writing",
    params(
        BatchParameters,
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$",
            description = "Any text of the client's choice: a request that is repeated with it within 24 hours has its \
                           effect once and gets the same answer"),
    ),
    request_body(description = "A JSON array, or lines of JSON; `Content-Encoding` may be `gzip` or `zstd`", content(
        (Vec<WireObservation> = "application/json"), (WireObservation = "application/x-ndjson")
    )),
    responses((status = 200, description = "The batch is stored", body = Accepted)),
    security(("token" = []))
)]
pub(super) async fn observations(
    State(writing): State<Arc<Writing>>,
    caller: Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let request = Request::read(&caller, query.as_deref(), false)?;
    let media = media_type(&headers);
    let read = match media.as_str() {
        "application/json" => batch::from_json,
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => batch::from_lines,
        other => {
            return Err(unsupported(other, "`application/json` for an array, or `application/x-ndjson` for lines"));
        }
    };
    write(&writing, request, &caller, &headers, query.as_deref(), "observations", body, move |body, request, now| {
        read(body, Reporter { source: &request.source, now })
    })
    .await
}

/// How printed text is taken.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "it only describes what `Request::read` reads")]
pub(super) struct ImportParameters {
    /// The workspace of Resources that live in one and do not say which; `public` unless said.
    #[param(min_length = 1, max_length = 253, pattern = r"^[A-Za-z0-9_-]+$")]
    workspace: Option<String>,
}

/// Imports what the platform printed: listings of `dataos-ctl get`, runtime listings, and manifests, as `pharos import`
/// does, but all of it or none.
#[utoipa::path(
    post,
    path = "/api/v1/import",
    operation_id = "import_text",
    tag = "Writing",
    params(
        BatchParameters,
        ImportParameters,
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$",
            description = "Any text of the client's choice: a request that is repeated with it within 24 hours has its \
                           effect once and gets the same answer"),
    ),
    request_body(description = "The text; `Content-Encoding` may be `gzip` or `zstd`", content(
        (String = "text/plain"), (String = "application/yaml")
    )),
    responses((status = 200, description = "All of it is stored", body = Accepted)),
    security(("token" = []))
)]
pub(super) async fn import(
    State(writing): State<Arc<Writing>>,
    caller: Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let request = Request::read(&caller, query.as_deref(), true)?;
    match media_type(&headers).as_str() {
        "text/plain" | "application/yaml" | "application/x-yaml" | "text/yaml" => {}
        other => return Err(unsupported(other, "`text/plain` for what was printed, or `application/yaml`")),
    }
    write(&writing, request, &caller, &headers, query.as_deref(), "import", body, |body, request, now| {
        batch::from_printed(body, &request.workspace, Reporter { source: &request.source, now })
    })
    .await
}

/// The media type of a body, without parameters.
fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn unsupported(found: &str, expected: &str) -> Problem {
    let found: String = found.chars().take(60).collect();
    let found = if found.is_empty() { "nothing".to_owned() } else { format!("`{found}`") };
    Problem::new(ProblemKind::UnsupportedMediaType, format!("The header `Content-Type` says {found}. Send {expected}."))
}

/// Takes a batch: reads the body, sees that the caller may report all of it, and records it.
#[expect(clippy::too_many_arguments, reason = "they are the parts of one request")]
async fn write<R>(
    writing: &Arc<Writing>,
    request: Request,
    caller: &Caller,
    headers: &HeaderMap,
    query: Option<&str>,
    what: &str,
    body: Body,
    read: R,
) -> Result<Response, Problem>
where
    R: FnOnce(&[u8], &Request, app::model::Timestamp) -> Result<Vec<Observation>, Problem> + Send + 'static,
{
    // Before anything else that others wait for: whoever sends slowly holds up nobody.
    let body = read_body(headers, body, &writing.memory, LEAST_PACE).await?;
    let turn = Arc::clone(&writing.turns).acquire_owned().await;
    let turn = turn.map_err(|_| Problem::new(ProblemKind::Unavailable, "The server is stopping. Try again later."))?;
    let media = media_type(headers);
    let once = Once::begin(writing, &request.caller, headers)?;
    let asked = once.as_ref().map(|_| fingerprint(&[what, query.unwrap_or_default(), &media], &body.bytes));
    let mut now = writing.catalog.now();
    if let (Some(once), Some(asked)) = (&once, &asked) {
        let receipt = once.receive(asked).await?;
        if let Some(recorded) = receipt.answer {
            return Ok(idempotency::replayed(Json(Accepted::from(recorded))));
        }
        // What is repeated was observed when it was sent first: what came in between is newer.
        now = receipt.at;
    }
    let parsed = tokio::task::spawn_blocking(move || {
        // Whoever goes away meanwhile gives back neither the turn nor the memory before this is done.
        let (body, turn) = (body, turn);
        let observations = read(&body.bytes, &request, now)?;
        Ok::<_, Problem>((request, observations, turn))
    });
    let (request, observations, turn) = parsed.await.map_err(|error| {
        tracing::error!(%error, "reading a body panicked");
        Problem::new(ProblemKind::Internal, "The body could not be read; the log has the details.")
    })??;
    see_that_all_may_be_written(caller, &request, &observations)?;
    let batch = Batch {
        source: request.source,
        at: now,
        observations,
        complete: request.complete,
        force: request.force,
        lease: None,
    };
    let writing = Arc::clone(writing);
    // To its end, even if the client goes away meanwhile: what it is told when it repeats the request then fits.
    let recording = tokio::spawn(async move {
        let recorded = match (&once, &asked) {
            (Some(once), Some(asked)) => writing.catalog.record_once(batch, &once.named(asked)).await?,
            _ => writing.catalog.record(batch).await?,
        };
        drop((once, turn));
        Ok::<_, Problem>(Accepted::from(recorded))
    });
    match recording.await {
        Ok(accepted) => Ok(Json(accepted?).into_response()),
        Err(error) => {
            tracing::error!(%error, "recording a batch panicked");
            Err(Problem::new(ProblemKind::Internal, "The batch could not be stored; the log has the details."))
        }
    }
}

/// One Resource that may not be written refuses the whole batch.
fn see_that_all_may_be_written(
    caller: &Caller,
    request: &Request,
    observations: &[Observation],
) -> Result<(), Problem> {
    let mut forbidden = 0_usize;
    let mut faults = Vec::new();
    for (item, observation) in observations.iter().enumerate() {
        if caller.may_write(&request.source, &observation.key) {
            continue;
        }
        forbidden += 1;
        if faults.len() < MAX_FAULTS {
            let detail = format!("`{}` lies outside the scope of the token", observation.key);
            faults.push(Fault { item: Some(item as u64 + 1), detail, ..Fault::default() });
        }
    }
    if forbidden == 0 {
        return Ok(());
    }
    let detail = format!(
        "The token `{}` may not, as the source `{}`, report {forbidden} of these Resources, so nothing was stored. Use \
         a token whose scope covers them.",
        request.caller, request.source
    );
    Err(Problem::new(ProblemKind::Forbidden, detail).with_faults(faults))
}
