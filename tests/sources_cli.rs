//! Sources on the command line, and in a server.

mod support;

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use app::catalog::Catalog;
use app::model::{Batch, ExpectedSource, ListingQuery, SourceKind, Timestamp};
use pharos::catalog::{LiveCatalog, Record};
use pharos::cli::Config;
use pharos::index::Index;
use support::sources::eventually;

const LISTING: &str = "NAME | TYPE | STATUS\nsalesraw | depot | active\n";

const SOURCES: &str = "\
[[source]]
name = \"good\"
kind = \"command\"
run = [\"cat\", \"listing.txt\"]

[[source]]
name = \"bad\"
kind = \"command\"
run = [\"cat\", \"nothing.txt\"]

[[source]]
name = \"ci\"
kind = \"push\"
";

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pharos"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).env_remove("PHAROS_CONFIG");
    command
}

fn pharos(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("pharos runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("listing.txt"), LISTING).expect("written");
    std::fs::write(folder.path().join("pharos.toml"), SOURCES).expect("written");
    folder
}

/// The first block of TOML in the page about sources.
fn example() -> &'static str {
    let page = include_str!("../docs/sources.md");
    let (_, example) = page.split_once("```toml\n").expect("an example");
    example.split_once("```").expect("its end").0
}

#[test]
fn the_example_in_the_page_about_sources_is_right_and_shows_every_kind() {
    let config = Config::parse("docs/sources.md", example()).unwrap_or_else(|error| panic!("{error}"));
    let kinds: Vec<_> = config.sources.iter().map(|source| source.expected().kind).collect();
    assert_eq!(kinds, SourceKind::ALL);
}

#[test]
fn a_configuration_is_checked() {
    let folder = folder();
    let checked = pharos(folder.path(), &["check-config"]);
    assert_eq!(out(&checked), "nothing is wrong: 3 sources\n", "{}", err(&checked));
    std::fs::write(folder.path().join("other.toml"), SOURCES.replace("run", "runn")).expect("written");
    let checked = pharos(folder.path(), &["check-config", "--config", "other.toml"]);
    assert_eq!(checked.status.code(), Some(1));
    let told = err(&checked);
    assert!(told.contains("other.toml:4: `source.runn`: found an unknown key"), "{told}");
    assert!(told.contains("did you mean `run`?"), "{told}");
    let none = pharos(folder.path(), &["check-config", "--config", "none.toml"]);
    assert!(err(&none).contains("none.toml") && !none.status.success());
    let serve = pharos(folder.path(), &["serve", "--addr", "127.0.0.1:0", "--config", "other.toml"]);
    assert!(!serve.status.success() && err(&serve).contains("other.toml:4"), "{}", err(&serve));
}

#[test]
fn sources_are_asked_once_and_their_state_is_told() {
    let folder = folder();
    let synced = pharos(folder.path(), &["sync", "--once", "--source", "good"]);
    assert!(synced.status.success(), "{}", err(&synced));
    assert!(out(&synced).starts_with("good: read 1, changed 1, deleted 0, in "), "{}", out(&synced));
    let synced = pharos(folder.path(), &["sync", "--once"]);
    assert_eq!(synced.status.code(), Some(1));
    assert!(out(&synced).contains("good: read 1, changed 0"), "{}", out(&synced));
    assert!(err(&synced).contains("bad: failed: `cat` ended with exit code 1"), "{}", err(&synced));
    for (source, word) in [("ci", "reports by itself"), ("x", "`good`, `bad`, `ci`")] {
        let refused = pharos(folder.path(), &["sync", "--once", "--source", source]);
        assert!(!refused.status.success() && err(&refused).contains(word), "{}", err(&refused));
    }
    let listed = out(&pharos(folder.path(), &["sources"]));
    let rows: Vec<Vec<&str>> = listed.lines().map(|line| line.split('|').map(str::trim).collect()).collect();
    let states: Vec<_> = rows[2..5].iter().map(|row| (row[0], row[1], row[2])).collect();
    assert_eq!(
        states,
        [("good", "command", "current"), ("bad", "command", "failing, stale"), ("ci", "push", "not heard of yet")]
    );
    assert!(listed.contains("\nbad: `cat` ended with exit code 1"), "{listed}");
    let json = out(&pharos(folder.path(), &["sources", "--output", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json[0]["record"]["last_run"]["read"], 1);
}

/// A proxy is a server that is asked for other addresses.
#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_of_the_environment_is_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let proxy = axum::Router::new().fallback(move |request: axum::extract::Request| {
        seen.lock().expect("it is whole").push(request.uri().to_string());
        async { r#"{"items": [], "page": 1, "total_pages": 1}"# }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, proxy).await });
    let text = "[[source]]\nname = \"reports\"\nkind = \"collated\"\nurl = \"http://platform.invalid\"\n\
                ids = [\"depot:v1:%\"]\nreports = [\"status\"]\n";
    std::fs::write(folder.path().join("pharos.toml"), text).expect("written");
    let mut sync = command(folder.path(), &["sync", "--once"]);
    sync.env("http_proxy", format!("http://{address}")).env_remove("no_proxy").env_remove("NO_PROXY");
    let synced = tokio::task::spawn_blocking(move || sync.output().expect("pharos runs")).await.expect("it ends");
    assert!(synced.status.success(), "{}", err(&synced));
    let asked = asked.lock().expect("it is whole");
    let expected = "http://platform.invalid/collated/api/v1/reports/resources/status?id=depot%3Av1%3A%25";
    assert!(asked[0].starts_with(expected), "{asked:?}");
}

#[cfg(unix)]
#[test]
fn a_server_asks_its_sources_and_lets_go_of_them_when_told_to_stop() {
    let folder = folder();
    let mut server = command(folder.path(), &["serve", "--addr", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("pharos serves");
    let started = std::time::Instant::now();
    loop {
        let told = out(&pharos(folder.path(), &["sources"]));
        if told.contains("current") && told.contains("failing") && told.contains("| in ") {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "in time: {told}");
        std::thread::sleep(Duration::from_millis(100));
    }
    let process = rustix::process::Pid::from_raw(i32::try_from(server.id()).expect("small")).expect("a process");
    rustix::process::kill_process(process, rustix::process::Signal::TERM).expect("it is told");
    assert!(server.wait().expect("it ends").success());
    let told = out(&pharos(folder.path(), &["sources"]));
    assert!(!told.contains("| in ") && !told.contains("running"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_a_quiet_source_are_stale_until_somebody_reports_them() {
    const MINUTE: i64 = 60_000;
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("pharos.db").display());
    let store = pharos::store::open(&url).await.expect("a store");
    let time = Arc::new(AtomicI64::new(support::NOON.0));
    let clock = {
        let time = Arc::clone(&time);
        Arc::new(move || Timestamp(time.load(Ordering::SeqCst)))
    };
    let observations = ["a", "b", "c"].map(|name| support::active("depot", None, name)).to_vec();
    let first = Batch { source: "poller".into(), at: support::NOON, observations, ..Batch::default() };
    store.record(&first).await.expect("recorded");
    let index = Index::in_memory().expect("an index");
    let started = LiveCatalog::start(Arc::clone(&store), index, true, clock).await;
    let (mut catalog, _follower) = started.expect("a catalog");
    assert!(catalog.caught_up(Duration::from_secs(30)).await);
    let expected = ExpectedSource { name: "poller".into(), kind: SourceKind::Push, interval_ms: Some(5 * MINUTE) };
    let _watch = catalog.expect(vec![expected]);
    let report = async |source: &str, names: &[&str]| {
        let at = catalog.now();
        let seen = |name: &&str| app::model::Observation { at, ..support::active("depot", None, name) };
        let observations = names.iter().map(seen).collect();
        let batch = Batch { source: source.into(), at, observations, ..Batch::default() };
        catalog.record(batch).await.expect("recorded");
    };
    let stale = async || -> Vec<String> {
        let query = ListingQuery::from_url(None, "fresh=stale&sort=name");
        let listing = catalog.listing(&query, 25).await.expect("a listing");
        listing.rows.into_iter().map(|row| row.key.name).collect()
    };
    report("import", &["d"]).await;
    time.fetch_add(15 * MINUTE, Ordering::SeqCst);
    assert!(stale().await.is_empty(), "three intervals are given");
    time.fetch_add(1, Ordering::SeqCst);
    eventually("the values are stale", async || stale().await == ["a", "b", "c"]).await;
    let detail =
        catalog.resource(&app::model::ResourceType::new("depot"), "a").await.expect("an answer").expect("it is there");
    assert!(detail.stale.contains(&app::model::Aspect::Status));
    assert!(catalog.sources().await.expect("an answer")[0].quiet);
    // Somebody else tells the same of one of them: nothing changes, and yet it is fresh.
    report("import", &["b"]).await;
    let rows = catalog.listing(&ListingQuery::from_url(None, "sort=name"), 25).await.expect("a listing").rows;
    let marked: Vec<_> = rows.iter().filter(|row| row.stale.is_some()).map(|row| row.key.name.as_str()).collect();
    assert_eq!(marked, ["a", "c"]);
    report("poller", &["a"]).await;
    eventually("the source is heard of again", async || stale().await.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_sources_shows_whoever_has_reported() {
    let site = support::Site::empty().await;
    let page = site.get("/sources").await;
    assert_eq!((page.status.as_u16(), page.texts("h1")), (200, vec!["Sources".to_owned()]));
    assert!(page.body.contains("No source yet"));
    site.record(vec![support::active("depot", None, "salesraw")]).await;
    let page = site.get("/sources").await;
    assert_eq!(page.texts("main table tbody th"), ["test"]);
    assert_eq!(page.texts("main table tbody td[data-label=State]"), ["current"]);
    assert_eq!(page.attributes("nav a[href='/sources']", "aria-current"), ["page"]);
}
