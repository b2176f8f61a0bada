//! The index against a listing made the slow way, after any history of changes and reopenings.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use app::model::{
    Aspect, FacetName, Key, ListingQuery, Position, Resource, ResourceType, Seen, SortKey, Sorting, State, Timestamp,
};

use super::order::Effort;
use super::{Index, Opened};

const NOW: Timestamp = Timestamp(1_760_000_000_000);

/// A small generator with a seed, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[usize::try_from(self.below(words.len() as u64)).expect("small")]
    }
}

fn name(dice: &mut Dice) -> String {
    let parts = ["orders", "Sales", "raw", "api", "años", "x1", "customer", "v2", "q"];
    let mut name = dice.pick(&parts).to_owned();
    for _ in 0..dice.below(3) {
        name.push_str(dice.pick(&["-", "_", ".", ""]));
        name.push_str(dice.pick(&parts));
    }
    name
}

fn change(dice: &mut Dice, resource: &mut Resource) {
    let said = |word: &str| (!word.is_empty()).then(|| word.to_owned());
    resource.status = said(dice.pick(&["active", "Active", "error", "pending", "", "warning"]));
    resource.deleted = dice.below(4) == 0;
    resource.runtime =
        said(dice.pick(&["running:1", "failed", "pending:0/1", "", "succeeded", "next:2025-10-09T08:00:00Z"]));
    resource.runtime_since = Some(Timestamp(NOW.0 - i64::try_from(dice.below(1_200_000)).expect("small")));
    resource.state_since = resource.runtime_since;
    resource.owner = said(dice.pick(&["ada", "Ada", "grace-h", "", "linus"]));
    resource.depot_source = said(dice.pick(&["s3", "S3", "", "", "jdbc"]));
    resource.tags =
        ["gold", "Tier.one", "pii"].iter().filter(|_| dice.below(3) == 0).map(|tag| (*tag).to_owned()).collect();
    resource.changed_at = Timestamp(i64::try_from(dice.below(50)).expect("small") - 10);
    resource.description = said(dice.pick(&["", "Monthly revenue", "Orders of last year"]));
    resource.message = said(dice.pick(&["", "", "Back-off pulling image: 404"]));
    resource.version = dice.pick(&["", "v1", "v2alpha"]).to_owned();
    let seen = |source: &str| Seen { at: NOW, source: source.to_owned() };
    resource.observed =
        [(Aspect::Presence, seen(dice.pick(&["import", "Poller"]))), (Aspect::Owner, seen("lister"))].into();
}

/// The names of the runtime nodes, by any rule.
fn nodes(resource: &Resource) -> Vec<String> {
    let name = &resource.key.name;
    let pods = (0..resource.changed_at.0.unsigned_abs() % 3).map(|at| format!("Pod-{name}-{at}"));
    pods.filter(|_| resource.key.resource_type.as_str() == "service").collect()
}

/// As good as any rule.
fn is_stale(resource: &Resource) -> bool {
    !resource.deleted && resource.key.name.len().is_multiple_of(3)
}

fn values(resource: &Resource, facet: FacetName) -> Vec<String> {
    let one = |text: &Option<String>| text.iter().filter(|text| !text.is_empty()).cloned().collect();
    match facet {
        FacetName::Type => vec![resource.key.resource_type.as_str().to_owned()],
        FacetName::State => vec![resource.state().as_str().to_owned()],
        FacetName::Runtime => vec![resource.runtime().state.as_str().to_owned()],
        FacetName::Health => vec![resource.health(NOW).level.as_str().to_owned()],
        FacetName::Workspace => one(&resource.key.workspace),
        FacetName::Owner => one(&resource.owner),
        FacetName::Source => one(&resource.depot_source.as_ref().map(|source| source.to_uppercase())),
        FacetName::Tag => resource.tags.clone(),
        FacetName::Fresh => Vec::from_iter(is_stale(resource).then(|| "stale".to_owned())),
    }
}

/// All that a facet can be asked for.
fn all_values(resource: &Resource, facet: FacetName) -> Vec<String> {
    let further: Vec<String> = match facet {
        FacetName::Health if resource.health(NOW).stuck => vec!["stuck".to_owned()],
        FacetName::Source => resource.observed.values().map(|seen| seen.source.clone()).collect(),
        _ => Vec::new(),
    };
    values(resource, facet).into_iter().chain(further).collect()
}

fn has(resource: &Resource, facet: FacetName, word: &str) -> bool {
    all_values(resource, facet).iter().any(|value| value.to_lowercase() == word.to_lowercase())
}

/// Whether the row shows the word as a value or as a part of one.
fn shows(resource: &Resource, word: &str) -> bool {
    use FacetName::{Health, Runtime, Source, State, Type, Workspace};
    let values = [Type, State, Runtime, Health, Workspace, Source].map(|facet| all_values(resource, facet));
    values.iter().flatten().map(|value| value.to_lowercase()).any(|value| {
        value == word
            || format!("{value}s") == word
            || value.split(|c: char| !c.is_alphanumeric()).any(|part| part == word)
    })
}

fn begins_part(name: &str, at: usize) -> bool {
    let before = name[..at].chars().next_back();
    let after = name[at..].chars().next().expect("a character");
    match before {
        None => true,
        Some(before) => {
            after.is_alphanumeric() && (!before.is_alphanumeric() || before.is_numeric() != after.is_numeric())
        }
    }
}

/// How well a word matches that allows no typos, or that no name is like.
fn tier(resource: &Resource, word: &str) -> Option<u32> {
    let name = resource.key.name.to_lowercase();
    let further = format!(
        "{} {} {} {} {}",
        resource.version,
        resource.message.clone().unwrap_or_default(),
        resource.description.clone().unwrap_or_default(),
        resource.owner.clone().unwrap_or_default(),
        resource.tags.join(" ")
    )
    .to_lowercase();
    let nodes: Vec<String> = nodes(resource).iter().map(|node| node.to_lowercase()).collect();
    let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
    let long = word.chars().count() >= 3;
    let said = further
        .split(|c: char| !c.is_alphanumeric())
        .any(|part| if long { part.starts_with(word) } else { part == word });
    let inside: Vec<usize> = name.match_indices(word).map(|(at, _)| at).collect();
    if name == word {
        Some(0)
    } else if nodes.contains(&word) {
        Some(1)
    } else if name.starts_with(word) {
        Some(2)
    } else if (0..name.len())
        .any(|at| name.is_char_boundary(at) && name[at..].starts_with(word) && begins_part(&name, at))
    {
        Some(3)
    } else if word.chars().count() > 1 && !inside.is_empty() {
        Some(4)
    } else if word.chars().count() >= 4 && nodes.iter().any(|node| node.starts_with(word)) {
        Some(9)
    } else if said || shows(resource, word) {
        Some(10)
    } else {
        None
    }
}

type Known = BTreeMap<i64, Resource>;

fn score(resource: &Resource, words: &[String]) -> Option<u32> {
    let joined = ["-", "_", ".", ""].iter().any(|glue| resource.key.name.to_lowercase() == words.join(glue));
    let sum = words.iter().map(|word| tier(resource, word)).sum::<Option<u32>>()?;
    Some(if words.len() > 1 && joined { 0 } else { sum })
}

fn matches(known: &Known, query: &ListingQuery, except: Option<FacetName>) -> Vec<(u32, i64)> {
    let asked = query.search_text();
    known
        .iter()
        .filter(|(_, resource)| {
            query.resource_type.as_ref().is_none_or(|wanted| resource.key.resource_type == *wanted)
                && asked.qualifiers.iter().all(|(facet, word)| has(resource, *facet, word))
                && !asked.excluded_qualifiers.iter().any(|(facet, word)| has(resource, *facet, word))
                && !asked.excluded_words.iter().any(|word| tier(resource, word).is_some())
                && FacetName::ALL.into_iter().filter(|facet| Some(*facet) != except).all(|facet| {
                    let mut chosen = query.filters.iter().filter(|(name, _)| *name == facet).peekable();
                    chosen.peek().is_none() || chosen.any(|(_, word)| has(resource, facet, word))
                })
        })
        .filter_map(|(number, resource)| Some((score(resource, &asked.words)?, *number)))
        .collect()
}

fn listed(known: &Known, query: &ListingQuery) -> Vec<i64> {
    let mut found = matches(known, query, None);
    let descending = query.sorting.descending;
    let by_name = |left: i64, right: i64| {
        let key = |number: i64| {
            let key = &known[&number].key;
            (key.name.to_lowercase(), key.workspace.clone().unwrap_or_default(), key.resource_type.clone(), number)
        };
        key(left).cmp(&key(right))
    };
    let by_change =
        |left: i64, right: i64| known[&right].changed_at.cmp(&known[&left].changed_at).then(left.cmp(&right));
    let by_value = |left: i64, right: i64, facet: FacetName| {
        let key = |number: i64| {
            let word = values(&known[&number], facet).into_iter().next()?;
            Some((word == "deleted" || word == "none", word.to_lowercase(), word))
        };
        let order = match (key(left), key(right)) {
            (Some(left), Some(right)) if descending => right.cmp(&left),
            (Some(left), Some(right)) => left.cmp(&right),
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
        };
        order.then_with(|| by_name(left, right))
    };
    let turned = |order: Ordering, turn: bool| if turn { order.reverse() } else { order };
    found.sort_by(|&(left_score, left), &(right_score, right)| match query.sorting.key {
        SortKey::Relevance => {
            let gone = |number: i64| known[&number].state() == State::Deleted;
            left_score.cmp(&right_score).then(gone(left).cmp(&gone(right))).then(by_change(left, right))
        }
        SortKey::Name => turned(by_name(left, right), descending),
        SortKey::Updated => turned(by_change(left, right), !descending),
        SortKey::Type => by_value(left, right, FacetName::Type),
        SortKey::State => by_value(left, right, FacetName::State),
        SortKey::Runtime => by_value(left, right, FacetName::Runtime),
        SortKey::Health => by_value(left, right, FacetName::Health),
        SortKey::Workspace => by_value(left, right, FacetName::Workspace),
        SortKey::Owner => by_value(left, right, FacetName::Owner),
        SortKey::Source => by_value(left, right, FacetName::Source),
    });
    found.into_iter().map(|(_, number)| number).collect()
}

fn any_query(dice: &mut Dice) -> ListingQuery {
    let texts = [
        "",
        "",
        "",
        "raw",
        "api",
        "or",
        "s",
        "ñ",
        "x1",
        "v2 api",
        "owner:ADA",
        "q",
        "state:active al",
        "tag:gold",
        "rev",
        "1",
        "-raw",
        "s -v2 -deleted",
        "-state:active -owner:ada",
        "health:stuck",
        "source:poller -source:s3",
        "-fresh:stale api",
        "v1",
        "404",
        "error",
        "depot",
        "depots -api",
        "stuck",
        "progress",
        "pod-",
        "pod-orders-1",
        "pod-raw-0 -deleted",
        "-pod-orders",
    ];
    let types = ["service", "depot", "vulcan"];
    let mut query = ListingQuery::of((dice.below(4) == 0).then(|| ResourceType::new(dice.pick(&types))));
    query.q = dice.pick(&texts).to_owned();
    for _ in 0..dice.below(3) {
        let (facet, word) = [
            (FacetName::State, "active"),
            (FacetName::State, "deleted"),
            (FacetName::Owner, "Ada"),
            (FacetName::Tag, "pii"),
            (FacetName::Workspace, "public"),
            (FacetName::Source, "s3"),
            (FacetName::Health, "failed"),
            (FacetName::Type, "depot"),
            (FacetName::Runtime, "unheard-of"),
            (FacetName::Fresh, "stale"),
            (FacetName::Health, "stuck"),
            (FacetName::Source, "import"),
        ][usize::try_from(dice.below(12)).expect("small")];
        query.filters.push((facet, word.to_owned()));
    }
    let key = SortKey::ALL[usize::try_from(dice.below(10)).expect("small")];
    query.sorting = Sorting { key, descending: key != SortKey::Relevance && dice.below(2) == 0 };
    query
}

fn compare(index: &Index, known: &Known, dice: &mut Dice) {
    let query = any_query(dice);
    let expected = listed(known, &query);
    let limit = usize::try_from(1 + dice.below(60)).expect("small");

    let first = index.search(&query, limit).expect("a page");
    assert_eq!(first.total, expected.len() as u64, "total of {query:?}");
    for facet in FacetName::ALL {
        if facet == FacetName::Type && query.resource_type.is_some() {
            assert!(first.facets.iter().all(|found| found.name != facet));
            continue;
        }
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for (_, number) in matches(known, &query, Some(facet)) {
            for value in values(&known[&number], facet) {
                *counts.entry(value).or_default() += 1;
            }
        }
        // What is chosen is listed, even if it is none of the values that the facet lists by itself.
        for (_, word) in
            query.filters.iter().filter(|(name, word)| *name == facet && ["stuck", "import"].contains(&word.as_str()))
        {
            let chosen =
                matches(known, &query, Some(facet)).into_iter().filter(|(_, number)| has(&known[number], facet, word));
            counts.insert(word.clone(), chosen.count() as u64);
        }
        counts.retain(|_, count| *count > 0);
        let found: BTreeMap<String, u64> = first
            .facets
            .iter()
            .filter(|found| found.name == facet)
            .flat_map(|found| &found.values)
            .filter(|value| value.count > 0)
            .map(|value| (value.value.clone(), value.count))
            .collect();
        assert_eq!(found, counts, "{facet:?} of {query:?}");
    }

    let mut forward: Vec<i64> = Vec::new();
    let mut page = first;
    assert_eq!(page.previous, None, "nothing is before the first page of {query:?}");
    loop {
        forward.extend(&page.numbers);
        let Some(next) = page.next else { break };
        page = index.search(&query.at(Position::After(next)), limit).expect("a page");
        assert!(page.previous.is_some() && !page.numbers.is_empty(), "{query:?}");
    }
    assert_eq!(forward, expected, "pages forward of {query:?}");

    let mut backward: Vec<i64> = page.numbers.iter().rev().copied().collect();
    while let Some(previous) = page.previous {
        page = index.search(&query.at(Position::Before(previous)), limit).expect("a page");
        assert!(page.next.is_some() && !page.numbers.is_empty(), "{query:?}");
        backward.extend(page.numbers.iter().rev());
    }
    backward.reverse();
    assert_eq!(backward, expected, "pages backward of {query:?}");

    if !expected.is_empty() {
        let at = usize::try_from(dice.below(expected.len() as u64)).expect("small");
        let around = (at.checked_sub(1).map(|before| expected[before]), expected.get(at + 1).copied());
        assert_eq!(index.neighbours(&query, expected[at]).expect("neighbours"), around, "{query:?}");
    }
}

#[test]
fn agrees_with_a_listing_made_the_slow_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut index, _) = Index::open(folder.path(), "oracle").expect("an index");
    index.begin_rebuild().expect("a rebuild");
    index.finish_rebuild(0).expect("an empty index");
    let mut dice = Dice(7);
    let mut known = Known::new();
    for seq in 1..=200 {
        let mut batch = Vec::new();
        for _ in 0..dice.below(16) {
            let number = i64::try_from(1 + dice.below(known.len() as u64 + 3).min(known.len() as u64)).expect("small");
            let mut resource = known.get(&number).cloned().unwrap_or_else(|| {
                let resource_type = dice.pick(&["service", "depot", "vulcan"]);
                let workspace = dice.pick(&["", "public", "Sandbox"]);
                let key = Key::new(resource_type, Some(workspace), &name(&mut dice)).expect("a key");
                Resource::new(key, Timestamp(0))
            });
            change(&mut dice, &mut resource);
            known.insert(number, resource.clone());
            let nodes = nodes(&resource);
            batch.push((number, resource, nodes));
        }
        index.apply(&batch, seq, NOW).expect("applied");
        assert_eq!((index.seq(), index.len()), (seq, known.len() as u64));
        // At times as with few Resources, at times as with many.
        index.effort = match dice.below(3) {
            0 => Effort::default(),
            1 => Effort { small: 4, look: 0 },
            _ => Effort { small: 4, look: 1 },
        };
        index.set_stale(known.iter().filter(|(_, resource)| is_stale(resource)).map(|(number, _)| *number));
        for _ in 0..3 {
            compare(&index, &known, &mut dice);
        }
        if dice.below(40) == 0 {
            drop(index);
            let opened;
            (index, opened) = Index::open(folder.path(), "oracle").expect("an index");
            assert_eq!(opened, Opened::Ready);
            assert_eq!((index.seq(), index.len()), (seq, known.len() as u64));
        }
        if dice.below(60) == 0 {
            index.begin_rebuild().expect("a rebuild");
            let all: Vec<_> =
                known.iter().map(|(number, resource)| (*number, resource.clone(), nodes(resource))).collect();
            for some in all.chunks(50) {
                index.append(some, NOW).expect("appended");
            }
            index.finish_rebuild(seq).expect("rebuilt");
        }
    }
}
