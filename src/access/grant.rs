//! What a token grants: reading, or writing, all or within limits.

use std::fmt;
use std::str::FromStr;

use app::model::{Key, ResourceType, Scope};

/// One thing that a token allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// To read the whole catalog.
    Read,
    /// To write what lies within the limits.
    Write(Limits),
}

/// What writing is limited to; all that is named must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Only Resources of this type.
    pub resource_type: Option<ResourceType>,
    /// Only Resources in this workspace.
    pub workspace: Option<String>,
    /// Only as this source.
    pub source: Option<String>,
}

/// Why a text names no grant, and what would.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// Neither reading nor writing.
    #[error(
        "`{0}` is no scope; there are `read`, `write`, and `write:` with limits, such as `write:type=depot` or \
         `write:workspace=public,source=ci`"
    )]
    Unknown(String),
    /// Reading cannot be limited.
    #[error("`{0}` limits reading, but `read` is for the whole catalog; only `write` can be limited")]
    LimitedRead(String),
    /// A bare word that is no known type.
    #[error("`{0}` is no known type; say what it is: `write:type={0}`, `write:workspace={0}` or `write:source={0}`")]
    Ambiguous(String),
    /// A limit that does not exist.
    #[error("`{0}` is no limit; there are `type=`, `workspace=` and `source=`")]
    UnknownLimit(String),
    /// A limit that is there twice.
    #[error("`{0}` stands twice; use a scope of its own for each")]
    Twice(&'static str),
    /// A limit without a usable value.
    #[error("the value of `{0}` is missing, or holds a blank, `/` or `:`")]
    BadValue(&'static str),
}

impl Grant {
    /// Whether it allows to report anything at all as `source`.
    #[must_use]
    pub fn writes_as(&self, source: &str) -> bool {
        self.write_limits().is_some_and(|limits| limits.allow_source(source))
    }

    /// Whether it allows to report a Resource as `source`.
    #[must_use]
    pub fn writes(&self, source: &str, key: &Key) -> bool {
        self.write_limits().is_some_and(|limits| {
            limits.allow_source(source)
                && limits.resource_type.as_ref().is_none_or(|limit| *limit == key.resource_type)
                && limits.workspace.as_ref().is_none_or(|limit| key.workspace.as_ref() == Some(limit))
        })
    }

    /// Whether it allows `source` to declare a scope complete, which may delete anything in it.
    #[must_use]
    pub fn writes_scope(&self, source: &str, scope: &Scope) -> bool {
        self.write_limits().is_some_and(|limits| {
            limits.allow_source(source)
                && limits.resource_type.as_ref().is_none_or(|limit| *limit == scope.resource_type)
                && limits.workspace.as_ref().is_none_or(|limit| scope.workspace.as_ref() == Some(limit))
        })
    }

    fn write_limits(&self) -> Option<&Limits> {
        match self {
            Self::Read => None,
            Self::Write(limits) => Some(limits),
        }
    }
}

impl Limits {
    fn allow_source(&self, source: &str) -> bool {
        self.source.as_ref().is_none_or(|limit| limit == source)
    }

    fn set(&mut self, limit: &str) -> Result<(), ScopeError> {
        let Some((name, value)) = limit.split_once('=') else {
            let resource_type = ResourceType::from_slug(limit);
            if resource_type.info().is_none() {
                return Err(ScopeError::Ambiguous(limit.to_owned()));
            }
            return place("type", &mut self.resource_type, resource_type);
        };
        let usable = |name: &'static str| {
            let forbidden = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | ':' | '\\');
            if value.is_empty() || value.contains(forbidden) { Err(ScopeError::BadValue(name)) } else { Ok(value) }
        };
        match name {
            "type" => place("type", &mut self.resource_type, ResourceType::from_slug(usable("type")?)),
            "workspace" => place("workspace", &mut self.workspace, usable("workspace")?.to_owned()),
            "source" => place("source", &mut self.source, usable("source")?.to_owned()),
            _ => Err(ScopeError::UnknownLimit(limit.to_owned())),
        }
    }
}

fn place<T>(name: &'static str, limit: &mut Option<T>, value: T) -> Result<(), ScopeError> {
    if limit.is_some() {
        return Err(ScopeError::Twice(name));
    }
    *limit = Some(value);
    Ok(())
}

impl FromStr for Grant {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let text = text.trim();
        match text.split_once(':') {
            None if text == "read" => Ok(Self::Read),
            None if text == "write" => Ok(Self::Write(Limits::default())),
            Some(("read", _)) => Err(ScopeError::LimitedRead(text.to_owned())),
            Some(("write", limits)) => {
                let mut found = Limits::default();
                for limit in limits.split(',') {
                    found.set(limit.trim())?;
                }
                Ok(Self::Write(found))
            }
            _ => Err(ScopeError::Unknown(text.to_owned())),
        }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Write(Limits { resource_type, workspace, source }) = self else {
            return formatter.write_str("read");
        };
        formatter.write_str("write")?;
        let limits = [
            ("type", resource_type.as_ref().map(ResourceType::as_str)),
            ("workspace", workspace.as_deref()),
            ("source", source.as_deref()),
        ];
        let mut mark = ':';
        for (name, value) in limits.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            write!(formatter, "{mark}{name}={value}")?;
            mark = ',';
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(text: &str) -> Grant {
        text.parse().unwrap()
    }

    #[test]
    fn scopes_print_as_they_are_read() {
        for text in [
            "read",
            "write",
            "write:type=depot",
            "write:workspace=public",
            "write:type=service,workspace=public,source=ci",
        ] {
            assert_eq!(grant(text).to_string(), text);
        }
        for (short, long) in [
            ("write:depot", "write:type=depot"),
            ("write:instance-secrets", "write:type=instance-secret"),
            ("write:depot,source=ci", "write:type=depot,source=ci"),
        ] {
            assert_eq!(grant(short).to_string(), long);
        }
    }

    #[test]
    fn what_is_unclear_is_answered_with_what_is_meant() {
        for (text, word) in [
            ("", "`read`, `write`"),
            ("admin", "`read`, `write`"),
            ("read:depot", "only `write`"),
            ("write:ci", "`write:source=ci`"),
            ("write:team=a", "`workspace=`"),
            ("write:type=", "`type`"),
            ("write:workspace=a b", "`workspace`"),
            ("write:depot,type=service", "twice"),
        ] {
            let error = text.parse::<Grant>().unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn writing_keeps_to_every_limit() {
        let orders = Key::new("service", Some("public"), "orders-api").unwrap();
        let depot = Key::new("depot", None, "salesraw").unwrap();
        for (text, of_orders, of_depot) in [
            ("read", false, false),
            ("write", true, true),
            ("write:type=depot", false, true),
            ("write:workspace=public", true, false),
            ("write:workspace=sandbox", false, false),
            ("write:source=ci", true, true),
            ("write:source=other", false, false),
            ("write:type=service,workspace=public,source=ci", true, false),
            ("write:type=depot,source=other", false, false),
        ] {
            assert_eq!(grant(text).writes("ci", &orders), of_orders, "{text}");
            assert_eq!(grant(text).writes("ci", &depot), of_depot, "{text}");
        }
    }

    #[test]
    fn a_complete_listing_must_lie_within_the_limits() {
        let allowed = |text: &str, scope: &str| grant(text).writes_scope("ci", &Scope::parse(scope).unwrap());
        assert!(allowed("write", "service"));
        assert!(allowed("write:type=service", "service:public"));
        assert!(allowed("write:workspace=public", "service:public"));
        assert!(!allowed("write:workspace=public", "service"), "it could delete in other workspaces");
        assert!(!allowed("write:type=depot", "service"));
        assert!(!allowed("write:source=other", "service"));
        assert!(!allowed("read", "service"));
    }
}
