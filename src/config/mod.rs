//! `pharos.toml`: what is configured.
//!
//! Everything that is wrong with a file is told at once, each with its line, its key, what was found and what was
//! expected. The values of secrets have no place in the file: it names variables and files that hold them.

mod fault;
mod retention;
mod section;
mod values;

use std::path::{Path, PathBuf};

use toml::de::DeTable;

pub(crate) use fault::quoted;
pub use fault::{ConfigError, Fault};
pub use retention::RetentionSettings;
pub(crate) use section::{Placed, Section, list, nearest};
pub(crate) use values::{bytes_text, parse_duration};

use crate::sources::{SourceLimits, SourceSettings};
use fault::Faults;

/// The file that is read when no other is named.
pub const DEFAULT_FILE: &str = "pharos.toml";

/// The longest file that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

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
        let default = Path::new(DEFAULT_FILE);
        match file {
            Some(file) => Self::read(file),
            None if default.exists() => Self::read(default),
            None => Ok(Self::default()),
        }
    }

    fn read(file: &Path) -> Result<Self, ConfigError> {
        let unreadable = |source| ConfigError::Unreadable { file: file.to_owned(), source };
        let length = std::fs::metadata(file).map_err(unreadable)?.len();
        if length > MAX_BYTES {
            return Err(ConfigError::TooLong { file: file.to_owned() });
        }
        let text = std::fs::read_to_string(file).map_err(unreadable)?;
        let config = Self::parse(&file.display().to_string(), &text)?;
        // Paths in the file are meant from where the file is.
        let folder = file.parent().map(Path::to_owned).unwrap_or_default();
        Ok(config.based_at(&folder))
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// When something in it is wrong.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let faults = Faults::new(file, text);
        let mut config = Self::default();
        match DeTable::parse(text) {
            Err(error) => faults.syntax(error.span(), error.message()),
            Ok(table) => {
                let root = Section::root(&faults, table.get_ref());
                config.sources = crate::sources::settings(&root);
                config.limits = crate::sources::limits(&root, &config.sources);
                config.retention = retention::settings(&root);
                root.end();
            }
        }
        faults.into_result().map(|()| config)
    }

    fn based_at(mut self, folder: &Path) -> Self {
        for source in &mut self.sources {
            source.kind.base_at(folder);
        }
        self
    }
}

/// A path of a configuration file, taken from where the file is.
pub(crate) fn based(folder: &Path, path: &mut PathBuf) {
    if path.is_relative() {
        *path = folder.join(&*path);
    }
}
