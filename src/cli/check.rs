//! `pharos check`: compares counts with rows and index with store, and mends what differs.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use super::DatabaseArguments;

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    /// Only tell what is wrong.
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(arguments: CheckArguments) -> Result<ExitCode> {
    super::start_log("warn");
    let store = super::open_existing(&arguments.database.database).await?;
    let report = store.check(!arguments.dry_run).await?;
    for problem in &report.problems {
        println!("{problem}");
    }
    let verdict = match (report.problems.is_empty(), report.mended) {
        (true, _) => "nothing is wrong",
        (false, true) => "all of it is mended",
        (false, false) => "nothing was mended",
    };
    println!("{} Resources checked: {verdict}", report.resources);
    store.close().await;
    Ok(if report.problems.is_empty() || report.mended { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
