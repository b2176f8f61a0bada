//! Does a search find what people mean? Judged queries over an invented catalog, in `relevance/*.tsv`.

use std::collections::BTreeMap;

use app::model::{Aspect, Key, ListingQuery, Position, Resource, Seen, Timestamp};
use pharos::index::Index;

const NOW: Timestamp = Timestamp(1_760_000_000_000);
/// How many Resources are read of one search, page by page.
const PAGE: usize = 50;

/// The lines of a table, without comments and blank ones.
fn lines(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with("# "))
        .map(|line| line.split('\t').collect())
}

/// A Resource with the names of its runtime nodes.
type Entry = (i64, Resource, Vec<String>);

fn catalog() -> Vec<Entry> {
    let mut catalog: Vec<Entry> = (1..)
        .zip(lines(include_str!("relevance/catalog.tsv")))
        .map(|(number, fields)| {
            let [resource_type, workspace, name, state, runtime, owner, tags, changed, description] = fields[..] else {
                panic!("not nine fields: {fields:?}");
            };
            let said = |text: &str| (text != "-").then(|| text.to_owned());
            let key = Key::new(resource_type, said(workspace).as_deref(), name).expect("a key");
            let mut resource = Resource::new(key, Timestamp(0));
            resource.deleted = state == "deleted";
            resource.status = if resource.deleted { Some("active".to_owned()) } else { said(state) };
            resource.runtime = said(runtime);
            resource.owner = said(owner);
            resource.tags = said(tags).map(|tags| tags.split(',').map(str::to_owned).collect()).unwrap_or_default();
            resource.changed_at = Timestamp(changed.parse().expect("a number"));
            resource.description = said(description);
            (number, resource, Vec::new())
        })
        .collect();
    for fields in lines(include_str!("relevance/further.tsv")) {
        let [key, what, value] = fields[..] else { panic!("not three fields: {fields:?}") };
        let entry = catalog.iter_mut().find(|(_, resource, _)| resource.key.to_string() == key);
        let (_, resource, nodes) = entry.unwrap_or_else(|| panic!("`{key}` is not in the catalog"));
        let said = || Some(value.to_owned());
        match what {
            "node" => nodes.push(value.to_owned()),
            "message" => resource.message = said(),
            "version" => value.clone_into(&mut resource.version),
            "source" => resource.depot_source = said(),
            "reporter" => {
                resource.observed.insert(Aspect::Status, Seen { at: NOW, source: value.to_owned() });
            }
            "since" => {
                let minutes: i64 = value.parse().expect("a number");
                resource.state_since = Some(Timestamp(NOW.0 - minutes * 60_000));
            }
            other => panic!("unknown attribute `{other}`"),
        }
    }
    catalog
}

fn found(index: &Index, text: &str) -> Vec<i64> {
    let mut query = ListingQuery { q: text.to_owned(), ..ListingQuery::default() };
    let mut numbers = Vec::new();
    loop {
        let page = index.search(&query, PAGE).expect("a page");
        numbers.extend(page.numbers);
        match page.next {
            Some(next) => query.position = Position::After(next),
            None => return numbers,
        }
    }
}

#[test]
fn searches_find_what_people_mean() {
    let catalog = catalog();
    let index = Index::in_memory().expect("an index");
    index.apply(&catalog, 1, NOW).expect("applied");
    let printed: BTreeMap<i64, String> =
        catalog.iter().map(|(number, resource, _)| (*number, resource.key.to_string())).collect();

    let mut judged = 0;
    let mut wrong = Vec::new();
    for fields in lines(include_str!("relevance/queries.tsv")) {
        let [text, judgement, wanted] = fields[..] else { panic!("not three fields: {fields:?}") };
        assert!(printed.values().any(|key| key == wanted), "`{wanted}` is not in the catalog");
        let keys: Vec<&str> = found(&index, text).into_iter().map(|number| printed[&number].as_str()).collect();
        let right = match judgement {
            "first" => keys.first() == Some(&wanted),
            "top" => keys.iter().take(3).any(|key| *key == wanted),
            "present" => keys.contains(&wanted),
            "absent" => !keys.contains(&wanted),
            other => panic!("unknown judgement `{other}`"),
        };
        judged += 1;
        if !right {
            wrong.push(format!("`{text}`: {wanted} should be {judgement}; found {:?}", &keys[..keys.len().min(5)]));
        }
    }
    assert!(judged >= 260, "only {judged} judgements");
    assert!(wrong.is_empty(), "{} of {judged} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn suggestions_are_the_head_of_the_listing() {
    let index = Index::in_memory().expect("an index");
    index.apply(&catalog(), 1, NOW).expect("applied");
    for text in ["ord", "orders api", "minreva", "type:stack", "tag:pii cust"] {
        assert_eq!(
            index.suggest(text, 5).expect("suggestions"),
            found(&index, text)[..5.min(found(&index, text).len())]
        );
    }
    assert_eq!(index.suggest("  ", 5).expect("suggestions"), Vec::<i64>::new());
}
