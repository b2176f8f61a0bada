//! Names that are like one that was not found.

use app::model::{FacetName, ResourceType};
use roaring::RoaringBitmap;

use super::text::{bounded, with_typos};
use super::typos::typos_between;
use super::{Index, IndexError, View};

/// How many names are compared letter by letter.
const COMPARED: usize = 2_000;
/// The shortest beginning of a name that is enough to make another one like it.
const SHORTEST_BEGINNING: usize = 3;

impl Index {
    /// Resources whose names are like a name that was not found, with or without a workspace in front: the same name
    /// elsewhere, names with typos, names that begin the same. Those of the given type come first.
    ///
    /// # Errors
    /// When the text index fails.
    pub fn near(&self, resource_type: Option<&ResourceType>, name: &str, limit: usize) -> Result<Vec<i64>, IndexError> {
        let Some(whole) = bounded(&[name.trim().to_lowercase()]).pop() else { return Ok(Vec::new()) };
        let without_workspace = whole.split_once('.').map(|(_, name)| name.to_owned());
        let names: Vec<String> = [Some(whole), without_workspace].into_iter().flatten().collect();
        let view = self.view();
        let tables = &view.tables;
        let same_type = match resource_type {
            Some(wanted) => tables.with_any(FacetName::Type, &[wanted.as_str()]),
            None => tables.all.clone(),
        };
        let mut candidates = RoaringBitmap::new();
        for name in &names {
            candidates |= candidates_for(&view, &same_type, name)?;
        }
        let mut ranked: Vec<_> = candidates
            .iter()
            .filter_map(|number| {
                let known = tables.name_text(number);
                let distance = names.iter().filter_map(|name| unlikeness(known, name)).min()?;
                let other_type = !same_type.contains(number);
                Some((other_type, distance, !tables.live.contains(number), tables.change_key(number)))
            })
            .collect();
        ranked.sort_unstable();
        Ok(ranked.into_iter().take(limit).map(|(.., (_, number))| i64::from(number)).collect())
    }
}

fn candidates_for(view: &View, same_type: &RoaringBitmap, name: &str) -> Result<RoaringBitmap, IndexError> {
    let tables = &view.tables;
    let mut found: RoaringBitmap = tables.named(name.as_bytes()).iter().copied().take(COMPARED).collect();
    let typos = with_typos(&view.segments, name, tables.bound(), 2)?;
    found.extend((&typos & same_type).iter().chain((typos - same_type).iter()).take(COMPARED));
    // The longest beginning that any name has.
    let mut beginning = name;
    while beginning.chars().count() >= SHORTEST_BEGINNING {
        let named = tables.named_with_prefix(beginning.as_bytes());
        if !named.is_empty() {
            found.extend(named.iter().filter(|&&number| same_type.contains(number)).copied().take(COMPARED));
            found.extend(named.iter().copied().take(COMPARED));
            break;
        }
        beginning = beginning.char_indices().next_back().map_or("", |(at, _)| &beginning[..at]);
    }
    Ok(found)
}

/// How unlike a known name is to the one asked for; `None` when nobody would take one for the other.
fn unlikeness(known: &str, asked: &str) -> Option<usize> {
    let distance = typos_between(known, asked);
    let length = asked.chars().count();
    let begins = known.chars().zip(asked.chars()).take_while(|(left, right)| left == right).count();
    let like = distance <= (length / 3).max(1) || begins >= SHORTEST_BEGINNING.max(length.div_ceil(2));
    like.then_some(distance)
}

#[cfg(test)]
mod tests {
    use app::model::{Key, Resource, Timestamp};

    use super::*;

    #[test]
    fn a_mistyped_address_leads_to_the_name_that_was_meant() {
        let index = Index::in_memory().expect("an index");
        let names = [
            ("service", "public", "orders-api"),
            ("depot", "", "orders-api"),
            ("service", "public", "billing"),
            ("workflow", "sandbox", "orders-archive"),
        ];
        let resources: Vec<_> = (1..)
            .zip(names)
            .map(|(number, (resource_type, workspace, name))| {
                (number, Resource::new(Key::new(resource_type, Some(workspace), name).expect("a key"), Timestamp(1)))
            })
            .collect();
        index.apply(&resources, 1, Timestamp(1)).expect("applied");
        let service = ResourceType::new("service");
        assert_eq!(index.near(Some(&service), "public.ordres-apj", 5).expect("names"), [1, 2]);
        assert_eq!(index.near(Some(&service), "sandbox.orders-arch", 2).expect("names"), [4]);
        assert_eq!(index.near(None, "biling", 5).expect("names"), [3]);
        assert_eq!(index.near(Some(&service), "quux", 5).expect("names"), Vec::<i64>::new());
        assert_eq!(index.near(Some(&service), "...", 5).expect("names"), Vec::<i64>::new());
    }
}
