//! Folders that are read.

mod support;

use app::model::State;
use pharos::sources::{Scheduler, SourceSettings};
use support::sources::{Asking, eventually, quoted, source};

const MANIFEST: &str = "name: ordersdb\nversion: v1\ntype: database\nworkspace: public\ndatabase: {}\n";
const LISTING: &str = "NAME | TYPE | STATUS\nsalesraw | depot | active\narchive | depot | active\n";

fn folder(asking: &Asking, settings: &str) -> SourceSettings {
    let path = asking.folder.path().join("folder");
    std::fs::create_dir_all(&path).expect("the folder is made");
    source(&format!("kind = \"directory\"\npath = {}\n{settings}", quoted(&path)))
}

#[tokio::test]
async fn manifests_and_listings_are_read_wherever_they_lie() {
    let asking = Asking::new().await;
    let source = folder(&asking, "");
    asking.write("folder/databases/orders.yaml", MANIFEST);
    asking.write("folder/depots.txt", LISTING);
    asking.write("folder/empty.yml", "");
    asking.write("folder/.hidden.yaml", "nonsense");
    asking.write("folder/notes.md", "nonsense");
    let run = asking.succeed(&source).await;
    assert_eq!((run.read, run.changed), (3, 3));
    assert!(asking.resource("database", Some("public"), "ordersdb").await.is_some());
    let again = asking.succeed(&source).await;
    assert_eq!((again.read, again.changed), (3, 0));
}

#[tokio::test]
async fn a_file_says_what_was_so_when_it_was_written() {
    let asking = Asking::new().await;
    let source = folder(&asking, "");
    asking.write("folder/depots.txt", LISTING);
    asking.succeed(&source).await;
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let poller = asking.write("poll.txt", "NAME | TYPE | STATUS\nsalesraw | depot | error\n");
    let polling = support::sources::source(&format!("kind = \"command\"\nrun = [\"cat\", {}]", quoted(&poller)));
    asking.succeed(&polling).await;
    asking.succeed(&source).await;
    let state = asking.resource("depot", None, "salesraw").await.expect("it is there").state();
    assert_eq!(state, State::Error, "what is old does not outweigh what is new");
}

#[tokio::test]
async fn what_a_folder_is_complete_for_goes_with_its_file() {
    let asking = Asking::new().await;
    asking.write("folder/a.txt", LISTING);
    let more = asking.write("folder/b.txt", "NAME | TYPE | STATUS\ncrm | depot | active\n");
    let manifest = asking.write("folder/orders.yaml", MANIFEST);
    asking.succeed(&folder(&asking, "complete = [\"depot\"]")).await;
    std::fs::remove_file(more).expect("it is removed");
    std::fs::remove_file(manifest).expect("it is removed");
    assert_eq!(asking.succeed(&folder(&asking, "complete = [\"depot\"]")).await.deleted, 1);
    assert!(asking.resource("depot", None, "crm").await.expect("it is kept").deleted);
    let database = asking.resource("database", Some("public"), "ordersdb").await.expect("it is kept");
    assert!(!database.deleted, "the folder is not complete for databases");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_makes_nothing_complete() {
    let asking = Asking::new().await;
    asking.write("folder/a.txt", LISTING);
    asking.succeed(&folder(&asking, "complete = [\"depot\"]")).await;
    asking.write("folder/a.txt", "NAME | TYPE | STATUS\nsalesraw | depot | active\n");
    asking.write("folder/broken.yaml", "name: x\ntype: [depot\n");
    asking.write("folder/long.txt", &"x".repeat(2_000));
    let error = asking.fail(&folder(&asking, "complete = [\"depot\"]\nmax_file = \"1 KiB\"")).await;
    assert!(error.contains("broken.yaml:") && error.contains("`long.txt` has more than 1 KiB"), "{error}");
    assert!(!asking.resource("depot", None, "archive").await.expect("it is kept").deleted);
    let missing = source("kind = \"directory\"\npath = \"no-such-folder\"");
    assert!(asking.fail(&missing).await.starts_with("cannot read `no-such-folder`"));
}

#[cfg(unix)]
#[tokio::test]
async fn links_lead_to_files_of_the_folder_and_nowhere_else() {
    use std::os::unix::fs::symlink;
    let asking = Asking::new().await;
    let source = folder(&asking, "");
    let outside = asking.write("outside.yaml", MANIFEST);
    let inside = asking.write("folder/..data/depots.txt", LISTING);
    let place = asking.folder.path().join("folder");
    symlink(&inside, place.join("depots.txt")).expect("a link");
    symlink(&place, place.join("round")).expect("a link");
    assert_eq!(asking.succeed(&source).await.read, 2, "as in a mounted volume");
    symlink(&outside, place.join("outside.yaml")).expect("a link");
    symlink("/dev/zero", place.join("zero.yaml")).expect("a link");
    let run = asking.run(&source).await;
    assert_eq!(run.read, 2);
    let error = run.error.expect("it fails");
    assert!(error.contains("`outside.yaml` is a link") && error.contains("`zero.yaml` is a link"), "{error}");
    assert!(asking.resource("database", Some("public"), "ordersdb").await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_the_folder_is_noticed() {
    let asking = Asking::new().await;
    asking.write("folder/a.txt", LISTING);
    let watched = folder(&asking, "interval = \"1h\"");
    let scheduler = Scheduler::start(&[watched], &asking.runner);
    eventually("it is read", async || asking.resource("depot", None, "salesraw").await.is_some()).await;
    eventually("it is planned", async || asking.record("it").await.next_run_at.is_some()).await;
    asking.write("folder/deeper/b.txt", "NAME | TYPE | STATUS\ncrm | depot | active\n");
    eventually("the new file is read", async || asking.resource("depot", None, "crm").await.is_some()).await;
    let runs = asking.store.source_runs("it", 50).await.expect("runs").len();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let later = asking.store.source_runs("it", 50).await.expect("runs").len();
    assert!(later <= runs + 1, "reading is no change: {runs}, {later}");
    scheduler.stop().await;
}
