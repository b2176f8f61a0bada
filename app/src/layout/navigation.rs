//! The left navigation: all types with the number of their Resources.

use std::time::Duration;

use leptos::html::Details;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::api::{NavigationView, load_navigation};
use crate::live::{Connection, LiveFeed, Throttle};
use crate::model::{ListingQuery, ResourceType};
use crate::ui::{Clock, Icon, IconName, Notice, TypeIcon, count_text, resources_text};

/// How often the counts follow changes at most, and how often they are asked for while the index is being rebuilt.
const COUNTS_EVERY: Duration = Duration::from_secs(2);

/// The types with counts, and a notice while the index is being rebuilt. Keeps what it shows while it is loaded anew.
#[component]
pub(crate) fn SideNavigation() -> impl IntoView {
    let location = use_location();
    let path = location.pathname;
    let feed = LiveFeed::of_app();
    let clock = Clock::of_app();
    let menu = NodeRef::<Details>::new();
    let counts = Resource::new(|| (), |()| load_navigation());
    let last = StoredValue::new(NavigationView::without_counts());
    let throttle = Throttle::new(COUNTS_EVERY);

    Effect::new(move |_| {
        // On a phone the menu has done its work once it led somewhere.
        path.track();
        if let Some(menu) = menu.get_untracked() {
            let _ = menu.remove_attribute("open");
        }
    });
    Effect::new(move |before: Option<()>| {
        feed.status.revision.track();
        if before.is_some() {
            throttle.run(move || counts.refetch());
        }
    });
    Effect::new(move |before: Option<()>| {
        path.track();
        // Where nothing tells of changes, counts are as old as the page.
        if before.is_some() && feed.status.connection.get_untracked() != Connection::Live {
            throttle.run(move || counts.refetch());
        }
    });
    Effect::new(move |_| {
        let is_rebuilding =
            counts.with(|answer| matches!(answer, Some(Ok(answer)) if answer.value.rebuilding.is_some()));
        if is_rebuilding {
            throttle.run(move || counts.refetch());
        }
    });

    view! {
        <Transition>
            {move || Suspend::new(async move {
                let view = match counts.await {
                    Ok(answer) => {
                        clock.set_by(answer.now);
                        last.set_value(answer.value.clone());
                        answer.value
                    }
                    // What was shown stays while the server does not answer.
                    Err(_) => last.get_value(),
                };
                let rebuilding = view.rebuilding;
                view! {
                    <nav
                        class="overflow-y-auto border-line bg-raised max-md:border-b max-md:px-2 md:sticky md:top-bar md:col-start-1 md:row-span-2 md:row-start-1 md:h-[calc(100dvh-var(--spacing-bar))] md:border-r md:px-2 md:py-3"
                        aria-label="Resource types"
                    >
                        <details class="supports-[selector(::details-content)]:md:unfolded" node_ref=menu>
                            <summary class="flex items-center gap-2 px-2 py-2 font-semibold">
                                <Icon name=IconName::Menu/>
                                "Resource types"
                            </summary>
                            {entries(view, path)}
                        </details>
                    </nav>
                    {rebuilding.map(|indexed| {
                        view! {
                            <div class="mx-5 mt-4 max-md:mx-3 max-md:mt-3 md:col-start-2 md:row-start-1">
                                <Notice role="status">
                                    <Icon name=IconName::Clock/>
                                    "The index is being rebuilt: "
                                    {resources_text(indexed)}
                                    " so far. Counts and search are incomplete."
                                </Notice>
                            </div>
                        }
                    })}
                }
            })}
        </Transition>
    }
}

fn entries(view: NavigationView, path: Memo<String>) -> impl IntoView {
    let types = view
        .types
        .into_iter()
        .map(|(resource_type, count)| {
            let href = ListingQuery::of(Some(resource_type.clone())).path();
            let label = resource_type.plural();
            view! {
                <Entry href path count is_empty=count == Some(0) resource_type=Some(resource_type)>
                    {label}
                </Entry>
            }
        })
        .collect_view();
    view! {
        <ul class="max-md:grid max-md:grid-cols-[repeat(auto-fill,minmax(9.5rem,1fr))] max-md:pb-2">
            <Entry href="/" path icon=IconName::Home>"Overview"</Entry>
            <Entry href="/resources" path icon=IconName::List count=view.total>"All Resources"</Entry>
            {types}
            <Entry href="/sources" path icon=IconName::Refresh is_last=true>"Sources"</Entry>
        </ul>
    }
}

/// One way to a page. It is current on that page, the entry of a type also on the pages of its Resources.
#[component]
fn Entry(
    #[prop(into)] href: String,
    path: Memo<String>,
    #[prop(optional)] icon: Option<IconName>,
    #[prop(optional_no_strip)] resource_type: Option<ResourceType>,
    #[prop(optional_no_strip)] count: Option<u64>,
    #[prop(optional)] is_empty: bool,
    #[prop(optional)] is_last: bool,
    children: Children,
) -> impl IntoView {
    let own = href.clone();
    let includes_pages_below = resource_type.is_some();
    let is_current = move || {
        path.with(|path| {
            let path = path.trim_end_matches('/');
            match path.strip_prefix(own.trim_end_matches('/')) {
                Some("") => true,
                Some(rest) => includes_pages_below && rest.starts_with('/'),
                None => false,
            }
        })
    };
    let icon = match (icon, resource_type) {
        (Some(name), _) => Some(view! { <Icon name/> }.into_any()),
        (None, Some(resource_type)) => Some(view! { <TypeIcon resource_type/> }.into_any()),
        (None, None) => None,
    };
    let ink = if is_empty { "text-muted" } else { "text-ink" };
    view! {
        <li class=is_last.then_some("mt-2 border-t border-line pt-2 max-md:mt-0 max-md:border-0 max-md:pt-0")>
            <a
                class=[
                    "flex items-center gap-2 rounded-md px-2 py-0.5 hover:bg-hover hover:no-underline focus-visible:-outline-offset-2 aria-[current]:bg-accent-ground aria-[current]:font-semibold aria-[current]:text-accent max-md:min-h-9 [&>i]:text-muted aria-[current]:[&>i]:text-inherit ",
                    ink,
                ]
                    .concat()
                href=href
                aria-current=move || is_current().then_some("page")
            >
                {icon}
                <span class="min-w-0 flex-1 truncate">{children()}</span>
                {count.map(|count| {
                    view! { <span class="text-sm font-normal text-muted tabular-nums">{count_text(count)}</span> }
                })}
            </a>
        </li>
    }
}
