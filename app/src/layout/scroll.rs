//! Puts a page back to where one had scrolled when one goes back or forward. Browsers do so by themselves, but before
//! the rows are there.

use std::time::Duration;

use leptos::prelude::*;

use super::Arrival;
use super::by_address::ByAddress;
use super::focus::address;

/// Remembers where each address was scrolled to. `is_loading` tells that the router is exchanging pages. Does nothing
/// on the server.
#[component]
pub(crate) fn ScrollMemory(is_loading: ReadSignal<bool>) -> impl IntoView {
    let arrival = Arrival::of_app();
    let is_on_its_way = move || is_loading.get_untracked() || arrival.is_awaited();
    Effect::new(move |_| remember(is_on_its_way));
}

/// How long a page that has arrived may take to be as long as it was.
const PINNED_FOR: Duration = Duration::from_secs(1);

/// Where addresses were scrolled to, and where this page is being put back to.
#[derive(Default)]
struct ScrollPositions {
    known: ByAddress<ScrollPosition>,
    pinned: Option<f64>,
    /// Tells one putting back from the next.
    generation: u32,
}

/// How far a page was scrolled, and how tall it was then, in pixels.
#[derive(Clone, Copy)]
struct ScrollPosition {
    top: f64,
    height: f64,
}

impl ScrollPosition {
    fn now() -> Option<Self> {
        let height = f64::from(document().document_element()?.scroll_height());
        Some(Self { top: window().scroll_y().ok()?, height })
    }

    /// Whether nobody scrolled there: the page became shorter, as it does while the next one takes its position.
    fn is_forced(self, before: Self) -> bool {
        let window = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        self.height < before.height && self.top + window >= self.height - 1.0
    }
}

fn remember(is_on_its_way: impl Fn() -> bool + Copy + 'static) {
    let positions = StoredValue::new(ScrollPositions::default());
    let scrolled = window_event_listener_untyped("scroll", move |_| {
        let (Some(address), Some(position)) = (address(), ScrollPosition::now()) else { return };
        positions.update_value(|positions| {
            let forced = positions.known.get(&address).is_some_and(|before| position.is_forced(*before));
            if positions.pinned.is_none() && !forced {
                positions.known.insert(address, position);
            }
        });
    });
    let went = window_event_listener_untyped("popstate", move |_| {
        let Some(address) = address() else { return };
        positions.update_value(|positions| {
            positions.generation += 1;
            positions.pinned = positions.known.get(&address).map(|position| position.top);
        });
        let generation = positions.with_value(|positions| positions.generation);
        pin(positions, generation);
        set_timeout(move || release(positions, generation, is_on_its_way), PINNED_FOR);
    });
    // Whoever moves now decides. What is pressed may lead away before the browser tells where it had scrolled to.
    let moved = ["wheel", "touchstart", "pointerdown", "keydown"].map(|name| {
        window_event_listener_untyped(name, move |_| {
            positions.update_value(|positions| {
                positions.pinned = None;
                if let (Some(address), Some(position)) = (address(), ScrollPosition::now()) {
                    positions.known.insert(address, position);
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

/// Holds the page at its position, frame by frame, until it is released.
fn pin(positions: StoredValue<ScrollPositions>, generation: u32) {
    let position = positions.with_value(|positions| positions.pinned.filter(|_| positions.generation == generation));
    let Some(position) = position else { return };
    if window().scroll_y().is_ok_and(|now| (now - position).abs() >= 1.0) {
        window().scroll_to_with_x_and_y(0.0, position);
    }
    request_animation_frame(move || pin(positions, generation));
}

fn release(
    positions: StoredValue<ScrollPositions>,
    generation: u32,
    is_on_its_way: impl Fn() -> bool + Copy + 'static,
) {
    if is_on_its_way() {
        set_timeout(move || release(positions, generation, is_on_its_way), PINNED_FOR);
        return;
    }
    positions.update_value(|positions| {
        if positions.generation == generation {
            positions.pinned = None;
        }
    });
}
