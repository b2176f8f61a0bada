//! `pharos check`: compares counts with rows and what is listed with what is stored, and mends what differs.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;

use super::DatabaseArguments;
use crate::catalog::{catch_up, rebuild, system_clock};
use crate::index::{Index, IndexError, Opened};
use crate::store::Store;

/// Resources that are compared at a time.
const RESOURCES_AT_ONCE: usize = 5_000;

/// At most so many differences are told one by one.
const TOLD: u64 = 20;

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    /// Only tell what is wrong.
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(arguments: CheckArguments) -> Result<ExitCode> {
    super::start_log("warn,tantivy=error");
    let database = super::existing(&arguments.database.database)?;
    let store = database.open().await?;
    let mend = !arguments.dry_run;
    let report = store.check(mend).await?;
    let mut problems = report.problems;
    let folder = database.index_folder();
    if folder.exists() {
        problems.extend(check_index(&store, &folder, mend).await?);
    }
    for problem in &problems {
        println!("{problem}");
    }
    let mended = mend && (report.mended || problems.is_empty() || store.check(false).await?.problems.is_empty());
    let verdict = match (problems.is_empty(), mended) {
        (true, _) => "nothing is wrong",
        (false, true) => "all of it is mended",
        (false, false) if mend => "not all of it is mended",
        (false, false) => "nothing was mended",
    };
    println!("{} Resources checked: {verdict}", report.resources);
    store.close().await;
    Ok(if problems.is_empty() || mended { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Compares the counts of the index with those of the store, and rebuilds an index that differs.
async fn check_index(store: &Arc<dyn Store>, folder: &std::path::Path, mend: bool) -> Result<Vec<String>> {
    let opened = match mend {
        true => Index::open(folder, store.identity()),
        false => Index::look(folder, store.identity()).map(|index| (index, Opened::Ready)),
    };
    let (index, opened) = match opened {
        Ok(opened) => opened,
        Err(IndexError::InUse { .. }) => {
            println!("the index is in use and was not checked: stop the server of this database first");
            return Ok(Vec::new());
        }
        Err(error @ IndexError::Unusable { .. }) => return Ok(vec![error.to_string()]),
        Err(error) => return Err(error.into()),
    };
    let stored = store.last_seq().await?;
    if !mend && index.seq() < stored {
        println!(
            "the index has yet to take in {} entries of the change log, as `pharos serve` does, and was not checked",
            stored - index.seq()
        );
        return Ok(Vec::new());
    }
    let index = Arc::new(index);
    let clock = system_clock();
    let mut problems = match opened {
        Opened::MustRebuild { reason } => vec![format!("the index is of no use: {reason}")],
        Opened::Ready if index.seq() > stored => {
            vec!["the index is of no use: it is of a later state of the database".to_owned()]
        }
        Opened::Ready => {
            catch_up(store, &index, &clock, stored).await?;
            differences(store, &index).await?
        }
    };
    if mend && !problems.is_empty() {
        rebuild(store, &index, &clock).await?;
        problems
            .extend(differences(store, &index).await?.into_iter().map(|problem| format!("after a rebuild: {problem}")));
    }
    Ok(problems)
}

/// Compares what the index says of every Resource with what is stored, and looks at its orders.
async fn differences(store: &Arc<dyn Store>, index: &Index) -> Result<Vec<String>> {
    let now = system_clock()();
    let mut problems = Vec::new();
    let (mut differing, mut stored, mut last) = (0_u64, 0_u64, 0);
    loop {
        let resources = store.all_after(last, RESOURCES_AT_ONCE).await?;
        let Some(&(highest, _)) = resources.last() else { break };
        last = highest;
        stored += resources.len() as u64;
        for difference in index.differences(&resources, now) {
            differing += 1;
            if differing <= TOLD {
                problems.push(format!(
                    "the index says of Resource {} that its {} is `{}`, the store `{}`",
                    difference.number, difference.what, difference.indexed, difference.stored
                ));
            }
        }
    }
    if differing > TOLD {
        problems.push(format!("and {} differences more between index and store", differing - TOLD));
    }
    if index.len() != stored {
        problems.push(format!("the index has {} Resources, the store {stored}", index.len()));
    }
    problems.extend(index.disorder().map(|disorder| format!("the index is out of order: {disorder}")));
    Ok(problems)
}
