//! The frame round every page.

mod focus;
mod live_button;
mod navigation;
mod pending_pill;
mod scroll;
mod search;
mod settings;
mod shortcuts;
mod theme;
mod top_bar;

pub(crate) use focus::{MAIN_ID, MainContent, focus_in_place};
pub(crate) use navigation::SideNavigation;
pub(crate) use pending_pill::PendingPill;
pub(crate) use scroll::ScrollMemory;
pub(crate) use settings::SingleKeys;
pub(crate) use shortcuts::{HelpOpen, KeyboardShortcuts};
pub(crate) use top_bar::TopBar;
