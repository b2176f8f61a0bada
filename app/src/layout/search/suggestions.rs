//! What the search box offers while one types.

use leptos::either::Either;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::scope::SearchScope;
use crate::api::{SuggestView, UnknownValue};
use crate::model::{FacetName, FacetValue, ResourceType, SearchText, Suggestion, qualified, shortened};
use crate::ui::{HealthBadge, Highlighted, Icon, IconName, StateBadge, TypeIcon, count_text};

/// What choosing an option does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// Opens a page.
    Open {
        /// Its address.
        address: String,
        /// The text that it shows the results of.
        searched: Option<String>,
    },
    /// Puts a text into the box.
    Complete(String),
    /// Forgets the recent searches.
    Forget,
}

impl Choice {
    fn search(text: &str, scope: &SearchScope) -> Self {
        Self::Open { address: scope.searched(text), searched: Some(text.trim().to_owned()) }
    }
}

/// Ways to complete the text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Completions {
    label: String,
    note: Option<String>,
    /// What each writes into the text, and what is told about that.
    options: Vec<(String, String)>,
}

/// What is offered for a text: ways to complete it, Resources by type, and the ways to all results; for none the texts
/// that were searched for last. The options are numbered through, since the arrow keys go from one to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Suggestions {
    completions: Vec<Completions>,
    groups: Vec<(String, Vec<Suggestion>)>,
    recent: Vec<String>,
    listings: Vec<String>,
    words: Vec<String>,
    /// What choosing each option does, in the order of the screen.
    choices: Vec<Choice>,
}

impl Suggestions {
    /// What is offered for a text. The types come in the order of their best Resource.
    pub(super) fn new(text: &str, found: SuggestView, scope: &SearchScope) -> Self {
        let mut suggestions = Self::default();
        let resource_type = scope.resource_type();
        suggestions.complete(text, &found, resource_type.as_ref());
        let asked = SearchText::parse(text);
        for suggestion in found.resources {
            let label = suggestion.key.resource_type.plural();
            match suggestions.groups.iter_mut().find(|(group, _)| *group == label) {
                Some((_, members)) => members.push(suggestion),
                None => suggestions.groups.push((label, vec![suggestion])),
            }
        }
        let resources = suggestions.groups.iter().flat_map(|(_, members)| members);
        suggestions
            .choices
            .extend(resources.map(|resource| Choice::Open { address: resource.key.path(), searched: None }));
        if !asked.is_empty() {
            let all = format!("See all results for “{}”", shortened(text.trim()));
            if let Some(resource_type) = resource_type {
                suggestions.listings.push([&all, " in ", &resource_type.plural()].concat());
                suggestions.listings.push([&all, " in all types"].concat());
                suggestions.choices.push(Choice::search(text, scope));
                suggestions.choices.push(Choice::search(text, &SearchScope::default()));
            } else {
                suggestions.listings.push(all);
                suggestions.choices.push(Choice::search(text, scope));
            }
        }
        Self { words: asked.words, ..suggestions }
    }

    /// The texts that were searched for last.
    pub(super) fn recent(searches: Vec<String>, scope: &SearchScope) -> Self {
        let mut choices: Vec<Choice> = searches.iter().map(|text| Choice::search(text, scope)).collect();
        choices.push(Choice::Forget);
        Self { recent: searches, choices, ..Self::default() }
    }

    fn complete(&mut self, text: &str, found: &SuggestView, resource_type: Option<&ResourceType>) {
        if let Some(word) = SearchText::unfinished(text) {
            let qualifiers: Vec<FacetName> = word.qualifiers().collect();
            let options = qualifiers.iter().map(|facet| (qualified(*facet, ""), facet.label().to_owned())).collect();
            self.choices.extend(
                qualifiers.iter().map(|facet| Choice::Complete([word.before, &qualified(*facet, "")].concat())),
            );
            self.add(Completions { label: "Qualifiers".to_owned(), note: None, options });
            if let Some(facet) = word.facet {
                let written = |value: &FacetValue| [word.before, &qualified(facet, &value.value), " "].concat();
                self.choices.extend(found.values.iter().map(|value| Choice::Complete(written(value))));
                self.add(Completions::values(facet, &found.values, None));
            }
        }
        for unknown in &found.unknown {
            let UnknownValue { facet, value, values, .. } = unknown;
            let replaced = |by: &FacetValue| {
                let replaced = SearchText::replaced(text, *facet, value, &by.value);
                Choice::Complete([replaced.trim_end(), " "].concat())
            };
            self.choices.extend(values.iter().map(replaced));
            self.completions.push(Completions::values(*facet, values, Some(unknown.note(resource_type))));
        }
    }

    fn add(&mut self, completions: Completions) {
        if !completions.options.is_empty() {
            self.completions.push(completions);
        }
    }

    /// How many options there are.
    pub(super) fn len(&self) -> usize {
        self.choices.len()
    }

    /// What choosing an option does.
    pub(super) fn choice(&self, at: usize) -> Option<Choice> {
        self.choices.get(at).cloned()
    }

    /// What those are told who do not see the list.
    pub(super) fn announcement(&self) -> String {
        let (what, beside) = match self.recent.len() {
            0 => ("suggestion", self.listings.len()),
            _ => ("recent search", 1),
        };
        let count = match (self.len().saturating_sub(beside), what) {
            (0, _) => "No suggestions".to_owned(),
            (1, what) => ["1 ", what].concat(),
            (count, "suggestion") => format!("{count} suggestions"),
            (count, what) => format!("{count} {what}es"),
        };
        let notes = self.completions.iter().filter_map(|completions| completions.note.as_deref());
        notes.chain([count.as_str()]).collect::<Vec<_>>().join(" ")
    }
}

impl Completions {
    fn values(facet: FacetName, values: &[FacetValue], note: Option<String>) -> Self {
        let options = values.iter().map(|value| (qualified(facet, &value.value), count_text(value.count))).collect();
        Self { label: facet.label().to_owned(), note, options }
    }
}

/// The id of an option of the list, which the input names as the active one.
pub(super) fn option_id(at: usize) -> String {
    format!("suggestion-{at}")
}

const OPTION: &str = "flex items-center gap-2 rounded-sm px-2 py-1 text-ink cursor-pointer hover:bg-hover \
    hover:no-underline aria-selected:bg-accent-ground aria-selected:outline-2 aria-selected:-outline-offset-2 \
    aria-selected:outline-accent";

const TEXT: &str = "min-w-0 flex-1 wrap-anywhere";

/// The inside of the list. `choose` is told what was clicked; links lead to their page by themselves.
pub(super) fn suggestion_list<F>(
    suggestions: &Suggestions,
    active: RwSignal<Option<usize>>,
    choose: F,
) -> impl IntoView + use<F>
where
    F: Fn(&Choice) + Copy + Send + 'static,
{
    let mut choices = suggestions.choices.iter().cloned().enumerate();
    let mut option = |inner: AnyView| {
        let (at, choice) = choices.next()?;
        let href = match &choice {
            Choice::Open { address, .. } => Some(address.clone()),
            Choice::Complete(_) | Choice::Forget => None,
        };
        let is_active = move || if active.get() == Some(at) { "true" } else { "false" };
        Some(view! {
            <a
                class=OPTION
                href=href
                role="option"
                id=option_id(at)
                tabindex="-1"
                aria-selected=is_active
                on:click=move |event: MouseEvent| {
                    // Another window opens it then, and this one stays as it is.
                    if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                        choose(&choice);
                    }
                }
            >
                {inner}
            </a>
        })
    };
    let completions = suggestions
        .completions
        .iter()
        .map(|Completions { label, note, options }| {
            let options = options
                .iter()
                .map(|(written, told)| {
                    let inner = view! {
                        <span class=TEXT>{written.clone()}</span>
                        " "
                        <span class="text-sm text-muted tabular-nums">{told.clone()}</span>
                    };
                    option(inner.into_any())
                })
                .collect_view();
            let note = note.clone().map(said);
            view! { {note} {group(label.clone(), options.into_any())} }
        })
        .collect_view();
    let groups = suggestions
        .groups
        .iter()
        .map(|(label, members)| {
            let options = members
                .iter()
                .map(|suggestion| {
                    let key = &suggestion.key;
                    let workspace = key
                        .workspace
                        .clone()
                        .map(|workspace| view! { <span class="text-muted">" in "{workspace}</span> });
                    let inner = view! {
                        <TypeIcon resource_type=key.resource_type.clone()/>
                        <span class=TEXT>
                            <Highlighted text=key.name.clone() words=&suggestions.words/>
                            {workspace}
                        </span>
                        {state_or_health(suggestion)}
                    };
                    option(inner.into_any())
                })
                .collect_view();
            group(label.clone(), options.into_any())
        })
        .collect_view();
    let mut plain =
        |icon: IconName, label: String| option(view! { <Icon name=icon/><span class=TEXT>{label}</span> }.into_any());
    let recent = (!suggestions.recent.is_empty()).then(|| {
        let searches =
            suggestions.recent.iter().map(|text| plain(IconName::Clock, shortened(text))).collect_view().into_any();
        let forget = plain(IconName::Bin, "Clear recent searches".to_owned());
        view! { {group("Recent searches".to_owned(), searches)} {forget} }
    });
    let listings = suggestions.listings.iter().map(|label| plain(IconName::Search, label.clone())).collect_view();
    let is_offered = !(suggestions.groups.is_empty() && suggestions.completions.is_empty() && recent.is_none());
    let nothing = (!is_offered).then(|| said("Nothing is named like that.".to_owned()));
    (nothing, completions, groups, recent, listings)
}

fn group(label: String, options: AnyView) -> impl IntoView {
    let title = label.clone();
    view! {
        <div role="group" aria-label=label>
            <div class="px-2 pt-1.5 pb-0.5 text-xs font-semibold text-muted" aria-hidden="true">{title}</div>
            {options}
        </div>
    }
}

/// What is said between the options.
fn said(text: String) -> impl IntoView {
    view! { <p class="px-2 py-1 wrap-anywhere text-muted" role="presentation">{text}</p> }
}

/// The health where somebody should look at it, else the State.
fn state_or_health(suggestion: &Suggestion) -> impl IntoView + use<> {
    if suggestion.health.level.needs_attention() {
        Either::Left(view! { <HealthBadge health=suggestion.health.clone()/> })
    } else {
        Either::Right(view! { <StateBadge state=suggestion.state.clone()/> })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Health, HealthLevel, HealthReason, Key, State};

    fn found(resource_type: &str, name: &str) -> Suggestion {
        Suggestion {
            key: Key::new(resource_type, None, name).expect("a key"),
            state: State::Active,
            health: Health { level: HealthLevel::Healthy, reason: HealthReason::Running, stuck: false },
        }
    }

    fn resources(resources: Vec<Suggestion>) -> SuggestView {
        SuggestView { resources, ..SuggestView::default() }
    }

    fn value(value: &str, count: u64) -> FacetValue {
        FacetValue { value: value.to_owned(), count }
    }

    /// Where options lead, and what they write.
    fn outcomes(suggestions: &Suggestions) -> Vec<String> {
        let outcome = |choice: &Choice| match choice {
            Choice::Open { address, .. } => address.clone(),
            Choice::Complete(text) => format!("[{text}]"),
            Choice::Forget => "forget".to_owned(),
        };
        suggestions.choices.iter().map(outcome).collect()
    }

    fn html(suggestions: &Suggestions) -> String {
        Owner::new().with(|| suggestion_list(suggestions, RwSignal::new(Some(1)), |_| ()).to_html())
    }

    #[test]
    fn options_are_numbered_in_the_order_of_the_screen() {
        let found = vec![found("depot", "sales"), found("bundle", "sales"), found("depot", "sales-raw")];
        let everywhere = Suggestions::new("sales", resources(found), &SearchScope::default());
        assert_eq!(
            outcomes(&everywhere),
            [
                "/resources/depots/sales",
                "/resources/depots/sales-raw",
                "/resources/bundles/sales",
                "/resources?q=sales"
            ]
        );
        let html = html(&everywhere);
        let places: Vec<_> = (0..4).filter_map(|at| html.find(&format!("id=\"{}\"", option_id(at)))).collect();
        assert!(places.len() == 4 && places.is_sorted(), "{html}");
        assert_eq!(html.matches("aria-selected=\"true\"").count(), 1, "{html}");
        assert_eq!(everywhere.announcement(), "3 suggestions");
    }

    #[test]
    fn a_search_on_a_listing_stays_there_or_goes_everywhere() {
        let scope = SearchScope::new("/resources/depots", "state=active");
        let suggestions = Suggestions::new("sales", resources(vec![found("depot", "sales")]), &scope);
        assert_eq!(outcomes(&suggestions)[1..], ["/resources/depots?q=sales&state=active", "/resources?q=sales"]);
        assert_eq!(suggestions.announcement(), "1 suggestion");
    }

    #[test]
    fn the_beginning_of_a_qualifier_is_completed() {
        let suggestions = Suggestions::new("raw t", resources(vec![found("depot", "raw")]), &SearchScope::default());
        assert_eq!(
            outcomes(&suggestions),
            ["[raw type:]", "[raw tag:]", "/resources/depots/raw", "/resources?q=raw+t"]
        );
    }

    #[test]
    fn values_are_completed_with_quotes_where_they_need_them() {
        let values = vec![value("gold", 3), value("very gold", 1_200)];
        let found = SuggestView { values, ..SuggestView::default() };
        let suggestions = Suggestions::new("tag:", found, &SearchScope::default());
        assert_eq!(outcomes(&suggestions), ["[tag:gold ]", "[tag:\"very gold\" ]"]);
        let html = html(&suggestions);
        assert!(html.contains("aria-label=\"Tags\"") && html.contains("1,200"), "{html}");
        assert!(!html.contains("Nothing is named"), "{html}");
    }

    #[test]
    fn a_value_that_there_is_not_is_told_with_those_that_there_are() {
        let unknown = UnknownValue {
            facet: FacetName::State,
            value: "foo".to_owned(),
            values: vec![value("active", 2)],
            more: false,
        };
        let found = SuggestView { unknown: vec![unknown], ..SuggestView::default() };
        let suggestions = Suggestions::new("state:FOO raw", found, &SearchScope::default());
        assert_eq!(outcomes(&suggestions), ["[state:active raw ]", "/resources?q=state%3AFOO+raw"]);
        let note = "No Resources have the State “foo”. There are:";
        assert!(html(&suggestions).contains(note));
        assert_eq!(suggestions.announcement(), format!("{note} 1 suggestion"));
    }

    #[test]
    fn recent_searches_are_listed_and_can_be_forgotten() {
        let scope = SearchScope::new("/resources/depots", "");
        let recent = Suggestions::recent(vec!["sales".to_owned(), "a b".to_owned()], &scope);
        assert_eq!(outcomes(&recent), ["/resources/depots?q=sales", "/resources/depots?q=a+b", "forget"]);
        assert_eq!(recent.announcement(), "2 recent searches");
        assert!(html(&recent).contains("Clear recent searches"));
    }

    #[test]
    fn a_text_that_asks_for_nothing_yet_has_no_results() {
        let suggestions = Suggestions::new("state:", SuggestView::default(), &SearchScope::default());
        assert_eq!((suggestions.len(), suggestions.announcement().as_str()), (0, "No suggestions"));
    }
}
