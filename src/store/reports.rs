//! Resources by ids with wildcards, as the platform's reports are asked for (domain.md 7.1).

use async_trait::async_trait;

use super::{Numbered, StoreError};

/// The most Resources that one id may be compared with.
pub const MAX_REPORTED: u64 = 100_000;

/// An id whose parts may hold wildcards: `%` stands for any characters, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdPattern {
    /// The type.
    pub resource_type: String,
    /// The version.
    pub version: String,
    /// The name.
    pub name: String,
    /// The workspace; `None` for Resources that live in none. A lone `%` stands for none as well.
    pub workspace: Option<String>,
}

impl IdPattern {
    /// Reads `TYPE:VERSION:NAME[:WORKSPACE]`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.trim().split(':').map(str::trim).collect();
        let (resource_type, version, name, workspace) = match parts[..] {
            [resource_type, version, name] => (resource_type, version, name, None),
            [resource_type, version, name, workspace] => (resource_type, version, name, Some(workspace)),
            _ => return None,
        };
        let blank = resource_type.is_empty() || name.is_empty() || workspace.is_some_and(str::is_empty);
        (!blank).then(|| Self {
            resource_type: resource_type.to_lowercase(),
            version: version.to_owned(),
            name: name.to_owned(),
            workspace: workspace.map(str::to_owned),
        })
    }
}

/// A page of the Resources that an id matches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matched {
    /// The Resources, by type, workspace and name.
    pub resources: Vec<Numbered>,
    /// How many match in all.
    pub total: u64,
}

/// Storage that finds Resources by ids with wildcards.
#[async_trait]
pub trait Reports: Send + Sync {
    /// Up to `limit` Resources that an id matches, after the first `offset`; the deleted ones too.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when more than [`MAX_REPORTED`] would have to be looked at, or when the database fails.
    async fn matching(&self, id: &IdPattern, offset: u64, limit: u64) -> Result<Matched, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_three_or_four_parts() {
        let id = IdPattern::parse("Workflow:v1:%:public").expect("an id");
        assert_eq!((id.resource_type.as_str(), id.workspace.as_deref()), ("workflow", Some("public")));
        assert_eq!(IdPattern::parse("depot:v1:lakehouse").map(|id| id.workspace), Some(None));
        for text in ["", "depot", "depot:v1", ":v1:x", "depot:v1::public", "a:b:c:d:e", "a:b:c:"] {
            assert_eq!(IdPattern::parse(text), None, "{text}");
        }
    }
}
