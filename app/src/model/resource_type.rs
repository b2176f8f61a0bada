//! The types of Resources: an open set with a table of the known ones (domain.md 1.1 and 1.2).

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where Resources of a type live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// In a workspace; names repeat across workspaces.
    Workspace,
    /// In the instance as a whole; no workspace.
    Instance,
}

/// Whether and how Resources run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuntimeKind {
    /// Should be running at all times.
    LongRunning,
    /// Runs to an end, and succeeds or fails.
    Batch,
    /// Waits for its schedule.
    Scheduled,
    /// Its Operator decides.
    Managed,
    /// Has no runtime of its own; its parts have.
    Parts,
    /// Does not run.
    Static,
}

/// What is known of a type.
#[derive(Debug, PartialEq, Eq)]
pub struct TypeInfo {
    /// The type as manifests write it: `instance-secret`.
    pub name: &'static str,
    /// One of it, as the screen shows it: `Instance secret`.
    pub label: &'static str,
    /// Many of it: `Instance secrets`.
    pub plural: &'static str,
    /// Many of it, in URLs: `instance-secrets`.
    pub slug: &'static str,
    /// Workspace- or instance-level.
    pub level: Level,
    /// How it runs; depots depend on their source, see [`ResourceType::runtime_kind`].
    pub runtime: RuntimeKind,
    /// The key that jumps to its listing after `g`.
    pub shortcut: Option<char>,
}

const fn known(
    name: &'static str,
    label: &'static str,
    plural: &'static str,
    slug: &'static str,
    level: Level,
    runtime: RuntimeKind,
    shortcut: Option<char>,
) -> TypeInfo {
    TypeInfo { name, label, plural, slug, level, runtime, shortcut }
}

/// The known types, in the order of the left navigation (domain.md 4), with those Metis leaves out at the end.
pub const KNOWN_TYPES: &[TypeInfo] = {
    use Level::{Instance, Workspace};
    use RuntimeKind::{Batch, LongRunning, Managed, Parts, Scheduled, Static};
    &[
        known("workflow", "Workflow", "Workflows", "workflows", Workspace, Batch, Some('w')),
        known("service", "Service", "Services", "services", Workspace, LongRunning, Some('s')),
        known("depot", "Depot", "Depots", "depots", Instance, Static, Some('d')),
        known("cluster", "Cluster", "Clusters", "clusters", Workspace, LongRunning, Some('c')),
        known("bundle", "Bundle", "Bundles", "bundles", Instance, Parts, Some('b')),
        known("worker", "Worker", "Workers", "workers", Workspace, LongRunning, Some('k')),
        known("policy", "Policy", "Policies", "policies", Instance, Static, Some('p')),
        known("stack", "Stack", "Stacks", "stacks", Instance, Static, Some('t')),
        known("database", "Database", "Databases", "databases", Workspace, Static, Some('a')),
        known("compute", "Compute", "Computes", "computes", Instance, Static, Some('u')),
        known("secret", "Secret", "Secrets", "secrets", Workspace, Static, Some('e')),
        known("monitor", "Monitor", "Monitors", "monitors", Workspace, Scheduled, Some('m')),
        known("lakehouse", "Lakehouse", "Lakehouses", "lakehouses", Workspace, Parts, Some('h')),
        known(
            "instance-secret",
            "Instance secret",
            "Instance secrets",
            "instance-secrets",
            Instance,
            Static,
            Some('i'),
        ),
        known("operator", "Operator", "Operators", "operators", Instance, Static, Some('o')),
        known("pager", "Pager", "Pagers", "pagers", Workspace, LongRunning, Some('g')),
        known("lens", "Lens", "Lenses", "lenses", Workspace, Parts, Some('l')),
        known("volume", "Volume", "Volumes", "volumes", Workspace, Static, Some('v')),
        known("resource", "Resource", "Operator resources", "operator-resources", Workspace, Managed, None),
        known("grant", "Grant", "Grants", "grants", Instance, Static, None),
        known("dataplane", "Data plane", "Data planes", "dataplanes", Instance, Static, None),
    ]
};

/// Depot sources that are object storage: only such depots have a runtime (seed "Depot"; domain.md 1.2).
#[must_use]
pub fn is_object_storage(depot_source: &str) -> bool {
    ["s3", "gcs", "abfss", "wasbs"].contains(&depot_source.trim().to_lowercase().as_str())
}

/// The type of a Resource: lower-case, any word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceType(String);

impl ResourceType {
    /// Reads a type in any case: `DEPOT`, `instance-secret`. Blank text gives a blank type, which keys refuse.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_lowercase())
    }

    /// Reads the segment of a URL: the plural of a known type, or the word itself.
    #[must_use]
    pub fn from_slug(slug: &str) -> Self {
        let word = slug.trim().to_lowercase();
        match KNOWN_TYPES.iter().find(|info| info.slug == word) {
            Some(info) => Self(info.name.to_owned()),
            None => Self(word),
        }
    }

    /// The type as manifests write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its row of the table, if it is a known type.
    #[must_use]
    pub fn info(&self) -> Option<&'static TypeInfo> {
        KNOWN_TYPES.iter().find(|info| info.name == self.0)
    }

    /// The segment of URLs: `depots`; an unknown type is its own segment.
    #[must_use]
    pub fn slug(&self) -> &str {
        self.info().map_or(&self.0, |info| info.slug)
    }

    /// One of it, as the screen shows it.
    #[must_use]
    pub fn label(&self) -> String {
        self.info().map_or_else(|| self.0.clone(), |info| info.label.to_owned())
    }

    /// Many of it, as the screen shows it.
    #[must_use]
    pub fn plural(&self) -> String {
        self.info().map_or_else(|| self.0.clone(), |info| info.plural.to_owned())
    }

    /// The level of a known type.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.info().map(|info| info.level)
    }

    /// How Resources of this type run; a depot's source decides. `None` when nothing is known of the type.
    #[must_use]
    pub fn runtime_kind(&self, depot_source: Option<&str>) -> Option<RuntimeKind> {
        if self.0 == "depot" {
            return depot_source
                .map(|source| if is_object_storage(source) { RuntimeKind::LongRunning } else { RuntimeKind::Static });
        }
        self.info().map(|info| info.runtime)
    }

    /// Whether it has no runtime of its own, but parts that have (domain.md 1.2).
    #[must_use]
    pub fn is_composite(&self) -> bool {
        self.info().is_some_and(|info| info.runtime == RuntimeKind::Parts)
    }

    /// Whether the page of such a Resource has a Runtime tab. Where neither type nor source decide,
    /// a runtime that was reported does.
    #[must_use]
    pub fn has_runtime_tab(&self, depot_source: Option<&str>, runtime_reported: bool) -> bool {
        match self.runtime_kind(depot_source) {
            Some(RuntimeKind::Static) => runtime_reported && self.0 != "depot",
            Some(RuntimeKind::Parts) => self.0 != "bundle" || runtime_reported,
            Some(_) => true,
            None => runtime_reported,
        }
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_has_no_twins() {
        let slugs: BTreeSet<_> = KNOWN_TYPES.iter().map(|info| info.slug).collect();
        assert_eq!(slugs.len(), KNOWN_TYPES.len());
        let shortcuts: Vec<_> = KNOWN_TYPES.iter().filter_map(|info| info.shortcut).collect();
        assert_eq!(shortcuts.iter().collect::<BTreeSet<_>>().len(), shortcuts.len());
    }

    #[test]
    fn slugs_lead_back_to_their_type() {
        for info in KNOWN_TYPES {
            assert_eq!(ResourceType::from_slug(info.slug).as_str(), info.name);
        }
        assert_eq!(ResourceType::from_slug("vulcan").slug(), "vulcan");
    }

    #[test]
    fn only_object_storage_depots_have_a_runtime_tab() {
        let depot = ResourceType::new("Depot");
        for source in ["S3", "gcs", "ABFSS", "wasbs"] {
            assert!(depot.has_runtime_tab(Some(source), false), "{source}");
        }
        for source in ["JDBC", "snowflake", "PULSAR", "bigquery"] {
            assert!(!depot.has_runtime_tab(Some(source), true), "{source}");
        }
        assert!(!depot.has_runtime_tab(None, false));
        assert!(depot.has_runtime_tab(None, true));
    }

    #[test]
    fn lenses_and_lakehouses_list_their_parts_and_secrets_do_not_run() {
        for (name, tab) in [
            ("lens", true),
            ("lakehouse", true),
            ("service", true),
            ("workflow", true),
            ("monitor", true),
            ("secret", false),
            ("policy", false),
            ("bundle", false),
            ("vulcan", false),
        ] {
            assert_eq!(ResourceType::new(name).has_runtime_tab(None, false), tab, "{name}");
        }
    }
}
