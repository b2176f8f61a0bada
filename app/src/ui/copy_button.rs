//! Buttons that copy a text.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use super::button::ICON_BUTTON;
use super::{Icon, IconName, Toast};

/// How long it is said that the text was copied.
const SAID_FOR: Duration = Duration::from_secs(2);

/// What a button copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Copied {
    /// This text.
    Text(String),
    /// The address of the page, without the listing that the reader came from.
    Address,
}

/// An address as it is given to others.
fn shared_address(address: &str) -> String {
    let Some((path, query)) = address.split_once('?') else { return address.to_owned() };
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "from"));
    let query = pairs.finish();
    if query.is_empty() { path.to_owned() } else { [path, "?", &query].concat() }
}

/// Copies a text, and says how that went.
pub(crate) fn copy_text(text: &str, say: impl Fn(&'static str) + 'static) {
    let clipboard = window().navigator().clipboard();
    // Browsers have no clipboard on pages that came without encryption from another machine.
    if clipboard.is_undefined() {
        say("Copying needs HTTPS");
        return;
    }
    let written = JsFuture::from(clipboard.write_text(text));
    spawn_local(async move { say(if written.await.is_ok() { "Copied" } else { "The browser does not allow it" }) });
}

/// Copies a text when pressed, and says for a moment whether the browser did. `label` names what is copied: `Copy id`.
/// Without JavaScript it is not shown, since it could do nothing.
#[component]
pub(crate) fn CopyButton(what: Copied, label: &'static str) -> impl IntoView {
    let icon = if what == Copied::Address { IconName::Link } else { IconName::Copy };
    let said = RwSignal::new("");
    // The number of the last press: what an earlier one says, or no longer says, is too late.
    let presses = StoredValue::new(0_u32);
    let copy = move |_| {
        let text = match &what {
            Copied::Text(text) => text.clone(),
            Copied::Address => shared_address(&window().location().href().unwrap_or_default()),
        };
        let press = presses.get_value() + 1;
        presses.set_value(press);
        let say = move |text: &'static str| {
            if presses.try_get_value() == Some(press) {
                said.try_set(text);
            }
        };
        // The same words are announced again only where they were gone meanwhile.
        say("");
        copy_text(&text, move |how_it_went| {
            say(how_it_went);
            set_timeout(move || say(""), SAID_FOR);
        });
    };
    // What it says stands beside the button: screen readers take all inside of a button for its name.
    view! {
        <span class="relative inline-flex">
            <button
                type="button"
                class=[ICON_BUTTON, " no-script:invisible"].concat()
                aria-label=label
                title=label
                on:click=copy
            >
                <Icon name=icon/>
            </button>
            <Toast text=said/>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_does_not_tell_which_listing_its_sender_came_from() {
        let address = "https://pharos.example/resources/depots/x";
        for (shown, shared) in [
            (address.to_owned(), address.to_owned()),
            (format!("{address}?from=%2Fresources"), address.to_owned()),
            (format!("{address}/runtime?from=%2Fresources&sort=name"), format!("{address}/runtime?sort=name")),
        ] {
            assert_eq!(shared_address(&shown), shared);
        }
    }
}
