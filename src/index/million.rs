//! How quick it is with a million Resources. Not run by default: it takes a minute and means something only in release.

use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use app::model::{FacetName, Key, ListingQuery, Position, Resource, ResourceType, SortKey, Sorting, Timestamp};

use super::{Index, Opened};

const NOW: Timestamp = Timestamp(1_760_000_000_000);

fn resource(number: u64) -> Resource {
    let mixed = |salt: u64| {
        let mut mixed = (number ^ (salt << 40)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 20
    };
    let pick =
        |salt: u64, words: &[&'static str]| words[usize::try_from(mixed(salt) % words.len() as u64).expect("small")];
    let resource_type = pick(
        1,
        &["service", "service", "service", "workflow", "workflow", "workflow", "depot", "cluster", "worker", "secret"],
    );
    let subjects = [
        "orders",
        "customer",
        "billing",
        "inventory",
        "shipment",
        "ledger",
        "payment",
        "catalog",
        "session",
        "product",
        "account",
        "refund",
        "invoice",
        "supplier",
        "campaign",
        "forecast",
    ];
    let roles = [
        "api", "ingest", "quality", "raw", "curated", "export", "sync", "profile", "lens", "stream", "batch", "report",
        "gateway", "cache", "backfill",
    ];
    let name =
        format!("{}-{}-{}{}", pick(2, &subjects), pick(3, &roles), pick(4, &["eu", "us", "in", "v"]), mixed(5) % 9_999);
    let workspace = format!("team-{}", mixed(6) % 200);
    let mut resource = Resource::new(Key::new(resource_type, Some(&workspace), &name).expect("a key"), Timestamp(0));
    resource.status = Some(pick(7, &["active", "active", "active", "active", "error", "pending"]).to_owned());
    resource.deleted = mixed(8).is_multiple_of(5);
    resource.runtime = Some(pick(9, &["running:1", "succeeded", "failed", "", "pending:0/1"]).to_owned());
    resource.owner = Some(format!("owner{}", mixed(10) % 3_000));
    resource.tags = vec![format!("tag{}", mixed(11) % 100), format!("domain{}", mixed(12) % 20)];
    resource.depot_source = (resource_type == "depot").then(|| pick(13, &["s3", "jdbc", "bigquery"]).to_owned());
    resource.description = Some(format!(
        "{} of the {} team",
        pick(14, &["Monthly revenue", "Daily figures", "Raw events"]),
        pick(15, &subjects)
    ));
    resource.changed_at = Timestamp(NOW.0 - i64::try_from(mixed(16) % 10_000_000_000).expect("small"));
    resource
}

/// Resident memory of this process: all of it, and what is no file's, in MB.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let lines = status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("RssAnon"));
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(", ")
}

fn middle(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() - 1])
}

/// Fills an index.
fn build(index: &Index, count: u64) {
    let mut spent = Duration::ZERO;
    index.begin_rebuild().expect("begun");
    for from in (1..=count).step_by(5_000) {
        let some: Vec<_> = (from..(from + 5_000).min(count + 1))
            .map(|number| (i64::try_from(number).expect("small"), resource(number)))
            .collect();
        let start = Instant::now();
        index.append(&some, NOW).expect("appended");
        spent += start.elapsed();
    }
    let start = Instant::now();
    index.finish_rebuild(7).expect("finished");
    println!("finish {:?}", start.elapsed());
    spent += start.elapsed();
    println!("build {count} in {spent:?}: {:.0}/s", count as f64 / spent.as_secs_f64());
}

/// How many fragments and misspellings are searched for.
const FRAGMENTS: usize = 520;

/// How many search at the same time.
const SEARCHERS: usize = 8;

/// Pieces of names, and parts of names with one letter too many, each once.
fn fragments_of(seed: u64) -> Vec<String> {
    let mut state = seed;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        usize::try_from(state >> 33).expect("small") % bound
    };
    let mut words = BTreeSet::new();
    let mut made = Vec::new();
    while made.len() < FRAGMENTS {
        let name = resource(1 + below(1_000_000) as u64).key.name;
        let word = if made.len() % 2 == 0 {
            let length = 3 + below(5);
            let from = below(name.len() - length + 1);
            name[from..from + length].to_owned()
        } else {
            let parts: Vec<&str> = name.split('-').filter(|part| part.len() > 3).collect();
            let mut part = parts[below(parts.len())].to_owned();
            part.insert(below(part.len() + 1), char::from(b'a' + u8::try_from(below(26)).expect("a letter")));
            part
        };
        if words.insert(word.clone()) {
            made.push(word);
        }
    }
    made
}

/// The time that this thread has been on the processor, which others on the machine do not change.
fn worked() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(stat.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default())
}

/// What of it a search spends on what.
fn phases(index: &Index, words: &[String]) {
    let mut spent: Vec<[Duration; 3]> = Vec::new();
    for word in words {
        index.words.clear();
        let view = index.view();
        let query = ListingQuery { q: word.clone(), ..ListingQuery::default() };
        let begun = worked();
        index.words.with_word(&view, word).expect("found");
        let looked_up = worked();
        let (matches, basis) = super::matches::compute(&view, &index.words, &query).expect("matches");
        let matched = worked();
        matches.facets(&view, &index.words, &query, Some(basis)).expect("facets");
        let counted = worked();
        spent.push([looked_up - begun, matched - looked_up, counted - matched]);
    }
    for (label, phase) in [("words", 0), ("matches", 1), ("facets", 2)] {
        let mut times: Vec<Duration> = spent.iter().map(|spent| spent[phase]).collect();
        times.sort_unstable();
        let at = |part: usize| times[times.len() * part / 100];
        println!("on the processor for {label:8} p50 {:?}, p90 {:?}, p99 {:?}", at(50), at(90), at(99));
    }
}

/// How long fragments and misspellings take that nobody searched for before, and the first search after a start.
fn fragments(index: &Index) {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).expect("later").as_secs());
    let words = fragments_of(seed);
    let search = |index: &Index, word: &String| {
        let (start, begun) = (Instant::now(), worked());
        let query = ListingQuery { q: word.clone(), ..ListingQuery::default() };
        index.search(&query, 25).expect("a page");
        (start.elapsed(), worked() - begun)
    };
    phases(index, &words);
    for searchers in [1, SEARCHERS] {
        index.remembered.clear();
        index.words.clear();
        let times: Vec<(Duration, Duration)> = std::thread::scope(|scope| {
            let some = words.chunks(words.len().div_ceil(searchers));
            let all: Vec<_> = some
                .map(|some| scope.spawn(|| some.iter().map(|word| search(index, word)).collect::<Vec<_>>()))
                .collect();
            all.into_iter().flat_map(|searcher| searcher.join().expect("searched")).collect()
        });
        let (took, worked): (Vec<Duration>, Vec<Duration>) = times.into_iter().unzip();
        for (label, mut times) in [("took", took), ("on the processor", worked)] {
            times.sort_unstable();
            let at = |part: usize| times[times.len() * part / 100];
            println!(
                "{FRAGMENTS} fragments of seed {seed}, {searchers} at a time, {label}: p50 {:?}, p90 {:?}, p99 {:?}",
                at(50),
                at(90),
                at(99)
            );
        }
    }
}

#[test]
#[ignore = "takes a minute, and means something only in release"]
fn a_million_resources_are_no_burden() {
    let count: u64 = std::env::var("RESOURCES").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    // With a folder of its own the second run measures opening, and the memory of a server that never built.
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = std::env::var_os("INDEX_FOLDER").map_or(temporary.path().to_owned(), std::path::PathBuf::from);
    let (index, opened) = Index::open(&folder, "million").expect("an index");
    if opened != Opened::Ready {
        build(&index, count);
    }
    drop(index);
    let size = |path: &std::path::Path| -> u64 {
        let files = std::fs::read_dir(path).into_iter().flatten().flatten();
        files.filter_map(|entry| entry.metadata().ok()).map(|file| file.len()).sum()
    };
    println!("on disk: text {} MB, tables {} MB", size(&folder.join("text")) >> 20, size(&folder) >> 20);
    println!("before opening: {}", resident());
    let mut opening = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        let (index, opened) = Index::open(&folder, "million").expect("an index");
        opening.push(start.elapsed());
        assert_eq!(opened, Opened::Ready);
        drop(index);
    }
    println!("open {:?}", middle(opening));
    let (index, _) = Index::open(&folder, "million").expect("an index");
    let start = Instant::now();
    index.search(&ListingQuery { q: "custoomer".to_owned(), ..ListingQuery::default() }, 25).expect("a page");
    println!("the first search after a start: {:?}", start.elapsed());
    drop(index);
    let (index, _) = Index::open(&folder, "million").expect("an index");
    println!("opened: {}", resident());

    fragments(&index);

    let plain = ListingQuery::default();
    let with = |q: &str| ListingQuery { q: q.to_owned(), ..ListingQuery::default() };
    let filtered = |facet, word: &str| plain.toggled(facet, word);
    let mut queries = vec![
        ("unfiltered".to_owned(), plain.clone()),
        ("type depot".to_owned(), ListingQuery::of(Some(ResourceType::new("depot")))),
        ("type service".to_owned(), ListingQuery::of(Some(ResourceType::new("service")))),
        ("state error".to_owned(), filtered(FacetName::State, "error")),
        ("state active, owner".to_owned(), filtered(FacetName::State, "active").toggled(FacetName::Owner, "owner7")),
        (
            "service by owner".to_owned(),
            ListingQuery::of(Some(ResourceType::new("service"))).sorted(Sorting::parse("owner")),
        ),
        (
            "service by -name".to_owned(),
            ListingQuery::of(Some(ResourceType::new("service"))).sorted(Sorting::parse("-name")),
        ),
    ];
    for key in SortKey::ALL {
        for descending in [false, true] {
            queries.push((
                format!("sort {}{}", if descending { "-" } else { "" }, key.as_str()),
                plain.sorted(Sorting { key, descending }),
            ));
        }
    }
    for q in [
        "o",
        "c",
        "or",
        "ord",
        "orders",
        "ustome",
        "gateway",
        "ordres",
        "custmoer",
        "orders api",
        "customer raw eu12",
        "eu1234",
        "tag:tag7 orders",
        "revenue",
        "owner12",
        "zzzzzz",
    ] {
        queries.push((format!("q {q}"), with(q)));
    }
    queries.push(("q orders by name".to_owned(), with("orders").sorted(Sorting::parse("name"))));
    for (label, query) in &queries {
        let mut times = Vec::new();
        let mut total = 0;
        for _ in 0..21 {
            index.remembered.clear();
            index.words.clear();
            let start = Instant::now();
            total = index.search(query, 25).expect("a page").total;
            times.push(start.elapsed());
        }
        let (p50, max) = middle(times);
        println!("{label:24} {total:>8} hits  p50 {p50:>10.1?}  max {max:>10.1?}");
    }
    for (label, query) in [
        ("unfiltered", plain.clone()),
        ("sort name", plain.sorted(Sorting::parse("name"))),
        ("q orders", with("orders")),
    ] {
        let mut times = Vec::new();
        let mut page = index.search(&query, 25).expect("a page");
        for _ in 0..1_000 {
            let Some(next) = page.next else { break };
            let start = Instant::now();
            page = index.search(&query.at(Position::After(next)), 25).expect("a page");
            times.push(start.elapsed());
        }
        let last = times.split_off(times.len().saturating_sub(20));
        println!("{label:24} page 1000 with what is remembered: {:?}", middle(last));
        let after = page.next.expect("more");
        let mut times = Vec::new();
        for _ in 0..21 {
            index.remembered.clear();
            index.words.clear();
            let start = Instant::now();
            index.search(&query.at(Position::After(after.clone())), 25).expect("a page");
            times.push(start.elapsed());
        }
        println!("{label:24} page 1001 from nothing: {:?}", middle(times));
    }
    for text in ["o", "or", "ord", "orders-api", "ordres", "custmoer-raw"] {
        let mut times = Vec::new();
        for _ in 0..21 {
            index.remembered.clear();
            index.words.clear();
            let start = Instant::now();
            index.suggest(text, 8).expect("suggestions");
            times.push(start.elapsed());
        }
        println!("suggest {text:16} {:?}", middle(times));
    }
    for (facet, resource_type, begun) in [
        (FacetName::State, None, ""),
        (FacetName::Owner, None, "owner1"),
        (FacetName::Owner, Some("service"), ""),
        (FacetName::Tag, Some("service"), "ag1"),
    ] {
        let mut times = Vec::new();
        let resource_type = resource_type.map(ResourceType::new);
        for _ in 0..21 {
            let start = Instant::now();
            let _ = index.values(facet, resource_type.as_ref(), begun, 9);
            times.push(start.elapsed());
        }
        println!("values of {:10} {begun:8} {:?}", facet.as_str(), middle(times));
    }
    let mut times = Vec::new();
    for _ in 0..11 {
        let start = Instant::now();
        index.near(Some(&ResourceType::new("service")), "team-3.ordres-api-eu77", 8).expect("names");
        times.push(start.elapsed());
    }
    println!("near {:?}", middle(times));
    for (label, first) in [("known", 1_000), ("new", i64::try_from(count).expect("small") + 1)] {
        let mut times = Vec::new();
        for step in 0..40 {
            let number = first + step;
            let mut changed = resource(number.cast_unsigned());
            changed.changed_at = Timestamp(NOW.0 + step);
            let start = Instant::now();
            index.apply(&[(number, changed)], 8 + step, NOW).expect("applied");
            times.push(start.elapsed());
        }
        println!("apply one {label}: {:?}", middle(times));
    }
    let many: Vec<_> = (1..=1_000_i64).map(|number| (number * 7, resource(number.cast_unsigned() * 7))).collect();
    let start = Instant::now();
    index.apply(&many, 99, NOW).expect("applied");
    println!("apply 1000: {:?}", start.elapsed());
    println!("at the end: {}", resident());
    let start = Instant::now();
    drop(index);
    println!("close {:?}", start.elapsed());
}
