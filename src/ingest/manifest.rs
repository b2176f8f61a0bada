//! Manifests.
use app::model::Observation;

use super::ReadOptions;
use super::refusal::Fault;

pub(super) fn read(text: &str, line: u64, _options: &ReadOptions<'_>) -> Result<Observation, Fault> {
    Err(Fault::new(line, text, "a table"))
}
