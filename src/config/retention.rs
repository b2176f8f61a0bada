//! How much is kept of what has ended.

use app::model::ENDED_NODES_KEPT;

use super::Section;

/// The most ended nodes that can be kept of a Resource: what is kept is read with each page of it.
const MOST_ENDED_NODES: u64 = 10_000;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionSettings {
    /// Runtime nodes that have ended, of each Resource.
    pub ended_nodes: u32,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self { ended_nodes: u32::try_from(ENDED_NODES_KEPT).unwrap_or(u32::MAX) }
    }
}

/// The table `[retention]`.
pub(crate) fn settings(root: &Section<'_, '_>) -> RetentionSettings {
    let mut settings = RetentionSettings::default();
    let Some(section) = root.section("retention") else { return settings };
    if let Some(nodes) = section.number("ended_nodes", 0, MOST_ENDED_NODES) {
        settings.ended_nodes = u32::try_from(nodes).unwrap_or(u32::MAX);
    }
    section.end();
    settings
}

#[cfg(test)]
mod tests {
    use crate::config::ConfigFile;

    #[test]
    fn ended_nodes_are_kept_as_many_as_is_said() {
        let kept = |text: &str| {
            ConfigFile::of_text("pharos.toml", text).read(super::settings).map(|retention| retention.ended_nodes)
        };
        assert_eq!(kept("").expect("a configuration"), 200);
        assert_eq!(kept("[retention]\nended_nodes = 50").expect("a configuration"), 50);
        for (text, line) in [
            ("[retention]\nended_nodes = -1", ":2"),
            ("[retention]\nnodes = 1", ":2"),
            ("\n[[retention]]\nended_nodes = 1", ":2"),
        ] {
            let error = kept(text).expect_err(text).to_string();
            assert!(error.contains(line), "{text}: {error}");
        }
    }
}
