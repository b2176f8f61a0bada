//! The way back to a listing: where it lies behind in the history of the window, one goes back to it, and finds it as one
//! left it.

use js_sys::{Array, Function, Reflect};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use crate::model::ListingQuery;

/// Follows a link to the listing that a Resource was opened from. Where the history does not lead there, the link is
/// followed like any other.
pub(crate) fn go_back_to_listing(event: MouseEvent) {
    let wants_other_window = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.button() != 0 || wants_other_window {
        return;
    }
    let link = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    let steps = link
        .and_then(|link| link.get_attribute("href"))
        .and_then(|listing| steps_back(&listing, addresses_behind().unwrap_or_default()));
    if let Some(steps) = steps
        && window().history().is_ok_and(|history| history.go_with_delta(-steps).is_ok())
    {
        event.prevent_default();
    }
}

/// How far behind the listing lies, if nothing but pages of its Resources came after it. `behind` are the addresses
/// before this one, the nearest first.
fn steps_back(listing: &str, behind: impl IntoIterator<Item = String>) -> Option<i32> {
    let listing = ListingQuery::from_address(listing)?;
    for (address, steps) in behind.into_iter().zip(1..) {
        let address = address.split('#').next().unwrap_or_default();
        if ListingQuery::from_address(address).is_some_and(|behind| behind == listing) {
            return Some(steps);
        }
        let (_, query) = address.split_once('?')?;
        let (_, from) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "from")?;
        if ListingQuery::from_address(&from)? != listing {
            return None;
        }
    }
    None
}

/// The addresses of this site behind this one in the history of the window, the nearest first; `None` where the browser
/// does not tell.
fn addresses_behind() -> Option<Vec<String>> {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined());
    let origin = window().location().origin().ok()?;
    let navigation = get(&window(), "navigation")?;
    let here = get(&get(&navigation, "currentEntry")?, "index")?.as_f64()?;
    let entries = get(&navigation, "entries")?.dyn_into::<Function>().ok()?.call0(&navigation).ok()?;
    let mut behind: Vec<String> = Array::from(&entries)
        .iter()
        .filter(|entry| get(entry, "index").and_then(|index| index.as_f64()).is_some_and(|index| index < here))
        .map(|entry| get(&entry, "url").and_then(|url| url.as_string()).unwrap_or_default())
        .map(|url| url.strip_prefix(&origin).unwrap_or_default().to_owned())
        .collect();
    behind.reverse();
    Some(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_back_over_the_pages_of_a_listings_resources_and_over_nothing_else() {
        let steps = |behind: &[&str]| {
            steps_back("/resources/depots?state=active&sort=name", behind.iter().map(|address| (*address).to_owned()))
        };
        let listing = "/resources/depots?sort=name&state=active";
        let one = "/resources/depots/x?from=%2Fresources%2Fdepots%3Fstate%3Dactive%26sort%3Dname";
        let other = "/resources/depots/y/events?from=%2Fresources%2Fdepots%3Fstate%3Dactive%26sort%3Dname&before=7";
        assert_eq!(steps(&[listing, "/"]), Some(1));
        assert_eq!(steps(&["/resources/depots?state=active&sort=name#results"]), Some(1));
        assert_eq!(steps(&[other, one, listing, "/"]), Some(3));
        assert_eq!(steps(&["/resources/depots", listing]), None, "another listing lies between");
        assert_eq!(steps(&["/resources/depots/x", listing]), None, "it was opened from elsewhere");
        assert_eq!(steps(&["/resources/depots/x?from=%2Fresources", listing]), None, "or from another listing");
        assert_eq!(steps(&["", listing]), None, "a page of another site");
        assert_eq!(steps(&[]), None);
    }
}
