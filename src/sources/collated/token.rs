//! Where the token of the platform is. It is read anew for every run, so that a renewed one is used at once.

use std::path::{Path, PathBuf};

use crate::config::Section;
use crate::sources::reading::RunError;
use crate::sources::secret::Secret;

/// The longest token, in bytes.
const MAX_BYTES: usize = 64 * 1_024;

/// Where the token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSettings {
    /// Nowhere: none is sent.
    None,
    /// In a variable of the environment.
    Variable(String),
    /// In a file.
    File(PathBuf),
}

impl TokenSettings {
    pub(super) fn read(section: &Section<'_, '_>) -> Self {
        let variable = section.text("token_env", "the name of a variable that holds the token");
        let file = section.text("token_file", "a file that holds the token");
        match (variable, file) {
            (Some(_), Some(file)) => {
                section.refuse(file.line, "token_file", "`token_env` as well", "one of the two");
                Self::None
            }
            (Some(variable), None) => {
                if !variable.value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                    // It may well be the token itself.
                    let expected = "the name of a variable that holds the token, such as `DATAOS_TOKEN`";
                    section.refuse(variable.line, "token_env", "a text that is no name", expected);
                }
                Self::Variable(variable.value)
            }
            (None, Some(file)) => Self::File(PathBuf::from(file.value)),
            (None, None) => Self::None,
        }
    }

    pub(in crate::sources) fn base_at(&mut self, folder: &Path) {
        if let Self::File(file) = self {
            crate::config::based(folder, file);
        }
    }

    /// The token.
    pub(super) fn token(&self) -> Result<Option<Secret>, RunError> {
        let (text, place) = match self {
            Self::None => return Ok(None),
            Self::Variable(name) => {
                let place = format!("the variable `{name}`");
                let text = std::env::var(name)
                    .map_err(|_| RunError::Token(format!("{place} is not set; it should hold the token")))?;
                (text, place)
            }
            Self::File(file) => {
                let place = format!("the file `{}`", file.display());
                let text = std::fs::read_to_string(file)
                    .map_err(|error| RunError::Token(format!("cannot read the token from {place}: {error}")))?;
                (text, place)
            }
        };
        let token = text.trim();
        let sendable =
            !token.is_empty() && token.len() <= MAX_BYTES && token.bytes().all(|byte| byte.is_ascii_graphic());
        if sendable {
            Ok(Some(Secret::new(token.to_owned())))
        } else {
            Err(RunError::Token(format!("{place} does not hold a token: it is blank, or holds more than one word")))
        }
    }
}
