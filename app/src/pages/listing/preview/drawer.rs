//! What is shown of the Resource that is looked at.

use leptos::prelude::*;

use super::super::links::from_parameter;
use super::super::runtime::runtime;
use super::{CLOSE_ID, DRAWER_ID, Preview, Previewed};
use crate::api::error::sentence;
use crate::api::{Answer, PreviewView};
use crate::model::{ListingQuery, Timestamp};
use crate::ui::{
    ButtonLink, Fact, FactList, HealthBadge, Icon, IconName, Notice, Reason, RelativeTime, StateBadge, TypeIcon,
};

/// The id of the name, which labels the drawer.
pub(super) const NAME_ID: &str = "preview-name";

/// Beside the rows where there is room, over them on a phone.
const DRAWER: &str = "fixed z-10 grid grid-cols-[minmax(0,1fr)] content-start gap-3 overflow-y-auto border-line bg-ground \
    px-4 pt-2.5 pb-16 shadow-panel md:top-bar md:right-0 md:bottom-0 md:w-[26rem] md:border-l max-md:inset-x-0 \
    max-md:bottom-0 max-md:max-h-[75dvh] max-md:rounded-t-xl max-md:border-t print:hidden";

const CLOSE: &str = "inline-flex min-h-8 min-w-8 flex-none items-center justify-center rounded-md text-muted \
    hover:bg-hover hover:text-ink hover:no-underline";

/// The drawer with an answer.
pub(super) fn drawer(
    preview: Preview,
    previewed: &Previewed,
    answer: Answer<Option<PreviewView>>,
    listing: &ListingQuery,
) -> AnyView {
    let fqn = previewed.fqn.clone();
    let (icon, name, body) = match answer {
        Ok(answer) => match answer.value {
            Some(view) => {
                let key = &view.row.key;
                let (resource_type, name) = (key.resource_type.clone(), key.name.clone());
                let icon = view! { <TypeIcon resource_type class="size-5 text-muted"/> };
                (Some(icon), name, content(view, listing, answer.now))
            }
            None => (None, fqn, view! { <p>"It is not in the catalog."</p> }.into_any()),
        },
        Err(error) => {
            let text = sentence(&error.to_string());
            (None, fqn, view! { <Notice is_bad=true>{text}</Notice> }.into_any())
        }
    };
    view! {
        <section
            id=DRAWER_ID
            class=DRAWER
            aria-labelledby=NAME_ID
            on:keydown=move |event| preview.on_key_in_drawer(&event)
        >
            <div class="flex items-center gap-2">
                {icon}
                <h2 id=NAME_ID class="mr-auto min-w-0 wrap-anywhere" tabindex="-1">{name}</h2>
                <a
                    id=CLOSE_ID
                    class=CLOSE
                    href=listing.url()
                    aria-label="Close the preview"
                    title="Close the preview"
                    on:click=move |event| preview.on_close(event)
                >
                    <Icon name=IconName::Cross/>
                </a>
            </div>
            {body}
        </section>
    }
    .into_any()
}

fn content(view: PreviewView, listing: &ListingQuery, now: Timestamp) -> AnyView {
    let PreviewView { row, version, failed_nodes, more_failed_nodes, message, observed, changes } = view;
    let path = row.id();
    let from = from_parameter(listing);
    let page = [&path, &*from].concat();
    let label = row.key.resource_type.label();
    let place = match &row.key.workspace {
        Some(workspace) => format!("{label} in {workspace}"),
        None => label,
    };
    let since = row.health_since.map(|at| view! { <span class="text-muted">"since " <RelativeTime at now/></span> });
    let failed = (!failed_nodes.is_empty()).then(|| {
        let more = (more_failed_nodes > 0).then(|| format!(" and {more_failed_nodes} more"));
        let href = [&path, "/runtime", &*from, "&status=failed"].concat();
        view! { <p class="wrap-anywhere [&_a]:underline">"Failed nodes: " <a href=href>{failed_nodes.join(", ")}</a> {more}</p> }
    });
    let message = message.map(|message| {
        view! {
            <Notice is_bad=true>
                "The platform says: " <code class="min-w-0 wrap-anywhere whitespace-pre-wrap">{message}</code>
            </Notice>
        }
    });
    let text = |label: &'static str, value: Option<String>| {
        value.filter(|value| !value.is_empty()).map(|value| view! { <Fact label title=None>{value}</Fact> })
    };
    let observed = observed.map(|seen| {
        view! { <Fact label="Last observed" title=None><RelativeTime at=seen.at now/> " by " {seen.source}</Fact> }
    });
    let (state, of_runtime) = (row.state.clone(), runtime(&row, now));
    let tags: Vec<String> = row.tags.iter().chain(&row.more_tags).cloned().collect();
    let changes = changes
        .into_iter()
        .map(|(at, told)| {
            view! { <li class="wrap-anywhere">{told} " " <span class="text-muted"><RelativeTime at now/></span></li> }
        })
        .collect_view();
    view! {
        <p class="text-muted">{place}</p>
        <p class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <HealthBadge health=row.health.clone() is_prominent=true/>
            <span><Reason reason=row.health.reason.clone() now has_age_beside=true/></span>
            " "
            {since}
        </p>
        {failed}
        {message}
        <p class="wrap-anywhere">{row.description.clone()}</p>
        <FactList>
            <Fact label="State" title=None><StateBadge state/></Fact>
            <Fact label="Runtime" title=None>{of_runtime}</Fact>
            {text("Owner", row.owner.clone())}
            {text("Version", Some(version))}
            {text("Source", row.depot_source.clone())}
            <Fact label="Updated" title=None><RelativeTime at=row.changed_at now/></Fact>
            {observed}
            {text("Tags", Some(tags.join(", ")))}
        </FactList>
        <div class="grid gap-1">
            <h3>"Newest changes"</h3>
            <ul class="grid gap-1 text-sm">{changes}</ul>
        </div>
        <p>
            <ButtonLink href=page>"Open the page"</ButtonLink>
        </p>
    }
    .into_any()
}

/// What is said of it to those who do not see it come.
pub(super) fn told(answer: &Answer<Option<PreviewView>>) -> Option<String> {
    let view = answer.as_ref().ok()?.value.as_ref()?;
    let (name, health) = (&view.row.key.name, &view.row.health);
    Some(format!("Preview of {name}: {}. {}", health.word(), health.reason.told(answer.as_ref().ok()?.now)))
}
