//! The kit: the parts that pages are made of. Each carries its own Tailwind utilities, so that pages add layout only.

#![allow(clippy::needless_pass_by_value, reason = "the properties of a component are values")]

mod badge;
mod button;
mod card;
mod chip;
mod code_block;
mod code_text;
#[cfg(test)]
mod contrast;
mod copy_button;
mod count;
mod data_table;
mod empty_state;
mod fact_list;
mod field;
mod health_bar;
mod highlighted;
mod icon;
mod kept_choice;
mod menu;
mod notice;
mod page_title;
mod popover;
mod reason;
mod relative_time;
mod render_once;
mod tabs;
mod toast;

pub(crate) use badge::{Badge, HealthBadge, NodeStatusBadge, RuntimeBadge, StateBadge, Tone, runtime_fill, state_fill};
pub(crate) use button::{Button, ButtonLink, IconButton, IconLink};
pub(crate) use card::{Card, CardList};
pub(crate) use chip::{Chip, ChipRow};
pub(crate) use code_block::CodeBlock;
pub(crate) use code_text::CodeText;
pub(crate) use copy_button::{Copied, CopyButton, copy_text};
pub(crate) use count::{count_text, resources_text};
pub(crate) use data_table::{DataTable, NUMBER_CELL, SortArrow};
pub(crate) use empty_state::EmptyState;
pub(crate) use fact_list::{Fact, FactList};
pub(crate) use field::SearchField;
pub(crate) use health_bar::HealthBar;
pub(crate) use highlighted::Highlighted;
pub(crate) use icon::{Icon, IconName, TypeIcon};
#[cfg(feature = "hydrate")]
pub(crate) use kept_choice::Hydrated;
pub(crate) use kept_choice::{KeptChoice, apply_choice, browser_storage};
pub(crate) use menu::Menu;
pub(crate) use notice::Notice;
pub(crate) use page_title::page_title;
pub(crate) use popover::Popover;
pub(crate) use reason::Reason;
pub(crate) use relative_time::{Clock, ExactTime, RelativeTime, SeenAge, TimeZoneChoice, Uptime};
pub(crate) use render_once::render_once;
pub(crate) use tabs::{Tab, Tabs};
pub(crate) use toast::Toast;
