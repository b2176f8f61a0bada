//! The parts of a Resource's page, as HTML.

use leptos::prelude::*;
use reactive_stores::ArcStore;

use super::address::{Address, TabName};
use super::details::details_view;
use super::events::events_view;
use super::header::{Header, SideColumn};
use super::runtime::runtime_view;
use super::title;
use crate::api::resource::{DetailField, DetailValue, Facts, ResourceActivity, ResourceStatus};
use crate::api::{Current, DetailsView, ResourceView, RuntimeView};
use crate::model::{
    Change, ChangePage, Field, Health, HealthLevel, Key, Neighbours, NodeStatus, RuntimeNode, Seen, State, Timestamp,
};
use crate::ui::Clock;

const NOW: Timestamp = Timestamp(1_760_000_000_000);
const HOUR_MS: i64 = 60 * 60 * 1_000;

fn key() -> Key {
    Key::new("service", Some("public"), "orders-api").expect("a key")
}

fn service() -> ResourceView {
    let at = Timestamp(NOW.0 - HOUR_MS);
    ResourceView {
        key: key(),
        id: "service:v1:orders-api:public".to_owned(),
        activity: ResourceActivity::default(),
        status: ResourceStatus {
            since: None,
            failed_nodes: Vec::new(),
            more_failed_nodes: 0,
            state: State::Active,
            deleted_at: None,
            health: Health {
                level: HealthLevel::Healthy,
                reason: "It is active and running.".to_owned(),
                stuck: false,
            },
            worst_part: None,
            message: None,
        },
        description: None,
        facts: Facts {
            version: "v1".to_owned(),
            owner: Some("ada".to_owned()),
            created_at: None,
            first_seen_at: at,
            changed_at: at,
            observed: Some(Seen { at, source: "import".to_owned() }),
        },
        tags: vec!["sales".to_owned(), "dataos:type:resource".to_owned()],
        neighbours: Neighbours::default(),
        has_runtime: true,
        parts: Vec::new(),
    }
}

/// Renders a view in the context of the application.
fn html(view: impl FnOnce() -> AnyView) -> String {
    Owner::new().with(|| {
        Clock::provide();
        view().to_html()
    })
}

fn header(view: ResourceView) -> String {
    html(|| {
        let address = Memo::new(|_| Address::from_url("/resources/services/public.orders-api", "").unwrap_or_default());
        let view = ArcStore::new(view);
        view! {
            <Header address view=view.clone() now=NOW/>
            <SideColumn view now=NOW/>
        }
        .into_any()
    })
}

fn current<T>(value: T) -> Current<T> {
    Current { value, now: NOW, seq: 1 }
}

#[test]
fn the_header_leads_on() {
    let html = header(service());
    for part in [
        "service:v1:orders-api:public",
        "href=\"/resources/services?workspace=public\"",
        "href=\"/resources?owner=ada\"",
        "href=\"/resources?tag=sales\"",
        "It is active and running.",
        "1 hour ago",
        "No description",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("style="), "{html}");
}

#[test]
fn a_broken_resource_says_what_the_platform_says() {
    let mut view = service();
    view.status.message = Some("Invalid <Parameter>".to_owned());
    let html = header(view);
    assert!(html.contains("Invalid &lt;Parameter&gt;"), "{html}");
}

#[test]
fn a_deleted_resource_says_when_it_was_deleted() {
    let mut view = service();
    view.status.state = State::Deleted;
    view.status.health.level = HealthLevel::Deleted;
    view.status.health.reason = "It was deleted.".to_owned();
    view.status.deleted_at = Some(NOW);
    let html = header(view);
    assert!(html.contains("9 Oct 2025 08:53:20 UTC") && html.contains("last known values"), "{html}");
    assert!(!html.contains("<span>It was deleted."), "it says so above already: {html}");
}

#[test]
fn a_lens_names_the_worst_of_its_parts() {
    let mut view = service();
    let health = Health { level: HealthLevel::Failed, reason: "The runtime failed.".to_owned(), stuck: false };
    view.status.worst_part = Some((key(), health));
    let html = header(view);
    assert!(html.contains("Worst of its parts") && html.contains("The runtime failed."), "{html}");
}

#[test]
fn stale_values_are_marked_with_their_age() {
    let field = |is_stale| DetailField {
        label: "Runtime state".to_owned(),
        value: DetailValue::Runtime("running:1".to_owned()),
        seen: Some(Seen { at: Timestamp(NOW.0 - HOUR_MS), source: "poller".to_owned() }),
        is_old: false,
        is_stale,
    };
    let details = |is_stale| {
        let view = DetailsView { fields: vec![field(is_stale)], ..DetailsView::default() };
        html(|| details_view(&current(view)).into_any())
    };
    assert!(!details(false).contains("stale: "));
    assert_eq!(details(true).matches("stale: ").count(), 1);
}

#[test]
fn nodes_are_rows_with_their_status() {
    let view = RuntimeView {
        key: Some(key()),
        runtime: Some("running:1".to_owned()),
        nodes: vec![RuntimeNode::new("orders-api-main", NodeStatus::Running)],
        nodes_total: 1,
        ..RuntimeView::default()
    };
    let address = Address::from_url("/resources/services/public.orders-api/runtime", "sort=-name").expect("an address");
    let html = html(|| runtime_view(&address, &current(view)).into_any());
    assert!(html.contains("orders-api-main") && html.contains("aria-sort=\"descending\""), "{html}");
    assert!(html.contains("href=\"/resources/services/public.orders-api/runtime?sort=name\""), "{html}");
}

#[test]
fn events_tell_what_became_what_and_lead_to_older_ones() {
    let change = |field, from: Option<&str>, to: Option<&str>| Change {
        seq: 9,
        at: NOW,
        key: key(),
        field,
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
        source: "import".to_owned(),
    };
    let long = "é".repeat(500);
    let changes = vec![
        change(Field::Runtime, Some("pending:0/1"), Some("running:1")),
        change(Field::Message, Some(&long), None),
        change(Field::Manifest, None, Some("0123abcd")),
    ];
    let address = Address::from_url("/resources/services/public.orders-api/events", "before=12").expect("an address");
    let page = ChangePage { changes, before: Some(7) };
    let html = html(|| events_view(&address, &current(page)).into_any());
    for part in ["pending:0/1", "running:1", "9 Oct 2025", "08:53:20 UTC", "before=7", "first reported", "<details"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("0123abcd"), "digests tell nobody anything");
}

#[test]
fn titles_name_resource_tab_and_type() {
    assert_eq!(title(&key(), TabName::Details), "orders-api · Services");
    assert_eq!(title(&key(), TabName::Runtime), "orders-api runtime · Services");
}
