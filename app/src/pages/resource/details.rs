//! The Details tab: the fields of the type, then what else is known.

use leptos::either::Either;
use leptos::prelude::*;

use super::address::{Address, TabName};
use super::parts::{part_runtime, part_type};
use super::tab::{replace, tab};
use crate::api::resource::{DetailField, DetailValue};
use crate::api::{Current, DetailsView, Row, load_details};
use crate::model::{DetailSection, Incarnation, ManifestField, Runtime, Timestamp};
use crate::ui::{DataTable, ExactTime, Fact, FactList, HealthBadge, RuntimeBadge, SeenAge, StateBadge};

/// What is known of a Resource.
#[component]
pub(super) fn DetailsTab() -> impl IntoView {
    tab(
        |address| load_details(address.types, address.fqn),
        replace,
        |address, answer| details_view(address, answer).into_any(),
    )
}

pub(super) fn details_view(address: &Address, answer: &Current<DetailsView>) -> impl IntoView + use<> {
    let DetailsView { fields, sections, excerpt, parts, lifecycle } = &answer.value;
    let fields = fields.iter().map(|field| field_view(field, answer.now)).collect_view();
    let sections = sections.iter().map(section_view).collect_view();
    let excerpt = (!excerpt.is_empty()).then(|| {
        let manifest = address.link(&address.path(), TabName::Manifest, &[]);
        let fields = excerpt.iter().map(manifest_fact).collect_view();
        view! {
            <section aria-labelledby="spec">
                <h2 id="spec">"Spec"</h2>
                <FactList>{fields}</FactList>
                <p><a href=manifest data-noscroll="">"See the whole manifest"</a></p>
            </section>
        }
    });
    let parts = parts.as_ref().map(|parts| parts_view(parts, answer.now));
    view! {
        <h2 class="sr-only">"Details"</h2>
        <FactList>{fields}</FactList>
        {sections}
        {excerpt}
        {parts}
        {lifecycle_view(lifecycle)}
    }
}

fn field_view(field: &DetailField, now: Timestamp) -> impl IntoView + use<> {
    let DetailField { label, value, seen, is_old, is_stale } = field.clone();
    let title = seen.as_ref().map(|seen| format!("Observed {} by {}", seen.at.exact(), seen.source));
    let value = match value {
        DetailValue::Text(text) => text.into_any(),
        DetailValue::State(state) => view! { <StateBadge state/> }.into_any(),
        DetailValue::Runtime(raw) => {
            view! { <RuntimeBadge runtime=Runtime::parse(&raw) now is_exact=true/> }.into_any()
        }
        DetailValue::Links(links) => links_view(links).into_any(),
        DetailValue::Missing(why) => view! { <span class="text-muted">{why}</span> }.into_any(),
    };
    let age = seen.filter(|_| is_stale || is_old).map(|seen| view! { <SeenAge at=seen.at is_stale now/> });
    view! { <Fact label title>{value} {age}</Fact> }
}

fn links_view(links: Vec<(String, String)>) -> impl IntoView {
    links.into_iter().map(|(name, href)| view! { <a href=href>{name}</a> " " }).collect_view()
}

fn manifest_fact(field: &ManifestField) -> impl IntoView + use<> {
    let value = match &field.link {
        Some(link) => Either::Left(view! { <a href=link.clone()>{field.value.clone()}</a> }),
        None => Either::Right(field.value.clone()),
    };
    let label = field.label.clone();
    view! { <Fact label title=None>{value}</Fact> }
}

fn section_view(section: &DetailSection) -> impl IntoView + use<> {
    let fields = section.fields.iter().map(manifest_fact).collect_view();
    view! {
        <section>
            <h2>{section.title.clone()}</h2>
            <FactList>{fields}</FactList>
        </section>
    }
}

fn parts_view(parts: &[Row], now: Timestamp) -> impl IntoView + use<> {
    let rows = parts
        .iter()
        .map(|part| {
            view! {
                <tr>
                    <th scope="row" data-label="Name">
                        <a href=part.id()>{part.key.name.clone()}</a>
                    </th>
                    <td data-label="Type">{part_type(&part.key)}</td>
                    <td data-label="State">
                        <StateBadge state=part.state.clone()/>
                    </td>
                    <td data-label="Runtime">{part_runtime(part, now)}</td>
                    <td data-label="Health">
                        <HealthBadge health=part.health.clone()/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let table = if parts.is_empty() {
        view! { <p class="text-muted">"None of its parts are in the catalog."</p> }.into_any()
    } else {
        view! {
            <DataTable caption="Parts">
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
            </DataTable>
        }
        .into_any()
    };
    view! {
        <section>
            <h2>"Parts"</h2>
            {table}
        </section>
    }
}

/// The lifecycle events of the Resource: one row from each creation to its deletion.
fn lifecycle_view(lifecycle: &[Incarnation]) -> impl IntoView + use<> {
    let rows = lifecycle
        .iter()
        .map(|life| {
            let deleted = match life.deleted_at {
                Some(at) => Either::Left(view! { <ExactTime at/> }),
                None => Either::Right("--"),
            };
            view! {
                <tr>
                    <td data-label="Created">
                        <ExactTime at=life.created_at/>
                    </td>
                    <td data-label="Deleted">{deleted}</td>
                    <td data-label="Source">{life.created_by.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2>"Lifecycle events"</h2>
            <DataTable caption="Lifecycle events, newest first">
                <thead>
                    <tr>
                        <th scope="col">"Created"</th>
                        <th scope="col">"Deleted"</th>
                        <th scope="col">"Source"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </section>
    }
}
