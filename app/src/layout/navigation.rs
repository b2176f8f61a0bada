//! The left navigation: all types with the number of their Resources.

use std::time::Duration;

use leptos::html::Details;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::api::{Answer, NavigationView, load_navigation};
use crate::live::{Connection, LiveFeed, Throttle};
use crate::model::{ListingQuery, ResourceType};
use crate::ui::{Clock, Icon, IconName, Notice, TypeIcon, count_text, render_once, resources_text};

/// How often the counts follow changes at most, and how often they are asked for while the index is being rebuilt.
const COUNTS_EVERY: Duration = Duration::from_secs(2);

/// All entries. Each has an icon, a label, and the number of its Resources.
const ENTRIES: &str = "max-md:grid max-md:grid-cols-[repeat(auto-fill,minmax(9.5rem,1fr))] max-md:pb-2 \
    [&_a]:flex [&_a]:items-center [&_a]:gap-2 [&_a]:rounded-md [&_a]:px-2 [&_a]:py-0.5 [&_a]:text-ink \
    [&_a:hover]:bg-hover [&_a:hover]:no-underline [&_a:focus-visible]:-outline-offset-2 max-md:[&_a]:min-h-9 \
    [&_a[data-empty]]:text-muted [&_a[aria-current]]:bg-accent-ground [&_a[aria-current]]:font-semibold \
    [&_a[aria-current]]:text-accent [&_i]:text-muted [&_a[aria-current]>i]:text-inherit \
    [&_span:first-of-type]:min-w-0 [&_span:first-of-type]:flex-1 [&_span:first-of-type]:truncate \
    [&_span+span]:text-sm [&_span+span]:font-normal [&_span+span]:text-muted [&_span+span]:tabular-nums";

/// The types with counts, and a notice while the index is being rebuilt. Keeps what it shows while it is loaded anew.
#[component]
pub(crate) fn SideNavigation() -> impl IntoView {
    let location = use_location();
    let path = location.pathname;
    let feed = LiveFeed::of_app();
    let clock = Clock::of_app();
    let menu = NodeRef::<Details>::new();
    let counts = Resource::new(|| (), |()| load_navigation());
    let shown = RwSignal::new(NavigationView::without_counts());
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
    // What was shown stays while the server does not answer.
    let show = move |answer: Answer<NavigationView>| {
        if let Ok(answer) = answer {
            clock.set_by(answer.now);
            shown.set(answer.value);
        }
    };
    Effect::new(move |before: Option<bool>| {
        let Some(answer) = counts.get() else { return before.unwrap_or_default() };
        if matches!(&answer, Ok(answer) if answer.value.rebuilding.is_some()) {
            throttle.run(move || counts.refetch());
        }
        // The first one is shown below, where the server waits for it too.
        if before == Some(true) {
            show(answer);
        }
        true
    });

    let navigation = move || {
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
                    {move || entries(shown.get(), path).into_any()}
                </details>
            </nav>
            {move || shown.read().rebuilding.map(|indexed| view! { <Rebuilding indexed/> }).into_any()}
        }
    };
    // Not in the scope of the frame: the navigation is not made anew for another answer.
    untrack(|| {
        view! {
            <Transition>
                {Suspend::new(async move {
                    show(counts.await);
                    render_once(navigation().into_any())
                })}
            </Transition>
        }
    })
}

/// Says that the index is being rebuilt, and how many Resources it has so far.
#[component]
fn Rebuilding(indexed: u64) -> impl IntoView {
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
        <ul class=ENTRIES>
            <Entry href="/" path icon=IconName::Home>"Overview"</Entry>
            <Entry href="/resources" path icon=IconName::List count=view.total>"All Resources"</Entry>
            {types}
            <Entry href="/sources" path icon=IconName::Refresh is_apart=true>"Sources"</Entry>
            // Another document, which the router knows nothing of.
            <Entry href="/api" path icon=IconName::Code rel="external">"API"</Entry>
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
    #[prop(optional)] is_apart: bool,
    #[prop(optional)] rel: Option<&'static str>,
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
    view! {
        <li class=is_apart.then_some("mt-2 border-t border-line pt-2 max-md:mt-0 max-md:border-0 max-md:pt-0")>
            <a
                href=href
                rel=rel
                data-empty=is_empty.then_some("")
                aria-current=move || is_current().then_some("page")
            >
                {icon}
                <span>{children()}</span>
                {count.map(|count| view! { <span>{count_text(count)}</span> })}
            </a>
        </li>
    }
}
