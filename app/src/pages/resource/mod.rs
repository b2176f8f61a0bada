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

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use leptos_meta::ServerMetaContext;

    use super::*;
    use crate::model::{
        Change, Field, Incarnation, ListingRow, Neighbours, NodeStatus, Observation, Resource as CatalogResource,
        ResourceDetail, RuntimeNode, StripField, Timestamp,
    };

    const NOW: Timestamp = Timestamp(1_760_000_000_000);

    /// A Resource as one observation of an hour ago left it.
    fn page(resource_type: &str, workspace: Option<&str>, say: impl FnOnce(&mut Observation)) -> Loaded {
        let at = Timestamp(NOW.0 - 3_600_000);
        let key = Key::new(resource_type, workspace, "orders-api").expect("a key");
        let mut seen = Observation::new(key.clone(), at);
        seen.status = Some("active".to_owned());
        seen.version = Some("v1".to_owned());
        say(&mut seen);
        let mut resource = CatalogResource::new(key, at);
        let mut nodes = Vec::new();
        resource.observe(&seen, "import", &mut nodes, None);
        Loaded {
            detail: ResourceDetail {
                health: resource.health(NOW),
                incarnations: vec![Incarnation { created_at: at, created_by: "import".to_owned(), deleted_at: None }],
                strip: vec![StripField {
                    label: "Compute".to_owned(),
                    value: "runnable-default".to_owned(),
                    link: Some("/resources/computes/runnable-default".to_owned()),
                }],
                sections: Vec::new(),
                parts: Vec::new(),
                has_manifest: true,
                stale: Vec::new(),
                nodes,
                resource,
            },
            neighbours: Neighbours::default(),
            now: NOW,
        }
    }

    fn html_of(page: &Loaded, address: &Address, changes: Vec<Change>, manifest: Option<&str>) -> String {
        let manifest = ManifestPage { text: manifest.map(str::to_owned), lines: 1 };
        let (meta, _) = ServerMetaContext::new();
        Owner::new().with(|| {
            provide_context(meta);
            leptos_meta::provide_meta_context();
            show(page, address, Ok(Some(ChangePage { changes, before: Some(7) })), Ok(Some(manifest))).to_html()
        })
    }

    fn shown(page: &Loaded, tab: &str) -> String {
        let address = Address::from_url(&format!("{}{tab}", page.detail.resource.key.path()), "").expect("an address");
        html_of(page, &address, Vec::new(), Some("name: orders-api"))
    }

    fn service() -> Loaded {
        page("service", Some("public"), |seen| {
            seen.runtime = Some("running:1".to_owned());
            seen.owner = Some("ada".to_owned());
            seen.tags = Some(vec!["sales".to_owned(), "dataos:type:resource".to_owned()]);
            seen.nodes = Some(vec![RuntimeNode::new("orders-api-main", NodeStatus::Running)]);
        })
    }

    #[test]
    fn every_tab_is_a_complete_small_page() {
        let page = service();
        for (tab, content) in [
            ("", "Lifecycle events"),
            ("/runtime", "orders-api-main"),
            ("/events", "Nothing has changed yet"),
            ("/manifest", "id=\"L1\""),
        ] {
            let html = shown(&page, tab);
            assert!(html.contains(content), "{tab}: {html}");
            assert_eq!(html.matches("<h1").count(), 1, "{tab}");
            assert_eq!(html.matches("aria-current=\"page\"").count(), 2, "{tab}: breadcrumb and tab");
            assert_eq!(html.matches("<table").count(), html.matches("<tbody").count(), "{tab}");
            assert!(!html.contains("style="), "{tab}");
            assert!(html.len() < 12_000, "{tab}: {} bytes", html.len());
        }
    }

    #[test]
    fn the_header_leads_on() {
        let html = shown(&service(), "");
        for part in [
            "service:v1:orders-api:public",
            "href=\"/resources/services?workspace=public\"",
            "href=\"/resources?owner=ada\"",
            "href=\"/resources?tag=sales\"",
            "It is active and running.",
            "1 hour ago",
            "No description",
            "href=\"/resources/computes/runnable-default\"",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn a_broken_resource_says_where_and_why() {
        let html = shown(
            &page("service", Some("public"), |seen| {
                seen.status = Some("error".to_owned());
                seen.builder_stage = Some("building".to_owned());
                seen.message = Some("Invalid <Parameter>".to_owned());
            }),
            "",
        );
        assert!(html.contains("It failed after building"), "{html}");
        assert!(html.contains("Invalid &lt;Parameter&gt;"), "{html}");
    }

    #[test]
    fn a_deleted_resource_keeps_its_page() {
        let mut page = service();
        page.detail.resource.deleted = true;
        page.detail.incarnations[0].deleted_at = Some(NOW);
        let html = shown(&page, "");
        assert!(html.contains("9 Oct 2025 08:53:20 UTC"), "{html}");
        assert!(html.contains("last known values"), "{html}");
    }

    #[test]
    fn what_does_not_run_has_no_runtime_tab() {
        let page = page("secret", Some("public"), |_| {});
        assert!(!shown(&page, "").contains("/runtime\""));
        for tab in ["/runtime", "/jobs"] {
            assert!(shown(&page, tab).contains("Not found"), "{tab}");
        }
    }

    #[test]
    fn a_lens_shows_its_parts_and_the_worst_of_them() {
        let mut lens = page("lens", Some("public"), |_| {});
        let mut part = service().detail.resource;
        part.runtime = Some("failed".to_owned());
        lens.detail.parts = vec![ListingRow::of(&part, NOW)];
        for tab in ["", "/runtime"] {
            let html = shown(&lens, tab);
            assert!(html.contains("Worst of its parts"), "{tab}: {html}");
            assert!(html.contains("href=\"/resources/services/public.orders-api\""), "{tab}");
            assert!(html.contains("failed"), "{tab}");
        }
    }

    #[test]
    fn events_tell_what_became_what_and_lead_to_older_ones() {
        let page = service();
        let change = |field, from: Option<&str>, to: Option<&str>| Change {
            seq: 9,
            at: NOW,
            key: page.detail.resource.key.clone(),
            field,
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            source: "import".to_owned(),
        };
        let long = "é".repeat(500);
        let address =
            Address::from_url("/resources/services/public.orders-api/events", "before=12").expect("an address");
        let html = html_of(
            &page,
            &address,
            vec![
                change(Field::Runtime, Some("pending:0/1"), Some("running:1")),
                change(Field::Message, Some(&long), None),
                change(Field::Manifest, None, Some("0123abcd")),
            ],
            None,
        );
        for part in ["pending:0/1", "running:1", "9 Oct 2025", "08:53:20 UTC", "before=7", "first reported", "<details"]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("0123abcd"), "digests tell nobody anything");
    }

    #[test]
    fn the_data_of_one_resource_is_not_taken_for_another_while_loading() {
        let address = Address::from_url("/resources/secrets/public.other/runtime", "").expect("an address");
        let html = html_of(&service(), &address, Vec::new(), None);
        assert!(!html.contains("Not found"), "{html}");
    }

    #[test]
    fn titles_name_resource_tab_and_type() {
        let key = Key::new("service", Some("public"), "orders-api").expect("a key");
        assert_eq!(title(&key, Tab::Details), "orders-api · Services");
        assert_eq!(title(&key, Tab::Runtime), "orders-api runtime · Services");
    }
}
