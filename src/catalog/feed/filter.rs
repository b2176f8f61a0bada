//! Which changes somebody wants to follow.

use app::model::{Field, Key, ResourceType};

use super::Event;

/// Which changes are wanted. Values of one kind are alternatives; a kind without values lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// The types.
    pub types: Vec<ResourceType>,
    /// The workspaces.
    pub workspaces: Vec<String>,
    /// The names.
    pub names: Vec<String>,
    /// The sources that reported.
    pub sources: Vec<String>,
    /// What changed.
    pub fields: Vec<Field>,
}

impl ChangeFilter {
    /// Whether it lets everything through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether an event is wanted.
    #[must_use]
    pub fn lets_through(&self, event: &Event) -> bool {
        self.wants(&event.key, event.field, &event.source)
    }

    /// Whether a change is wanted.
    #[must_use]
    pub fn wants(&self, key: &Key, field: Field, source: &str) -> bool {
        fn among<T: PartialEq<U>, U: ?Sized>(wanted: &[T], is: Option<&U>) -> bool {
            wanted.is_empty() || is.is_some_and(|is| wanted.iter().any(|value| value == is))
        }
        among(&self.types, Some(&key.resource_type))
            && among(&self.workspaces, key.workspace.as_deref())
            && among(&self.names, Some(key.name.as_str()))
            && among(&self.sources, Some(source))
            && among(&self.fields, Some(&field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_one_kind_are_alternatives() {
        let key = Key::new("service", Some("public"), "orders-api").expect("a key");
        let depot = Key::new("depot", None, "salesraw").expect("a key");
        let all = ChangeFilter::default();
        assert!(all.is_empty() && all.wants(&depot, Field::Status, "lister"));
        let some = ChangeFilter {
            types: vec![ResourceType::new("depot"), ResourceType::new("service")],
            workspaces: vec!["public".to_owned()],
            fields: vec![Field::Runtime, Field::Status],
            ..ChangeFilter::default()
        };
        assert!(some.wants(&key, Field::Status, "lister"));
        assert!(!some.wants(&key, Field::Owner, "lister"), "another field");
        assert!(!some.wants(&depot, Field::Status, "lister"), "no workspace");
        let of = ChangeFilter { sources: vec!["poller".to_owned()], names: vec!["salesraw".to_owned()], ..all };
        assert!(of.wants(&depot, Field::Created, "poller"));
        assert!(!of.wants(&depot, Field::Created, "lister"));
        assert!(!of.wants(&key, Field::Created, "poller"));
    }
}
