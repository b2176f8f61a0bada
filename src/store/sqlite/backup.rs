//! Whole copies of a database: made while it is in use, and put back.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tempfile::NamedTempFile;

use super::open::{Problem, applied};
use crate::store::{BackupError, Copied};

/// How long to wait for a writer before a database that is to be replaced counts as in use.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// Copies a database into a new file, as it is at one moment, while others read and write it.
///
/// # Errors
/// When the file exists, the database is none of Pharos, or the copy cannot be made whole; nothing is left behind then.
pub(in crate::store) async fn backup(database: &Path, file: &Path) -> Result<Copied, BackupError> {
    if file.exists() {
        return Err(BackupError::Exists(name(file)));
    }
    let (copy, copied) = copy(database, file, Identity::Kept).await?;
    copy.persist_noclobber(file).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(name(file)),
        _ => cannot_write(file, error.error),
    })?;
    sync_folder(file)?;
    Ok(copied)
}

/// Puts a backup in the place of a database. What was there is lost, and only `force` allows that.
///
/// # Errors
/// When the backup is none, or of a newer version; when a database is there and may not be replaced, or is open.
pub(in crate::store) async fn restore(file: &Path, database: &Path, force: bool) -> Result<Copied, BackupError> {
    if !file.is_file() {
        return Err(BackupError::Missing(name(file)));
    }
    if database.exists() {
        if std::fs::canonicalize(file).ok() == std::fs::canonicalize(database).ok() {
            return Err(BackupError::Same(name(file)));
        }
        if !force {
            return Err(BackupError::WouldReplace(name(database)));
        }
    }
    let (copy, copied) = copy(file, database, Identity::New).await?;
    if database.exists() {
        close_for_good(database).await?;
    }
    // What is left of a log belongs to the database that goes, and would be read into the one that comes.
    for ending in ["-wal", "-shm"] {
        let mut beside = database.as_os_str().to_owned();
        beside.push(ending);
        let beside = PathBuf::from(beside);
        match std::fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(cannot_write(&beside, error)),
            _ => {}
        }
    }
    copy.persist(database).map_err(|error| cannot_write(database, error.error))?;
    sync_folder(database)?;
    Ok(copied)
}

/// Whether a copy takes the identity of its original, by which an index knows its database.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Identity {
    Kept,
    /// What was derived from a later state of the original must not be taken for this one's.
    New,
}

/// Where the numbers of the log go on. Not where they ended, which the log that goes may have passed.
const RESTORED: &str = "INSERT INTO meta (name, value) VALUES ('restored_seq', ?) ON CONFLICT (name) \
     DO UPDATE SET value = max(CAST(meta.value AS INTEGER) + 1, CAST(excluded.value AS INTEGER))";

/// A number that grows by more than any log does: a million a second, and below 2⁵³ for programs that count with floats.
fn numbers_from() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    since.as_micros().to_string()
}

/// Copies a database into an unnamed file beside `target`, looks it over, and waits until the disk has it.
async fn copy(from: &Path, target: &Path, identity: Identity) -> Result<(NamedTempFile, Copied), BackupError> {
    if !from.is_file() {
        return Err(BackupError::Missing(name(from)));
    }
    let unusable = |problem: Problem| BackupError::Unusable { file: name(from), reason: problem.reason() };
    let failed = |error: sqlx::Error| unusable(error.into());
    let mut original = connect(from).await.map_err(failed)?;
    match applied(&mut original).await {
        Ok(Some(_)) => {}
        Ok(None) => return Err(unusable(Problem::Foreign)),
        Err(problem) => return Err(unusable(problem)),
    }
    let folder = folder_of(target);
    let copy = tempfile::Builder::new()
        .prefix(".pharos-")
        .suffix(".copy")
        .tempfile_in(folder)
        .map_err(|error| cannot_write(target, error))?;
    // Into an empty file, which only its owner may read.
    sqlx::query("VACUUM INTO ?")
        .bind(copy.path().to_string_lossy().into_owned())
        .execute(&mut original)
        .await
        .map_err(failed)?;
    original.close().await.map_err(failed)?;
    let resources = look_over(copy.path(), from, identity).await?;
    let file = copy.as_file();
    file.sync_all().map_err(|error| cannot_write(target, error))?;
    let bytes = file.metadata().map_err(|error| cannot_write(target, error))?.len();
    Ok((copy, Copied { resources, bytes }))
}

async fn look_over(copy: &Path, original: &Path, identity: Identity) -> Result<u64, BackupError> {
    let failed =
        |error: sqlx::Error| BackupError::Unusable { file: name(original), reason: Problem::from(error).reason() };
    let mut connection = connect(copy).await.map_err(failed)?;
    let found: Vec<String> =
        sqlx::query_scalar("PRAGMA quick_check(1)").fetch_all(&mut connection).await.map_err(failed)?;
    if let Some(found) = found.into_iter().find(|found| found != "ok") {
        return Err(BackupError::Damaged { file: name(original), found });
    }
    if identity == Identity::New {
        sqlx::query("UPDATE meta SET value = lower(hex(randomblob(16))) WHERE name = 'identity'")
            .execute(&mut connection)
            .await
            .map_err(failed)?;
        sqlx::query(RESTORED).bind(numbers_from()).execute(&mut connection).await.map_err(failed)?;
    }
    let resources: i64 =
        sqlx::query_scalar("SELECT count(*) FROM resource").fetch_one(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    Ok(u64::try_from(resources).unwrap_or_default())
}

/// Ends the write-ahead log of a database, which works only for whoever is alone with it.
async fn close_for_good(database: &Path) -> Result<(), BackupError> {
    let alone = async {
        let mut connection = connect(database).await?;
        sqlx::query("PRAGMA journal_mode = DELETE").execute(&mut connection).await?;
        connection.close().await
    };
    match alone.await {
        Err(sqlx::Error::Database(error)) if is_busy(&*error) => Err(BackupError::InUse(name(database))),
        // A database that is damaged is what a backup is for.
        Err(error) => {
            tracing::warn!(%error, "the database to be replaced cannot be read");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// `SQLITE_BUSY` and `SQLITE_LOCKED`; the primary code is the lowest byte of the extended ones.
fn is_busy(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().and_then(|code| code.parse::<i32>().ok()).is_some_and(|code| matches!(code & 0xff, 5 | 6))
}

async fn connect(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging()
        .connect()
        .await
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Waits until the disk has the name as well.
fn sync_folder(file: &Path) -> Result<(), BackupError> {
    File::open(folder_of(file)).and_then(|folder| folder.sync_all()).map_err(|error| cannot_write(file, error))
}

fn cannot_write(file: &Path, source: io::Error) -> BackupError {
    BackupError::Write { file: name(file), source }
}

fn name(file: &Path) -> String {
    file.display().to_string()
}

#[cfg(test)]
mod tests {
    use app::model::Timestamp;

    use super::*;
    use crate::catalog::Record;
    use crate::store::testing::{LISTER, active, batch, depot, reopen, sqlite, stored};
    use crate::store::{ChangeFeed, Store, Stretch};

    #[tokio::test]
    async fn a_backup_is_whole_while_others_write() {
        let (folder, store) = sqlite().await;
        let many = |round: i64| (0..200).map(move |number| active(&depot(&format!("d-{round}-{number}")), round));
        store.record(&batch(LISTER, many(0).collect())).await.unwrap();
        let writing = async {
            for round in 1..30 {
                store.record(&batch(LISTER, many(round).collect())).await.unwrap();
            }
        };
        let copying = async {
            let mut copies = Vec::new();
            for number in 0..3 {
                let file = folder.path().join(format!("backup-{number}.db"));
                copies.push((file.clone(), backup(&folder.path().join("pharos.db"), &file).await.unwrap()));
            }
            copies
        };
        let ((), copies) = tokio::join!(writing, copying);
        for (file, copied) in copies {
            assert_eq!(copied.resources % 200, 0, "whole batches only");
            assert_eq!(copied.bytes, std::fs::metadata(&file).unwrap().len());
            let target = tempfile::tempdir().unwrap();
            restore(&file, &target.path().join("pharos.db"), false).await.unwrap();
            let restored = reopen(&target).await;
            assert_eq!(stored(&restored, &depot("d-0-7")).await.1.key, depot("d-0-7"));
            let report = restored.check(false).await.unwrap();
            assert_eq!((report.resources, report.problems), (copied.resources, Vec::new()));
            assert_ne!(restored.identity(), store.identity(), "an index of the original is not taken for its own");
            restored.record(&batch(LISTER, vec![active(&depot("later"), 99)])).await.unwrap();
        }
    }

    #[tokio::test]
    async fn nothing_is_overwritten_unasked() {
        let (folder, store) = sqlite().await;
        let (database, file) = (folder.path().join("pharos.db"), folder.path().join("backup.db"));
        store.record(&batch(LISTER, vec![active(&depot("a"), 1)])).await.unwrap();
        backup(&database, &file).await.unwrap();
        assert!(matches!(backup(&database, &file).await, Err(BackupError::Exists(_))));
        assert!(matches!(restore(&file, &database, false).await, Err(BackupError::WouldReplace(_))));
        assert!(matches!(restore(&database, &database, true).await, Err(BackupError::Same(_))));
        assert!(matches!(restore(&file, &database, true).await, Err(BackupError::InUse(_))), "the store is open");
        store.record(&batch(LISTER, vec![active(&depot("b"), 2)])).await.unwrap();
        store.close().await;
        assert_eq!(restore(&file, &database, true).await.unwrap().resources, 1);
        let restored = reopen(&folder).await;
        assert!(restored.find(&[depot("b")]).await.unwrap().is_empty(), "as it was when it was backed up");
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".copy")), "{left:?}");
    }

    #[tokio::test]
    async fn what_followed_the_log_before_a_restore_is_told_that_it_is_gone() {
        let (folder, store) = sqlite().await;
        let (database, file) = (folder.path().join("pharos.db"), folder.path().join("backup.db"));
        let backed_up = store.record(&batch(LISTER, vec![active(&depot("a"), 1)])).await.unwrap().seq;
        backup(&database, &file).await.unwrap();
        let lost =
            store.record(&batch(LISTER, vec![active(&depot("b"), 2), active(&depot("c"), 2)])).await.unwrap().seq;
        store.close().await;
        restore(&file, &database, true).await.unwrap();
        let restored = reopen(&folder).await;
        let first = restored.last_seq().await.unwrap();
        assert_eq!(restored.entries_after(first, 9).await.unwrap(), Stretch::Entries { entries: vec![], more: false });
        let next = restored.record(&batch(LISTER, (0..9).map(|n| active(&depot(&format!("d{n}")), 3)).collect())).await;
        let next = next.unwrap().seq;
        assert!(next > lost, "numbers are not used again");
        for seq in [0, backed_up, backed_up + 1, lost, lost + 1] {
            assert!(matches!(restored.entries_after(seq, 9).await.unwrap(), Stretch::Gone(_)), "after {seq}");
        }
        let Stretch::Entries { entries, .. } = restored.entries_after(first, 99).await.unwrap() else { panic!("gone") };
        assert_eq!(entries.iter().map(|entry| entry.change.seq).collect::<Vec<_>>(), Vec::from_iter(first + 1..=next));
        assert_eq!(restored.changed_after(first, 99).await.unwrap().resources.len(), 9);
        assert!(restored.prune(0, Timestamp(9), Timestamp(9), 99).await.is_ok());
        assert_eq!(restored.check(false).await.unwrap().problems, Vec::<String>::new());

        restored.close().await;
        restore(&file, &database, true).await.unwrap();
        assert!(reopen(&folder).await.last_seq().await.unwrap() > next, "neither are those of another restore");
    }

    #[tokio::test]
    async fn only_backups_are_restored() {
        let (folder, store) = sqlite().await;
        let target = folder.path().join("restored.db");
        let refused = async |file: &str| {
            let error = restore(&folder.path().join(file), &target, false).await.unwrap_err();
            assert!(!target.exists());
            error.to_string()
        };
        assert!(refused("nothing.db").await.contains("no file"));
        std::fs::write(folder.path().join("junk.db"), "not a database, but a text of some length".repeat(30)).unwrap();
        assert!(refused("junk.db").await.contains("not an SQLite database"));
        std::fs::write(folder.path().join("empty.db"), "").unwrap();
        assert!(refused("empty.db").await.contains("another program"));
        sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, '', 1, x'', 0)")
            .execute(store.writer.pool())
            .await
            .unwrap();
        assert!(refused("pharos.db").await.contains("newer version"));
    }

    #[tokio::test]
    async fn a_damaged_database_can_be_replaced() {
        let (folder, store) = sqlite().await;
        let (database, file) = (folder.path().join("pharos.db"), folder.path().join("backup.db"));
        store.record(&batch(LISTER, vec![active(&depot("a"), 1)])).await.unwrap();
        backup(&database, &file).await.unwrap();
        store.close().await;
        std::fs::write(&database, "damage").unwrap();
        restore(&file, &database, true).await.unwrap();
        assert_eq!(stored(&reopen(&folder).await, &depot("a")).await.1.key, depot("a"));
    }
}
