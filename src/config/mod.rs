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
pub(crate) use retention::settings as retention;
pub(crate) use section::{Placed, Section, list, nearest};
pub(crate) use values::{bytes_text, parse_duration};

use fault::Faults;

/// The file that is read when no other is named.
pub const DEFAULT_FILE: &str = "pharos.toml";

/// The longest file that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// A configuration file. Each room reads its own sections of it.
pub(crate) struct ConfigFile {
    name: String,
    folder: PathBuf,
    text: String,
}

impl ConfigFile {
    /// Loads a file; without one the default file, or `None` if there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn load(file: Option<&Path>) -> Result<Option<Self>, ConfigError> {
        let default = Path::new(DEFAULT_FILE);
        match file {
            Some(file) => Self::at(file).map(Some),
            None if default.exists() => Self::at(default).map(Some),
            None => Ok(None),
        }
    }

    fn at(file: &Path) -> Result<Self, ConfigError> {
        let unreadable = |source| ConfigError::Unreadable { file: file.to_owned(), source };
        let length = std::fs::metadata(file).map_err(unreadable)?.len();
        if length > MAX_BYTES {
            return Err(ConfigError::TooLong { file: file.to_owned() });
        }
        let text = std::fs::read_to_string(file).map_err(unreadable)?;
        let folder = file.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Self { name: file.display().to_string(), folder, text })
    }

    /// A file of this name in the working directory that says `text`.
    pub(crate) fn of_text(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), folder: PathBuf::new(), text: text.to_owned() }
    }

    /// Where the file is: paths in it are meant from there.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads the sections of the file. Those that are not asked for are refused.
    ///
    /// # Errors
    /// When something in the file is wrong.
    pub(crate) fn read<T: Default>(&self, sections: impl FnOnce(&Section<'_, '_>) -> T) -> Result<T, ConfigError> {
        let faults = Faults::new(&self.name, &self.text);
        let mut read = T::default();
        match DeTable::parse(&self.text) {
            Err(error) => faults.syntax(error.span(), error.message()),
            Ok(table) => {
                let root = Section::root(&faults, table.get_ref());
                read = sections(&root);
                root.end();
            }
        }
        faults.into_result().map(|()| read)
    }
}

/// A path of a configuration file, taken from where the file is.
pub(crate) fn based(folder: &Path, path: &mut PathBuf) {
    if path.is_relative() {
        *path = folder.join(&*path);
    }
}
