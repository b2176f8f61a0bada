//! What running sources may take together, as `pharos.toml` has it.

use super::SourceSettings;
use crate::config::{Section, bytes_text};
use crate::ingest::MAX_INPUT_BYTES;

/// The most sources that can run at a time.
const MOST_AT_ONCE: u64 = 64;

/// The most memory that can be allowed, in bytes.
const MOST_MEMORY: u64 = 64 << 30;

/// What all sources that run may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceLimits {
    /// How many run at a time.
    pub at_once: usize,
    /// How much they may read together, in bytes.
    pub memory: u64,
}

impl Default for SourceLimits {
    fn default() -> Self {
        Self { at_once: 4, memory: MAX_INPUT_BYTES }
    }
}

/// The table `[sources]`. Each source has to have room in it.
pub(crate) fn limits(root: &Section<'_, '_>, sources: &[SourceSettings]) -> SourceLimits {
    let mut limits = SourceLimits::default();
    let Some(section) = root.section("sources") else { return limits };
    if let Some(at_once) = section.number("at_once", 1, MOST_AT_ONCE) {
        limits.at_once = usize::try_from(at_once).unwrap_or(limits.at_once);
    }
    if let Some(memory) = section.bytes("memory", MOST_MEMORY) {
        limits.memory = memory;
    }
    let largest =
        sources.iter().filter_map(|source| Some((source.kind.most()?, source))).max_by_key(|((most, _), _)| *most);
    if let Some(((most, key), source)) = largest
        && most > limits.memory
    {
        let expected = format!(
            "at least the {} that the source `{}` may take; that can be less with its `{key}`",
            bytes_text(most),
            source.name
        );
        section.refuse(section.line(), "memory", &format!("`{}`", bytes_text(limits.memory)), &expected);
    }
    section.end();
    limits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigFile;
    use crate::sources::settings;

    fn parsed(text: &str) -> Result<SourceLimits, String> {
        let file = ConfigFile::of_text("pharos.toml", text);
        file.read(|root| limits(root, &settings(root))).map_err(|error| error.to_string())
    }

    #[test]
    fn four_sources_run_at_a_time_unless_another_number_is_said() {
        assert_eq!(parsed(""), Ok(SourceLimits { at_once: 4, memory: 1 << 30 }));
        let said = parsed("[sources]\nat_once = 2\nmemory = \"256 MiB\"");
        assert_eq!(said, Ok(SourceLimits { at_once: 2, memory: 256 << 20 }));
        for wrong in ["at_once = 0", "at_once = 1000", "memory = 5", "at_one = 2"] {
            let error = parsed(&format!("[sources]\n{wrong}")).expect_err(wrong);
            assert!(error.contains(":2: `sources."), "{wrong}: {error}");
        }
    }

    #[test]
    fn each_source_has_room_in_the_memory_of_all() {
        let text = "[[source]]\nname = \"files\"\nkind = \"directory\"\npath = \"x\"\n";
        let error = parsed(&format!("{text}[sources]\nmemory = \"128 MiB\"")).expect_err("too little");
        assert!(error.contains("at least the 512 MiB that the source `files` may take"), "{error}");
        assert!(error.contains("`max_total`"), "{error}");
        assert!(parsed(&format!("{text}max_total = \"100 MiB\"\n[sources]\nmemory = \"128 MiB\"")).is_ok());
    }
}
