//! Puts a page back to where one had scrolled when one goes back or forward. Browsers do so by themselves, but before
//! the rows are there.

use leptos::prelude::*;

/// Remembers where each address was scrolled to. `is_loading` tells that a page is on its way. Does nothing on the
/// server.
#[component]
pub(crate) fn ScrollMemory(is_loading: ReadSignal<bool>) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| browser::remember(is_loading));
    #[cfg(not(feature = "hydrate"))]
    let _ = is_loading;
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::collections::HashMap;
    use std::time::Duration;

    use leptos::prelude::*;

    /// How long a page that has arrived may take to be as long as it was.
    const PINNED_FOR: Duration = Duration::from_secs(1);

    /// Where addresses were scrolled to, and where this page is being put back to.
    #[derive(Default)]
    struct Places {
        known: HashMap<String, Place>,
        pinned: Option<f64>,
        /// Tells one putting back from the next.
        turn: u32,
    }

    /// How far a page was scrolled, and how tall it was then, in pixels.
    #[derive(Clone, Copy)]
    struct Place {
        top: f64,
        height: f64,
    }

    impl Place {
        fn now() -> Option<Self> {
            let height = f64::from(document().document_element()?.scroll_height());
            Some(Self { top: window().scroll_y().ok()?, height })
        }

        /// Whether nobody scrolled there: the page became shorter, as it does while the next one takes its place.
        fn is_forced(self, before: Self) -> bool {
            let window = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
            self.height < before.height && self.top + window >= self.height - 1.0
        }
    }

    pub(super) fn remember(is_loading: ReadSignal<bool>) {
        let places = StoredValue::new(Places::default());
        let scrolled = window_event_listener_untyped("scroll", move |_| {
            let (Some(address), Some(place)) = (address(), Place::now()) else { return };
            places.update_value(|places| {
                let forced = places.known.get(&address).is_some_and(|before| place.is_forced(*before));
                if places.pinned.is_none() && !forced {
                    places.known.insert(address, place);
                }
            });
        });
        let went = window_event_listener_untyped("popstate", move |_| {
            let Some(address) = address() else { return };
            places.update_value(|places| {
                places.turn += 1;
                places.pinned = places.known.get(&address).map(|place| place.top);
            });
            let turn = places.with_value(|places| places.turn);
            pin(places, turn);
            set_timeout(move || release(places, turn, is_loading), PINNED_FOR);
        });
        // Whoever moves now decides. What is pressed may lead away before the browser tells where it had scrolled to.
        let moved = ["wheel", "touchstart", "pointerdown", "keydown"].map(|name| {
            window_event_listener_untyped(name, move |_| {
                places.update_value(|places| {
                    places.pinned = None;
                    if let (Some(address), Some(place)) = (address(), Place::now()) {
                        places.known.insert(address, place);
                    }
                });
            })
        });
        on_cleanup(move || {
            for handle in [scrolled, went].into_iter().chain(moved) {
                handle.remove();
            }
        });
    }

    /// Holds the page at its place, frame by frame, until it is released.
    fn pin(places: StoredValue<Places>, turn: u32) {
        let place = places.with_value(|places| places.pinned.filter(|_| places.turn == turn));
        let Some(place) = place else { return };
        if window().scroll_y().is_ok_and(|now| (now - place).abs() >= 1.0) {
            window().scroll_to_with_x_and_y(0.0, place);
        }
        request_animation_frame(move || pin(places, turn));
    }

    fn release(places: StoredValue<Places>, turn: u32, is_loading: ReadSignal<bool>) {
        if is_loading.get_untracked() {
            set_timeout(move || release(places, turn, is_loading), PINNED_FOR);
            return;
        }
        places.update_value(|places| {
            if places.turn == turn {
                places.pinned = None;
            }
        });
    }

    fn address() -> Option<String> {
        window().location().href().ok()
    }
}
