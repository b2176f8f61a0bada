//! How Resources are told apart (domain.md 1.3).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::resource_type::{Level, ResourceType};

/// The longest type, workspace or name that is stored, in bytes. The platform allows 48 characters for a name; this
/// leaves room for what it lets through anyway.
pub const MAX_NAME_BYTES: usize = 253;

/// Why something is not a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A part that must be there is blank.
    #[error("the {0} is missing")]
    Missing(&'static str),
    /// A part is longer than [`MAX_NAME_BYTES`].
    #[error("the {0} is longer than 253 bytes")]
    TooLong(&'static str),
    /// A part holds a character that no name can hold.
    #[error("the {part} `{value}` holds a blank, a slash, a colon or a control character")]
    BadCharacter {
        /// Which part.
        part: &'static str,
        /// The part as it was.
        value: String,
    },
    /// Not of the form `TYPE:VERSION:NAME[:WORKSPACE]`.
    #[error("`{0}` is not of the form `TYPE:VERSION:NAME[:WORKSPACE]`")]
    NotAnId(String),
}

/// What makes a Resource one and the same: type, workspace (where the type has one) and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The type.
    pub resource_type: ResourceType,
    /// The workspace; `None` for instance-level Resources.
    pub workspace: Option<String>,
    /// The name.
    pub name: String,
}

impl Key {
    /// Checks the parts. Blank workspaces count as none; the workspace of a known instance-level type is dropped,
    /// since its runtime parts live in one but the Resource does not.
    ///
    /// # Errors
    /// When a part is missing, too long, or holds a character that would break ids and URLs.
    pub fn new(resource_type: &str, workspace: Option<&str>, name: &str) -> Result<Self, KeyError> {
        let resource_type = ResourceType::new(resource_type);
        check("type", resource_type.as_str())?;
        let name = name.trim();
        check("name", name)?;
        let workspace = workspace
            .map(str::trim)
            .filter(|workspace| !workspace.is_empty() && resource_type.level() != Some(Level::Instance));
        if let Some(workspace) = workspace {
            check("workspace", workspace)?;
        }
        Ok(Self { resource_type, workspace: workspace.map(str::to_owned), name: name.to_owned() })
    }

    /// The name in URLs: `name`, or `workspace.name`.
    #[must_use]
    pub fn fqn(&self) -> String {
        match &self.workspace {
            Some(workspace) => format!("{workspace}.{}", self.name),
            None => self.name.clone(),
        }
    }

    /// The keys that the `fqn` of a URL may mean, the likeliest first. A dot parts workspace and name unless the type
    /// is known to have no workspace; where the type is unknown both readings are given.
    #[must_use]
    pub fn candidates(resource_type: &ResourceType, fqn: &str) -> Vec<Self> {
        let plain = Self::new(resource_type.as_str(), None, fqn).ok();
        let parted = (resource_type.level() != Some(Level::Instance))
            .then(|| fqn.split_once('.'))
            .flatten()
            .and_then(|(workspace, name)| Self::new(resource_type.as_str(), Some(workspace), name).ok());
        parted.into_iter().chain(plain).collect()
    }

    /// The path of the Resource's page: `/resources/services/public.orders-api`.
    #[must_use]
    pub fn path(&self) -> String {
        resource_path(self.resource_type.slug(), &self.fqn())
    }

    /// The keys that the path of a page may mean, the likeliest first (see [`Key::candidates`]); none for any other path.
    #[must_use]
    pub fn of_path(path: &str) -> Vec<Self> {
        let Some((slug, fqn)) = path.strip_prefix("/resources/").and_then(|rest| rest.split_once('/')) else {
            return Vec::new();
        };
        let decoded = |segment: &str| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned();
        Self::candidates(&ResourceType::from_slug(&decoded(slug)), &decoded(fqn))
    }

    /// The printed id, with the version that the Resource has now.
    #[must_use]
    pub fn id(&self, version: &str) -> ResourceId {
        ResourceId { key: self.clone(), version: version.to_owned() }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.resource_type, self.fqn())
    }
}

/// The path of a Resource's page by the plural of its type and its name in URLs.
#[must_use]
pub fn resource_path(slug: &str, fqn: &str) -> String {
    ["/resources/", &encode_segment(slug), "/", &encode_segment(fqn)].concat()
}

/// Percent-encodes one segment of a path.
pub(crate) fn encode_segment(segment: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEEP: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(segment, KEEP).to_string()
}

fn check(part: &'static str, value: &str) -> Result<(), KeyError> {
    if value.is_empty() {
        return Err(KeyError::Missing(part));
    }
    if value.len() > MAX_NAME_BYTES {
        return Err(KeyError::TooLong(part));
    }
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | ':' | '\\');
    if value.contains(forbidden) || (part == "workspace" && value.contains('.')) || matches!(value, "." | "..") {
        return Err(KeyError::BadCharacter { part, value: value.chars().take(60).collect() });
    }
    Ok(())
}

/// The id as the platform prints it: `TYPE:VERSION:NAME[:WORKSPACE]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResourceId {
    /// Type, workspace and name.
    pub key: Key,
    /// The version: free text, an attribute rather than part of the identity.
    pub version: String,
}

impl ResourceId {
    /// Reads `TYPE:VERSION:NAME[:WORKSPACE]`.
    ///
    /// # Errors
    /// When the parts are too few or too many, or one of them is no name.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let parts: Vec<&str> = text.trim().split(':').collect();
        match parts[..] {
            [resource_type, version, name] => {
                Ok(Self { key: Key::new(resource_type, None, name)?, version: version.to_owned() })
            }
            [resource_type, version, name, workspace] => {
                Ok(Self { key: Key::new(resource_type, Some(workspace), name)?, version: version.to_owned() })
            }
            _ => Err(KeyError::NotAnId(text.trim().chars().take(80).collect())),
        }
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.key.resource_type, self.version, self.key.name)?;
        match &self.key.workspace {
            Some(workspace) => write!(formatter, ":{workspace}"),
            None => Ok(()),
        }
    }
}

/// The identifier that `dataos-ctl -i` takes: the name first, parted by `|` (copied from a table) or `:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier(pub ResourceId);

impl Identifier {
    /// Reads `NAME | VERSION | TYPE | WORKSPACE` or `NAME:VERSION:TYPE[:WORKSPACE]`.
    ///
    /// # Errors
    /// When the parts are too few or too many, or one of them is no name.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let separator = if text.contains('|') { '|' } else { ':' };
        let parts: Vec<&str> = text.split(separator).map(str::trim).collect();
        let (name, version, resource_type, workspace) = match parts[..] {
            [name, version, resource_type] => (name, version, resource_type, None),
            [name, version, resource_type, workspace] => (name, version, resource_type, Some(workspace)),
            _ => return Err(KeyError::NotAnId(text.trim().chars().take(80).collect())),
        };
        Ok(Self(Key::new(resource_type, workspace, name)?.id(version)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(resource_type: &str, workspace: Option<&str>, name: &str) -> Key {
        Key::new(resource_type, workspace, name).expect("a key")
    }

    #[test]
    fn ids_print_as_the_platform_prints_them() {
        for text in ["depot:v1:lakehouse", "service:v1:ping:sandbox", "vulcan:v1alpha:sales:public"] {
            assert_eq!(ResourceId::parse(text).map(|id| id.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn identifiers_have_the_name_first() {
        let expected = key("service", Some("sandbox"), "ping").id("v1");
        for text in ["ping:v1:service:sandbox", " ping | v1 | service | sandbox "] {
            assert_eq!(Identifier::parse(text), Ok(Identifier(expected.clone())));
        }
        assert_eq!(
            Identifier::parse("lakehouse | v1 | depot | "),
            Ok(Identifier(key("depot", None, "lakehouse").id("v1")))
        );
    }

    #[test]
    fn an_instance_level_resource_has_no_workspace() {
        assert_eq!(key("depot", Some("user-system"), "salesraw").workspace, None);
    }

    #[test]
    fn pages_tell_workspaces_apart() {
        assert_eq!(key("service", Some("public"), "orders-api").path(), "/resources/services/public.orders-api");
        assert_eq!(key("depot", None, "salesraw").path(), "/resources/depots/salesraw");
        assert_eq!(key("depot", None, "años#1").path(), "/resources/depots/a%C3%B1os%231");
    }

    #[test]
    fn the_path_of_a_page_leads_back_to_its_key() {
        for key in [key("service", Some("public"), "orders-api"), key("depot", None, "Größe"), key("gadget", None, "x")]
        {
            assert_eq!(Key::of_path(&key.path()).first(), Some(&key));
        }
        for path in ["", "/resources", "/resources/depots", "/sources/a/b"] {
            assert_eq!(Key::of_path(path), [], "{path}");
        }
    }

    #[test]
    fn a_dot_is_read_by_the_level_of_the_type() {
        let service = ResourceType::new("service");
        assert_eq!(Key::candidates(&service, "public.a.b")[0], key("service", Some("public"), "a.b"));
        let depot = ResourceType::new("depot");
        assert_eq!(Key::candidates(&depot, "a.b"), [key("depot", None, "a.b")]);
        assert_eq!(Key::candidates(&ResourceType::new("vulcan"), "a.b").len(), 2);
    }

    #[test]
    fn what_would_break_a_url_is_refused() {
        for (resource_type, workspace, name) in [
            ("", None, "x"),
            ("depot", None, " "),
            ("depot", None, "a/b"),
            ("service", Some("a.b"), "x"),
            ("a b", None, "x"),
        ] {
            assert!(Key::new(resource_type, workspace, name).is_err(), "{resource_type} {workspace:?} {name}");
        }
        assert_eq!(Key::new("depot", None, &"x".repeat(300)), Err(KeyError::TooLong("name")));
    }

    proptest! {
        #[test]
        fn ids_round_trip(name in "[a-z0-9][-a-z0-9_.]{0,40}", version in "[a-z0-9]{1,8}", workspace in proptest::option::of("[a-z][-a-z0-9]{0,10}")) {
            let id = key("service", workspace.as_deref(), &name).id(&version);
            prop_assert_eq!(ResourceId::parse(&id.to_string()), Ok(id.clone()));
            prop_assert!(Key::candidates(&id.key.resource_type, &id.key.fqn()).contains(&id.key));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            let _ = ResourceId::parse(&text);
            let _ = Identifier::parse(&text);
        }
    }
}
