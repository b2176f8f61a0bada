//! Programs that are asked, in all their moods.
#![cfg(unix)]

mod support;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::model::State;
use pharos::sources::{Ran, Scheduler, SourceSettings};
use support::sources::{Asking, eventually, quoted, source};

const DEPOTS: &str = "\
INFO[0000] 🔍 get...
   NAME     | VERSION | TYPE  | WORKSPACE | STATUS | RUNTIME | OWNER
------------|---------|-------|-----------|--------|---------|-------
  salesraw  | v2alpha | depot |           | active |         | ada
  archive   | v1      | depot |           | active |         | ada
  warehouse | v1      | depot |           | active |         | grace
";

/// A source that runs a script of a program imitating the platform's.
fn script(asking: &Asking, text: &str, settings: &str) -> SourceSettings {
    let file = asking.write("platform.sh", text);
    source(&format!("kind = \"command\"\nrun = [\"sh\", {}]\n{settings}", quoted(&file)))
}

/// A source whose program prints a listing.
fn printing(asking: &Asking, listing: &str, settings: &str) -> SourceSettings {
    asking.write("listing.txt", listing);
    let listing = asking.folder.path().join("listing.txt");
    script(asking, &format!("cat {}", quoted(&listing)), settings)
}

fn lives(process: &str) -> bool {
    let Ok(status) = std::fs::read_to_string(Path::new("/proc").join(process).join("stat")) else { return false };
    // One that has ended and that nobody has asked about yet does not live.
    !status.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('Z'))
}

#[tokio::test]
async fn a_listing_with_colours_is_read_and_tells_what_is_gone() {
    let asking = Asking::new().await;
    let coloured = DEPOTS.replace("active", "\u{1b}[32mactive\u{1b}[0m");
    let run = asking.succeed(&printing(&asking, &coloured, "complete = [\"depot\"]")).await;
    assert_eq!((run.read, run.changed, run.deleted), (3, 3, 0));
    assert_eq!(asking.resource("depot", None, "archive").await.expect("it is there").state(), State::Active);
    let shorter = DEPOTS.replace("  archive   | v1      | depot |           | active |         | ada\n", "");
    let run = asking.succeed(&printing(&asking, &shorter, "complete = [\"depot\"]")).await;
    assert_eq!((run.read, run.changed, run.deleted), (2, 0, 1));
    assert_eq!(asking.resource("depot", None, "archive").await.expect("it is kept").state(), State::Deleted);
}

#[tokio::test]
async fn a_failure_is_told_and_nothing_of_it_is_taken() {
    let asking = Asking::new().await;
    asking.succeed(&printing(&asking, DEPOTS, "complete = [\"depot\"]")).await;
    let failing = "printf 'NAME | TYPE | STATUS\\nsalesraw | depot | error\\n'\n\
                   printf '\\033[31mERRO[0003] cannot reach the platform\\033[0m\\n\\n' >&2\nexit 3";
    let error = asking.fail(&script(&asking, failing, "complete = [\"depot\"]")).await;
    assert_eq!(error, "`sh` ended with exit code 3: ERRO[0003] cannot reach the platform");
    let kept = asking.resource("depot", None, "salesraw").await.expect("it is kept");
    assert_eq!(kept.state(), State::Active, "half a listing says nothing");
    let record = asking.record("it").await;
    assert_eq!((record.failures, record.last_run.expect("a run").error), (1, Some(error)));
    assert!(record.last_success_at.is_some());
}

#[tokio::test]
async fn a_slow_program_is_ended_with_all_it_started() {
    let asking = Asking::new().await;
    let processes = asking.folder.path().join("processes");
    let slow = format!(
        "sleep 600 &\necho $! $$ > {0}.new\nmv {0}.new {0}\ncat {1}\nwait",
        processes.display(),
        asking.write("listing.txt", DEPOTS).display()
    );
    let started = Instant::now();
    let error = asking.fail(&script(&asking, &slow, "timeout = \"1s\"\ncomplete = [\"depot\"]")).await;
    assert!(error.contains("longer than 1 second"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(20));
    assert!(asking.resource("depot", None, "salesraw").await.is_none(), "it may not have been all");
    let processes = std::fs::read_to_string(processes).expect("they were started");
    for process in processes.split_whitespace() {
        eventually("it is ended", async || !lives(process)).await;
    }
}

#[tokio::test]
async fn half_a_row_makes_no_complete_listing() {
    let asking = Asking::new().await;
    asking.succeed(&printing(&asking, DEPOTS, "complete = [\"depot\"]")).await;
    let half = &DEPOTS[..DEPOTS.len() - 40];
    let error = asking.fail(&printing(&asking, half, "complete = [\"depot\"]")).await;
    assert!(error.contains("sh:6"), "it names the line: {error}");
    for name in ["salesraw", "archive", "warehouse"] {
        assert!(!asking.resource("depot", None, name).await.expect("it is kept").deleted, "{name}");
    }
}

#[tokio::test]
async fn too_much_is_not_waited_for() {
    let asking = Asking::new().await;
    let endless = script(&asking, "while :; do echo 'salesraw | depot | active'; done", "max_output = \"64 KiB\"");
    let started = Instant::now();
    let error = asking.fail(&endless).await;
    assert_eq!(error, "it gave more than 64 KiB; allow more with `max_output`");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_program_sees_only_what_it_is_given() {
    let asking = Asking::new().await;
    let telling = "printf 'NAME | TYPE | OWNER\\nsalesraw | depot | %s\\n' \"${CARGO_PKG_NAME:-nobody}\"";
    asking.succeed(&script(&asking, telling, "")).await;
    let owner = async || asking.resource("depot", None, "salesraw").await.expect("it is there").owner;
    assert_eq!(owner().await.as_deref(), Some("nobody"));
    tokio::time::sleep(Duration::from_millis(5)).await;
    asking.succeed(&script(&asking, telling, "pass_environment = [\"CARGO_PKG_NAME\"]")).await;
    assert_eq!(owner().await.as_deref(), Some("pharos"));
}

#[tokio::test]
async fn what_a_program_is_given_is_never_repeated() {
    let asking = Asking::new().await;
    let secret = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let leaking = "echo \"the token $CARGO_MANIFEST_DIR is refused\" >&2; exit 1";
    let error = asking.fail(&script(&asking, leaking, "pass_environment = [\"CARGO_MANIFEST_DIR\"]")).await;
    assert!(error.ends_with("the token *** is refused") && !error.contains(&secret), "{error}");
}

#[tokio::test]
async fn nothing_is_no_listing_and_no_program_no_run() {
    let asking = Asking::new().await;
    asking.succeed(&printing(&asking, DEPOTS, "complete = [\"depot\"]")).await;
    let error = asking.fail(&script(&asking, ":", "complete = [\"depot\"]")).await;
    assert!(error.contains("gave nothing to read"), "{error}");
    let error = asking.fail(&source("kind = \"command\"\nrun = [\"no-such-program\", \"get\"]")).await;
    assert!(error.starts_with("cannot run `no-such-program`"), "{error}");
    let error = asking.fail(&script(&asking, "kill -9 $$", "")).await;
    assert_eq!(error, "`sh` ended with signal 9");
}

#[tokio::test]
async fn a_listing_that_lacks_too_much_is_refused_until_it_is_forced() {
    let mut asking = Asking::new().await;
    asking.succeed(&printing(&asking, DEPOTS, "complete = [\"depot\"]")).await;
    let one: String = DEPOTS.lines().take(4).map(|line| format!("{line}\n")).collect();
    let shorter = printing(&asking, &one, "complete = [\"depot\"]");
    let error = asking.fail(&shorter).await;
    assert!(error.contains("2 of 3") && error.contains("pharos sync --source it --once --force"), "{error}");
    asking.runner = asking.runner.clone().forcing(true);
    assert_eq!(asking.succeed(&shorter).await.deleted, 2);
}

#[tokio::test]
async fn a_source_is_never_run_twice_at_once() {
    let asking = Asking::new().await;
    let slow = script(&asking, "sleep 2; echo 'NAME | TYPE'; echo 'salesraw | depot'", "");
    let (one, other) = tokio::join!(asking.runner.run(&slow), async {
        // The first one has the source as soon as it is kept who holds it.
        eventually("it is held", async || {
            let records = asking.store.source_records().await.expect("the store answers");
            records.iter().any(|record| record.held_until.is_some())
        })
        .await;
        asking.runner.run(&slow).await
    });
    assert!(matches!(one, Ok(Ran::Ended { run, .. }) if run.error.is_none()));
    assert!(matches!(other, Ok(Ran::Busy { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_are_run_again_and_again_until_told_to_stop() {
    let asking = Arc::new(Asking::new().await);
    let file = asking.write("counting.sh", "echo x >> \"$1\"; echo 'NAME | TYPE'; echo 'salesraw | depot'");
    let runs = asking.folder.path().join("runs");
    let counting = source(&format!(
        "kind = \"command\"\nrun = [\"sh\", {}, {}]\ninterval = \"1s\"\njitter = \"10ms\"",
        quoted(&file),
        quoted(&runs)
    ));
    let pid = asking.folder.path().join("pid");
    let file = asking.write("stuck.sh", "echo $$ > \"$1.new\"; mv \"$1.new\" \"$1\"; sleep 600");
    let mut stuck = source(&format!("kind = \"command\"\nrun = [\"sh\", {}, {}]", quoted(&file), quoted(&pid)));
    stuck.name = "stuck".to_owned();
    let scheduler = Scheduler::start(&[counting, stuck, source("kind = \"push\"")], &asking.runner);
    let times = || std::fs::read_to_string(&runs).map_or(0, |text| text.lines().count());
    eventually("it is run three times", async || times() >= 3).await;
    eventually("the other one is under way", async || pid.exists()).await;
    eventually("the next run is planned", async || asking.record("it").await.next_run_at.is_some()).await;
    let process = std::fs::read_to_string(&pid).expect("a number");
    scheduler.stop().await;
    eventually("the program is ended", async || !lives(process.trim())).await;
    let record = asking.record("stuck").await;
    assert_eq!((record.held_until, record.next_run_at, record.last_run), (None, None, None));
    let after = times();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(times(), after);
}
