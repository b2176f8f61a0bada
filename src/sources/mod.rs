//! Sources: whatever Pharos asks by itself to stay current.
//!
//! A source is read into observations, which go into the catalog the way all observations go. What went wrong is kept
//! in words, never with a secret in them.

mod collated;
mod command;
mod directory;
mod limits;
mod reading;
mod run;
mod schedule;
mod scheduler;
mod secret;
mod settings;
#[cfg(all(test, unix))]
mod testing;
mod turns;

pub use collated::{CollatedSettings, Report, TokenSettings};
pub use command::CommandSettings;
pub use directory::DirectorySettings;
pub use limits::SourceLimits;
pub use reading::{Reading, RunError, read};
pub use run::{Ran, Recorder, Runner};
pub use scheduler::Scheduler;
pub use settings::{KindSettings, SourceSettings};

pub(crate) use limits::limits;
pub(crate) use settings::settings;
