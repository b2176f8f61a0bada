//! The commands, as typed.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

const LISTING: &str = "\
INFO[0000] 🔍 get...
INFO[0000] 🔍 get...complete
      NAME      | VERSION | TYPE  | WORKSPACE | STATUS | RUNTIME |     OWNER
----------------|---------|-------|-----------|--------|---------|-----------------
  systemstreams | v1      | depot |           | active |         | dataos-manager
  salesraw      | v2alpha | depot |           | active |         | ada
  crmwarehouse  | v2alpha | depot |           | active |         | ada
";

fn pharos(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pharos"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("pharos starts");
    child.stdin.take().expect("an input").write_all(input.as_bytes()).expect("the input is read");
    child.wait_with_output().expect("pharos ends")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_was_imported_is_printed_as_the_platform_prints_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let imported = pharos(folder.path(), &["import"], LISTING);
    assert!(imported.status.success(), "{}", err(&imported));
    assert_eq!(out(&imported).trim(), "read 3, changed 3, unchanged 0, deleted 0, refused 0 documents");
    let again = pharos(folder.path(), &["import", "-"], LISTING);
    assert_eq!(out(&again).trim(), "read 3, changed 0, unchanged 3, deleted 0, refused 0 documents");
    let got = pharos(folder.path(), &["get", "-t", "depot", "-n", "systemstreams"], "");
    assert!(got.status.success(), "{}", err(&got));
    assert_eq!(
        out(&got).lines().map(str::trim_end).collect::<Vec<_>>(),
        [
            "      NAME      | VERSION | TYPE  | WORKSPACE | STATUS | RUNTIME |     OWNER",
            "----------------|---------|-------|-----------|--------|---------|-----------------",
            "  systemstreams | v1      | depot |           | active |         | dataos-manager",
        ]
    );
}

#[test]
fn a_complete_listing_tells_what_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    pharos(folder.path(), &["import", "--complete", "depot"], LISTING);
    let shorter = LISTING.lines().filter(|line| !line.contains("crmwarehouse")).collect::<Vec<_>>().join("\n");
    let imported = pharos(folder.path(), &["import", "--complete", "depot"], &shorter);
    assert_eq!(out(&imported).trim(), "read 2, changed 0, unchanged 2, deleted 1, refused 0 documents");
    let nothing = pharos(folder.path(), &["import", "--complete", "depot"], "INFO[0000] 🔍 get...nothing\n");
    assert!(!nothing.status.success(), "two of two would vanish");
    assert!(err(&nothing).contains("--force"), "{}", err(&nothing));
    let forced = pharos(folder.path(), &["import", "--complete", "depot", "--force"], "INFO[0000] 🔍 get...nothing\n");
    assert!(out(&forced).contains("deleted 2"), "{} {}", out(&forced), err(&forced));
}

#[test]
fn a_refused_document_is_named_and_the_others_go_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = format!(
        "{LISTING}\n---\nname: broken\ntype: [depot\n---\nname: ordersdb\nversion: v1\ntype: database\ndatabase: {{}}\n"
    );
    std::fs::write(folder.path().join("input.txt"), input).expect("the file is written");
    let imported = pharos(folder.path(), &["import", "--complete", "depot", "input.txt"], "");
    assert_eq!(imported.status.code(), Some(1));
    assert!(err(&imported).contains("input.txt:"), "{}", err(&imported));
    assert!(err(&imported).contains("nothing is deleted"), "{}", err(&imported));
    assert!(out(&imported).contains("read 4"), "{}", out(&imported));
}

#[test]
fn what_was_passed_over_is_counted_and_told_when_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let pasted = include_str!("fixtures/ingest/pasted.txt");
    let imported = pharos(folder.path(), &["import"], pasted);
    assert!(imported.status.success(), "{}", err(&imported));
    assert!(out(&imported).contains("refused 0 documents, passed over 2 texts"), "{}", out(&imported));
    assert!(!err(&imported).contains("passed over"), "{}", err(&imported));
    let verbose = pharos(folder.path(), &["import", "-v"], pasted);
    assert!(err(&verbose).contains("<stdin>:3: passed over `Here is what"), "{}", err(&verbose));
}

#[test]
fn a_killed_import_leaves_a_whole_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut listing = String::from(
        "NAME | VERSION | TYPE | WORKSPACE | STATUS | RUNTIME | OWNER\n----|----|----|----|----|----|----\n",
    );
    for number in 0..60_000 {
        listing.push_str(&format!("svc-{number} | v1 | service | public | active | running:1 | ada\n"));
    }
    std::fs::write(folder.path().join("listing.txt"), &listing).expect("the file is written");
    for attempt in 0..6_u64 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pharos"))
            .args(["import", "listing.txt"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("pharos starts");
        std::thread::sleep(std::time::Duration::from_millis(60 + attempt * 130));
        // On unix this is SIGKILL. It may have ended already: that is as good a moment as any.
        drop(child.kill());
        drop(child.wait());
        let checked = pharos(folder.path(), &["check", "--dry-run"], "");
        assert!(checked.status.success(), "after kill {attempt}: {} {}", out(&checked), err(&checked));
    }
    let finished = pharos(folder.path(), &["import", "listing.txt"], "");
    assert!(finished.status.success(), "{}", err(&finished));
    let checked = pharos(folder.path(), &["check"], "");
    assert_eq!(out(&checked).trim(), "60000 Resources checked: nothing is wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_index_is_told_and_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    pharos(folder.path(), &["import"], LISTING);
    let store = pharos::store::open(&format!("sqlite://{}", folder.path().join("pharos.db").display())).await;
    let store = store.expect("a store");
    let index = folder.path().join("pharos.db.index");
    let (opened, _) = pharos::index::Index::open(&index, store.identity()).expect("an index");
    pharos::catalog::rebuild(&store, &Arc::new(opened), &pharos::catalog::system_clock()).await.expect("rebuilt");
    store.close().await;
    assert_eq!(out(&pharos(folder.path(), &["check"], "")).trim(), "3 Resources checked: nothing is wrong");
    std::fs::write(index.join("text").join("meta.json"), "damage").expect("it is damaged");
    for _ in 0..2 {
        let looked = pharos(folder.path(), &["check", "--dry-run"], "");
        assert_eq!(looked.status.code(), Some(1), "{}", err(&looked));
        assert!(out(&looked).contains("of no use: it cannot be read"), "looking mends nothing: {}", out(&looked));
        assert!(out(&looked).contains("nothing was mended"), "{}", out(&looked));
    }
    let mended = pharos(folder.path(), &["check"], "");
    assert!(mended.status.success(), "{}", err(&mended));
    assert!(out(&mended).contains("of no use") && out(&mended).contains("all of it is mended"), "{}", out(&mended));
    assert_eq!(out(&pharos(folder.path(), &["check"], "")).trim(), "3 Resources checked: nothing is wrong");
}

#[test]
fn mistakes_are_answered_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, input, word) in [
        (&["import"][..], "", "empty"),
        (&["import", "nothing.yaml"], "", "nothing.yaml"),
        (&["import", "--complete", ":"], "", "TYPE:WORKSPACE"),
        (&["get", "--database", "mysql://somewhere/x"], "", "sqlite://"),
        (&["serve", "--addr", "nonsense"], "", "--addr"),
        (&["token", "create", "--name", "ci", "--scope", "write:ci"], "", "write:source=ci"),
        (&["token", "create", "--name", "ci", "--scope", "read", "--expires", "90"], "", "`90d`"),
        (&["token", "revoke", "ci"], "", "pharos token list"),
        (&["backup", "--database", "sqlite://nothing.db", "copy.db"], "", "no database `nothing.db`"),
        (&["restore", "nothing.db"], "", "no file `nothing.db`"),
        (&["check", "--log", "pharos=loud"], "", "`debug`"),
    ] {
        let output = pharos(folder.path(), arguments, input);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(err(&output).contains(word), "{arguments:?}: {}", err(&output));
    }
}

#[test]
fn manual_pages_are_written_for_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = pharos(folder.path(), &["man", "."], "");
    assert!(written.status.success(), "{}", err(&written));
    for page in ["pharos.1", "pharos-serve.1", "pharos-token-create.1", "pharos-backup.1"] {
        let text = std::fs::read_to_string(folder.path().join(page)).expect(page);
        assert!(text.contains(".SH NAME") && text.contains(".SH OPTIONS"), "{page}: {text}");
    }
    assert!(!pharos(folder.path(), &["man", "missing"], "").status.success());
}
