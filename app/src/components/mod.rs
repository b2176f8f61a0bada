//! What several pages share, and what frames them.

#![allow(clippy::needless_pass_by_value, reason = "the properties of a component are values")]

#[cfg(feature = "ssr")]
mod badge;
#[cfg(test)]
mod contrast;
mod copy_button;
#[cfg(feature = "ssr")]
mod count;
mod fragment;
#[cfg(feature = "ssr")]
mod highlighted;
mod icon;
mod keyboard_shortcuts;
mod live;
#[cfg(feature = "ssr")]
mod moment;
mod scroll_memory;
mod search_box;
mod side_navigation;
mod theme_toggle;
mod top_bar;

#[cfg(feature = "ssr")]
pub(crate) use badge::{
    HealthBadge, NodeStatusBadge, RuntimeBadge, StateBadge, health_badge, runtime_badge, state_badge,
};
pub(crate) use copy_button::CopyButtons;
#[cfg(feature = "ssr")]
pub(crate) use copy_button::{Copied, CopyButton};
#[cfg(feature = "ssr")]
pub(crate) use count::{count_text, resources_text};
pub(crate) use fragment::{Arrived, Shown};
#[cfg(feature = "ssr")]
pub(crate) use highlighted::{Highlighted, highlighted};
pub(crate) use icon::Icon;
#[cfg(feature = "ssr")]
pub(crate) use icon::{TypeIcon, icon, type_icon, written};
pub(crate) use keyboard_shortcuts::{HelpOpen, KeyboardShortcuts};
#[cfg(feature = "ssr")]
pub(crate) use live::marker;
pub(crate) use live::{Live, LiveSign, Liveness};
#[cfg(feature = "ssr")]
pub(crate) use moment::{Moment, moment};
pub(crate) use scroll_memory::ScrollMemory;
pub(crate) use search_box::SearchBox;
#[cfg(feature = "ssr")]
pub(crate) use search_box::{Place, SEARCH_FORM_ID, offers};
pub(crate) use side_navigation::SideNavigation;
#[cfg(feature = "ssr")]
pub(crate) use side_navigation::navigation;
pub(crate) use theme_toggle::ThemeToggle;
pub(crate) use top_bar::TopBar;
