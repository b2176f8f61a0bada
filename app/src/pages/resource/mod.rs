//! The page of one Resource: its header, and one of its tabs below.

mod address;
mod details;
mod events;
mod header;
mod manifest;
mod runtime;
mod tabs;
mod yaml;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use self::address::{Address, Tab};
use crate::api::{ApiError, ManifestPage, ResourcePage as Loaded, load_changes, load_manifest, load_resource};
use crate::components::Outcome;
use crate::model::{ChangePage, Key, ResourceType};

/// `/resources/{types}/{fqn}` and its tabs.
#[component]
pub(crate) fn ResourcePage() -> impl IntoView {
    let location = use_location();
    // Not `use_query_map`: within one route the router updates it only when the path stays. And while another page is
    // on its way the location is already that page's, so the last address of a Resource stands until this one goes.
    let address = Memo::new(move |before: Option<&Address>| {
        Address::from_url(&location.pathname.read(), &location.search.read())
            .or_else(|| before.cloned())
            .unwrap_or_default()
    });
    let named = move |address: &Address| (address.types.clone(), address.fqn.clone());

    // All three are made here and not where they are shown, so that server and browser number them alike.
    let loaded = Resource::new(
        move || address.with(|address| (named(address), address.from.clone())),
        |((types, fqn), from)| load_resource(types, fqn, from),
    );
    let changes = Resource::new(
        move || address.with(|address| (address.tab == Tab::Events).then(|| (named(address), address.before))),
        |wanted| async move {
            match wanted {
                Some(((types, fqn), before)) => load_changes(types, fqn, before).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let manifest = Resource::new(
        move || address.with(|address| (address.tab == Tab::Manifest).then(|| named(address))),
        |wanted| async move {
            match wanted {
                Some((types, fqn)) => load_manifest(types, fqn).await.map(Some),
                None => Ok(None),
            }
        },
    );
    view! {
        <Transition>
            {move || {
                let address = address.get();
                Suspend::new(async move {
                    match loaded.await {
                        Ok(page) => show(&page, &address, changes.await, manifest.await).into_any(),
                        Err(error) => view! { <Outcome error/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

type Optional<T> = Result<Option<T>, ApiError>;

fn show(
    page: &Loaded,
    address: &Address,
    changes: Optional<ChangePage>,
    manifest: Optional<ManifestPage>,
) -> impl IntoView + use<> {
    let resource = &page.detail.resource;
    // In the browser the address is ahead of what was loaded for a moment.
    let arrived = Key::candidates(&ResourceType::from_slug(&address.types), &address.fqn).contains(&resource.key);
    let missing = address.tab == Tab::Unknown || (address.tab == Tab::Runtime && !resource.has_runtime_tab());
    if missing && arrived {
        return view! { <Outcome error=no_such_tab(&resource.key, address.tab)/> }.into_any();
    }
    let content = match address.tab {
        _ if !arrived => ().into_any(),
        Tab::Details | Tab::Unknown => details::details(page).into_any(),
        Tab::Runtime => runtime::runtime(page, address).into_any(),
        Tab::Events => match changes {
            Ok(Some(changes)) => events::events(&changes, resource, address, page.now).into_any(),
            Ok(None) => ().into_any(),
            Err(error) => refused(&error).into_any(),
        },
        Tab::Manifest => match manifest {
            Ok(Some(manifest)) => manifest::manifest(manifest, &resource.key).into_any(),
            Ok(None) => ().into_any(),
            Err(error) => refused(&error).into_any(),
        },
    };
    view! {
        <Title text=title(&resource.key, address.tab)/>
        <article class="resource">
            {header::header(page, address).into_any()}
            {tabs::tabs(resource, address).into_any()}
            <div class="tab-content">{content}</div>
        </article>
    }
    .into_any()
}

fn title(key: &Key, tab: Tab) -> String {
    let tab = match tab {
        Tab::Details | Tab::Unknown => "",
        Tab::Runtime => " runtime",
        Tab::Events => " events",
        Tab::Manifest => " manifest",
    };
    format!("{}{tab} · {}", key.name, key.resource_type.plural())
}

fn no_such_tab(key: &Key, tab: Tab) -> ApiError {
    let what = match tab {
        Tab::Runtime => format!("the runtime of {}", key.fqn()),
        _ => format!("this part of {}", key.fqn()),
    };
    let error = ApiError::NotFound { what, near: Vec::new() };
    #[cfg(feature = "ssr")]
    let error = error.with_status();
    error
}

/// What a tab shows instead of its content when that could not be loaded.
fn refused(error: &ApiError) -> impl IntoView + use<> {
    view! {
        <div class="empty-state">
            <h2>"This part could not be loaded"</h2>
            <p>{error.to_string()}</p>
        </div>
    }
}
