//! `pharos sync`: asks the sources without serving.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use app::model::duration_text;
use clap::Args;
use futures::StreamExt;
use futures::stream::FuturesOrdered;

use super::{Config, ConfigArguments, DatabaseArguments};
use crate::catalog::system_clock;
use crate::sources::{Ran, Recorder, Runner, Scheduler, SourceSettings};
use crate::store::{self, StoreError};

#[derive(Debug, Args)]
pub(super) struct SyncArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    #[command(flatten)]
    config: ConfigArguments,
    /// Ask only this source; may be repeated.
    #[arg(long, value_name = "NAME")]
    source: Vec<String>,
    /// Ask each source once and end, with exit code 1 if one failed; otherwise they are asked every so often.
    #[arg(long)]
    once: bool,
    /// Accept a complete listing that deletes more than half of its scope.
    #[arg(long, requires = "once")]
    force: bool,
}

pub(super) async fn run(arguments: SyncArguments) -> Result<ExitCode> {
    super::start_log(if arguments.once { "error" } else { "info" });
    let config = Config::load(arguments.config.file())?;
    let sources = chosen(config.sources, &arguments.source)?;
    let store = store::open(&arguments.database.database).await?;
    store.keep_ended_nodes(config.retention.ended_nodes).await?;
    let runner = Runner::new(Arc::clone(&store), Recorder::Store(Arc::clone(&store)), system_clock())
        .forcing(arguments.force)
        .limited(config.limits);
    let code = if arguments.once {
        once(&sources, &runner).await
    } else {
        let scheduler = Scheduler::start(&sources, &runner);
        super::signals::told_to_stop().await;
        scheduler.stop().await;
        Ok(ExitCode::SUCCESS)
    };
    store.close().await;
    code
}

/// The sources that are to be asked.
fn chosen(sources: Vec<SourceSettings>, names: &[String]) -> Result<Vec<SourceSettings>> {
    for name in names {
        match sources.iter().find(|source| source.name == *name) {
            None => {
                let known: Vec<String> = sources.iter().map(|source| format!("`{}`", source.name)).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                bail!("there is no source `{name}`; configured are: {known}");
            }
            Some(source) if !source.is_run() => bail!("the source `{name}` reports by itself; it cannot be asked"),
            Some(_) => {}
        }
    }
    let chosen: Vec<_> = sources
        .into_iter()
        .filter(|source| source.is_run() && (names.is_empty() || names.contains(&source.name)))
        .collect();
    if chosen.is_empty() {
        bail!(
            "no source is configured that can be asked; add one to `pharos.toml`, or name another file with --config"
        );
    }
    Ok(chosen)
}

async fn once(sources: &[SourceSettings], runner: &Runner) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    let mut runs: FuturesOrdered<_> =
        sources.iter().map(|source| async { (source.name.as_str(), runner.run(source).await) }).collect();
    let all = async {
        while let Some((name, ran)) = runs.next().await {
            if !told(name, ran)? {
                code = ExitCode::FAILURE;
            }
        }
        Ok(())
    };
    let ended: Option<Result<()>> = tokio::select! {
        ended = all => Some(ended),
        () = super::signals::told_to_stop() => None,
    };
    drop(runs);
    match ended {
        Some(ended) => ended.map(|()| code),
        None => {
            for source in sources {
                runner.let_go(source).await?;
            }
            bail!("stopped; what was not stored yet is not stored")
        }
    }
}

/// Tells how a run went. True for a success.
fn told(name: &str, ran: Result<Ran, StoreError>) -> Result<bool> {
    match ran? {
        Ran::Busy { holder } => {
            eprintln!("{name}: not asked: another Pharos ({holder}) is asking it at the moment");
            Ok(false)
        }
        Ran::Overtaken | Ran::TakenOver => {
            eprintln!("{name}: nothing was stored: another Pharos has taken it over meanwhile");
            Ok(false)
        }
        Ran::Ended { run, .. } => {
            let counts = format!("read {}, changed {}, deleted {}", run.read, run.changed, run.deleted);
            match &run.error {
                None => println!("{name}: {counts}, in {}", duration_text(run.took_ms())),
                Some(error) => eprintln!("{name}: failed: {error} ({counts})"),
            }
            Ok(run.error.is_none())
        }
    }
}
