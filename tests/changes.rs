//! `pharos changes` and `pharos get --watch`, as typed: of a database, and of a server.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

fn services(rows: &[(&str, &str)]) -> String {
    let mut text = "  NAME | VERSION | TYPE | WORKSPACE | STATUS | RUNTIME | OWNER\n\
                    -------|---------|------|-----------|--------|---------|------\n"
        .to_owned();
    for (name, runtime) in rows {
        text.push_str(&format!("  {name} | v1 | service | public | active | {runtime} | ada\n"));
    }
    text
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pharos"));
    command.args(arguments).current_dir(folder).env_remove("PHAROS_SERVER").env_remove("PHAROS_TOKEN");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("pharos ends")
}

fn import(folder: &Path, rows: &[(&str, &str)]) {
    let mut child = command(folder, &["import"]).stdin(Stdio::piped()).spawn().expect("pharos starts");
    child.stdin.take().expect("an input").write_all(services(rows).as_bytes()).expect("the input is read");
    let output = child.wait_with_output().expect("pharos ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A command that goes on, and what it prints.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = command(folder, arguments).stderr(Stdio::null()).spawn().expect("pharos starts");
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().expect("an output"));
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    /// The next line that holds a word, and how many lines were passed over.
    fn line(&self, word: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).unwrap_or_else(|error| panic!("no line with `{word}`: {error}"));
            if line.contains(word) {
                return line;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_log_is_printed_for_people_and_for_programs() {
    let folder = tempfile::tempdir().expect("a folder");
    import(folder.path(), &[("orders-api", "running:1"), ("crm-api", "running:1")]);
    import(folder.path(), &[("orders-api", "failed")]);
    let all = run(folder.path(), &["changes"]);
    assert!(all.status.success(), "{}", err(&all));
    assert!(out(&all).contains("service public.orders-api  runtime running:1 -> failed  (import)"), "{}", out(&all));
    let some = run(folder.path(), &["changes", "-n", "orders-api", "--field", "runtime", "--output", "json"]);
    let lines: Vec<String> = out(&some).lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains(r#""from":"running:1","to":"failed""#), "{lines:?}");
    let seq = all.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).count();
    let after = run(folder.path(), &["changes", "--after", &(seq - 1).to_string()]);
    assert_eq!(out(&after).lines().count(), 1);
    let gone = run(folder.path(), &["changes", "--after", "999"]);
    assert!(!gone.status.success() && err(&gone).contains("--after"), "{}", err(&gone));
    let wrong = run(folder.path(), &["changes", "--field", "colour"]);
    assert!(err(&wrong).contains("`builder-stage`"), "{}", err(&wrong));
}

/// Imports again and again until a command that has just been started notices.
fn until_told(folder: &Path, running: &Running, word: &str) -> String {
    let until = Instant::now() + PATIENCE;
    let mut number = 0;
    loop {
        assert!(Instant::now() < until, "nothing was told");
        number += 1;
        import(folder, &[("orders-api", &format!("{word}:{number}"))]);
        while let Ok(line) = running.lines.recv_timeout(Duration::from_millis(500)) {
            if line.contains(word) {
                return line;
            }
        }
    }
}

#[test]
fn a_database_is_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    import(folder.path(), &[("orders-api", "running:1")]);
    let following = Running::start(folder.path(), &["changes", "--follow", "--after", "0"]);
    following.line("created");
    import(folder.path(), &[("orders-api", "failed")]);
    following.line("running:1 -> failed");
    let watching = Running::start(folder.path(), &["get", "-t", "service", "--watch"]);
    watching.line("failed");
    let line = until_told(folder.path(), &watching, "pending");
    assert!(line.starts_with("  orders-api | v1      | service | public    | active | pending:"), "{line}");
}

#[test]
fn a_server_is_followed_and_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    import(folder.path(), &[("orders-api", "running:1")]);
    let serving = Running::start(folder.path(), &["serve", "--addr", "127.0.0.1:0"]);
    let address = serving.line("http://").split_whitespace().last().expect("an address").to_owned();
    let host = address.trim_start_matches("http://").to_owned();
    let all = run(folder.path(), &["changes", "--server", &address, "--field", "created"]);
    assert!(out(&all).contains("service public.orders-api  created"), "{} {}", out(&all), err(&all));
    let following = Running::start(
        folder.path(),
        &["changes", "--server", &address, "--follow", "--after", "0", "--field", "runtime"],
    );
    // A server that has just started may still be building its index.
    let until = Instant::now() + PATIENCE;
    while !out(&run(folder.path(), &["get", "--server", &address])).contains("orders-api") {
        assert!(Instant::now() < until, "the listing stays empty");
    }
    let watching = Running::start(folder.path(), &["get", "--server", &address, "--watch"]);
    watching.line("orders-api");
    import(folder.path(), &[("orders-api", "failed")]);
    following.line("running:1 -> failed");
    let line = watching.line("failed");
    assert!(line.starts_with("  orders-api | v1      | service | public    | active | failed"), "{line}");
    drop(serving);
    import(folder.path(), &[("orders-api", "aborted")]);
    import(folder.path(), &[("orders-api", "running:2")]);
    let _serving = Running::start(folder.path(), &["serve", "--addr", &host]);
    let next = following.lines.recv_timeout(PATIENCE).expect("it goes on");
    assert!(next.contains("failed -> aborted"), "nothing is lost or told twice: {next}");
    following.line("aborted -> running:2");
}

#[test]
fn a_server_that_is_not_there_is_told_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [["changes", "--server", "http://127.0.0.1:9"], ["get", "--server", "nonsense"]] {
        let output = run(folder.path(), &arguments);
        assert!(!output.status.success());
        assert!(err(&output).contains("server"), "{}", err(&output));
    }
}
