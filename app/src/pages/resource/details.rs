//! The Details tab: the strip of the type, then what else is known.

use leptos::prelude::*;

use super::header::OLD_AFTER_MS;
use super::load::ResourcePage;
use super::runtime::runtime_of_part;
use crate::components::{HealthBadge, RuntimeBadge, StateBadge, TypeIcon};
use crate::model::{
    Aspect, Incarnation, Key, Level, ListingRow, Resource, ResourceDetail, Runtime, RuntimeKind, State, Strip,
    StripField, Timestamp,
};

/// What is known of a Resource.
pub(super) fn details(page: &ResourcePage) -> impl IntoView + use<> {
    let detail = &page.detail;
    let resource = &detail.resource;
    let cells = strip(resource, &detail.strip)
        .into_iter()
        .chain(bundles(&detail.bundles))
        .map(|cell| cell_view(cell, detail, page.now))
        .collect_view();
    let sections = detail.sections.iter().map(section).collect_view();
    let composite = resource.key.resource_type.runtime_kind(None) == Some(RuntimeKind::Parts);
    let parts = (composite || !detail.parts.is_empty()).then(|| parts(&detail.parts).into_any());
    view! {
        <h2 class="visually-hidden">"Details"</h2>
        <dl class="strip">{cells}</dl>
        {sections}
        {parts}
        {lives(detail).into_any()}
    }
}

/// One label and value of the strip.
#[derive(Debug, PartialEq, Eq)]
struct Cell {
    label: String,
    value: Value,
    link: Option<String>,
    /// What was observed to know it.
    aspect: Aspect,
}

#[derive(Debug, PartialEq, Eq)]
enum Value {
    Text(String),
    State(State),
    Runtime(Runtime),
    /// Names of other Resources, and where they lead.
    Links(Vec<(String, String)>),
    /// Something that is not there, and why.
    Missing(&'static str),
}

/// The cells of the strip in the order that the type has them in (domain.md 4).
fn strip(resource: &Resource, manifest: &[StripField]) -> Vec<Cell> {
    let resource_type = &resource.key.resource_type;
    let name = resource_type.as_str();
    let mut cells = Vec::with_capacity(16);
    let mut add = |label: &str, value: Value, aspect: Aspect| {
        cells.push(Cell { label: label.to_owned(), value, link: None, aspect });
    };
    let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty()).map(Value::Text);
    let field = |field: &StripField| Cell {
        label: field.label.clone(),
        value: Value::Text(field.value.clone()),
        link: field.link.clone(),
        aspect: Aspect::Manifest,
    };

    if name == "depot" {
        add("Type", text(&resource.depot_source).unwrap_or(Value::Missing("not known")), Aspect::Source);
    }
    // What tells most about a thing of this type comes before the general fields.
    let leading: &[&str] = match name {
        "cluster" => &["Engine"],
        _ => &[],
    };
    let after_version: &[&str] = match name {
        "compute" => &["Data plane"],
        "stack" => &["Reconciler", "Secret projection type", "Stack version", "Flavour"],
        _ => &[],
    };
    let named =
        |labels: &'static [&'static str]| manifest.iter().filter(|field| labels.contains(&field.label.as_str()));
    cells.extend(named(leading).map(field));

    let mut add = |label: &str, value: Value, aspect: Aspect| {
        cells.push(Cell { label: label.to_owned(), value, link: None, aspect });
    };
    match &resource.key.workspace {
        Some(workspace) => add("Workspace", Value::Text(workspace.clone()), Aspect::Presence),
        None => {
            if let Some(layer) = text(&resource.layer) {
                add("Layer", layer, Aspect::Layer);
            } else if resource_type.level() == Some(Level::Instance) && name != "instance-secret" {
                add("Layer", Value::Missing("not known"), Aspect::Layer);
            }
        }
    }
    let version = Some(resource.version.clone());
    add("Version", text(&version).unwrap_or(Value::Missing("not known")), Aspect::Version);
    cells.extend(named(after_version).map(field));

    let mut add = |label: &str, value: Value, aspect: Aspect| {
        cells.push(Cell { label: label.to_owned(), value, link: None, aspect });
    };
    add("State", Value::State(resource.state()), Aspect::Presence);
    add("Aggregate status", text(&resource.status).unwrap_or(Value::Missing("not reported")), Aspect::Status);
    if let Some(runtime) = runtime_value(resource) {
        add("Runtime state", runtime, Aspect::Runtime);
    }
    if let Some(stage) = text(&resource.builder_stage) {
        add("Builder stage", stage, Aspect::BuilderStage);
    }
    cells.extend(
        manifest
            .iter()
            .filter(|field| {
                let label = field.label.as_str();
                !leading.contains(&label) && !after_version.contains(&label)
            })
            .map(field),
    );
    let counts = &resource.counts;
    for (label, count) in [
        ("Cloud Kernel Resource Count", counts.cloud_kernel),
        ("WebService Resource Count", counts.web_service),
        ("Operator Runtime Resource Count", counts.operator_runtime),
    ] {
        if let Some(count) = count {
            cells.push(Cell {
                label: label.to_owned(),
                value: Value::Text(count.to_string()),
                link: None,
                aspect: Aspect::Counts,
            });
        }
    }
    cells
}

/// The bundles that hold the Resource (domain.md 1.2).
fn bundles(bundles: &[Key]) -> Option<Cell> {
    let links = bundles.iter().map(|bundle| (bundle.name.clone(), bundle.path())).collect();
    (!bundles.is_empty()).then(|| Cell {
        label: format!("Bundles ({})", bundles.len()),
        value: Value::Links(links),
        link: None,
        aspect: Aspect::Presence,
    })
}

/// The runtime as the strip shows it; `None` where there is nothing to say, since nothing of this kind ever runs.
/// "There is none" and "nobody said" are two things.
fn runtime_value(resource: &Resource) -> Option<Value> {
    let runtime = resource.runtime();
    if !runtime.is_none() {
        return Some(Value::Runtime(runtime));
    }
    match resource.key.resource_type.runtime_kind(resource.depot_source.as_deref()) {
        Some(RuntimeKind::Static | RuntimeKind::Parts) => None,
        _ if resource.runtime.is_some() => Some(Value::Missing("none")),
        _ => Some(Value::Missing("not known")),
    }
}

fn cell_view(cell: Cell, detail: &ResourceDetail, now: Timestamp) -> impl IntoView + use<> {
    let resource = &detail.resource;
    let seen = resource.observed.get(&cell.aspect);
    // Reports that say less than others leave single values behind: those look old, the page as a whole does not.
    let latest = resource.last_seen().map(|seen| seen.at);
    let class = seen.zip(latest).is_some_and(|(seen, latest)| latest.since(seen.at) > OLD_AFTER_MS).then_some("is-old");
    let title = seen.map(|seen| {
        let mut title = String::with_capacity(64);
        for part in ["Observed ", &seen.at.exact(), " by ", &seen.source] {
            title.push_str(part);
        }
        title
    });
    let value = match cell.value {
        Value::Text(text) => match cell.link {
            Some(link) => view! { <a href=link>{text}</a> }.into_any(),
            None => text.into_any(),
        },
        Value::State(state) => view! { <StateBadge state/> }.into_any(),
        Value::Runtime(runtime) => view! { <RuntimeBadge runtime/> }.into_any(),
        Value::Links(links) => {
            links.into_iter().map(|(name, link)| view! { <a href=link>{name}</a>" " }).collect_view().into_any()
        }
        Value::Missing(why) => view! { <span class="muted">{why}</span> }.into_any(),
    };
    let stale = seen.filter(|_| detail.stale.contains(&cell.aspect)).map(|seen| {
        let text = format!("stale: seen {}", seen.at.relative_to(now));
        view! { <span class="stale is-stale">{text}</span> }
    });
    // What is told once in the header is not told again here.
    view! { <div><dt>{cell.label}</dt><dd class=class title=title data-live="">{value}{stale}</dd></div> }
}

fn section(section: &Strip) -> impl IntoView + use<> {
    let fields = section
        .fields
        .iter()
        .map(|field| {
            let value = match &field.link {
                Some(link) => view! { <a href=link.clone()>{field.value.clone()}</a> }.into_any(),
                None => field.value.clone().into_any(),
            };
            view! { <div><dt>{field.label.clone()}</dt><dd>{value}</dd></div> }
        })
        .collect_view();
    view! {
        <section>
            <h2>{section.title.clone()}</h2>
            <dl class="strip">{fields}</dl>
        </section>
    }
}

fn parts(parts: &[ListingRow]) -> impl IntoView + use<> {
    let rows = parts
        .iter()
        .map(|part| {
            view! {
                <tr>
                    <th scope="row" data-label="Name"><a href=part.key.path()>{part.key.name.clone()}</a></th>
                    <td data-label="Type">
                        <span><TypeIcon resource_type=part.key.resource_type.clone()/>" "{part.key.resource_type.label()}</span>
                    </td>
                    <td data-label="State"><StateBadge state=part.state.clone()/></td>
                    <td data-label="Runtime">{runtime_of_part(part)}</td>
                    <td data-label="Health"><HealthBadge health=part.health.clone()/></td>
                </tr>
            }
        })
        .collect_view();
    let none = parts.is_empty().then(|| view! { <p class="muted">"None of its parts are in the catalog."</p> });
    let table = (!parts.is_empty()).then(|| {
        view! {
            <div class="table-wrap">
                <table class="data-table">
                    <caption class="visually-hidden">"Parts"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Type"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Runtime"</th>
                            <th scope="col">"Health"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    view! {
        <section>
            <h2>"Parts"</h2>
            {none}
            {table}
        </section>
    }
}

/// The lives of the Resource: one row from each creation to its deletion.
fn lives(detail: &ResourceDetail) -> impl IntoView + use<> {
    let time = |at: Timestamp| view! { <time datetime=at.to_rfc3339()>{at.exact()}</time> };
    let row = |life: &Incarnation| {
        let deleted = match life.deleted_at {
            Some(at) => leptos::either::Either::Left(time(at)),
            None => leptos::either::Either::Right("--"),
        };
        view! {
            <tr>
                <td data-label="Created">{time(life.created_at)}</td>
                <td data-label="Deleted">{deleted}</td>
                <td data-label="Reported by">{life.created_by.clone()}</td>
            </tr>
        }
    };
    let rows = detail.incarnations.iter().map(row).collect_view();
    view! {
        <section>
            <h2>"Lifecycle events"</h2>
            <div class="table-wrap">
                <table class="data-table">
                    <caption class="visually-hidden">"Lifecycle events, newest first"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Created"</th>
                            <th scope="col">"Deleted"</th>
                            <th scope="col">"Reported by"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ManifestFacts, ResourceCounts};
    use serde_json::{Value as Json, json};

    fn labels(resource: &Resource, content: &Json) -> Vec<String> {
        let fields = ManifestFacts::new(content, resource.key.resource_type.as_str()).strip();
        strip(resource, &fields).into_iter().map(|cell| cell.label).collect()
    }

    fn resource(resource_type: &str, workspace: Option<&str>) -> Resource {
        let mut resource = Resource::new(Key::new(resource_type, workspace, "x").expect("a key"), Timestamp(0));
        resource.version = "v1".to_owned();
        resource.status = Some("active".to_owned());
        resource.builder_stage = Some("building".to_owned());
        resource
    }

    #[test]
    fn each_type_has_its_fields_in_its_order() {
        let mut service = resource("service", Some("public"));
        service.runtime = Some("running:1".to_owned());
        let content = json!({"service": {"servicePort": 8080, "replicas": 1, "stack": "container",
            "compute": "runnable-default", "runAsUser": "ada"}});
        assert_eq!(
            labels(&service, &content),
            [
                "Workspace",
                "Version",
                "State",
                "Aggregate status",
                "Runtime state",
                "Builder stage",
                "Service port",
                "Replicas",
                "Stack",
                "Compute",
                "Run as user"
            ]
        );

        let mut depot = resource("depot", None);
        depot.depot_source = Some("SNOWFLAKE".to_owned());
        depot.layer = Some("user".to_owned());
        depot.counts = ResourceCounts { cloud_kernel: Some(1), web_service: Some(3), operator_runtime: None };
        assert_eq!(
            labels(&depot, &Json::Null),
            [
                "Type",
                "Layer",
                "Version",
                "State",
                "Aggregate status",
                "Builder stage",
                "Cloud Kernel Resource Count",
                "WebService Resource Count"
            ]
        );
        depot.depot_source = Some("S3".to_owned());
        assert!(labels(&depot, &Json::Null).contains(&"Runtime state".to_owned()));

        let cluster = resource("cluster", Some("public"));
        assert_eq!(labels(&cluster, &json!({"cluster": {"type": "minerva"}}))[..2], ["Engine", "Workspace"]);

        let compute = resource("compute", None);
        assert_eq!(
            labels(&compute, &json!({"compute": {"dataplane": "hub"}})),
            ["Layer", "Version", "Data plane", "State", "Aggregate status", "Builder stage"]
        );
        let secret = resource("instance-secret", None);
        assert_eq!(labels(&secret, &Json::Null), ["Version", "State", "Aggregate status", "Builder stage"]);
    }

    #[test]
    fn no_runtime_is_not_an_unknown_one() {
        let mut service = resource("service", Some("public"));
        assert_eq!(runtime_value(&service), Some(Value::Missing("not known")));
        service.runtime = Some(String::new());
        assert_eq!(runtime_value(&service), Some(Value::Missing("none")));
        assert_eq!(runtime_value(&resource("secret", Some("public"))), None);
        assert_eq!(runtime_value(&resource("lens", Some("public"))), None);
    }
}
