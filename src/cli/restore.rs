//! `pharos restore`: puts a backup in the place of the database.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use super::DatabaseArguments;
use crate::index::Index;
use crate::store::Database;

#[derive(Debug, Args)]
pub(super) struct RestoreArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    /// Replace a database that exists. What is in it is lost.
    #[arg(long)]
    force: bool,
    /// The backup.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) async fn run(arguments: RestoreArguments) -> Result<ExitCode> {
    super::start_log("error");
    let database = Database::named(&arguments.database.database)?;
    let index = database.index_folder();
    // Held until the end, so that no server starts in between.
    let _index_lock = if index.is_dir() {
        Some(Index::lock(&index).with_context(|| format!("cannot replace `{database}`"))?)
    } else {
        None
    };
    let copied = database.restore(&arguments.file, arguments.force).await?;
    println!("{} restored to `{database}`", super::backup::resources(copied.resources));
    println!(
        "`pharos serve` rebuilds the index when it starts. Tokens are again what they were: see `pharos token list`"
    );
    Ok(ExitCode::SUCCESS)
}
