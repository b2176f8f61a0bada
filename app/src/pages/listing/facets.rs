//! The facets of a listing: what it can be narrowed down by, with counts.

use leptos::ev::{Event, KeyboardEvent};
use leptos::prelude::*;
use web_sys::HtmlElement;

use super::links::FilterLinks;
use crate::layout::FILTERS_ID;
use crate::model::{Facet, FacetName, FacetValue, HealthLevel, ListingQuery, ResourceType};
use crate::ui::{Icon, IconName, count_text};

/// How many values of a facet are shown before the rest is folded away.
const SHOWN: usize = 10;

/// The facets side by side, below each other where there is a column for them. An entry has a box, the value, and how
/// often it occurs. The text of a field has 16 px on a phone, so that it does not zoom in.
const FACETS: &str = "grid grid-cols-[repeat(auto-fill,minmax(min(12rem,100%),1fr))] gap-x-4 gap-y-1 max-xl:pt-2 \
    *:min-w-0 *:border-b *:border-line *:pb-1.5 *:[&>summary]:py-0.5 *:[&>summary]:font-semibold \
    [&_details_details>summary]:px-1.5 [&_details_details>summary]:text-sm [&_details_details>summary]:text-muted \
    [&_a]:flex [&_a]:items-baseline [&_a]:gap-1.5 [&_a]:rounded-sm [&_a]:px-1.5 [&_a]:py-px \
    [&_a]:text-ink [&_a:hover]:bg-hover [&_a:hover]:no-underline [&_a]:before:size-3 [&_a]:before:flex-none \
    [&_a]:before:self-center [&_a]:before:rounded-[3px] [&_a]:before:border [&_a]:before:border-edge \
    [&_a]:before:content-[''] [&_a[aria-current]]:font-semibold [&_a[aria-current]]:before:border-accent \
    [&_a[aria-current]]:before:bg-accent [&_a[aria-current]]:before:text-center \
    [&_a[aria-current]]:before:text-[0.7rem] [&_a[aria-current]]:before:leading-[0.7rem] \
    [&_a[aria-current]]:before:text-ground [&_a[aria-current]]:before:content-['✓'/''] \
    [&_a>span:first-child]:min-w-0 [&_a>span:first-child]:flex-1 [&_a>span:first-child]:truncate \
    [&_a>span+span]:text-sm [&_a>span+span]:text-muted [&_a>span+span]:tabular-nums \
    [&_input]:h-7 [&_input]:w-full [&_input]:rounded-md [&_input]:border [&_input]:border-edge [&_input]:bg-raised \
    [&_input]:px-1.5 [&_input]:text-sm [&_input]:-outline-offset-2 [&_input::placeholder]:text-muted \
    [&_input::placeholder]:opacity-100 max-md:[&_input]:h-9 max-md:[&_input]:text-[1rem] \
    no-script:[&_input]:invisible [&_p]:px-1.5 [&_p]:py-px [&_p]:text-sm [&_p]:text-muted";

/// The facets on the screen. What is folded, what is typed and where a value stands stays as it is while answers come.
#[derive(Clone, Copy)]
pub(super) struct FacetStore {
    facets: [ShownFacet; FacetName::ALL.len()],
    /// The type and the words that the facets are of.
    listing: StoredValue<Option<(Option<ResourceType>, String)>>,
}

impl FacetStore {
    /// No facets, for as long as the current owner lives.
    pub(super) fn new() -> Self {
        Self { facets: FacetName::ALL.map(ShownFacet::new), listing: StoredValue::new(None) }
    }

    /// Shows the facets of an answer.
    pub(super) fn show(self, query: &ListingQuery, facets: &[Facet]) {
        let before = self.listing.get_value();
        let is_of_other_type = before.as_ref().is_some_and(|(of, _)| *of != query.resource_type);
        let is_of_other_words = before.as_ref().is_some_and(|(_, words)| *words != query.q);
        self.listing.set_value(Some((query.resource_type.clone(), query.q.clone())));
        let links = FilterLinks::new(query);
        for shown in self.facets {
            if is_of_other_type {
                shown.restart();
            }
            if is_of_other_type || is_of_other_words {
                shown.places.set_value(Vec::new());
            }
            let is_told_by_page = shown.name == FacetName::Type && query.resource_type.is_some();
            let facet = facets.iter().find(|facet| facet.name == shown.name && !is_told_by_page);
            shown.show(&links, facet.map_or(&[], |facet| &facet.values), facet.map_or(0, |facet| facet.more));
        }
    }

    #[cfg(test)]
    fn with_values(self) -> Vec<ShownFacet> {
        self.facets.into_iter().filter(|facet| !facet.entries.read().is_empty()).collect()
    }
}

/// A facet on the screen.
#[derive(Clone, Copy)]
struct ShownFacet {
    name: FacetName,
    entries: RwSignal<Vec<Entry>>,
    /// How many values there are beside the listed ones.
    more: RwSignal<u64>,
    /// The values in the order they are shown in, also those that are not there just now.
    places: StoredValue<Vec<String>>,
    is_open: RwSignal<bool>,
    /// Whether the values beyond the first ones are unfolded.
    is_rest_open: RwSignal<bool>,
    /// What is typed to find a value.
    text: RwSignal<String>,
}

/// A value of a facet, and what can be done with it.
#[derive(Clone)]
struct Entry {
    value: String,
    choice: ArcRwSignal<Choice>,
}

/// What a press on a value leads to, and how often it occurs.
#[derive(Clone, PartialEq, Eq)]
struct Choice {
    href: String,
    is_chosen: bool,
    count: u64,
}

impl ShownFacet {
    fn new(name: FacetName) -> Self {
        Self {
            name,
            entries: RwSignal::new(Vec::new()),
            more: RwSignal::new(0),
            places: StoredValue::new(Vec::new()),
            is_open: RwSignal::new(Self::opens(name)),
            is_rest_open: RwSignal::new(false),
            text: RwSignal::new(String::new()),
        }
    }

    /// Whether it is open before anything is chosen.
    fn opens(name: FacetName) -> bool {
        !matches!(name, FacetName::Source | FacetName::Tag)
    }

    /// Forgets what was unfolded and typed.
    fn restart(self) {
        self.is_open.set(Self::opens(self.name));
        self.is_rest_open.set(false);
        self.text.set(String::new());
    }

    fn show(self, links: &FilterLinks<'_>, values: &[FacetValue], more: u64) {
        let before = self.entries.get_untracked();
        let (mut is_new_choice, mut is_new_choice_in_rest) = (false, false);
        let entries: Vec<Entry> = self
            .in_place(values)
            .into_iter()
            .enumerate()
            .map(|(at, FacetValue { value, count })| {
                let known = before.iter().find(|entry| entry.value == *value);
                let (href, is_chosen) = links.toggle(self.name, value);
                if is_chosen && known.is_none_or(|entry| !entry.choice.read_untracked().is_chosen) {
                    is_new_choice = true;
                    is_new_choice_in_rest |= at >= SHOWN;
                }
                let choice = Choice { href, is_chosen, count: *count };
                let Some(entry) = known else {
                    return Entry { value: value.clone(), choice: ArcRwSignal::new(choice) };
                };
                if *entry.choice.read_untracked() != choice {
                    entry.choice.set(choice);
                }
                entry.clone()
            })
            .collect();
        if !entries.iter().map(|entry| &entry.value).eq(before.iter().map(|entry| &entry.value)) {
            self.entries.set(entries);
        }
        self.more.set(more);
        // A chosen value is in sight. Whoever folds it away afterwards wants it so.
        if is_new_choice {
            self.is_open.set(true);
        }
        if is_new_choice_in_rest {
            self.is_rest_open.set(true);
        }
    }

    /// The values in the order of the screen: as the index gives them at first, by count. From then on each keeps its
    /// place whatever is chosen and however counts change, and new ones come last.
    fn in_place(self, values: &[FacetValue]) -> Vec<&FacetValue> {
        let mut ordered: Vec<&FacetValue> = values.iter().collect();
        self.places.update_value(|places| {
            let is_first = places.is_empty();
            for FacetValue { value, .. } in values {
                if is_first || !places.contains(value) {
                    places.push(value.clone());
                }
            }
            if !is_first {
                ordered.sort_by_cached_key(|value| places.iter().position(|place| *place == value.value));
            }
        });
        ordered
    }

    /// Whether something is typed to find a value.
    fn is_searched(self) -> bool {
        !self.text.read().trim().is_empty()
    }

    /// The values that are always in sight: the first ones, or all that are found.
    fn first(self) -> Vec<Entry> {
        let entries = self.entries.read();
        let text = self.text.read().trim().to_lowercase();
        if text.is_empty() {
            return entries.iter().take(SHOWN).cloned().collect();
        }
        let is_found = |entry: &&Entry| value_text(self.name, &entry.value).to_lowercase().contains(&text);
        entries.iter().filter(is_found).cloned().collect()
    }

    /// The values that fold away.
    fn rest(self) -> Vec<Entry> {
        self.entries.read().iter().skip(SHOWN).cloned().collect()
    }
}

/// All facets; folded away where there is little room.
#[component]
pub(super) fn Facets(facets: FacetStore) -> impl IntoView {
    view! {
        <details class="supports-[selector(::details-content)]:xl:unfolded">
            <summary class="inline-flex min-h-8 items-center gap-1.5 rounded-md border border-line px-3">
                <Icon name=IconName::Filter/>
                "Filters"
            </summary>
            <div id=FILTERS_ID class=FACETS tabindex="-1" role="group" aria-label="Filters">
                {facets.facets.map(|facet| section(facet).into_any()).into_iter().collect_view()}
            </div>
        </details>
    }
}

fn section(facet: ShownFacet) -> impl IntoView {
    let ShownFacet { name, entries, more, is_open, .. } = facet;
    let has_field = Memo::new(move |_| entries.read().len() > SHOWN || facet.is_searched());
    let has_rest = Memo::new(move |_| entries.read().len() > SHOWN && !facet.is_searched());
    let unlisted = move || {
        (more.get() > 0).then(|| {
            view! {
                <p>
                    "and " {count_text(more.get())} " more, which the search finds with " {name.as_str()} ":"
                </p>
            }
        })
    };
    view! {
        <details
            hidden=move || entries.read().is_empty()
            open=move || is_open.get()
            on:toggle=move |event| is_open.set(is_unfolded(&event))
        >
            <summary>{name.label()}</summary>
            {move || has_field.get().then(|| field(facet)).into_any()}
            {list(name, Signal::derive(move || facet.first()))}
            {move || has_rest.get().then(|| rest(facet)).into_any()}
            {move || unlisted().into_any()}
        </details>
    }
}

/// Finds a value of a facet that has many. Without JavaScript it keeps its place but is not shown, since it could do
/// nothing.
fn field(facet: ShownFacet) -> impl IntoView {
    let ShownFacet { name, text, .. } = facet;
    let said = move || {
        if !facet.is_searched() {
            return String::new();
        }
        match facet.first().len() {
            0 => "No such value".to_owned(),
            1 => "1 value".to_owned(),
            many => format!("{many} values"),
        }
    };
    let keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !text.read_untracked().is_empty() {
            event.prevent_default();
            text.set(String::new());
        }
    };
    view! {
        <input
            type="search"
            placeholder="Find a value"
            aria-label=["Find a value of ", name.label()].concat()
            autocomplete="off"
            spellcheck="false"
            prop:value=move || text.get()
            on:input=move |event| text.set(event_target_value(&event))
            on:keydown=keydown
        />
        <p role="status">{said}</p>
    }
}

/// The values beyond the first ones.
fn rest(facet: ShownFacet) -> impl IntoView {
    let ShownFacet { name, is_rest_open, .. } = facet;
    view! {
        <details open=move || is_rest_open.get() on:toggle=move |event| is_rest_open.set(is_unfolded(&event))>
            <summary>{move || facet.rest().len()} " more"</summary>
            {list(name, Signal::derive(move || facet.rest()))}
        </details>
    }
}

fn list(name: FacetName, entries: Signal<Vec<Entry>>) -> impl IntoView {
    view! {
        <ul>
            <For each=move || entries.get() key=|entry| entry.value.clone() let:entry>
                {entry_view(name, &entry)}
            </For>
        </ul>
    }
}

/// Whether the element that tells it was folded or unfolded is open now.
fn is_unfolded(event: &Event) -> bool {
    event_target::<HtmlElement>(event).has_attribute("open")
}

fn entry_view(name: FacetName, entry: &Entry) -> impl IntoView + use<> {
    let text = value_text(name, &entry.value);
    let choice = entry.choice.clone();
    let link = move || {
        let Choice { href, is_chosen, count } = choice.get();
        view! {
            <a href=href aria-current=is_chosen.then_some("true")>
                <span>{text.clone()}</span>
                <span>{count_text(count)}</span>
            </a>
        }
        .into_any()
    };
    view! { <li>{link}</li> }
}

/// A value of a facet as the screen shows it.
pub(super) fn value_text(facet: FacetName, value: &str) -> String {
    match facet {
        FacetName::Type => ResourceType::from_slug(value).plural(),
        FacetName::Health => HealthLevel::parse(value).label().to_owned(),
        FacetName::Runtime if value == "none" => "no runtime".to_owned(),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners(counts: &[(&str, u64)]) -> Vec<Facet> {
        let values = counts.iter().map(|(value, count)| FacetValue { value: (*value).to_owned(), count: *count });
        vec![Facet { name: FacetName::Owner, values: values.collect(), more: 0 }]
    }

    fn query(address: &str) -> ListingQuery {
        ListingQuery::from_address(address).expect("a listing")
    }

    fn shown(store: FacetStore) -> Vec<String> {
        let facet = store.with_values()[0];
        facet.first().into_iter().chain(facet.rest()).map(|entry| entry.value).collect()
    }

    #[test]
    fn values_keep_their_places_while_one_chooses() {
        Owner::new().with(|| {
            let store = FacetStore::new();
            store.show(&query("/resources"), &owners(&[("ada", 9), ("bob", 5), ("cyd", 2)]));
            assert_eq!(shown(store), ["ada", "bob", "cyd"]);
            store.show(&query("/resources?owner=cyd"), &owners(&[("ada", 9), ("bob", 5), ("cyd", 2)]));
            assert_eq!(shown(store), ["ada", "bob", "cyd"], "a chosen value stays");
            store.show(&query("/resources?state=error"), &owners(&[("dan", 7), ("cyd", 2), ("ada", 1)]));
            assert_eq!(shown(store), ["ada", "cyd", "dan"], "others do, too, and new ones come last");
            store.show(&query("/resources"), &owners(&[("bob", 10), ("ada", 9), ("cyd", 2)]));
            assert_eq!(shown(store), ["ada", "bob", "cyd"], "whatever the counts are meanwhile");
            store.show(&query("/resources?q=x"), &owners(&[("bob", 10), ("ada", 9)]));
            assert_eq!(shown(store), ["bob", "ada"], "other words find other Resources");
        });
    }

    #[test]
    fn a_chosen_value_is_in_sight() {
        let names: Vec<String> = (0..14).map(|at| format!("owner-{at:02}")).collect();
        let counts: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 3)).collect();
        Owner::new().with(|| {
            let store = FacetStore::new();
            store.show(&query("/resources?owner=owner-03"), &owners(&counts));
            let facet = store.with_values()[0];
            assert!(!facet.is_rest_open.get_untracked());
            store.show(&query("/resources?owner=owner-12"), &owners(&counts));
            assert!(facet.is_rest_open.get_untracked());
            assert_eq!(facet.rest()[2].value, "owner-12");
            // Whoever folds it away is not contradicted by the next counts.
            facet.is_rest_open.set(false);
            store.show(&query("/resources?owner=owner-12"), &owners(&counts));
            assert!(!facet.is_rest_open.get_untracked());
        });
    }

    #[test]
    fn what_is_typed_finds_values_and_outlives_answers() {
        let names: Vec<String> = (0..14).map(|at| format!("Owner-{at:02}")).collect();
        let counts: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 3)).collect();
        Owner::new().with(|| {
            let store = FacetStore::new();
            store.show(&query("/resources/depots"), &owners(&counts));
            let facet = store.with_values()[0];
            facet.text.set(" owner-1 ".to_owned());
            let found = |facet: ShownFacet| facet.first().into_iter().map(|entry| entry.value).collect::<Vec<_>>();
            assert_eq!(found(facet), ["Owner-10", "Owner-11", "Owner-12", "Owner-13"]);
            store.show(&query("/resources/depots?state=active"), &owners(&counts[..12]));
            assert_eq!(found(facet), ["Owner-10", "Owner-11"]);
            store.show(&query("/resources/services"), &owners(&counts));
            assert_eq!(found(facet).len(), SHOWN, "another type begins anew");
        });
    }
}
