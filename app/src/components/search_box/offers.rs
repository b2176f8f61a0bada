//! What the search box offers while one types.

use leptos::prelude::*;

use super::searched;
use crate::components::{Highlighted, Icon, StateBadge, TypeIcon};
use crate::model::{ListingQuery, SearchText, Suggestion};

/// The id of the list, which the input names as the one it controls.
pub(super) const LIST_ID: &str = "suggestions";

/// The offers for a text: Resources by type, and the ways to all results. They are numbered through, since the arrow
/// keys go from one to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Offers {
    groups: Vec<(String, Vec<Suggestion>)>,
    listings: Vec<(String, String)>,
    words: Vec<String>,
    addresses: Vec<String>,
}

impl Offers {
    /// The offers for a text typed on a listing or elsewhere. The types come in the order of their best Resource.
    pub(super) fn new(text: &str, found: Vec<Suggestion>, listing: Option<ListingQuery>) -> Self {
        let mut groups: Vec<(String, Vec<Suggestion>)> = Vec::new();
        for suggestion in found {
            let label = suggestion.key.resource_type.plural();
            match groups.iter_mut().find(|(group, _)| *group == label) {
                Some((_, members)) => members.push(suggestion),
                None => groups.push((label, vec![suggestion])),
            }
        }
        let quoted = text.trim();
        let mut listings = Vec::new();
        if let Some(resource_type) = listing.as_ref().and_then(|listing| listing.resource_type.clone()) {
            let here = searched(listing, text).url();
            listings.push((format!("See all results for “{quoted}” in {}", resource_type.plural()), here));
            listings.push((format!("See all results for “{quoted}” in all types"), searched(None, text).url()));
        } else {
            listings.push((format!("See all results for “{quoted}”"), searched(listing, text).url()));
        }
        let addresses = groups
            .iter()
            .flat_map(|(_, members)| members.iter().map(|suggestion| suggestion.key.path()))
            .chain(listings.iter().map(|(_, address)| address.clone()))
            .collect();
        Self { groups, listings, words: SearchText::parse(text).words, addresses }
    }

    pub(super) fn len(&self) -> usize {
        self.addresses.len()
    }

    /// Where an offer leads.
    pub(super) fn address(&self, at: usize) -> Option<&str> {
        self.addresses.get(at).map(String::as_str)
    }
}

/// The id of an offer, which the input names as the active one.
pub(super) fn offer_id(at: usize) -> String {
    format!("suggestion-{at}")
}

/// The inside of the list box.
pub(super) fn offer_list(offers: &Offers, active: RwSignal<Option<usize>>) -> impl IntoView + use<> {
    let mut at = 0;
    let mut option = |address: String, inner: AnyView| {
        let own = at;
        at += 1;
        view! {
            <a
                href=address
                role="option"
                id=offer_id(own)
                tabindex="-1"
                aria-selected=move || if active.get() == Some(own) { "true" } else { "false" }
            >
                {inner}
            </a>
        }
    };
    let groups = offers
        .groups
        .iter()
        .map(|(label, members)| {
            let options = members
                .iter()
                .map(|suggestion| {
                    let key = &suggestion.key;
                    let inner = view! {
                        <TypeIcon resource_type=key.resource_type.clone()/>
                        <span class="grow">
                            <Highlighted text=key.name.clone() words=offers.words.clone()/>
                            {key.workspace.as_ref().map(|workspace| view! { <span class="muted">" in "{workspace.clone()}</span> })}
                        </span>
                        <StateBadge state=suggestion.state.clone()/>
                    };
                    option(key.path(), inner.into_any())
                })
                .collect_view();
            view! {
                <div role="group" aria-label=label.clone()>
                    <div class="group-label" aria-hidden="true">{label.clone()}</div>
                    {options}
                </div>
            }
        })
        .collect_view();
    let listings = offers
        .listings
        .iter()
        .map(|(label, address)| {
            let inner = view! { <Icon name="search"/><span class="grow">{label.clone()}</span> };
            option(address.clone(), inner.into_any())
        })
        .collect_view();
    (groups, listings)
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

    #[test]
    fn offers_are_numbered_in_the_order_of_the_screen() {
        let found = vec![found("depot", "sales"), found("bundle", "sales"), found("depot", "sales-raw")];
        let offers = Offers::new("sales", found.clone(), None);
        let addresses: Vec<_> = (0..offers.len()).filter_map(|at| offers.address(at)).collect();
        assert_eq!(
            addresses,
            [
                "/resources/depots/sales",
                "/resources/depots/sales-raw",
                "/resources/bundles/sales",
                "/resources?q=sales"
            ]
        );
        let listing = ListingQuery::from_address("/resources/depots?state=active");
        let offers = Offers::new("sales", found, listing);
        assert_eq!(offers.address(3), Some("/resources/depots?q=sales&state=active"));
        assert_eq!(offers.address(4), Some("/resources?q=sales"));
        assert_eq!(offers.address(5), None);
    }
}
