//! The frame round every page.

mod back;
mod by_address;
mod focus;
mod live_button;
mod navigation;
mod pending_pill;
mod scroll;
mod search;
mod selection;
mod settings;
mod shortcuts;
mod skip_links;
mod theme;
mod top_bar;

pub(crate) use back::go_back_to_listing;
pub(crate) use focus::{Arrival, MAIN_ID, MainContent, PageAnnouncement, focus_in_place, is_focus_lost, is_typing};
pub(crate) use navigation::SideNavigation;
pub(crate) use pending_pill::PendingPill;
pub(crate) use scroll::ScrollMemory;
pub(crate) use selection::{Selection, focused_row, path_of_row};
pub(crate) use settings::SingleKeys;
pub(crate) use shortcuts::{HelpOpen, KeyboardShortcuts};
pub(crate) use skip_links::{FILTERS_ID, RESULTS_ID, SkipLinks};
pub(crate) use top_bar::TopBar;
