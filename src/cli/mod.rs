//! The command line: one file per command.

mod changes;
mod check;
mod demo;
pub mod get;
mod import;
mod serve;
mod server;
mod tail;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};

use crate::store::Store;

/// A catalog of a data platform's Resources: is it there, is it working, and where did it break?
#[derive(Debug, Parser)]
#[command(name = "pharos", version, propagate_version = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the web catalog.
    Serve(serve::ServeArguments),
    /// Read listings, manifests and runtime output of the platform into the catalog.
    Import(import::ImportArguments),
    /// List Resources as the platform's own command line does.
    Get(get::GetArguments),
    /// Print the change log, and what is added to it.
    Changes(changes::ChangesArguments),
    /// Fill a database with an invented environment.
    Demo(demo::DemoArguments),
    /// Compare counts with rows and index with store, and mend what differs.
    Check(check::CheckArguments),
}

/// Which database a command works on.
#[derive(Clone, Debug, Args)]
pub struct DatabaseArguments {
    /// The database, such as `sqlite://pharos.db`; a file that does not exist is made.
    #[arg(long, value_name = "URL", env = "PHAROS_DATABASE", default_value = "sqlite://pharos.db")]
    pub database: String,
}

/// Runs a command. Failures are told on standard error and end in exit code 1.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    // Two workers are the least that serves while one of them is busy; a lone one can wait for itself for ever.
    let workers = std::thread::available_parallelism().map_or(4, usize::from).max(4);
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        match arguments.command {
            Command::Serve(arguments) => serve::run(arguments).await,
            Command::Import(arguments) => import::run(arguments).await,
            Command::Get(arguments) => print_listing(arguments).await,
            Command::Changes(arguments) => changes::run(arguments).await,
            Command::Demo(arguments) => demo::run(arguments).await,
            Command::Check(arguments) => check::run(arguments).await,
        }
    });
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn print_listing(arguments: get::GetArguments) -> Result<ExitCode> {
    start_log("warn");
    let (mut output, mut progress) = (std::io::stdout(), anstream::stderr());
    if let Some(server) = arguments.server.server()? {
        tokio::select! {
            listed = get::run_remote(&arguments, server, &mut output, &mut progress) => listed?,
            _ = tokio::signal::ctrl_c(), if arguments.watch => {}
        }
        return Ok(ExitCode::SUCCESS);
    }
    let store = open_existing(&arguments.database).await?;
    let clock = crate::catalog::system_clock();
    let listed = if arguments.watch {
        tokio::select! {
            watched = get::watch(&arguments, store.as_ref(), &clock, &mut output, &mut progress) => watched,
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    } else {
        get::run(&arguments, store.as_ref(), clock(), &mut output, &mut progress).await
    };
    store.close().await;
    listed?;
    Ok(ExitCode::SUCCESS)
}

/// The file of a database's URL.
fn database_file(url: &str) -> &Path {
    Path::new(url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url))
}

/// The folder of the index, beside the database.
fn index_folder(url: &str) -> PathBuf {
    let mut folder = database_file(url).as_os_str().to_owned();
    folder.push(".index");
    PathBuf::from(folder)
}

/// Opens a database for a command that only looks: one that is not there is told, not made.
async fn open_existing(url: &str) -> Result<Arc<dyn Store>> {
    let file = database_file(url);
    if url.starts_with("sqlite:") && !file.exists() {
        bail!("there is no database `{}`; `pharos import` makes one, or name another with --database", file.display());
    }
    Ok(crate::store::open(url).await?)
}

/// Writes the log to standard error: what `PHAROS_LOG` asks for (`warn` by default here, `info` for servers), as text,
/// or as JSON with `PHAROS_LOG_FORMAT=json`.
fn start_log(default: &str) {
    use tracing_subscriber::EnvFilter;

    let filter = EnvFilter::try_from_env("PHAROS_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = if std::env::var("PHAROS_LOG_FORMAT").is_ok_and(|format| format == "json") {
        log.json().try_init()
    } else {
        log.try_init()
    };
    // A log that was started before, as in tests, is as good.
    drop(started);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_lies_beside_the_database() {
        assert_eq!(index_folder("sqlite://data/pharos.db"), PathBuf::from("data/pharos.db.index"));
        assert_eq!(index_folder("sqlite:///srv/pharos.db"), PathBuf::from("/srv/pharos.db.index"));
    }
}
