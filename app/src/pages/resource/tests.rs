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
    Change, ChangePage, Field, Health, HealthLevel, HealthReason, Key, ManifestField, Neighbours, NodeStatus, Runtime,
    RuntimeNode, Seen, State, Timestamp,
};
use crate::ui::{Clock, RuntimeBadge};

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
            health: Health { level: HealthLevel::Healthy, reason: HealthReason::Running, stuck: false },
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
        "Active and running",
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
    view.status.health.reason = HealthReason::Deleted;
    view.status.deleted_at = Some(NOW);
    let html = header(view);
    assert!(html.contains("9 Oct 2025 08:53:20 UTC") && html.contains("last known values"), "{html}");
    assert!(!html.contains(">Deleted; the last known"), "it says so above already: {html}");
}

#[test]
fn a_lens_names_the_worst_of_its_parts() {
    let mut view = service();
    let health = Health { level: HealthLevel::Failed, reason: HealthReason::RuntimeFailed, stuck: false };
    view.status.worst_part = Some((key(), health));
    let html = header(view);
    assert!(html.contains("Worst of its parts") && html.contains("The runtime failed"), "{html}");
}

#[test]
fn a_reason_that_tells_its_age_is_not_followed_by_another() {
    let mut view = service();
    let since = Some(Timestamp(NOW.0 - 71 * HOUR_MS));
    let reason = HealthReason::ReplicasMissing { ready: 1, wanted: 2, since };
    view.status.health = Health { level: HealthLevel::Degraded, reason, stuck: true };
    view.status.since = since;
    let html = header(view);
    assert!(html.contains("1 of 2 replicas ready") && html.contains("2 days"), "{html}");
    assert!(html.contains("title=\"since 6 Oct 2025 09:53:20 UTC\"") && !html.contains("2 days ago"), "{html}");
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
        html(|| details_view(&Address::default(), &current(view)).into_any())
    };
    assert!(!details(false).contains("stale: "));
    assert_eq!(details(true).matches("stale: ").count(), 1);
}

#[test]
fn the_lines_of_the_manifest_that_people_look_for_lead_to_all_of_it() {
    let line = ManifestField { label: "stackSpec.image".to_owned(), value: "example/<x>".to_owned(), link: None };
    let view = DetailsView { excerpt: vec![line], ..DetailsView::default() };
    let address = Address::from_url("/resources/services/public.orders-api", "from=%2Fresources").expect("an address");
    let html = html(|| details_view(&address, &current(view)).into_any());
    assert!(html.contains("stackSpec.image") && html.contains("example/&lt;x"), "{html}");
    assert!(html.contains("href=\"/resources/services/public.orders-api/manifest?from=%2Fresources\""), "{html}");
}

#[test]
fn a_planned_run_is_told_as_a_time_and_a_late_one_as_due() {
    let badge = |next: i64, is_exact: bool| {
        let runtime = Runtime::parse(&format!("next:{}", Timestamp(NOW.0 + next * HOUR_MS)));
        html(|| view! { <RuntimeBadge runtime now=NOW is_exact/> }.into_any())
    };
    for (next, is_exact, told) in [
        (2, false, "next in 2 hours"),
        (2, true, "next run 9 Oct 2025 10:53:20 UTC"),
        (-3, false, "next run was due 3 hours ago"),
        (-3, true, "next run was due 3 hours ago"),
    ] {
        let html = badge(next, is_exact);
        assert!(html.contains(told) && html.contains("title=\"9 Oct 2025 "), "{html}");
    }
}

/// The Runtime tab.
fn runtime(address: &Address, view: RuntimeView) -> String {
    html(|| runtime_view(address, &current(view), Callback::new(|_| ())).into_any())
}

#[test]
fn a_long_table_of_nodes_can_be_narrowed_down_without_scripts() {
    let view = RuntimeView {
        key: Some(key()),
        runtime: Some("running:1".to_owned()),
        nodes: vec![RuntimeNode::new("orders-api-main", NodeStatus::Running)],
        nodes_total: 14,
        statuses: vec![("failed".to_owned(), 4), ("running".to_owned(), 10)],
        data_planes: vec![("edge".to_owned(), 5), ("hub".to_owned(), 9)],
        ..RuntimeView::default()
    };
    let query = "from=%2Fresources&q=main&sort=-name&dataplane=hub";
    let address = Address::from_url("/resources/services/public.orders-api/runtime", query).expect("an address");
    let html = runtime(&address, view);
    for part in [
        "1 of 14 nodes",
        "method=\"get\"",
        "name=\"q\"",
        "value=\"main\"",
        "Show all nodes",
        "runtime?from=%2Fresources&amp;q=main&amp;sort=-name&amp;status=failed&amp;dataplane=hub\"",
        "runtime?from=%2Fresources&amp;q=main&amp;sort=-name\"",
        "runtime?from=%2Fresources&amp;sort=-name\"",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let kept = html.matches("type=\"hidden\"").count();
    assert_eq!(kept, 3, "what else is chosen: {html}");
}

#[test]
fn why_there_are_no_nodes_is_said_once() {
    let address = Address::from_url("/resources/services/public.orders-api/runtime", "").expect("an address");
    let told = |reported: Option<&str>, failed_building| {
        let reported = reported.map(str::to_owned);
        let view = RuntimeView { key: Some(key()), runtime: reported, failed_building, ..RuntimeView::default() };
        runtime(&address, view)
    };
    let unbuilt = told(Some(""), true);
    assert!(unbuilt.contains("Nothing runs: it failed while building"), "{unbuilt}");
    assert!(unbuilt.contains("href=\"/resources/services/public.orders-api/manifest\""), "{unbuilt}");
    assert!(!unbuilt.contains("not known") && !unbuilt.contains("None:"), "{unbuilt}");
    assert!(told(Some(""), false).contains("The platform reports that it has no runtime."));
    for (reported, title) in [(None, "No runtime has been reported"), (Some("running:1"), "No runtime nodes have been")]
    {
        let html = told(reported, false);
        assert!(html.contains(title) && html.contains("dataos-ctl get runtime"), "{html}");
        assert!(!html.contains("ot known: "), "{html}");
    }
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
    let html = runtime(&address, view);
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
