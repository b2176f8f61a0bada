//! What several pages share.

mod badge;
mod copy_button;
mod highlighted;
mod icon;
mod keyboard_shortcuts;
mod moment;
mod outcome;
mod search_box;
mod side_navigation;
mod theme_toggle;
mod top_bar;

pub(crate) use badge::{HealthBadge, NodeStatusBadge, RuntimeBadge, StateBadge};
pub(crate) use copy_button::CopyButton;
pub(crate) use highlighted::Highlighted;
pub(crate) use icon::{Icon, TypeIcon};
pub(crate) use keyboard_shortcuts::KeyboardShortcuts;
pub(crate) use moment::Moment;
pub(crate) use outcome::Outcome;
pub(crate) use search_box::SearchBox;
pub(crate) use side_navigation::SideNavigation;
pub(crate) use theme_toggle::ThemeToggle;
pub(crate) use top_bar::TopBar;
