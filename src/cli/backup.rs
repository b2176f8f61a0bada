//! `pharos backup`: copies the database into a file, while it is in use.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use super::{DatabaseArguments, existing};

#[derive(Debug, Args)]
pub(super) struct BackupArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    /// The file to make. One that exists is never overwritten.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) async fn run(arguments: BackupArguments) -> Result<ExitCode> {
    super::start_log("error");
    let copied = existing(&arguments.database.database)?.backup(&arguments.file).await?;
    println!("{} backed up to `{}` ({} bytes)", resources(copied.resources), arguments.file.display(), copied.bytes);
    Ok(ExitCode::SUCCESS)
}

/// `1 Resource`, `2 Resources`.
pub(super) fn resources(count: u64) -> String {
    format!("{count} Resource{}", if count == 1 { "" } else { "s" })
}
