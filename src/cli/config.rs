//! All that is configured, as commands need it.

use std::path::Path;

use crate::config::{ConfigError, ConfigFile, RetentionSettings, Section};
use crate::sources::{SourceLimits, SourceSettings};
use crate::{config, sources};

/// What is configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The sources, in their order.
    pub sources: Vec<SourceSettings>,
    /// What running sources may take together.
    pub limits: SourceLimits,
    /// How much is kept of what has ended.
    pub retention: RetentionSettings,
}

impl Config {
    /// Reads a file; without one the default file, or nothing if there is none.
    ///
    /// # Errors
    /// When the file cannot be read or something in it is wrong.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(file) = ConfigFile::load(file)? else { return Ok(Self::default()) };
        let mut config = file.read(Self::of)?;
        for source in &mut config.sources {
            source.kind.base_at(file.folder());
        }
        Ok(config)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// When something in it is wrong.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        ConfigFile::of_text(file, text).read(Self::of)
    }

    fn of(root: &Section<'_, '_>) -> Self {
        let sources = sources::settings(root);
        Self { limits: sources::limits(root, &sources), sources, retention: config::retention(root) }
    }
}
