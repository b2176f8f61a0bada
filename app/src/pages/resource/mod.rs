//! The page of one Resource: its header, and one of its tabs below.

mod address;
mod details;
mod events;
mod header;
mod load;
mod manifest;
mod runtime;
mod tabs;
mod yaml;

use std::collections::BTreeSet;

use leptos::prelude::*;

use self::address::{Address, Tab};
use self::load::{ManifestPage, ResourcePage};
use crate::api::{ApiError, Fragment};
use crate::catalog::Catalog;
use crate::model::{ChangePage, Key};

/// The most values of a filter of the change feed.
const MOST_VALUES: usize = 50;

/// `/resources/{types}/{fqn}` and its tabs.
pub(super) async fn page(catalog: &dyn Catalog, path: &str, query: &str) -> Result<Fragment, ApiError> {
    let nowhere = || ApiError::NotFound { what: path.to_owned(), near: Vec::new() };
    let address = Address::from_url(path, query).ok_or_else(nowhere)?;
    let page = load::resource(catalog, &address.types, &address.fqn, &address.from).await?;
    let key = &page.detail.resource.key;
    let below = match address.tab {
        Tab::Events => Below::Changes(load::changes(catalog, key, address.before).await?),
        Tab::Manifest => Below::Manifest(load::manifest(catalog, key).await?),
        Tab::Details | Tab::Runtime | Tab::Unknown => Below::Nothing,
    };
    Ok(Fragment { follow: follow(&page), ..rendered(&page, &address, below)? })
}

/// Which changes concern the page of a Resource: those of itself and of its parts.
fn follow(page: &ResourcePage) -> String {
    let keys = || std::iter::once(&page.detail.resource.key).chain(page.detail.parts.iter().map(|part| &part.key));
    let mut parameters = form_urlencoded::Serializer::new(String::new());
    let types: BTreeSet<&str> = keys().map(|key| key.resource_type.as_str()).collect();
    let names: BTreeSet<&str> = keys().map(|key| key.name.as_str()).collect();
    // The feed takes so many values; with more, all names of these types are followed.
    let few = types.len() <= MOST_VALUES && names.len() <= MOST_VALUES;
    parameters.extend_pairs(types.iter().take(MOST_VALUES).map(|value| ("type", value)));
    if few {
        parameters.extend_pairs(names.iter().map(|value| ("name", value)));
    }
    parameters.finish()
}

/// What a tab shows beyond what all of them have.
enum Below {
    Nothing,
    Changes(ChangePage),
    Manifest(ManifestPage),
}

fn rendered(page: &ResourcePage, address: &Address, below: Below) -> Result<Fragment, ApiError> {
    let resource = &page.detail.resource;
    let content = match (address.tab, below) {
        (_, Below::Changes(changes)) => events::events(&changes, resource, address, page.now).into_any(),
        (_, Below::Manifest(manifest)) => manifest::manifest(manifest, &resource.key).into_any(),
        (Tab::Details, Below::Nothing) => details::details(page).into_any(),
        (Tab::Runtime, Below::Nothing) if resource.has_runtime_tab() => runtime::runtime(page, address).into_any(),
        (_, Below::Nothing) => return Err(no_such_tab(&resource.key, address.tab)),
    };
    Ok(Fragment::of(title(&resource.key, address.tab), show(page, address, content)))
}

fn show(page: &ResourcePage, address: &Address, content: AnyView) -> impl IntoView + use<> {
    view! {
        <article class="resource">
            {header::header(page, address).into_any()}
            {tabs::tabs(&page.detail.resource, address).into_any()}
            <div class="tab-content">{content}</div>
        </article>
    }
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
        _ => format!("that tab of {}", key.fqn()),
    };
    ApiError::NotFound { what, near: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Change, Field, Incarnation, ListingRow, Neighbours, NodeStatus, Observation, Resource as CatalogResource,
        ResourceDetail, RuntimeNode, StripField, Timestamp,
    };

    const NOW: Timestamp = Timestamp(1_760_000_000_000);

    /// A Resource as one observation of an hour ago left it.
    fn page(resource_type: &str, workspace: Option<&str>, say: impl FnOnce(&mut Observation)) -> ResourcePage {
        let at = Timestamp(NOW.0 - 3_600_000);
        let key = Key::new(resource_type, workspace, "orders-api").expect("a key");
        let mut seen = Observation::new(key.clone(), at);
        seen.status = Some("active".to_owned());
        seen.version = Some("v1".to_owned());
        say(&mut seen);
        let mut resource = CatalogResource::new(key, at);
        let mut nodes = Vec::new();
        resource.observe(&seen, "import", &mut nodes, None);
        ResourcePage {
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
                bundles: Vec::new(),
                has_manifest: true,
                stale: Vec::new(),
                nodes,
                resource,
            },
            neighbours: Neighbours::default(),
            now: NOW,
        }
    }

    fn shown(page: &ResourcePage, tab: &str) -> String {
        let manifest = ManifestPage { text: Some("name: orders-api".to_owned()), lines: 1 };
        let below = match tab {
            "/events" => Below::Changes(ChangePage { changes: Vec::new(), before: Some(7) }),
            "/manifest" => Below::Manifest(manifest),
            _ => Below::Nothing,
        };
        let address = Address::from_url(&format!("{}{tab}", page.detail.resource.key.path()), "").expect("an address");
        rendered(page, &address, below).expect("a page").html
    }

    #[test]
    fn stale_values_are_marked_with_their_age() {
        let mut page = service();
        assert!(!shown(&page, "").contains("stale: seen"));
        page.detail.stale = vec![crate::model::Aspect::Runtime];
        assert_eq!(shown(&page, "").matches("stale: seen 1 hour ago").count(), 1);
    }

    fn service() -> ResourcePage {
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
            let address =
                Address::from_url(&format!("/resources/secrets/public.orders-api{tab}"), "").expect("an address");
            assert!(matches!(rendered(&page, &address, Below::Nothing), Err(ApiError::NotFound { .. })), "{tab}");
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
    fn what_a_bundle_holds_leads_to_the_bundle() {
        let mut lens = page("lens", Some("public"), |_| {});
        assert!(!shown(&lens, "").contains("Bundles ("));
        lens.detail.bundles =
            ["retail", "wholesale"].map(|name| Key::new("bundle", None, name).expect("a key")).to_vec();
        let html = shown(&lens, "");
        assert!(html.contains("Bundles (2)") && html.contains("href=\"/resources/bundles/retail\""), "{html}");
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
        let changes = vec![
            change(Field::Runtime, Some("pending:0/1"), Some("running:1")),
            change(Field::Message, Some(&long), None),
            change(Field::Manifest, None, Some("0123abcd")),
        ];
        let below = Below::Changes(ChangePage { changes, before: Some(7) });
        let html = rendered(&page, &address, below).expect("a page").html;
        for part in ["pending:0/1", "running:1", "9 Oct 2025", "08:53:20 UTC", "before=7", "first reported", "<details"]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("0123abcd"), "digests tell nobody anything");
    }

    #[test]
    fn titles_name_resource_tab_and_type() {
        let key = Key::new("service", Some("public"), "orders-api").expect("a key");
        assert_eq!(title(&key, Tab::Details), "orders-api · Services");
        assert_eq!(title(&key, Tab::Runtime), "orders-api runtime · Services");
    }
}
