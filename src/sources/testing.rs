//! Sources that tests of this room run.

use std::sync::Arc;

use super::{Recorder, Runner, SourceSettings};
use crate::catalog::system_clock;
use crate::config::ConfigFile;
use crate::store::Store;

/// A source that runs a script of the shell, every second and without jitter.
pub(super) fn command(name: &str, script: &str) -> SourceSettings {
    let text = format!(
        "[[source]]\nname = \"{name}\"\nkind = \"command\"\nrun = [\"sh\", \"-c\", \"\"\"{script}\"\"\"]\n\
         interval = \"1s\"\njitter = \"0s\"\n"
    );
    let sources = ConfigFile::of_text("pharos.toml", &text).read(super::settings);
    sources.unwrap_or_else(|error| panic!("{error}")).into_iter().next().expect("a source")
}

/// A runner of its own, as another process has it.
pub(super) fn runner_on(store: &Arc<dyn Store>) -> Runner {
    Runner::new(Arc::clone(store), Recorder::Store(Arc::clone(store)), system_clock())
}

/// How many were under way together at most, where each wrote `+` at its beginning and `-` at its end.
pub(super) fn runs_at_most(log: &str) -> i32 {
    let mut running = 0;
    let counts = log.lines().map(|line| {
        running += if line == "+" { 1 } else { -1 };
        running
    });
    counts.max().unwrap_or_default()
}
