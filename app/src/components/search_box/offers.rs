//! What the search box offers while one types.

use leptos::prelude::*;

use super::option_id;
use super::place::Place;
use crate::api::Fragment;
use crate::components::{Highlighted, Icon, StateBadge, TypeIcon};
use crate::model::{ListingQuery, SearchText, Suggestion};

/// The offers for a text typed on a page, as the search box shows them.
pub(crate) fn offers(text: &str, found: Vec<Suggestion>, address: &str) -> Fragment {
    let offers = Offers::new(text, found, address);
    Fragment::of("", offer_list(&offers))
}

/// The offers for a text: Resources by type, and the ways to all results. They are numbered through, since the arrow
/// keys go from one to the next.
#[derive(Debug)]
struct Offers {
    groups: Vec<(String, Vec<Suggestion>)>,
    listings: Vec<(String, String)>,
    words: Vec<String>,
}

impl Offers {
    /// The offers for a text typed on a listing or elsewhere. The types come in the order of their best Resource.
    fn new(text: &str, found: Vec<Suggestion>, address: &str) -> Self {
        let mut groups: Vec<(String, Vec<Suggestion>)> = Vec::new();
        for suggestion in found {
            let label = suggestion.key.resource_type.plural();
            match groups.iter_mut().find(|(group, _)| *group == label) {
                Some((_, members)) => members.push(suggestion),
                None => groups.push((label, vec![suggestion])),
            }
        }
        let quoted = text.trim();
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let place = Place::new(path, query);
        let resource_type = ListingQuery::from_address(address).and_then(|listing| listing.resource_type);
        let everywhere = || Place::default().searched(text);
        let listings = match resource_type {
            Some(resource_type) => vec![
                (format!("See all results for “{quoted}” in {}", resource_type.plural()), place.searched(text)),
                (format!("See all results for “{quoted}” in all types"), everywhere()),
            ],
            None => vec![(format!("See all results for “{quoted}”"), place.searched(text))],
        };
        Self { groups, listings, words: SearchText::parse(text).words }
    }
}

/// The inside of the list box.
fn offer_list(offers: &Offers) -> impl IntoView + use<> {
    let mut at = 0;
    let mut option = |address: String, inner: AnyView| {
        let own = at;
        at += 1;
        view! {
            <a
                href=address
                role="option"
                id=option_id(own)
                tabindex="-1"
                aria-selected="false"
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
        let addresses = |html: &str| -> Vec<String> {
            html.match_indices("href=\"")
                .map(|(at, mark)| html[at + mark.len()..].split('"').next().unwrap_or_default().to_owned())
                .collect()
        };
        let html = offers("sales", found.clone(), "/").html;
        assert_eq!(
            addresses(&html),
            [
                "/resources/depots/sales",
                "/resources/depots/sales-raw",
                "/resources/bundles/sales",
                "/resources?q=sales"
            ]
        );
        let numbers: Vec<_> = (0..4).filter_map(|at| html.find(&format!("id=\"{}\"", option_id(at)))).collect();
        assert!(numbers.len() == 4 && numbers.is_sorted(), "{html}");
        let html = offers("sales", found, "/resources/depots?state=active").html;
        assert_eq!(addresses(&html)[3..], ["/resources/depots?q=sales&amp;state=active", "/resources?q=sales"]);
    }
}
