//! `pharos demo`: fills a database with an invented environment.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use app::model::Recorded;
use clap::Args;

use super::DatabaseArguments;
use crate::catalog::{Record, system_clock};
use crate::demo::Environment;
use crate::store;

/// Observations that are stored at once.
const OBSERVATIONS_AT_ONCE: usize = 20_000;

#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    /// How many Resources to invent.
    #[arg(long, value_name = "N", default_value_t = 1_500)]
    resources: u64,
    /// The seed: the same seed gives the same environment.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
}

pub(super) async fn run(arguments: DemoArguments) -> Result<ExitCode> {
    super::start_log("warn");
    let store = store::open(&arguments.database.database).await?;
    let environment = Environment::new(arguments.resources, arguments.seed, system_clock()());
    let started = Instant::now();
    let progress = super::import::progress_bar("observations stored");
    let mut recorded = Recorded::default();
    for batch in environment.batches(OBSERVATIONS_AT_ONCE) {
        recorded.add(store.record(&batch).await?);
        progress.set_position(recorded.read);
    }
    progress.finish_and_clear();
    store.close().await;
    println!(
        "{} observations of {} Resources stored in {:.1} s",
        recorded.read,
        arguments.resources,
        started.elapsed().as_secs_f64()
    );
    Ok(ExitCode::SUCCESS)
}
