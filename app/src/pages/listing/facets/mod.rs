//! The facets of a listing: what it can be narrowed down by, with counts.

mod store;

use leptos::ev::{Event, KeyboardEvent};
use leptos::prelude::*;
use web_sys::HtmlElement;

pub(super) use self::store::FacetStore;
use self::store::{Choice, Entry, SHOWN, ShownFacet};
use crate::layout::FILTERS_ID;
use crate::model::{FacetName, HealthLevel, ResourceType};
use crate::ui::{Icon, IconName, count_text};

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
