//! Running it for real: what operators look at, how it stops, and how it is backed up.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use app::model::Batch;
use axum::http::StatusCode;
use pharos::catalog::Record;
use pharos::http::Shutdown;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};
use support::{Site, active};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_of_requests_store_index_and_process() {
    let site = Site::empty().await;
    site.record(vec![active("depot", None, "salesraw"), active("unheard-of", None, "x")]).await;
    for name in ["a", "b", "c"] {
        site.get(&format!("/resources/depots/{name}-{}", "x".repeat(20))).await;
    }
    site.get("/resources/depots/salesraw").await;
    site.get("/nowhere/at/all").await;
    let metrics = site.get("/metrics").await;
    assert_eq!(metrics.status, StatusCode::OK);
    assert!(metrics.header("content-type").starts_with("application/openmetrics-text"));
    assert_eq!(metrics.header("cache-control"), "no-store");
    let value = |series: &str| {
        metrics.body.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse::<f64>().ok())
    };
    assert_eq!(value(r#"pharos_resources{type="depot",state="active"}"#), Some(1.0), "{}", metrics.body);
    assert_eq!(value(r#"pharos_resources{type="other",state="active"}"#), Some(1.0), "types are bounded");
    assert_eq!(value("pharos_index_lag_changes"), Some(0.0));
    assert!(value("pharos_last_change").is_some_and(|seq| seq >= 2.0));
    assert!(value(r#"pharos_store_duration_seconds_count{operation="record"}"#) >= Some(1.0));
    assert!(value(r#"pharos_store_duration_seconds_count{operation="detail"}"#) >= Some(1.0));
    assert_eq!(value("pharos_http_requests_in_flight"), Some(1.0), "this one");
    let requests: Vec<&str> =
        metrics.body.lines().filter(|line| line.starts_with("pharos_http_requests_total{")).collect();
    assert!(requests.iter().any(|line| line.contains(r#"status="4xx""#)), "{requests:?}");
    assert!(requests.iter().any(|line| line.contains(r#"method="GET""#) && line.contains("2xx")), "{requests:?}");
    for raw in ["salesraw", "xxx", "nowhere"] {
        assert!(!metrics.body.contains(raw), "no raw address becomes a label: {raw}");
    }
    if cfg!(target_os = "linux") {
        assert!(value("process_resident_memory_bytes") > Some(1e6));
        assert!(value("process_open_fds") > Some(3.0));
        assert!(value("process_start_time_seconds") > Some(1.6e9));
    }
    assert!(metrics.body.ends_with("# EOF\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_write_is_not_ready_and_is_again_when_it_can() {
    let site = Site::empty().await;
    site.record(vec![active("depot", None, "salesraw")]).await;
    let mut database = SqliteConnectOptions::new()
        .filename(site.folder.path().join("pharos.db"))
        .busy_timeout(PATIENCE)
        .connect()
        .await
        .expect("the database");
    // As a full disk does it: SQLite ends the transaction by itself.
    for (trigger, table) in [("full_log", "change"), ("full_meta", "meta")] {
        let full =
            format!("CREATE TRIGGER {trigger} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ROLLBACK, 'full'); END");
        sqlx::query(AssertSqlSafe(full)).execute(&mut database).await.expect("a trigger");
    }
    let batch = |name: &str| Batch {
        source: "test".into(),
        observations: vec![active("depot", None, name)],
        ..Batch::default()
    };
    for _ in 0..2 {
        site.store.record(&batch("crm")).await.expect_err("nothing can be written");
        let ready = site.get("/readyz").await;
        assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(ready.body.contains(r#""writable":false"#), "{}", ready.body);
        assert!(site.get("/metrics").await.body.contains("pharos_store_writable 0"));
        assert_eq!(site.get("/resources/depots/salesraw").await.status, StatusCode::OK, "it still reads");
    }
    for drop in ["DROP TRIGGER full_log", "DROP TRIGGER full_meta"] {
        sqlx::query(drop).execute(&mut database).await.expect("no trigger");
    }
    assert_eq!(site.get("/readyz").await.status, StatusCode::OK);
    site.store.record(&batch("crm")).await.expect("there is room again");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_names_its_request() {
    let site = Site::empty().await;
    for address in ["/", "/nowhere", "/healthz", "/pkg/nothing.js"] {
        let one = site.get(address).await;
        let other = site.get(address).await;
        assert!(!one.header("x-request-id").is_empty(), "{address}");
        assert_ne!(one.header("x-request-id"), other.header("x-request-id"), "{address}");
    }
    let taken = site.get_with("/healthz", &[("x-request-id", "trace-42")]).await;
    assert_eq!(taken.header("x-request-id"), "trace-42");
    let forged = site.get_with("/healthz", &[("x-request-id", "a b\" level=error")]).await;
    assert!(!forged.header("x-request-id").contains(' '));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_is_alive_but_not_ready() {
    let shutdown = Shutdown::new();
    let site = Site::with(|services| services.with_shutdown(shutdown.clone())).await;
    assert_eq!(site.get("/readyz").await.status, StatusCode::OK);
    shutdown.begin();
    let ready = site.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(ready.body.contains(r#""stopping":true"#), "{}", ready.body);
    assert_eq!(site.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_its_database_is_alive_but_not_ready() {
    let site = Site::empty().await;
    site.store.close().await;
    assert_eq!(site.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(site.get("/healthz").await.status, StatusCode::OK);
}

/// `pharos` in a folder, without whatever the environment says.
fn pharos(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pharos"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in ["PHAROS_DATABASE", "PHAROS_ADDR", "PHAROS_PUBLIC_READ", "PHAROS_LOG", "PHAROS_LOG_FORMAT"] {
        command.env_remove(name);
    }
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    pharos(folder, arguments).output().expect("pharos runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A server of its own process. It is killed if it is still there at the end.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_on(folder, "127.0.0.1:0", arguments)
    }

    fn start_on(folder: &Path, address: &str, arguments: &[&str]) -> Self {
        let all: Vec<&str> = ["serve", "--addr", address].iter().chain(arguments).copied().collect();
        let mut child = pharos(folder, &all).spawn().expect("pharos starts");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("an output")).read_line(&mut line).expect("a line");
        let address = line.trim().rsplit_once("http://").map(|(_, address)| address.to_owned());
        let Some(address) = address else {
            child.kill().ok();
            panic!("{}", err(&child.wait_with_output().expect("it ended")));
        };
        Self { child, address }
    }

    fn connect(&self) -> TcpStream {
        // `0.0.0.0` is where it listens; this is how it is reached.
        let stream = TcpStream::connect(self.address.replace("0.0.0.0", "127.0.0.1")).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream
    }

    /// The head and body of what is answered.
    fn get(&self, address: &str, headers: &str) -> String {
        let mut stream = self.connect();
        write!(stream, "GET {address} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n")
            .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    fn signal(&self, name: &str) {
        let killed = Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill runs");
        assert!(killed.success());
    }

    /// The exit code and what was logged.
    fn end(mut self) -> (Option<i32>, String) {
        let began = Instant::now();
        while self.child.try_wait().expect("a state").is_none() {
            assert!(began.elapsed() < PATIENCE, "it ends");
            std::thread::sleep(Duration::from_millis(10));
        }
        let status = self.child.wait().expect("it ended");
        let mut log = String::new();
        self.child.stderr.take().expect("a log").read_to_string(&mut log).expect("text");
        (status.code(), log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_catalog_is_not_served_to_strangers_by_accident() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = run(folder.path(), &["serve", "--addr", "0.0.0.0:0"]);
    assert_eq!(refused.status.code(), Some(1));
    for word in ["0.0.0.0", "--public-read", "pharos token create"] {
        assert!(err(&refused).contains(word), "{}", err(&refused));
    }
    let public = Server::start_on(folder.path(), "0.0.0.0:0", &["--public-read"]);
    assert!(public.get("/resources", "").starts_with("HTTP/1.1 200"));
}

#[test]
fn with_a_token_for_reading_strangers_need_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let created = run(folder.path(), &["token", "create", "--name", "reader", "--scope", "read", "--expires", "90d"]);
    assert!(created.status.success(), "{}", err(&created));
    let token = out(&created).trim().to_owned();
    assert_eq!((token.len(), &token[..7]), (56, "pharos_"));
    let server = Server::start_on(folder.path(), "0.0.0.0:0", &[]);
    assert!(server.get("/resources", "").starts_with("HTTP/1.1 401"));
    assert!(server.get("/metrics", "").starts_with("HTTP/1.1 401"));
    assert!(server.get("/healthz", "").starts_with("HTTP/1.1 200"));
    let with = format!("authorization: Bearer {token}\r\n");
    assert!(server.get("/resources", &with).starts_with("HTTP/1.1 200"));
    assert!(server.get("/resources", "authorization: Bearer pharos_wrong\r\n").starts_with("HTTP/1.1 401"));
    let listed = run(folder.path(), &["token", "list"]);
    assert!(out(&listed).contains(&token[..15]) && !out(&listed).contains(&token), "{}", out(&listed));
    let revoked = run(folder.path(), &["token", "revoke", "reader"]);
    assert!(revoked.status.success(), "{}", err(&revoked));
    let began = Instant::now();
    while !server.get("/resources", &with).starts_with("HTTP/1.1 401") {
        assert!(began.elapsed() < Duration::from_secs(20), "a revoked token stops working");
        std::thread::sleep(Duration::from_millis(200));
    }
    server.signal("-TERM");
    let (code, log) = server.end();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("a token was refused") && log.contains("127.0.0.1"), "{log}");
    assert!(!log.contains(&token[15..]) && !log.contains("pharos_wrong"), "no secret is logged: {log}");
    let listed = run(folder.path(), &["token", "list", "--all"]);
    let row = out(&listed).lines().nth(1).map(str::to_owned).unwrap_or_default();
    assert!(row.contains("revoked") && !row.contains("never"), "its last use was written down: {row}");
}

#[test]
fn a_request_under_way_is_finished_before_the_server_stops() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["--shutdown-grace", "30s"]);
    let mut stream = server.connect();
    write!(stream, "GET /resources HTTP/1.1\r\nhost: localhost\r\n").expect("half is sent");
    stream.flush().expect("sent");
    // The half of a request is under way when an other one was answered after it.
    assert!(server.get("/healthz", "").starts_with("HTTP/1.1 200"));
    server.signal("-TERM");
    let began = Instant::now();
    while TcpStream::connect(&server.address).is_ok() {
        assert!(began.elapsed() < PATIENCE, "it stops to listen");
        std::thread::sleep(Duration::from_millis(10));
    }
    write!(stream, "\r\n").expect("the other half is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("</html>"), "{answer}");
    let (code, log) = server.end();
    assert_eq!(code, Some(0), "{log}");
}

#[test]
fn who_takes_too_long_is_cut_off_and_a_second_signal_cuts_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    for (grace, signals, expected, word) in [("1s", 1, 0, "cut off"), ("60s", 2, 130, "at once")] {
        let server = Server::start(folder.path(), &["--shutdown-grace", grace]);
        let mut stream = server.connect();
        write!(stream, "GET /resources HTTP/1.1\r\nhost: localhost\r\n").expect("half is sent");
        assert!(server.get("/healthz", "").starts_with("HTTP/1.1 200"));
        server.signal("-TERM");
        if signals == 2 {
            let began = Instant::now();
            while TcpStream::connect(&server.address).is_ok() {
                assert!(began.elapsed() < PATIENCE, "the first signal is heard");
                std::thread::sleep(Duration::from_millis(10));
            }
            server.signal("-INT");
        }
        let (code, log) = server.end();
        assert_eq!(code, Some(expected), "{log}");
        assert!(log.contains(word), "{log}");
    }
}

#[test]
fn a_load_balancer_has_time_to_turn_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["--shutdown-delay", "20s", "--log-format", "json"]);
    assert!(server.get("/readyz", "").starts_with("HTTP/1.1 200"));
    server.signal("-TERM");
    let began = Instant::now();
    while !server.get("/readyz", "").starts_with("HTTP/1.1 503") {
        assert!(began.elapsed() < Duration::from_secs(15), "it says that it is going");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(server.get("/resources", "").starts_with("HTTP/1.1 200"), "but still serves");
    server.signal("-TERM");
    let (_, log) = server.end();
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(line["level"].is_string() && line["timestamp"].is_string(), "{line}");
    }
    assert!(log.contains("stopping"), "{log}");
}

#[test]
fn a_backup_of_a_serving_catalog_is_restored_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(run(folder.path(), &["demo", "--resources", "2000"]).status.success());
    let server = Server::start(folder.path(), &[]);
    let mut writer =
        pharos(folder.path(), &["demo", "--resources", "6000", "--seed", "2"]).spawn().expect("a writer starts");
    let mut backups = 0;
    loop {
        let ended = writer.try_wait().expect("a state").is_some();
        let file = format!("backup-{backups}.db");
        let made = run(folder.path(), &["backup", &file]);
        assert!(made.status.success(), "{}", err(&made));
        assert!(out(&made).contains(&file), "{}", out(&made));
        backups += 1;
        if ended {
            break;
        }
    }
    let again = run(folder.path(), &["backup", "backup-0.db"]);
    assert!(!again.status.success() && err(&again).contains("never overwrites"), "{}", err(&again));
    let list = ["get", "--deleted"];
    let before = out(&run(folder.path(), &list));
    let open = run(folder.path(), &["restore", "--force", "backup-0.db"]);
    assert!(!open.status.success() && err(&open).contains("in use"), "{}", err(&open));
    server.signal("-TERM");
    assert_eq!(server.end().0, Some(0));
    let unasked = run(folder.path(), &["restore", "backup-0.db"]);
    assert!(!unasked.status.success() && err(&unasked).contains("--force"), "{}", err(&unasked));
    for number in 0..backups {
        let other = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(format!("backup-{number}.db"));
        let restored = run(other.path(), &["restore", &file.display().to_string()]);
        assert!(restored.status.success(), "{}", err(&restored));
        let checked = run(other.path(), &["check", "--dry-run"]);
        assert!(out(&checked).contains("nothing is wrong"), "backup {number}: {}", out(&checked));
    }
    let last = format!("backup-{}.db", backups - 1);
    let forced = run(folder.path(), &["restore", "--force", &last]);
    assert!(forced.status.success(), "{}", err(&forced));
    assert!(before == out(&run(folder.path(), &list)), "the last backup was made after the last write");
    let server = Server::start(folder.path(), &[]);
    let began = Instant::now();
    while !server.get("/readyz", "").contains(r#""rebuilding":false"#) {
        assert!(began.elapsed() < PATIENCE, "the index is rebuilt");
        std::thread::sleep(Duration::from_millis(20));
    }
    server.signal("-TERM");
    server.end();
    let checked = run(folder.path(), &["check", "--dry-run"]);
    assert!(out(&checked).contains("nothing is wrong"), "{}", out(&checked));
}
