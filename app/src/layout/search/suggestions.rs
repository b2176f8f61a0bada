//! What the search box offers while one types.

use leptos::either::Either;
use leptos::prelude::*;

use super::scope::SearchScope;
use crate::model::{ListingQuery, SearchText, Suggestion};
use crate::ui::{HealthBadge, Highlighted, Icon, IconName, StateBadge, TypeIcon};

/// What is offered for a text: Resources by type, and the ways to all results. They are numbered through, since the
/// arrow keys go from one to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Suggestions {
    groups: Vec<(String, Vec<Suggestion>)>,
    listings: Vec<(String, String)>,
    words: Vec<String>,
}

impl Suggestions {
    /// What is offered for a text. The types come in the order of their best Resource.
    pub(super) fn new(text: &str, found: Vec<Suggestion>, scope: &SearchScope) -> Self {
        let mut groups: Vec<(String, Vec<Suggestion>)> = Vec::new();
        for suggestion in found {
            let label = suggestion.key.resource_type.plural();
            match groups.iter_mut().find(|(group, _)| *group == label) {
                Some((_, members)) => members.push(suggestion),
                None => groups.push((label, vec![suggestion])),
            }
        }
        let quoted = text.trim();
        let resource_type = ListingQuery::from_address(&scope.action()).and_then(|listing| listing.resource_type);
        let listings = match resource_type {
            Some(resource_type) => vec![
                (format!("See all results for “{quoted}” in {}", resource_type.plural()), scope.searched(text)),
                (format!("See all results for “{quoted}” in all types"), SearchScope::default().searched(text)),
            ],
            None => vec![(format!("See all results for “{quoted}”"), scope.searched(text))],
        };
        Self { groups, listings, words: SearchText::parse(text).words }
    }

    /// How many options there are.
    pub(super) fn len(&self) -> usize {
        self.groups.iter().map(|(_, members)| members.len()).sum::<usize>() + self.listings.len()
    }

    /// Where an option leads.
    pub(super) fn address(&self, at: usize) -> Option<String> {
        let resources = self.groups.iter().flat_map(|(_, members)| members).map(|suggestion| suggestion.key.path());
        resources.chain(self.listings.iter().map(|(_, address)| address.clone())).nth(at)
    }
}

/// The id of an option of the list, which the input names as the active one.
pub(super) fn option_id(at: usize) -> String {
    format!("suggestion-{at}")
}

/// The inside of the list. `choose` is told the address of an option that is clicked.
pub(super) fn suggestion_list<F>(
    suggestions: &Suggestions,
    active: RwSignal<Option<usize>>,
    choose: F,
) -> impl IntoView + use<F>
where
    F: Fn(&str) + Copy + Send + 'static,
{
    let mut numbers = 0..;
    let mut option = |address: String, inner: AnyView| {
        let at = numbers.next().unwrap_or_default();
        let chosen = address.clone();
        view! {
            <a
                class="flex items-center gap-2 rounded-sm px-2 py-1 text-ink hover:bg-hover hover:no-underline aria-selected:bg-accent-ground aria-selected:outline-2 aria-selected:-outline-offset-2 aria-selected:outline-accent"
                href=address
                role="option"
                id=option_id(at)
                tabindex="-1"
                aria-selected=move || if active.get() == Some(at) { "true" } else { "false" }
                on:click=move |_| choose(&chosen)
            >
                {inner}
            </a>
        }
    };
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
                        <span class="min-w-0 flex-1 wrap-anywhere">
                            <Highlighted text=key.name.clone() words=&suggestions.words/>
                            {workspace}
                        </span>
                        {state_or_health(suggestion)}
                    };
                    option(key.path(), inner.into_any())
                })
                .collect_view();
            view! {
                <div role="group" aria-label=label.clone()>
                    <div class="px-2 pt-1.5 pb-0.5 text-xs font-semibold text-muted" aria-hidden="true">{label.clone()}</div>
                    {options}
                </div>
            }
        })
        .collect_view();
    let listings = suggestions
        .listings
        .iter()
        .map(|(label, address)| {
            let inner = view! {
                <Icon name=IconName::Search/>
                <span class="min-w-0 flex-1 wrap-anywhere">{label.clone()}</span>
            };
            option(address.clone(), inner.into_any())
        })
        .collect_view();
    let nothing = suggestions.groups.is_empty().then(|| {
        view! { <p class="px-2 py-1 text-muted" role="presentation">"Nothing is named like that."</p> }
    });
    (nothing, groups, listings)
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
    use crate::model::{Health, HealthLevel, Key, State};

    fn found(resource_type: &str, name: &str) -> Suggestion {
        Suggestion {
            key: Key::new(resource_type, None, name).expect("a key"),
            state: State::Active,
            health: Health { level: HealthLevel::Healthy, reason: String::new(), stuck: false },
        }
    }

    fn addresses(suggestions: &Suggestions) -> Vec<String> {
        (0..suggestions.len()).filter_map(|at| suggestions.address(at)).collect()
    }

    #[test]
    fn options_are_numbered_in_the_order_of_the_screen() {
        let found = vec![found("depot", "sales"), found("bundle", "sales"), found("depot", "sales-raw")];
        let everywhere = Suggestions::new("sales", found, &SearchScope::default());
        assert_eq!(
            addresses(&everywhere),
            [
                "/resources/depots/sales",
                "/resources/depots/sales-raw",
                "/resources/bundles/sales",
                "/resources?q=sales"
            ]
        );
        let html = Owner::new().with(|| suggestion_list(&everywhere, RwSignal::new(Some(1)), |_| ()).to_html());
        let places: Vec<_> = (0..4).filter_map(|at| html.find(&format!("id=\"{}\"", option_id(at)))).collect();
        assert!(places.len() == 4 && places.is_sorted(), "{html}");
        assert_eq!(html.matches("aria-selected=\"true\"").count(), 1, "{html}");
    }

    #[test]
    fn a_search_on_a_listing_stays_there_or_goes_everywhere() {
        let scope = SearchScope::new("/resources/depots", "state=active");
        let suggestions = Suggestions::new("sales", vec![found("depot", "sales")], &scope);
        assert_eq!(addresses(&suggestions)[1..], ["/resources/depots?q=sales&state=active", "/resources?q=sales"]);
    }
}
