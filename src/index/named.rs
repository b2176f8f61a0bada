//! Resources that are named in full rather than searched for, or by a word that their rows show.

use app::model::{FacetName, Identifier, Key, ResourceId};
use roaring::RoaringBitmap;

use super::tables::Tables;

/// What the platform puts in front of the workspace in addresses.
const INSTANCE: &str = "dataos.";

/// The longest text that may be a name, in bytes.
const MAX_BYTES: usize = 1_100;

/// How many Resources of one name are looked at.
const LOOKED_AT: usize = 10_000;

/// Facets whose values are looked at one by one for a word inside of them, as long as they are not more.
const VALUES: usize = 1_000;

/// The facets whose values are words of a search as well. Owner and tags are searched with the description.
const SAID: [FacetName; 6] =
    [FacetName::Type, FacetName::State, FacetName::Runtime, FacetName::Health, FacetName::Workspace, FacetName::Source];

/// The Resources whose rows show a word as the value of a facet, or as a whole part of it.
pub(super) fn said(tables: &Tables, word: &str) -> RoaringBitmap {
    let mut found = RoaringBitmap::new();
    for facet in SAID {
        // Who reported is no word of a row: `source:` alone asks for it.
        let shown = if facet == FacetName::Source { 1 } else { usize::MAX };
        for dictionary in tables.dictionaries(facet).take(shown) {
            for &place in dictionary.like(facet.read_value(word)) {
                found |= &dictionary.values[place as usize].members;
            }
            for value in dictionary.values.iter().filter(|_| dictionary.values.len() <= VALUES) {
                let is_part = value.word.len() > word.len()
                    && value.word.split(|c: char| !c.is_alphanumeric()).any(|part| part.to_lowercase() == word);
                if is_part {
                    found |= &value.members;
                }
            }
        }
    }
    found
}

/// A word without what stands around names in texts: quotes, brackets, punctuation, and the kind in `pod/orders-x1f0`.
pub(super) fn bare(word: &str) -> &str {
    let around = |c: char| "\"'`()[]{}<>,;:".contains(c);
    let after = |c: char| around(c) || ".!?".contains(c);
    let word = word.trim_start_matches(around).trim_end_matches(after);
    word.rsplit('/').next().unwrap_or(word)
}

/// What the address of a page may mean, the likeliest first: `https://pharos.example/resources/depots/salesraw?...`.
fn of_address(word: &str) -> Vec<Key> {
    let Some(at) = word.find("/resources/") else { return Vec::new() };
    let path = word[at..].split(['?', '#']).next().unwrap_or_default();
    let end = path.match_indices('/').nth(3).map_or(path.len(), |(end, _)| end);
    Key::of_path(&path[..end])
}

/// The Resources that the words of a search name by an id (`TYPE:VERSION:NAME[:WORKSPACE]`, or the name first), by
/// their name with the workspace in front (`public.orders-api`, `dataos.public.orders-api`), or by the address of
/// their page.
pub(super) fn named_in_full(tables: &Tables, words: &[String]) -> RoaringBitmap {
    let mut found = RoaringBitmap::new();
    if words.iter().map(String::len).sum::<usize>() > MAX_BYTES {
        return found;
    }
    let joined = words.join(" ");
    let text = joined.trim_matches(|c: char| "\"'`()[],;.".contains(c));
    let ids = [ResourceId::parse(text).ok(), Identifier::parse(text).ok().map(|identifier| identifier.0)];
    for Key { resource_type, workspace, name } in ids.into_iter().flatten().map(|id| id.key) {
        found.extend(named(tables, &name, workspace.as_deref(), Some(resource_type.as_str())));
    }
    if words.len() == 1 {
        let word = text;
        for Key { resource_type, workspace, name } in of_address(word) {
            let (name, workspace) = (name.to_lowercase(), workspace.map(|workspace| workspace.to_lowercase()));
            found.extend(named(tables, &name, workspace.as_deref(), Some(resource_type.as_str())));
            if !found.is_empty() {
                break;
            }
        }
        let inner = word.strip_prefix(INSTANCE);
        for (workspace, name) in [Some(word), inner].into_iter().flatten().filter_map(|name| name.split_once('.')) {
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
    fn what_stands_around_a_name_in_a_text_is_no_part_of_it() {
        for (text, name) in [
            ("orders-x1f0", "orders-x1f0"),
            ("\"orders-x1f0\",", "orders-x1f0"),
            ("pod/orders-x1f0:", "orders-x1f0"),
            ("[orders.x1f0].", "orders.x1f0"),
            ("...", ""),
        ] {
            assert_eq!(super::bare(text), name, "{text}");
        }
    }

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
            ("'depot:v2alpha:lakehouse',", vec![4]),
            ("https://pharos.example/resources/services/public.orders-api/runtime?sort=-name", vec![1]),
            ("/resources/depots/Lakehouse", vec![4]),
            ("state:unknown depot:v2alpha:lakehouse", vec![4]),
            ("orders-api service:v1:orders-api:public", vec![1]),
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
