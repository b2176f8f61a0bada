//! A Resource looked at beside the listing, without leaving the rows. Which one the address says, so that it can be
//! shared, and Back closes it; without JavaScript the server sends the page with it.

mod address;
mod drawer;
mod rows;

use std::time::Duration;

use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

pub(super) use self::address::Previewed;
use self::drawer::drawer;
use self::rows::focus_row;
use crate::api::load_preview;
use crate::layout::{
    SingleKeys, focus_in_place, focused_row, go_back_to_listing, is_focus_lost, is_typing, path_of_row,
};
use crate::live::{LiveFeed, Throttle};
use crate::model::ListingQuery;

/// The links that open it, one at the end of each row: seen where the row is pointed at or has the focus, and always where
/// nothing can be pointed at. The icon is drawn here, as a page has up to a hundred of them.
pub(super) const LINKS: &str = " [&_.peek]:absolute [&_.peek]:right-1.5 [&_.peek]:bottom-1.5 [&_.peek]:z-1 \
    [&_.peek]:inline-flex [&_.peek]:size-7 [&_.peek]:items-center [&_.peek]:justify-center [&_.peek]:rounded-md \
    [&_.peek]:bg-hover [&_.peek]:text-ink [&_.peek]:before:icon-[lucide--panel-right] [&_.peek]:before:size-4 \
    [&_.peek]:before:forced-color-adjust-none pointer-fine:[&_.peek]:opacity-0 [&_tr:hover_.peek]:opacity-100 \
    [&_tr:focus-within_.peek]:opacity-100 [&_tr[aria-current]]:bg-hover";

/// How often it follows changes at most.
const REFRESH_EVERY: Duration = Duration::from_secs(1);

/// The id of the drawer.
const DRAWER_ID: &str = "preview";

/// The id of the link that closes it.
const CLOSE_ID: &str = "preview-close";

/// Opens, changes and closes what is looked at.
#[derive(Clone, Copy)]
pub(super) struct Preview {
    /// What is looked at.
    previewed: Memo<Option<Previewed>>,
    /// The listing that the address says.
    listing: Memo<ListingQuery>,
    /// Opens an address, in the place of this one where the flag says so.
    open: Callback<(String, bool)>,
    /// Whether the drawer gets the focus as soon as it is there, as what a link leads to does.
    wants_focus: StoredValue<bool>,
    /// Whether another Resource took the place of the one that it was opened with.
    has_moved: StoredValue<bool>,
    single_keys: SingleKeys,
}

impl Preview {
    /// The one of a listing's page.
    pub(super) fn new(listing: Memo<ListingQuery>) -> Self {
        let location = use_location();
        // The page still stands for a moment when another one is opened.
        let previewed = Memo::new(move |before: Option<&Option<Previewed>>| {
            let is_listing = ListingQuery::from_address(&location.pathname.read()).is_some();
            let kept = || before.cloned().flatten();
            if is_listing { Previewed::from_query(&location.search.read()) } else { kept() }
        });
        let navigate = use_navigate();
        let open = Callback::new(move |(address, replace): (String, bool)| {
            navigate(&address, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        });
        let preview = Self {
            previewed,
            listing,
            open,
            wants_focus: StoredValue::new(false),
            has_moved: StoredValue::new(false),
            single_keys: SingleKeys::of_app(),
        };
        Effect::new(move |_| {
            let pressed = window_event_listener(leptos::ev::keydown, move |event| preview.on_key_anywhere(&event));
            on_cleanup(move || pressed.remove());
        });
        preview
    }

    /// One that stays as it is.
    #[cfg(test)]
    pub(super) fn still() -> Self {
        SingleKeys::provide();
        Self {
            previewed: Memo::new(|_| None),
            listing: Memo::new(|_| ListingQuery::default()),
            open: Callback::new(|_| ()),
            wants_focus: StoredValue::new(false),
            has_moved: StoredValue::new(false),
            single_keys: SingleKeys::of_app(),
        }
    }

    /// Whether the Resource with this page is looked at, as it is followed by views.
    pub(super) fn is_of(self, path: &str) -> bool {
        self.previewed.with(|previewed| previewed.as_ref().is_some_and(|previewed| previewed.path() == path))
    }

    fn path(self) -> Option<String> {
        self.previewed.with_untracked(|previewed| previewed.as_ref().map(Previewed::path))
    }

    fn is_open(self) -> bool {
        self.previewed.with_untracked(Option::is_some)
    }

    /// Looks at the Resource with this page. One that is looked at already is not looked at any more.
    fn toggle(self, path: &str, wants_focus: bool) {
        if self.path().as_deref() == Some(path) {
            self.close();
        } else {
            self.wants_focus.set_value(wants_focus);
            self.show(path);
        }
    }

    fn show(self, path: &str) {
        let address = self.listing.with_untracked(|listing| Previewed::address(listing, path));
        let is_open = self.is_open();
        self.has_moved.set_value(is_open);
        // One step back closes it, however many one has looked at.
        self.open.run((address, is_open));
    }

    fn close(self) {
        if let Some(link) = element(CLOSE_ID) {
            link.click();
        }
    }

    /// A press on the link that closes it.
    fn on_close(self, event: MouseEvent) {
        if is_plain(&event) {
            // The router loses count of the steps where one address took the place of another, and would not open the
            // next preview in a step of its own.
            if !self.has_moved.get_value() {
                go_back_to_listing(event.clone());
            }
            if !event.default_prevented() {
                event.prevent_default();
                self.open.run((self.listing.with_untracked(ListingQuery::url), true));
            }
        }
    }

    /// A press somewhere in the rows.
    pub(super) fn on_click(self, event: &MouseEvent) {
        let link = event.target().and_then(|target| target.dyn_into::<Element>().ok()?.closest("a.peek").ok()?);
        if let Some(path) = link.as_ref().and_then(path_of_row).filter(|_| is_plain(event)) {
            event.prevent_default();
            self.toggle(&path, true);
        }
    }

    /// A key in the rows: `p` and the space bar look at the row that has the focus.
    pub(super) fn on_key_in_rows(self, event: &KeyboardEvent) {
        if has_modifier(event) {
            return;
        }
        match event.key().as_str() {
            "p" | " " if self.single_keys.are_on_untracked() => {
                if let Some(path) = focused_row() {
                    event.prevent_default();
                    self.toggle(&path, false);
                }
            }
            "Escape" if self.is_open() => {
                // What is selected stays so.
                event.stop_propagation();
                self.close();
            }
            _ => {}
        }
    }

    fn on_key_in_drawer(self, event: &KeyboardEvent) {
        match event.key().as_str() {
            "Escape" => {
                event.stop_propagation();
                self.close();
            }
            // The keys go on from the row of what is looked at.
            "j" | "k" if self.single_keys.are_on_untracked() && !has_modifier(event) => {
                if let Some(path) = self.path() {
                    focus_row(&path);
                }
            }
            _ => {}
        }
    }

    fn on_key_anywhere(self, event: &KeyboardEvent) {
        if !self.is_open() || has_modifier(event) || is_typing() {
            return;
        }
        match event.key().as_str() {
            "j" | "k" => request_animation_frame(move || self.follow_focus()),
            "Escape" if !is_in_front("dialog[open]") && !has_focus_in("details[name=menus]") => self.close(),
            _ => {}
        }
    }

    /// Looks at the row that has got the focus.
    fn follow_focus(self) {
        if let Some(path) = focused_row().filter(|path| self.path().is_some_and(|shown| shown != *path)) {
            self.show(&path);
        }
    }

    /// The drawer, as soon as what it shows is there.
    pub(super) fn view(self) -> impl IntoView {
        let Self { previewed, listing, wants_focus, .. } = self;
        let answers = Resource::new(
            move || previewed.get(),
            |previewed| async move {
                let previewed = previewed?;
                let answer = load_preview(previewed.types.clone(), previewed.fqn.clone()).await;
                Some((previewed, answer))
            },
        );
        let feed = LiveFeed::of_app();
        let throttle = Throttle::new(REFRESH_EVERY);
        feed.follow(move |changes| {
            let shown = self.path();
            if shown.is_some_and(|shown| changes.concern(|key| key.path() == shown)) {
                throttle.run(move || answers.refetch());
            }
        });
        Effect::new(move |before: Option<Option<Previewed>>| {
            let now = previewed.get();
            if let Some(Some(before)) = before
                && now.is_none()
            {
                let was_inside = has_focus_in(&["#", DRAWER_ID].concat());
                request_animation_frame(move || {
                    if was_inside || is_focus_lost() {
                        focus_row(&before.path());
                    }
                });
            }
            now
        });
        Effect::new(move |before: Option<Option<Previewed>>| {
            let (now, told) = answers.with(|answer| match answer {
                Some(Some((previewed, answer))) => (Some(previewed.clone()), drawer::told(answer)),
                _ => (None, None),
            });
            // What the page came with is read like the rest of it.
            if before.is_some_and(|before| before != now) {
                feed.announce(told.into_iter().collect());
                request_animation_frame(move || {
                    if wants_focus.try_update_value(std::mem::take) == Some(true)
                        && let Some(name) = element(drawer::NAME_ID)
                    {
                        focus_in_place(&name);
                    }
                });
            }
            now
        });
        view! {
            <Transition>
                {move || Suspend::new(async move {
                    let shown = answers.await;
                    shown.map(|(previewed, answer)| {
                        let listing = listing.get_untracked();
                        drawer(self, &previewed, answer, &listing)
                    })
                })}
            </Transition>
        }
    }
}

fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

fn is_plain(event: &MouseEvent) -> bool {
    event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
}

fn has_modifier(event: &KeyboardEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing()
}

fn is_in_front(selector: &str) -> bool {
    document().query_selector(selector).is_ok_and(|found| found.is_some())
}

fn has_focus_in(selector: &str) -> bool {
    document().active_element().is_some_and(|element| element.closest(selector).is_ok_and(|found| found.is_some()))
}
