//! What several pages share.

#![allow(clippy::needless_pass_by_value, reason = "the properties of a component are values")]

mod badge;
#[cfg(test)]
mod contrast;
mod copy_button;
mod count;
mod highlighted;
mod icon;
mod keyboard_shortcuts;
mod moment;
mod outcome;
mod scroll_memory;
mod search_box;
mod side_navigation;
mod theme_toggle;
mod top_bar;

pub(crate) use badge::{HealthBadge, NodeStatusBadge, RuntimeBadge, StateBadge};
pub(crate) use copy_button::CopyButton;
pub(crate) use count::{count_text, resources_text};
pub(crate) use highlighted::Highlighted;
pub(crate) use icon::{Icon, TypeIcon};
pub(crate) use keyboard_shortcuts::{HelpOpen, KeyboardShortcuts};
pub(crate) use moment::Moment;
pub(crate) use outcome::Outcome;
pub(crate) use scroll_memory::ScrollMemory;
pub(crate) use search_box::SearchBox;
pub(crate) use side_navigation::SideNavigation;
pub(crate) use theme_toggle::ThemeToggle;
pub(crate) use top_bar::TopBar;
