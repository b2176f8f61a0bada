//! The listing of Resources: of one type or of all, with or without words.

mod chips;
mod empty;
mod facets;
mod head;
mod links;
mod notes;
mod pages;
mod preferences;
mod preview;
mod runtime;
mod selection;
mod table;
mod toolbar;

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use leptos_router::{LazyRoute, lazy_route};

use self::chips::{FilterChips, StateChips};
use self::empty::EmptyListing;
use self::facets::{FacetStore, Facets};
use self::head::{Head, document_title};
use self::notes::Notes;
use self::pages::Pages;
use self::preview::Preview;
use self::selection::SelectionBar;
use self::table::{Columns, ResourceTable};
use super::loaded::{PageState, load, loaded};
use crate::api::{Answer, Current, ListingView, ROWS_AT_ONCE, Row, load_listing, load_rows};
use crate::layout::{RESULTS_ID, Selection};
use crate::live::{Changes, LatestSeq, LiveFeed, RowStore, Throttle, current_from, patch_in_place};
use crate::model::{Key, ListingQuery, listing_notes};
use crate::ui::{Clock, page_title};

/// How often counts and facets follow changes at most.
const REFRESH_EVERY: Duration = Duration::from_secs(2);

/// `/resources` and `/resources/{types}`.
pub(crate) struct ListingPage;

#[lazy_route]
impl LazyRoute for ListingPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let location = use_location();
        // The page still stands for a moment when another one is opened, and keeps its own query meanwhile.
        let query = Memo::new(move |before: Option<&ListingQuery>| {
            let address = [location.pathname.read().as_str(), "?", location.search.read().as_str()].concat();
            ListingQuery::from_address(&address).or_else(|| before.cloned()).unwrap_or_default()
        });
        // What the query does not keep of the address.
        let notes = Memo::new(move |before: Option<&Vec<String>>| {
            let is_listing = ListingQuery::from_address(&location.pathname.read()).is_some();
            if is_listing { listing_notes(&location.search.read()) } else { before.cloned().unwrap_or_default() }
        });
        // What is selected belongs to one listing, whatever it is narrowed down by.
        let selection = Selection::of_app();
        Effect::new(move |_| selection.enter(query.with(ListingQuery::path)));
        let answers = load(move || query.get().url(), load_page);
        let state = PageState::waiting();
        let preview = Preview::new(query);
        let listing = Listing::new();
        listing.follow(state);
        let page = loaded(
            answers,
            state,
            move |address, answer| listing.show(query_of(&address), answer),
            move || listing_view(listing, notes, preview).into_any(),
        );
        view! { {page} {preview.view()} }.into_any()
    }
}

/// The query of a listing's address.
fn query_of(address: &str) -> ListingQuery {
    ListingQuery::from_address(address).unwrap_or_default()
}

async fn load_page(address: String) -> Answer<ListingView> {
    let query = query_of(&address);
    let types = query.resource_type.as_ref().map(|resource_type| resource_type.slug().to_owned());
    load_listing(types.unwrap_or_default(), query.to_query_string()).await
}

/// What is on the screen.
#[derive(Clone, Copy)]
struct Listing {
    query: RwSignal<Arc<ListingQuery>>,
    /// What stands round the rows, without the rows.
    view: RwSignal<Arc<ListingView>>,
    facets: FacetStore,
    columns: RwSignal<Arc<Columns>>,
    rows: RowStore,
    /// Tells only when the first row comes or the last one goes, so that the table stays while its rows change.
    is_empty: Memo<bool>,
    view_seq: LatestSeq,
}

impl Listing {
    fn new() -> Self {
        let rows = RowStore::new();
        Self {
            query: RwSignal::new(Arc::default()),
            view: RwSignal::new(Arc::default()),
            facets: FacetStore::new(),
            columns: RwSignal::new(Arc::default()),
            rows,
            is_empty: Memo::new(move |_| rows.is_empty()),
            view_seq: LatestSeq::new(),
        }
    }

    fn show(self, query: ListingQuery, answer: Current<ListingView>) {
        let Current { mut value, now, seq } = answer;
        self.view_seq.restart(seq);
        self.rows.show(std::mem::take(&mut value.rows), seq);
        self.facets.show(&query, &value.facets);
        self.columns.set(Arc::new(Columns::new(&query, now)));
        self.query.set(Arc::new(query));
        self.view.set(Arc::new(value));
    }

    /// Keeps the page current: values and counts at once, rows that come, go or move when the reader asks for them.
    fn follow(self, state: PageState) {
        let feed = LiveFeed::of_app();
        let clock = Clock::of_app();
        let throttle = Throttle::new(REFRESH_EVERY);
        let wanted = StoredValue::new(0_i64);
        feed.follow(move |changes| {
            if !state.is_shown() {
                return;
            }
            let resource_type = self.query.with_untracked(|query| query.resource_type.clone());
            let is_listed = |key: &Key| resource_type.as_ref().is_none_or(|listed| *listed == key.resource_type);
            if !changes.concern(is_listed) {
                return;
            }
            self.patch_rows(feed, clock, changes);
            wanted.update_value(|wanted| *wanted = (*wanted).max(changes.last_seq(is_listed)));
            throttle.run(move || self.patch_rest(feed, clock, wanted.try_get_value().unwrap_or_default()));
        });
    }

    /// Asks for the rows that changed, and patches them.
    fn patch_rows(self, feed: LiveFeed, clock: Clock, changes: &Changes) {
        let rows = self.rows.rows();
        let ids: Vec<String> = rows.iter().filter(|row| changes.concern(|key| *key == row.key)).map(Row::id).collect();
        if ids.is_empty() {
            return;
        }
        let seq = changes.last_seq(|key| rows.iter().any(|row| row.key == *key));
        for ids in ids.chunks(ROWS_AT_ONCE) {
            let ids = ids.to_vec();
            spawn_local(async move {
                if let Some(answer) = current_from(feed, seq, || load_rows(ids.clone())).await {
                    clock.advance_to(answer.now);
                    feed.announce(self.rows.patch(answer.value, answer.seq));
                }
            });
        }
    }

    /// Asks for the listing, and patches counts and facets. Rows that would be added, removed or moved are pending.
    fn patch_rest(self, feed: LiveFeed, clock: Clock, seq: i64) {
        let query = self.query.get_untracked();
        spawn_local(async move {
            let address = query.url();
            let Some(answer) = current_from(feed, seq, || load_page(address.clone())).await else { return };
            // Meanwhile another listing may have been opened.
            if self.query.try_get_untracked().as_ref() != Some(&query) || !self.view_seq.accepts(answer.seq) {
                return;
            }
            clock.advance_to(answer.now);
            let before = self.rows.rows();
            let (patched, pending) = patch_in_place(&before, &answer.value.rows, |row| row.key.clone());
            feed.announce(self.rows.patch(patched, answer.seq));
            let mut view = answer.value.clone();
            view.rows.clear();
            if pending > 0 {
                // The ways to other pages belong to the rows on the screen.
                self.view.with_untracked(|shown| {
                    view.next.clone_from(&shown.next);
                    view.previous.clone_from(&shown.previous);
                    view.before = shown.before;
                });
            }
            self.facets.show(&query, &view.facets);
            self.view.set(Arc::new(view));
            feed.set_pending(pending, move || self.show((*query).clone(), answer.clone()));
        });
    }
}

/// The rows and the ways to more of them. The row that has the focus has a line round it; a selected one has a bar before
/// it and a tick in the place of its icon, as colour alone does not tell everybody.
const RESULTS: &str = "grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3 [&_tr:has(.name:focus-visible)]:outline-2 \
    [&_tr:has(.name:focus-visible)]:-outline-offset-2 [&_tr:has(.name:focus-visible)]:outline-accent \
    [&_tr[data-selected]]:bg-accent-ground! [&_tr[data-selected]_th]:shadow-[inset_4px_0_0_var(--color-accent)] \
    [&_tr[data-selected]_.name>i]:hidden [&_tr[data-selected]_.name]:before:size-4 \
    [&_tr[data-selected]_.name]:before:flex-none [&_tr[data-selected]_.name]:before:rounded-sm \
    [&_tr[data-selected]_.name]:before:bg-accent [&_tr[data-selected]_.name]:before:text-center \
    [&_tr[data-selected]_.name]:before:text-xs/4 [&_tr[data-selected]_.name]:before:font-bold \
    [&_tr[data-selected]_.name]:before:text-ground [&_tr[data-selected]_.name]:before:content-['✓'/'Selected:']";

fn listing_view(listing: Listing, notes: Memo<Vec<String>>, preview: Preview) -> impl IntoView {
    let Listing { query, view, facets, columns, rows, is_empty, .. } = listing;
    let results = move || {
        if is_empty.get() {
            (move || {
                let known = view.read().states.iter().map(|(_, count)| count).sum();
                let unknown = view.read().unknown.clone();
                view! { <EmptyListing query=query.get() known unknown/> }.into_any()
            })
            .into_any()
        } else {
            view! { <ResourceTable rows columns query preview/> }.into_any()
        }
    };
    view! {
        {page_title(move || document_title(&query.read()))}
        <div class="grid grid-cols-[minmax(0,1fr)] gap-3">
            <Head query view/>
            {move || {
                view! {
                    <StateChips query=query.get() view=view.get()/>
                    <FilterChips query=query.get()/>
                }
                .into_any()
            }}
            <Notes query view notes is_empty/>
            <div class="grid grid-cols-[minmax(0,1fr)] items-start gap-3 xl:grid-cols-[11.5rem_minmax(0,1fr)]">
                <Facets facets/>
                <div
                    id=RESULTS_ID
                    class=[RESULTS, preview::LINKS].concat()
                    tabindex="-1"
                    on:click=move |event| preview.on_click(&event)
                    on:keydown=move |event| preview.on_key_in_rows(&event)
                >
                    {results}
                    {move || view! { <Pages query=query.get() view=view.get() rows=rows.count()/> }.into_any()}
                </div>
            </div>
            <SelectionBar/>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::UnknownValue;
    use crate::model::{Facet, FacetName, FacetValue, Health, HealthLevel, HealthReason, State, Timestamp};

    const NOW: Timestamp = Timestamp(1_763_640_000_000);

    fn row(at: i64) -> Row {
        Row {
            key: Key::new("service", Some("public"), &format!("orders-api-{at}")).expect("a key"),
            state: if at % 5 == 4 { State::Deleted } else { State::Active },
            runtime: if at % 3 == 0 { String::new() } else { "running:1".into() },
            runtime_unknown: at % 6 == 0,
            health: Health { level: HealthLevel::Healthy, reason: HealthReason::Running, stuck: false },
            owner: Some("ada_of_sales".into()),
            tags: vec!["sales".into(), "orders".into(), "tier:gold".into()],
            more_tags: vec!["raw".into()],
            depot_source: None,
            description: "Answers what was ordered <when> and by whom & why".into(),
            created_at: None,
            runtime_since: None,
            health_since: None,
            changed_at: Timestamp(NOW.0 - at * 3_600_000),
            observed_at: Some(Timestamp(NOW.0 - at * 7_200_000)),
            stale_since: None,
        }
    }

    fn answer(rows: i64) -> Current<ListingView> {
        let facets = FacetName::ALL
            .into_iter()
            .map(|name| Facet {
                name,
                values: (0..12).map(|at| FacetValue { value: format!("value-{at}"), count: 100 - at }).collect(),
                more: 3,
            })
            .collect();
        let view = ListingView {
            rows: (0..rows).map(row).collect(),
            total: 209,
            before: Some(0),
            states: vec![(State::Active, 67), (State::Deleted, 139)],
            facets,
            unknown: Vec::new(),
            next: None,
            previous: None,
        };
        Current { value: view, now: NOW, seq: 1 }
    }

    fn html(address: &str, answer: Current<ListingView>) -> String {
        Owner::new().with(|| {
            Clock::provide();
            Selection::provide();
            let listing = Listing::new();
            listing.show(ListingQuery::from_address(address).expect("a listing"), answer);
            let notes = address.split_once('?').map(|(_, search)| listing_notes(search)).unwrap_or_default();
            listing_view(listing, Memo::new(move |_| notes.clone()), Preview::still()).to_html()
        })
    }

    #[test]
    fn a_page_of_rows_stays_small() {
        let html = html("/resources?q=orders&state=active", answer(25));
        assert!(html.contains("<mark>orders"), "{html}");
        assert!(html.contains("ordered &lt;when&gt;") || html.contains("&lt;when&gt;"), "{html}");
        assert!(html.contains("?from=%2Fresources%3Fq%3Dorders%26state%3Dactive"), "{html}");
        assert!(html.contains("not known") && html.contains("No runtime"));
        assert_eq!(html.matches("<tr").count(), 26);
        assert_eq!(html.matches("<table").count(), html.matches("<tbody").count());
        assert!(html.len() < 81_000, "{} bytes", html.len());
    }

    #[test]
    fn a_stale_row_says_so_with_its_age() {
        let mut stale = answer(1);
        assert!(!html("/resources", stale.clone()).contains("stale: "));
        stale.value.rows[0].stale_since = Some(Timestamp(NOW.0 - 20 * 60_000));
        let html = html("/resources?fresh=stale", stale);
        assert_eq!(html.matches("stale: ").count(), 1, "{html}");
    }

    #[test]
    fn what_makes_no_sense_is_told_above_the_rows() {
        assert!(!html("/resources?sort=name", answer(1)).contains("role=\"note\""));
        let nonsense = html("/resources?sort=foo&page=999", answer(1));
        assert_eq!(nonsense.matches("role=\"note\"").count(), 2, "{nonsense}");
        assert!(nonsense.contains("Nothing is sorted by “foo”. There are: relevance, name"), "{nonsense}");
        let mut strange = answer(1);
        strange.value.unknown = vec![UnknownValue {
            facet: FacetName::State,
            value: "foo".to_owned(),
            values: vec![FacetValue { value: "active".to_owned(), count: 7 }],
            more: false,
        }];
        let strange = html("/resources?state=Foo&state=error&q=-state:foo", strange);
        assert!(strange.contains("No Resources have the State “foo”. There are:"), "{strange}");
        assert!(
            strange.contains("href=\"/resources?q=-state%3Aactive&amp;state=active&amp;state=error\""),
            "{strange}"
        );
    }

    #[test]
    fn an_empty_listing_shows_ways_out() {
        let mut nothing = answer(0);
        let narrowed = html("/resources/services?q=nope&owner=ada", nothing.clone());
        assert!(narrowed.contains("href=\"/resources?q=nope\""), "{narrowed}");
        assert!(narrowed.contains("href=\"/resources/services\""), "{narrowed}");
        nothing.value.unknown = vec![UnknownValue {
            facet: FacetName::State,
            value: "foo".to_owned(),
            values: vec![FacetValue { value: "active".to_owned(), count: 1_200 }],
            more: false,
        }];
        let mistaken = html("/resources/services?q=orders+state:FOO&owner=ada", nothing.clone());
        assert!(mistaken.contains("No Services have the State “foo”. There are:"), "{mistaken}");
        assert!(mistaken.contains("href=\"/resources/services?q=orders+state%3Aactive&amp;owner=ada\""), "{mistaken}");
        nothing.value.states.clear();
        let fresh = html("/resources", nothing);
        assert!(fresh.contains("pharos import"), "{fresh}");
    }

    #[test]
    #[ignore = "a measurement"]
    fn rendering_speed() {
        let answer = answer(25);
        let start = std::time::Instant::now();
        let rounds = 200;
        let mut bytes = 0;
        for _ in 0..rounds {
            bytes += html("/resources?q=orders&state=active", answer.clone()).len();
        }
        println!("{} bytes, {:?} a page", bytes / rounds, start.elapsed() / u32::try_from(rounds).expect("few"));
    }
}
