//! Opening a database: connections, migrations, and every reason why it cannot be.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Row, SqliteConnection, SqlitePool};

use super::SqliteStore;
use super::writer::Writer;
use crate::store::{StoreError, Timings};

static MIGRATOR: Migrator = sqlx::migrate!("src/store/sqlite/migrations");

/// "PHAR", as the first migration writes it.
const APPLICATION_ID: i64 = 0x5048_4152;

/// How long to wait for another process that writes. A batch of a million Resources takes less.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// How long another process may take to create the database.
const CREATED_WITHIN: Duration = Duration::from_secs(5);

/// Connections that read. More than the cores of a small machine only compete for them.
const READERS: u32 = 4;

impl SqliteStore {
    /// Opens the database at `path`, creates it if there is none, and brings it up to date. `url` is what errors call it.
    ///
    /// # Errors
    /// [`StoreError::Open`] with the reason and what to do.
    pub(crate) async fn open(path: &Path, url: &str) -> Result<Self, StoreError> {
        let refuse = |reason: String| StoreError::Open { url: url.to_owned(), reason };
        create_file(path).map_err(refuse)?;
        let readers =
            pool(READERS).connect_lazy_with(options(path).pragma("cache_size", "-4000").pragma("query_only", "ON"));
        let writer = pool(1)
            // A large batch that does not fit spills into the write-ahead log, so this only bounds memory.
            .connect_lazy_with(
                options(path)
                    .journal_mode(SqliteJournalMode::Wal)
                    .pragma("cache_size", "-64000")
                    .pragma("journal_size_limit", "67108864"),
            );
        match prepare_patiently(&readers, &writer).await {
            Ok(identity) => Ok(Self { writer: Writer::new(writer), readers, identity, timings: Timings::default() }),
            Err(problem) => {
                readers.close().await;
                writer.close().await;
                Err(refuse(problem.reason()))
            }
        }
    }
}

/// Connections to a file do not wear out, so they are kept and not tried before each use.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(BUSY_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // FULL waits for the disk once per commit, which is once per batch: too little to notice, and what was
        // acknowledged then survives a power failure, not only the end of the process.
        .synchronous(SqliteSynchronous::Full)
        // Mapped pages would count as memory of this process.
        .pragma("mmap_size", "0")
        .pragma("temp_store", "MEMORY")
        .row_buffer_size(500)
        .disable_statement_logging()
}

/// Creates an empty file that only its owner may read, since manifests are in it. SQLite takes its permissions over for
/// the files beside it.
fn create_file(path: &Path) -> Result<(), String> {
    if path.is_dir() {
        return Err(format!("`{}` is a folder; name a file in it", path.display()));
    }
    if path.exists() {
        return Ok(());
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(format!("the folder `{}` does not exist; create it, or name another file", folder.display()));
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(format!("the file cannot be created ({error}); check the permissions of its folder")),
    }
}

/// Why a file cannot be used as the database.
pub(super) enum Problem {
    Foreign,
    Newer(i64),
    Incomplete,
    Migrate(MigrateError),
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// The primary result code of SQLite: the lowest byte of its extended ones.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?.parse::<i32>().ok()?;
    Some(code & 0xff)
}

impl Problem {
    /// Whether another process holds the database.
    fn is_locked(&self) -> bool {
        let error = match self {
            Self::Database(error)
            | Self::Migrate(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => error,
            _ => return false,
        };
        matches!(primary_code(error), Some(5 | 6))
    }

    pub(super) fn reason(self) -> String {
        match self {
            Self::Foreign => "it is the database of another program; name another file".to_owned(),
            Self::Newer(version) => format!(
                "it was written by a newer version of Pharos (migration {version} is not known to this one); \
                 use that version or a later one"
            ),
            Self::Incomplete => {
                "the record of what it is has been lost; restore it from a backup, or name another file".to_owned()
            }
            Self::Migrate(MigrateError::VersionMissing(version)) => Self::Newer(version).reason(),
            Self::Migrate(MigrateError::VersionMismatch(version)) => format!(
                "its migration {version} differs from the one of this version of Pharos, as after a development \
                 build; use the version that created it, or name another file"
            ),
            Self::Migrate(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
                Self::Database(error).reason()
            }
            Self::Migrate(error) => {
                tracing::error!(?error, "the database cannot be brought up to date");
                "it cannot be brought up to date; the log has the details".to_owned()
            }
            Self::Database(error) => {
                tracing::error!(?error, "the database cannot be opened");
                match primary_code(&error) {
                    Some(3 | 14 | 23) => "the file or its folder cannot be read or written; check their permissions",
                    Some(5 | 6) => "another process keeps it locked; try again when that has ended",
                    Some(8) => "the file or its folder cannot be written, and it has to be brought up to date first",
                    Some(11) => "it is damaged; restore it from a backup",
                    Some(13) => "the disk is full; free some space and try again",
                    Some(26) => "the file is not an SQLite database; name another file",
                    _ => "the database engine failed; the log has the details",
                }
                .to_owned()
            }
        }
    }
}

/// As [`prepare`]. Where several processes create a database at once, SQLite refuses all but one of them at once, whatever
/// the time they would wait: the write-ahead log is switched on without waiting.
async fn prepare_patiently(readers: &SqlitePool, writer: &SqlitePool) -> Result<String, Problem> {
    let started = Instant::now();
    loop {
        match prepare(readers, writer).await {
            Err(problem) if problem.is_locked() && started.elapsed() < CREATED_WITHIN => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            prepared => return prepared,
        }
    }
}

/// Brings the database up to date and returns its identity.
async fn prepare(readers: &SqlitePool, writer: &SqlitePool) -> Result<String, Problem> {
    // Looking first keeps a process that only reads from waiting for one that writes.
    if !is_current(readers).await? {
        // Two processes may create the database at once: whoever comes second finds nothing left to do.
        let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
        MIGRATOR.run(&mut *transaction).await.map_err(Problem::Migrate)?;
        transaction.commit().await?;
    }
    sqlx::query_scalar("SELECT value FROM meta WHERE name = 'identity'")
        .fetch_optional(readers)
        .await?
        .ok_or(Problem::Incomplete)
}

/// Whether all migrations of this version have been applied, and no others.
async fn is_current(readers: &SqlitePool) -> Result<bool, Problem> {
    let mut connection = readers.acquire().await?;
    let Some(applied) = applied(&mut connection).await? else { return Ok(false) };
    Ok(MIGRATOR.iter().all(|migration| applied.contains(&migration.version)))
}

/// The migrations that have been applied, all of them known here; `None` for an empty file.
pub(super) async fn applied(connection: &mut SqliteConnection) -> Result<Option<Vec<i64>>, Problem> {
    let application: i64 = sqlx::query("PRAGMA application_id").fetch_one(&mut *connection).await?.try_get(0)?;
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_master WHERE type = 'table'")
        .fetch_one(&mut *connection)
        .await?;
    match application {
        APPLICATION_ID => {}
        0 if tables == 0 => return Ok(None),
        _ => return Err(Problem::Foreign),
    }
    let applied: Vec<i64> =
        sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(&mut *connection).await?;
    match applied.iter().find(|version| !MIGRATOR.version_exists(**version)) {
        Some(&version) => Err(Problem::Newer(version)),
        None => Ok(Some(applied)),
    }
}
