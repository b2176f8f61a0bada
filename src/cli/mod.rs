//! The command line: one file per command.

mod backup;
mod changes;
mod check;
mod check_config;
mod config;
mod demo;
mod duration;
pub mod get;
mod help;
mod import;
mod log;
mod man;
mod restore;
mod serve;
mod server;
mod signals;
mod sources;
mod sync;
mod tail;
mod token;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};

pub use config::Config;
use log::start_log;

use crate::store::{DEFAULT_URL, Database, Store};

/// A catalog of a data platform's Resources: is it there, is it working, and where did it break?
///
/// Pharos reads what the platform's command line prints, keeps it in one SQLite file, and serves it as a web site.
#[derive(Debug, Parser)]
#[command(name = "pharos", version, propagate_version = true, after_long_help = help::PHAROS)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    log: log::LogArguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the web catalog
    #[command(after_long_help = help::SERVE)]
    Serve(serve::ServeArguments),
    /// Read listings, manifests and runtime output of the platform into the catalog
    #[command(after_long_help = help::IMPORT)]
    Import(import::ImportArguments),
    /// List Resources as the platform's own command line does
    #[command(after_long_help = help::GET)]
    Get(get::GetArguments),
    /// Print the change log, and what is added to it
    #[command(after_long_help = help::CHANGES)]
    Changes(changes::ChangesArguments),
    /// Ask the configured sources, once or every so often, without serving
    #[command(after_long_help = help::SYNC)]
    Sync(sync::SyncArguments),
    /// Tell how the sources are doing
    #[command(after_long_help = help::SOURCES)]
    Sources(sources::SourcesArguments),
    /// Tell what is wrong with the configuration
    #[command(after_long_help = help::CHECK_CONFIG)]
    CheckConfig(check_config::CheckConfigArguments),
    /// Make, list and revoke tokens
    #[command(after_long_help = help::TOKEN)]
    Token(token::TokenArguments),
    /// Copy the database into a file, also while it is in use
    #[command(after_long_help = help::BACKUP)]
    Backup(backup::BackupArguments),
    /// Put a backup in the place of the database
    #[command(after_long_help = help::RESTORE)]
    Restore(restore::RestoreArguments),
    /// Compare counts with rows and index with store, and mend what differs
    #[command(after_long_help = help::CHECK)]
    Check(check::CheckArguments),
    /// Fill a database with an invented environment
    #[command(after_long_help = help::DEMO)]
    Demo(demo::DemoArguments),
    /// Write the manual pages to a folder
    #[command(after_long_help = help::MAN)]
    Man(man::ManArguments),
}

/// Which database a command works on.
#[derive(Clone, Debug, Args)]
pub struct DatabaseArguments {
    /// The database, such as `sqlite://pharos.db` in this folder or `sqlite:///var/lib/pharos/pharos.db`
    #[arg(long, value_name = "URL", env = "PHAROS_DATABASE", default_value = DEFAULT_URL)]
    pub database: String,
}

/// Which configuration a command reads.
#[derive(Clone, Debug, Default, Args)]
pub struct ConfigArguments {
    /// The configuration; without it `pharos.toml` in the working directory, if there is one.
    #[arg(long, value_name = "FILE", env = "PHAROS_CONFIG")]
    pub config: Option<PathBuf>,
}

impl ConfigArguments {
    fn file(&self) -> Option<&Path> {
        self.config.as_deref()
    }
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
    log::configure(arguments.log);
    let outcome = runtime.block_on(async {
        match arguments.command {
            Command::Serve(arguments) => serve::run(arguments).await,
            Command::Import(arguments) => import::run(arguments).await,
            Command::Get(arguments) => print_listing(arguments).await,
            Command::Sync(arguments) => sync::run(arguments).await,
            Command::Sources(arguments) => sources::run(arguments).await,
            Command::CheckConfig(arguments) => check_config::run(&arguments),
            Command::Changes(arguments) => changes::run(arguments).await,
            Command::Demo(arguments) => demo::run(arguments).await,
            Command::Check(arguments) => check::run(arguments).await,
            Command::Token(arguments) => token::run(arguments).await,
            Command::Backup(arguments) => backup::run(arguments).await,
            Command::Restore(arguments) => restore::run(arguments).await,
            Command::Man(arguments) => man::run(arguments),
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

/// The database of a command that needs one that is there.
fn existing(url: &str) -> Result<Database> {
    let database = Database::named(url)?;
    if !database.exists() {
        bail!("there is no database `{database}`; `pharos import` makes one, or name another with --database");
    }
    Ok(database)
}

/// Opens a database for a command that only looks: one that is not there is told, not made.
async fn open_existing(url: &str) -> Result<Arc<dyn Store>> {
    Ok(existing(url)?.open().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_has_examples() {
        use clap::CommandFactory;
        for command in Arguments::command().get_subcommands_mut() {
            let name = command.get_name().to_owned();
            let help = command.render_long_help().to_string();
            assert!(help.contains("Example"), "{name}");
            assert!(help.lines().all(|line| line.chars().count() <= 120), "{name}");
        }
    }
}
