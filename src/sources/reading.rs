//! What one look at a source gave.

use std::path::PathBuf;
use std::time::Duration;

use app::model::{Observation, Scope, Timestamp};

use super::{KindSettings, SourceSettings, collated, command, directory};
use crate::config::bytes_text;
use crate::ingest::{self, ReadOptions};

/// How many faults are told one by one.
const FAULTS_TOLD: usize = 3;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What it says.
    pub observations: Vec<Observation>,
    /// Of what it is all there is. A reading with faults is complete for nothing.
    pub complete: Vec<Scope>,
    /// What could not be read, in words: with one of these the run is a failure, though what was read is taken in.
    pub faults: Vec<String>,
}

/// Why a source could not be read. Nothing is taken in then.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It took too long.
    #[error("it took longer than {} and was stopped; give it more time with `timeout`", seconds(*.0))]
    TooSlow(Duration),
    /// The program cannot be started.
    #[error("cannot run `{program}`: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The program ended with a failure.
    #[error("`{program}` ended with {how}{said}")]
    Ended {
        /// The program.
        program: String,
        /// Its exit code or signal.
        how: String,
        /// The end of what it wrote to standard error, as `: …`; may be blank.
        said: String,
    },
    /// There is more to read than may be.
    #[error("it gave more than {}; allow more with `{key}`", bytes_text(*.limit))]
    TooLong {
        /// The bound.
        limit: u64,
        /// The key that sets it.
        key: &'static str,
    },
    /// There is nothing that can be read.
    #[error("{0} gave nothing to read; a listing without Resources has at least its header")]
    Nothing(String),
    /// A file cannot be read.
    #[error("cannot read `{}`: {source}", file.display())]
    File {
        /// The file or folder.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A secret is missing.
    #[error("{0}")]
    Token(String),
    /// Anything else, in words.
    #[error("{0}")]
    Failed(String),
    /// The platform asks to be left alone for a while.
    #[error("the platform allows no more requests at the moment (429); it asks to wait {}", seconds(*.0))]
    Wait(Duration),
    /// Something broke inside.
    #[error("the work was cut off")]
    CutOff,
}

fn seconds(duration: Duration) -> String {
    app::model::duration_text(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX).max(1_000))
}

/// Reads a source at a moment. Dropping the future stops whatever is under way.
///
/// # Errors
/// When nothing can be taken in.
pub async fn read(settings: &SourceSettings, at: Timestamp) -> Result<Reading, RunError> {
    let read = async {
        match &settings.kind {
            KindSettings::Command(command) => command::read(command, settings, at).await,
            KindSettings::Collated(collated) => collated::read(collated, !settings.complete.is_empty(), at).await,
            KindSettings::Directory(directory) => directory::read(directory, settings, at).await,
            KindSettings::Push => Ok(Reading::default()),
        }
    };
    let limited = tokio::time::timeout(settings.timeout, read).await;
    let mut reading = limited.unwrap_or(Err(RunError::TooSlow(settings.timeout)))?;
    if reading.faults.is_empty() {
        reading.complete.clone_from(&settings.complete);
    }
    Ok(reading)
}

/// Reads a text as import does.
///
/// # Errors
/// [`RunError::Nothing`] when there is no document in it.
pub(super) fn read_text(
    text: &[u8],
    name: &str,
    settings: &SourceSettings,
    at: Timestamp,
) -> Result<Reading, RunError> {
    let options = ReadOptions { source: &settings.name, at, file: name, workspace: &settings.workspace };
    let read = ingest::read(text, &options);
    if read.documents == 0 {
        return Err(RunError::Nothing(format!("`{name}`")));
    }
    let faults = read.refused.iter().map(ToString::to_string).collect();
    Ok(Reading { observations: read.observations, complete: Vec::new(), faults })
}

impl Reading {
    /// What could not be read, in one text; `None` when all could.
    #[must_use]
    pub fn fault_text(&self) -> Option<String> {
        if self.faults.is_empty() {
            return None;
        }
        let mut text = self.faults.iter().take(FAULTS_TOLD).cloned().collect::<Vec<_>>().join("; ");
        if self.faults.len() > FAULTS_TOLD {
            text.push_str(&format!("; and {} more", self.faults.len() - FAULTS_TOLD));
        }
        Some(text)
    }
}
