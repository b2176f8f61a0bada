//! What changed last.

use leptos::prelude::*;

use crate::api::ResourceChanges;
use crate::model::{Change, Key, Timestamp};
use crate::ui::{CardList, RelativeTime, TypeIcon};

/// The Resources that changed last, each with what changed.
#[component]
pub(super) fn NewestChanges(changes: Vec<ResourceChanges>, now: Timestamp) -> impl IntoView {
    let body = if changes.is_empty() {
        view! { <p class="text-muted">"Nothing has changed yet."</p> }.into_any()
    } else {
        let entries = changes.into_iter().map(|changed| entry(changed, now)).collect_view();
        view! { <CardList>{entries}</CardList> }.into_any()
    };
    view! { <Section id="changes" title="Newest changes" more=None>{body}</Section> }
}

fn entry(changed: ResourceChanges, now: Timestamp) -> impl IntoView {
    let ResourceChanges { key, at, source, changes, more } = changed;
    let href = key.path() + "/events";
    let what = changes.iter().map(Change::told).collect::<Vec<_>>().join(" · ");
    let more = (more > 0).then(|| format!(" · and {more} more"));
    view! {
        <li class="relative grid-cols-[minmax(0,1fr)]! items-baseline hover:bg-raised xl:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_17rem]!">
            <ResourceLink key href/>
            <span class="truncate text-sm text-muted max-xl:pl-5.5">{what} {more}</span>
            <span class="text-sm text-muted max-xl:pl-5.5 xl:text-end"><RelativeTime at now/> " by " {source}</span>
        </li>
    }
}

/// The name of a Resource and `Service in public`. The link covers the entry that it stands in.
#[component]
pub(super) fn ResourceLink(key: Key, href: String) -> impl IntoView {
    let label = key.resource_type.label();
    let place = match key.workspace {
        Some(workspace) => format!("{label} in {workspace}"),
        None => label,
    };
    view! {
        <span class="flex min-w-0 items-baseline gap-x-2">
            <a class="flex min-w-0 items-baseline gap-1.5 font-[550] after:absolute after:inset-0" href=href>
                <TypeIcon resource_type=key.resource_type class="size-4 translate-y-0.5 text-muted"/>
                <span class="truncate">{key.name}</span>
            </a>
            <span class="min-w-12 truncate text-sm text-muted">{place}</span>
        </span>
    }
}

/// A titled part of the overview, with a way to more of it.
#[component]
pub(super) fn Section(
    id: &'static str,
    title: &'static str,
    more: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="grid grid-cols-[minmax(0,1fr)] content-start gap-2" aria-labelledby=id>
            <div class="flex flex-wrap items-baseline gap-x-3 gap-y-1">
                <h2 id=id>{title}</h2>
                {more}
            </div>
            {children()}
        </section>
    }
}
