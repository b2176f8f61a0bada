//! The header: where one is, what it is, how it is and why.

use leptos::prelude::*;

use super::address::{Address, Tab};
use super::load::ResourcePage;
use crate::components::{Copied, CopyButton, HealthBadge, Icon, Moment, StateBadge, TypeIcon};
use crate::model::{
    FacetName, Key, ListingQuery, ListingRow, PLATFORM_TAG, Resource, ResourceDetail, Timestamp, worst_of_parts,
};

/// What was last observed longer ago than this looks old: one day, in milliseconds.
pub(super) const OLD_AFTER_MS: i64 = 24 * 60 * 60 * 1_000;

/// The header of a Resource's page.
pub(super) fn header(page: &ResourcePage, address: &Address) -> impl IntoView + use<> {
    let detail = &page.detail;
    let resource = &detail.resource;
    let key = &resource.key;
    let id = resource.id().to_string();
    let description = match resource.description.as_deref().map(str::trim) {
        Some(text) if !text.is_empty() => view! { <p class="resource-description">{text.to_owned()}</p> }.into_any(),
        _ => view! { <p class="resource-description muted">"No description"</p> }.into_any(),
    };
    view! {
        <div class="resource-way">{breadcrumb(key).into_any()}{neighbours(page, address).into_any()}</div>
        <header class="resource-head">
            <div class="resource-name">
                <TypeIcon resource_type=key.resource_type.clone()/>
                <h1>{key.name.clone()}</h1>
                <CopyButton what=Copied::Text(key.name.clone()) label="Copy name"/>
                <CopyButton what=Copied::Address label="Copy link"/>
            </div>
            <p class="resource-id">
                <code>{id.clone()}</code>
                <CopyButton what=Copied::Text(id) label="Copy id"/>
            </p>
            {standing(detail).into_any()}
            {description}
            {facts(resource, page.now).into_any()}
            {tags(resource).into_any()}
        </header>
    }
}

fn breadcrumb(key: &Key) -> impl IntoView + use<> {
    let of_type = ListingQuery::of(Some(key.resource_type.clone()));
    let workspace = key.workspace.as_ref().map(|workspace| {
        let href = of_type.toggled(FacetName::Workspace, workspace).url();
        view! { <li><a href=href>{workspace.clone()}</a></li> }
    });
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol>
                <li><a href="/resources">"Resources"</a></li>
                <li><a href=of_type.url()>{key.resource_type.plural()}</a></li>
                {workspace}
                <li aria-current="page">{key.name.clone()}</li>
            </ol>
        </nav>
    }
}

/// The way back to the listing one came from, and to its next and previous Resource.
fn neighbours(page: &ResourcePage, address: &Address) -> impl IntoView + use<> {
    if address.from.is_empty() {
        return None;
    }
    // A neighbour need not have a Runtime tab.
    let tab = if address.tab == Tab::Runtime { Tab::Details } else { address.tab };
    let link = |key: &Key| address.link(&key.path(), tab, &[]);
    let previous = page.neighbours.previous.as_ref().map(|key| {
        view! {
            <a class="icon-button" rel="prev" href=link(key) aria-label=format!("Previous: {}", key.fqn()) title=key.fqn()>
                <Icon name="arrow-left"/>
            </a>
        }
    });
    let next = page.neighbours.next.as_ref().map(|key| {
        view! {
            <a class="icon-button" rel="next" href=link(key) aria-label=format!("Next: {}", key.fqn()) title=key.fqn()>
                <Icon name="arrow-right"/>
            </a>
        }
    });
    Some(view! {
        <nav class="neighbours" aria-label="Listing">
            <a href=address.from.clone()>"Back to the listing"</a>
            {previous}
            {next}
        </nav>
    })
}

/// State and health, and all that explains them.
fn standing(detail: &ResourceDetail) -> impl IntoView + use<> {
    let resource = &detail.resource;
    let deleted = resource.deleted.then(|| {
        let at = detail.incarnations.first().and_then(|life| life.deleted_at).or(resource.state_since);
        let when = at.map(|at| view! { " on "<time datetime=at.to_rfc3339()>{at.exact()}</time> });
        view! { <p class="notice">"Deleted"{when}"; what you see are the last known values."</p> }
    });
    let message = resource.message.as_ref().map(|message| {
        view! { <p class="notice tone-bad">"The platform says: "<code>{message.clone()}</code></p> }
    });
    // A deleted Resource says so above already.
    let reason = (!resource.deleted).then(|| detail.health.reason.clone());
    view! {
        {deleted}
        <p class="resource-standing" data-live=format!("{}: state and health", resource.key.name)>
            <StateBadge state=resource.state()/>
            <HealthBadge health=detail.health.clone()/>
            <span>{reason}</span>
        </p>
        {worst_part(&detail.parts).into_any()}
        {message}
    }
}

/// The part of a composite Resource that is worst off.
fn worst_part(parts: &[ListingRow]) -> impl IntoView + use<> {
    let worst = worst_of_parts(parts.iter().map(|part| &part.health))?;
    let part = parts.iter().find(|part| std::ptr::eq(&part.health, worst))?;
    Some(view! {
        <p class="resource-standing">
            <span class="muted">"Worst of its parts"</span>
            <HealthBadge health=worst.clone()/>
            <span>
                <a href=part.key.path()>{part.key.name.clone()}</a>
                ": "
                {worst.reason.clone()}
            </span>
        </p>
    })
}

fn facts(resource: &Resource, now: Timestamp) -> impl IntoView + use<> {
    let owner = match resource.owner.as_ref().filter(|owner| !owner.is_empty()) {
        Some(owner) => {
            let href = ListingQuery::of(None).toggled(FacetName::Owner, owner).url();
            view! { <a href=href>{owner.clone()}</a> }.into_any()
        }
        None => view! { <span class="muted">"not known"</span> }.into_any(),
    };
    let version = if resource.version.is_empty() { "not known".to_owned() } else { resource.version.clone() };
    // When the platform did not say, the first time it was seen stands in, under its own name.
    let (created, created_at) = match resource.created_at {
        Some(at) => ("Created", at),
        None => ("First seen", resource.first_seen_at),
    };
    let observed = resource.last_seen().map(|seen| {
        let class = (now.since(seen.at) > OLD_AFTER_MS).then_some("is-old");
        view! {
            <div>
                <dt>"Last observed"</dt>
                <dd class=class><Moment at=seen.at now/>" by "{seen.source.clone()}</dd>
            </div>
        }
    });
    view! {
        <dl class="resource-facts">
            <div><dt>"Type"</dt><dd>{resource.key.resource_type.label()}</dd></div>
            <div><dt>"Version"</dt><dd>{version}</dd></div>
            <div><dt>"Owner"</dt><dd>{owner}</dd></div>
            <div><dt>{created}</dt><dd><Moment at=created_at now/></dd></div>
            <div><dt>"Updated"</dt><dd><Moment at=resource.changed_at now/></dd></div>
            {observed}
        </dl>
    }
}

fn tags(resource: &Resource) -> impl IntoView + use<> {
    let chip = |tag: &String| {
        let href = ListingQuery::of(None).toggled(FacetName::Tag, tag).url();
        view! { <li><a class="chip" href=href>{tag.clone()}</a></li> }
    };
    let (platform, own): (Vec<&String>, Vec<&String>) =
        resource.tags.iter().partition(|tag| tag.starts_with(PLATFORM_TAG));
    let own = (!own.is_empty()).then(|| {
        view! { <ul class="chip-row" aria-label="Tags">{own.into_iter().map(chip).collect_view()}</ul> }
    });
    let platform = (!platform.is_empty()).then(|| {
        let count = platform.len();
        let summary =
            if count == 1 { "1 tag of the platform".to_owned() } else { format!("{count} tags of the platform") };
        view! {
            <details class="platform-tags">
                <summary>{summary}</summary>
                <ul class="chip-row" aria-label="Tags of the platform">
                    {platform.into_iter().map(chip).collect_view()}
                </ul>
            </details>
        }
    });
    view! { {own}{platform} }
}
