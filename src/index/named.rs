//! Resources that are named in full rather than searched for.

use app::model::{FacetName, Identifier, Key, ResourceId};
use roaring::RoaringBitmap;

use super::tables::Tables;

/// What the platform puts in front of the workspace in addresses.
const INSTANCE: &str = "dataos.";

/// The longest text that may be a name, in bytes.
const MAX_BYTES: usize = 1_100;

/// How many Resources of one name are looked at.
const LOOKED_AT: usize = 10_000;

/// The Resources that the words of a search name by an id (`TYPE:VERSION:NAME[:WORKSPACE]`, or the name first), or by
/// their name with the workspace in front (`public.orders-api`, `dataos.public.orders-api`).
pub(super) fn named_in_full(tables: &Tables, words: &[String]) -> RoaringBitmap {
    let mut found = RoaringBitmap::new();
    if words.iter().map(String::len).sum::<usize>() > MAX_BYTES {
        return found;
    }
    let text = words.join(" ");
    let ids = [ResourceId::parse(&text).ok(), Identifier::parse(&text).ok().map(|identifier| identifier.0)];
    for Key { resource_type, workspace, name } in ids.into_iter().flatten().map(|id| id.key) {
        found.extend(named(tables, &name, workspace.as_deref(), Some(resource_type.as_str())));
    }
    if let [word] = words {
        let inner = word.strip_prefix(INSTANCE);
        for (workspace, name) in
            [Some(word.as_str()), inner].into_iter().flatten().filter_map(|name| name.split_once('.'))
        {
            found.extend(named(tables, name, Some(workspace), None));
        }
        found.extend(inner.into_iter().flat_map(|name| named(tables, name, None, None)));
    }
    found
}

/// The Resources of a name; of a workspace and a type, where these are given.
fn named<'t>(
    tables: &'t Tables,
    name: &str,
    workspace: Option<&'t str>,
    resource_type: Option<&'t str>,
) -> impl Iterator<Item = u32> {
    let has = |number: u32, facet: FacetName, wanted: Option<&str>| {
        let word = || tables.column(facet).and_then(|column| column.word(number)).unwrap_or_default();
        wanted.is_none_or(|wanted| word().to_lowercase() == wanted)
    };
    tables.named(name.as_bytes()).iter().copied().take(LOOKED_AT).filter(move |&number| {
        has(number, FacetName::Workspace, workspace) && has(number, FacetName::Type, resource_type)
    })
}

#[cfg(test)]
mod tests {
    use app::model::{Resource, Timestamp};

    use crate::index::Index;

    #[test]
    fn an_id_or_a_name_with_its_workspace_comes_first() {
        let index = Index::in_memory().expect("an index");
        let long = "customer-loyalty-recommendations-scoring-service-of-all-regions-and-teams";
        let keys = [
            ("service", "public", "orders-api"),
            ("service", "Sandbox", "orders-api"),
            ("worker", "public", "orders-api"),
            ("depot", "", "lakehouse"),
            ("lens", "public", "lakehouse"),
            ("service", "public", long),
            ("service", "public", "public.orders-api"),
        ];
        let resources: Vec<_> = (1..)
            .zip(keys)
            .map(|(number, (resource_type, workspace, name))| {
                let key = super::Key::new(resource_type, Some(workspace), name).expect("a key");
                (number, Resource::new(key, Timestamp(number)))
            })
            .collect();
        index.apply(&resources, 1, Timestamp(0)).expect("applied");
        for (text, mut expected) in [
            ("service:v1:orders-api:public", vec![1]),
            ("Service:v2beta:orders-api:sandbox", vec![2]),
            ("service:v1:orders-api", vec![1, 2]),
            ("orders-api:v1:worker:public", vec![3]),
            ("orders-api | v1 | service | sandbox", vec![2]),
            ("depot:v2alpha:lakehouse", vec![4]),
            ("public.orders-api", vec![1, 3, 7]),
            (" dataos.sandbox.Orders-api ", vec![2]),
            ("dataos.lakehouse", vec![4, 5]),
            (&format!("service:v1:{long}:public"), vec![6]),
            (&format!("public.{long}"), vec![6]),
        ] {
            let mut found = index.suggest(text, 9).expect("suggestions");
            found.truncate(expected.len());
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(index.suggest("depot:v1:orders-api", 9).expect("suggestions").len(), 0);
    }
}
