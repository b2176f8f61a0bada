//! What a listing can be narrowed down by, and what people write for it in URLs and in the search box.

use serde::{Deserialize, Serialize};

use super::freshness::STALE;
use super::health::{HealthLevel, STUCK};
use super::resource_type::KNOWN_TYPES;
use super::runtime::RuntimeState;
use super::word::State;

/// What a listing can be narrowed down by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FacetName {
    /// The type.
    Type,
    /// The State.
    State,
    /// The word of the runtime.
    Runtime,
    /// The health.
    Health,
    /// The workspace.
    Workspace,
    /// The owner.
    Owner,
    /// The source of a depot.
    Source,
    /// A tag.
    Tag,
    /// Whether its values are stale.
    Fresh,
}

impl FacetName {
    /// All, in the order of the screen.
    pub const ALL: [Self; 9] = [
        Self::Type,
        Self::State,
        Self::Runtime,
        Self::Health,
        Self::Workspace,
        Self::Owner,
        Self::Source,
        Self::Tag,
        Self::Fresh,
    ];

    /// The name in URLs and as a qualifier in the search box.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::State => "state",
            Self::Runtime => "runtime",
            Self::Health => "health",
            Self::Workspace => "workspace",
            Self::Owner => "owner",
            Self::Source => "source",
            Self::Tag => "tag",
            Self::Fresh => "fresh",
        }
    }

    /// The title on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Type => "Type",
            Self::State => "State",
            Self::Runtime => "Runtime",
            Self::Health => "Health",
            Self::Workspace => "Workspace",
            Self::Owner => "Owner",
            Self::Source => "Depot source",
            Self::Tag => "Tags",
            Self::Fresh => "Freshness",
        }
    }

    /// Reads the name of a qualifier or URL parameter.
    #[must_use]
    pub fn from_qualifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|facet| facet.as_str() == name)
    }

    /// Reads a value as people write it, which is as the screen shows it: types may be named by their plural, and what
    /// a runtime says after the colon (`running:2`) does not count.
    #[must_use]
    pub fn read_value(self, text: &str) -> &str {
        let is = |word: &str| word.eq_ignore_ascii_case(text);
        match self {
            Self::Type => {
                let known = KNOWN_TYPES.iter().find(|info| is(info.slug) || is(info.label) || is(info.plural));
                known.map_or(text, |info| info.name)
            }
            Self::Health if is(HealthLevel::InProgress.label()) => "in-progress",
            Self::Runtime => match text.split_once(':') {
                Some((word, _)) if !word.trim().is_empty() => word.trim_end(),
                _ => text,
            },
            _ => text,
        }
    }

    /// The words that the values of a facet are taken from, where those are words of the platform or of Pharos rather
    /// than names that people choose. States and runtimes may have others all the same.
    #[must_use]
    pub fn vocabulary(self) -> Option<Vec<&'static str>> {
        Some(match self {
            Self::Type => KNOWN_TYPES.iter().map(|info| info.name).collect(),
            Self::State => State::KNOWN.to_vec(),
            Self::Runtime => RuntimeState::KNOWN.to_vec(),
            Self::Health => HealthLevel::KNOWN.iter().copied().chain([STUCK]).collect(),
            Self::Fresh => vec![STALE],
            Self::Workspace | Self::Owner | Self::Source | Self::Tag => return None,
        })
    }
}
