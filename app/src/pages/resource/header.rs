//! The header: where one is, what it is, how it is and why.

use leptos::prelude::*;
use reactive_stores::ArcStore;

use super::address::{Address, TabName};
use super::day_strip::day_strips;
use crate::api::ResourceView;
use crate::api::resource::{Facts, ResourceActivity, ResourceStatus, ResourceViewStoreFields};
use crate::layout::go_back_to_listing;
use crate::model::{
    FacetName, Health, Key, ListingQuery, Neighbours, OLD_AFTER_MS, PLATFORM_TAG, ReasonMoment, State, Timestamp,
};
use crate::ui::{
    Chip, ChipRow, Copied, CopyButton, ExactTime, HealthBadge, Icon, IconLink, IconName, Notice, Reason, RelativeTime,
    StateBadge, Tab, Tabs, TypeIcon,
};

const STATUS_LINE: &str = "flex flex-wrap items-center gap-x-2.5 gap-y-1 [&_a]:underline";

/// The header of a Resource's page. Each part follows its own part of `view`.
#[component]
pub(super) fn Header(address: Memo<Address>, view: ArcStore<ResourceView>, now: Timestamp) -> impl IntoView {
    let key = view.clone().key().get_untracked();
    let (name, resource_type) = (key.name.clone(), key.resource_type.clone());
    let path = key.path();
    let (status, description, neighbours) = (view.clone().status(), view.clone().description(), view.neighbours());
    view! {
        <div class="flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-1.5">
            {breadcrumb(&key)}
            {move || address.with(|address| neighbours_view(&neighbours.read(), address).into_any())}
        </div>
        <header class="grid grid-cols-[minmax(0,1fr)] gap-2">
            <div class="flex items-center gap-1">
                <TypeIcon resource_type class="mr-1 size-6 text-muted"/>
                <h1 class="mr-1 min-w-0">{name.clone()}</h1>
                <CopyButton what=Copied::Text(name) label="Copy name"/>
                <CopyButton what=Copied::Address label="Copy link"/>
            </div>
            {move || address.with(|address| status_view(&status.read(), address, &path, now).into_any())}
            {move || {
                let (text, class) = match description.get() {
                    Some(text) => (text, "max-w-4xl wrap-anywhere"),
                    None => ("No description".to_owned(), "text-muted"),
                };
                view! { <p class=class>{text}</p> }.into_any()
            }}
        </header>
    }
}

/// What is known of a Resource whatever its type, beside its tabs where there is room.
#[component]
pub(super) fn SideColumn(view: ArcStore<ResourceView>, now: Timestamp) -> impl IntoView {
    let type_label = view.clone().key().get_untracked().resource_type.label();
    let (id, facts, tags, activity) = (view.clone().id(), view.clone().facts(), view.clone().tags(), view.activity());
    view! {
        <aside class="grid grid-cols-[minmax(0,1fr)] content-start gap-4 max-xl:border-t max-xl:border-line max-xl:pt-4 xl:border-l xl:border-line xl:pl-5" aria-label="Facts">
            {move || day_strips(&activity.read()).into_any()}
            {move || facts_view(&id.read(), &facts.read(), type_label.clone(), now).into_any()}
            {move || tags_view(&tags.read()).into_any()}
        </aside>
    }
}

/// The tabs of a Resource; the Runtime tab only where it has one.
#[component]
pub(super) fn ResourceTabs(address: Memo<Address>, view: ArcStore<ResourceView>) -> impl IntoView {
    let path = view.clone().key().get_untracked().path();
    let (has_runtime, activity) = (view.clone().has_runtime(), view.activity());
    let tab = move |name: TabName, label: &'static str| {
        let path = path.clone();
        let href = move || address.with(|address| address.link(&path, name, &[]));
        let is_current = move || address.with(|address| address.tab == name);
        let activity = activity.clone();
        let number = Signal::derive(move || tab_number(name, &activity.read()));
        view! { <Tab href is_current label number/> }
    };
    let runtime = tab.clone();
    view! {
        <Tabs label="Parts of this page">
            {tab(TabName::Details, "Details")}
            {move || has_runtime.get().then(|| runtime(TabName::Runtime, "Runtime")).into_any()}
            {tab(TabName::Events, "Events")}
            {tab(TabName::Manifest, "Manifest")}
        </Tabs>
    }
}

/// How much there is on a tab: the nodes that are well of all nodes, or the events.
fn tab_number(tab: TabName, activity: &ResourceActivity) -> Option<String> {
    match tab {
        TabName::Runtime => {
            let (well, all) = activity.nodes;
            (all > 0).then(|| format!("{well}/{all}"))
        }
        TabName::Events => {
            let more = if activity.more_events { "+" } else { "" };
            (activity.events > 0).then(|| format!("{}{more}", activity.events))
        }
        TabName::Details | TabName::Manifest => None,
    }
}

fn breadcrumb(key: &Key) -> impl IntoView + use<> {
    let of_type = ListingQuery::of(Some(key.resource_type.clone()));
    let workspace = key.workspace.as_ref().map(|workspace| {
        let href = of_type.toggled(FacetName::Workspace, workspace).url();
        view! { <li><a href=href>{workspace.clone()}</a></li> }
    });
    view! {
        <nav aria-label="Breadcrumb">
            <ol class="flex flex-wrap gap-1.5 wrap-anywhere text-muted [&>li+li]:before:mr-1.5 [&>li+li]:before:content-['/'/'']">
                <li><a href="/resources">"Resources"</a></li>
                <li><a href=of_type.url()>{key.resource_type.plural()}</a></li>
                {workspace}
                <li aria-current="page">{key.name.clone()}</li>
            </ol>
        </nav>
    }
}

/// The way back to the listing one came from, and to its next and previous Resource.
fn neighbours_view(neighbours: &Neighbours, address: &Address) -> Option<impl IntoView + use<>> {
    if address.from.is_empty() {
        return None;
    }
    // A neighbour need not have a Runtime tab.
    let tab = if address.tab == TabName::Runtime { TabName::Details } else { address.tab };
    let link = |key: &Key, what: &str, rel: &'static str, icon: IconName| {
        let fqn = key.fqn();
        let label = format!("{what}: {fqn}");
        view! { <IconLink icon href=address.link(&key.path(), tab, &[]) label title=fqn rel/> }
    };
    let previous = neighbours.previous.as_ref().map(|key| link(key, "Previous", "prev", IconName::ArrowLeft));
    let next = neighbours.next.as_ref().map(|key| link(key, "Next", "next", IconName::ArrowRight));
    Some(view! {
        <nav class="flex items-center gap-1.5" aria-label="Listing">
            <a class="inline-flex items-center gap-1.5" href=address.from.clone() on:click=go_back_to_listing>
                <Icon name=IconName::ArrowLeft/>
                "Back to the listing"
            </a>
            {previous}
            {next}
        </nav>
    })
}

/// State and health, and all that explains them.
fn status_view(status: &ResourceStatus, address: &Address, path: &str, now: Timestamp) -> impl IntoView + use<> {
    let is_deleted = status.state == State::Deleted;
    let deleted = is_deleted.then(|| {
        let when = status.deleted_at.map(|at| view! { " on " <ExactTime at/> });
        view! { <Notice><span>"Deleted" {when} "; what you see are the last known values."</span></Notice> }
    });
    let message = status.message.clone().map(|message| {
        view! {
            <Notice is_bad=true>
                "The platform says: " <code class="min-w-0 wrap-anywhere whitespace-pre-wrap">{message}</code>
            </Notice>
        }
    });
    // A deleted Resource says so above already.
    let reason = (!is_deleted).then(|| {
        view! { <Reason reason=status.health.reason.clone() now is_focusable=true/> }
    });
    // Some reasons tell their age themselves.
    let has_age = matches!(status.health.reason.words().moment, Some(ReasonMoment::For(_) | ReasonMoment::Ago(_)));
    let since = status.since.filter(|_| !is_deleted && !has_age).map(|at| {
        view! { <span class="text-muted">"since " <RelativeTime at now is_focusable=true/></span> }
    });
    let worst = status.worst_part.as_ref().map(|worst| worst_part(worst, now));
    view! {
        {deleted}
        <p class=STATUS_LINE>
            <span><span class="sr-only">"Health: "</span><HealthBadge health=status.health.clone() is_prominent=true/></span>
            <span>{reason}</span>
            {since}
            <span class="flex items-center gap-1.5">
                <span class="text-muted"><span class="sr-only">". "</span>"State"<span class="sr-only">": "</span></span>
                <StateBadge state=status.state.clone()/>
            </span>
        </p>
        {failed_nodes(status, address, path)}
        {worst}
        {message}
    }
}

/// The failed nodes by name, also where the rest runs.
fn failed_nodes(status: &ResourceStatus, address: &Address, path: &str) -> Option<impl IntoView + use<>> {
    if status.failed_nodes.is_empty() {
        return None;
    }
    let label = if status.failed_nodes.len() == 1 { "Failed node: " } else { "Failed nodes: " };
    let names = status.failed_nodes.join(", ");
    let more = (status.more_failed_nodes > 0).then(|| format!(" and {} more", status.more_failed_nodes));
    let href = address.link(path, TabName::Runtime, &[("status", "failed")]);
    Some(view! {
        <p class=STATUS_LINE>
            <span class="wrap-anywhere">{label} <a href=href>{names}</a> {more}</span>
        </p>
    })
}

/// The part of a composite Resource that is worst off.
fn worst_part((key, health): &(Key, Health), now: Timestamp) -> impl IntoView + use<> {
    view! {
        <p class=STATUS_LINE>
            <span class="text-muted">"Worst of its parts"<span class="sr-only">": "</span></span>
            <HealthBadge health=health.clone()/>
            <span>
                <a href=key.path()>{key.name.clone()}</a>
                ": "
                <Reason reason=health.reason.clone() now/>
            </span>
        </p>
    }
}

fn facts_view(id: &str, facts: &Facts, type_label: String, now: Timestamp) -> impl IntoView + use<> {
    let owner = match &facts.owner {
        Some(owner) => {
            let href = ListingQuery::of(None).toggled(FacetName::Owner, owner).url();
            view! { <a href=href>{owner.clone()}</a> }.into_any()
        }
        None => view! { <span class="text-muted">"not known"</span> }.into_any(),
    };
    let version = if facts.version.is_empty() { "not known".to_owned() } else { facts.version.clone() };
    // When the platform did not say, the first time it was seen stands in, under its own name.
    let (created, created_at) = match facts.created_at {
        Some(at) => ("Created", at),
        None => ("First seen", facts.first_seen_at),
    };
    let observed = facts.observed.clone().map(|seen| {
        let class = if now.since(seen.at) > OLD_AFTER_MS { "min-w-0 text-muted" } else { "min-w-0" };
        view! {
            <div>
                <dt>"Last observed"</dt>
                <dd class=class><RelativeTime at=seen.at now is_focusable=true/> " by " {seen.source}</dd>
            </div>
        }
    });
    let id = id.to_owned();
    view! {
        <dl class="grid gap-2.5 wrap-anywhere max-xl:grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] [&_dt]:text-sm [&_dt]:text-muted">
            <div><dt>"Type"</dt><dd>{type_label}</dd></div>
            <div><dt>"Version"</dt><dd>{version}</dd></div>
            <div><dt>"Owner"</dt><dd>{owner}</dd></div>
            <div><dt>{created}</dt><dd><RelativeTime at=created_at now is_focusable=true/></dd></div>
            <div><dt>"Updated"</dt><dd><RelativeTime at=facts.changed_at now is_focusable=true/></dd></div>
            {observed}
            <div>
                <dt>"Id"</dt>
                <dd class="flex items-center gap-1">
                    <code>{id.clone()}</code>
                    <CopyButton what=Copied::Text(id) label="Copy id"/>
                </dd>
            </div>
        </dl>
    }
}

fn tags_view(tags: &[String]) -> impl IntoView + use<> {
    let chip = |tag: &String| {
        let href = ListingQuery::of(None).toggled(FacetName::Tag, tag).url();
        let tag = tag.clone();
        view! { <Chip href>{tag}</Chip> }
    };
    let (platform, own): (Vec<&String>, Vec<&String>) = tags.iter().partition(|tag| tag.starts_with(PLATFORM_TAG));
    let own = (!own.is_empty()).then(|| {
        let chips = own.into_iter().map(chip).collect_view();
        view! { <ChipRow label="Tags">{chips}</ChipRow> }
    });
    let platform = (!platform.is_empty()).then(|| {
        let count = platform.len();
        let label =
            if count == 1 { "1 tag of the platform".to_owned() } else { format!("{count} tags of the platform") };
        let chips = platform.into_iter().map(chip).collect_view();
        view! {
            <details>
                <summary class="w-fit text-sm text-muted">{label}</summary>
                <div class="pt-1.5">
                    <ChipRow label="Tags of the platform">{chips}</ChipRow>
                </div>
            </details>
        }
    });
    view! {
        {own}
        {platform}
    }
}
