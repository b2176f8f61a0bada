//! `pharos import`: what the platform printed, read into the catalog.

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use app::model::{Batch, Recorded, Scope};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::DatabaseArguments;
use crate::catalog::{Record, system_clock};
use crate::ingest::{Documents, ReadOptions, Refusal};
use crate::store::{self, Store, StoreError};

/// Observations that are stored at once, where no complete listing asks for all of them together.
const OBSERVATIONS_AT_ONCE: usize = 20_000;

/// Refused documents that are told one by one.
const REFUSALS_SHOWN: usize = 100;

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    /// The name under which these observations are kept.
    #[arg(long, value_name = "NAME", default_value = "import")]
    source: String,
    /// The workspace of manifests of workspace-level Resources that name none.
    #[arg(long, value_name = "NAME", default_value = "public")]
    workspace: String,
    /// What the input is a complete listing of: what this source reported there before and is missing now is deleted.
    #[arg(long, value_name = "TYPE[:WORKSPACE]", value_parser = scope)]
    complete: Vec<Scope>,
    /// Accept a complete listing that deletes more than half of its scope.
    #[arg(long)]
    force: bool,
    /// Tell what was passed over: text around tables.
    #[arg(short, long)]
    verbose: bool,
    /// The files to read; `-`, or none, reads standard input.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).ok_or_else(|| "expected `TYPE` or `TYPE:WORKSPACE`, such as `service:public`".to_owned())
}

pub(super) async fn run(arguments: ImportArguments) -> Result<ExitCode> {
    super::start_log("warn");
    // All are opened before the first is read, so that a mistyped name stores nothing.
    let inputs = inputs(&arguments.files)?;
    let store = store::open(&arguments.database.database).await?;
    let mut import = Import {
        store: Arc::clone(&store),
        batch: Batch {
            source: arguments.source.clone(),
            at: system_clock()(),
            observations: Vec::new(),
            complete: arguments.complete,
            force: arguments.force,
            lease: None,
        },
        summary: Summary::default(),
        progress: progress_bar("observations stored"),
        verbose: arguments.verbose,
    };
    let mut outcome = Ok(());
    for (name, input) in inputs {
        outcome = import.file(&name, input, &arguments.workspace).await;
        if outcome.is_err() {
            break;
        }
    }
    if outcome.is_ok() {
        outcome = import.finish().await;
    }
    import.progress.finish_and_clear();
    store.close().await;
    outcome?;
    println!("{}", import.summary);
    Ok(if import.summary.refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The names and contents of the files, or of standard input.
fn inputs(files: &[PathBuf]) -> Result<Vec<(String, Box<dyn BufRead>)>> {
    let stdin = PathBuf::from("-");
    let files = if files.is_empty() { std::slice::from_ref(&stdin) } else { files };
    files
        .iter()
        .map(|file| {
            if file.as_os_str() == "-" {
                let stdin = std::io::stdin();
                if stdin.is_terminal() {
                    eprintln!("reading standard input; end it with Ctrl-D");
                }
                return Ok(("<stdin>".to_owned(), Box::new(BufReader::new(stdin)) as Box<dyn BufRead>));
            }
            let name = file.display().to_string();
            let opened = File::open(file).with_context(|| format!("cannot read `{name}`"))?;
            Ok((name, Box::new(BufReader::new(opened)) as Box<dyn BufRead>))
        })
        .collect()
}

/// What an import did.
#[derive(Debug, Default)]
struct Summary {
    recorded: Recorded,
    documents: u64,
    refused: usize,
    passed_over: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Recorded { read, changed, unchanged, deleted, .. } = self.recorded;
        let documents = if self.refused == 1 { "document" } else { "documents" };
        write!(
            formatter,
            "read {read}, changed {changed}, unchanged {unchanged}, deleted {deleted}, refused {} {documents}",
            self.refused
        )?;
        match self.passed_over {
            0 => Ok(()),
            1 => formatter.write_str(", passed over 1 text"),
            texts => write!(formatter, ", passed over {texts} texts"),
        }
    }
}

/// An import under way: what was read and is not stored yet, and what was done so far.
struct Import {
    store: Arc<dyn Store>,
    batch: Batch,
    summary: Summary,
    progress: ProgressBar,
    verbose: bool,
}

impl Import {
    async fn file(&mut self, name: &str, input: Box<dyn BufRead>, workspace: &str) -> Result<()> {
        let source = self.batch.source.clone();
        let options = ReadOptions { source: &source, at: self.batch.at, file: name, workspace };
        let mut documents = Documents::new(input, options);
        for document in documents.by_ref() {
            let document = document.with_context(|| format!("cannot read `{name}` to its end"))?;
            self.summary.documents += 1;
            match document.outcome {
                Ok(observations) => {
                    for observation in observations {
                        self.batch.observations.push(observation);
                        // A complete listing is only complete in one piece.
                        if self.batch.observations.len() >= OBSERVATIONS_AT_ONCE && self.batch.complete.is_empty() {
                            self.store_pending().await?;
                        }
                    }
                }
                Err(refusal) => {
                    if self.summary.refused < REFUSALS_SHOWN {
                        self.progress.suspend(|| eprintln!("{refusal}"));
                    }
                    self.summary.refused += 1;
                }
            }
        }
        let passed_over = documents.passed_over();
        self.summary.passed_over += passed_over.count;
        if self.verbose {
            for Refusal { file, line, found, .. } in &passed_over.first {
                self.progress.suspend(|| eprintln!("{file}:{line}: passed over `{found}`"));
            }
        }
        Ok(())
    }

    async fn finish(&mut self) -> Result<()> {
        if self.summary.refused > REFUSALS_SHOWN {
            eprintln!("... and {} more", self.summary.refused - REFUSALS_SHOWN);
        }
        if self.summary.documents == 0 {
            bail!("nothing to import: the input is empty");
        }
        if self.summary.refused > 0 && !self.batch.complete.is_empty() {
            eprintln!("nothing is deleted: with refused documents the input is no complete listing");
            self.batch.complete.clear();
        }
        if self.batch.observations.is_empty() && self.batch.complete.is_empty() {
            return Ok(());
        }
        self.store_pending().await
    }

    async fn store_pending(&mut self) -> Result<()> {
        let recorded = self.store.record(&self.batch).await.map_err(|error| match error {
            StoreError::WouldDeleteTooMuch { .. } => {
                anyhow!("{error}; nothing was stored. If that is right, repeat with --force")
            }
            error => error.into(),
        })?;
        self.summary.recorded.add(recorded);
        self.batch.observations.clear();
        self.progress.set_position(self.summary.recorded.read);
        Ok(())
    }
}

/// A running count on a terminal, nothing elsewhere.
pub(super) fn progress_bar(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what);
    bar.set_draw_target(ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} {msg} ({per_sec})") {
        bar.set_style(style);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_told_in_words() {
        assert!(scope("service:public").is_ok());
        assert!(scope(":").is_err_and(|error| error.contains("TYPE:WORKSPACE")));
    }

    #[test]
    fn one_document_is_one_document() {
        let summary = Summary { refused: 1, ..Summary::default() };
        assert_eq!(summary.to_string(), "read 0, changed 0, unchanged 0, deleted 0, refused 1 document");
        let summary = Summary { passed_over: 1, ..Summary::default() };
        assert_eq!(
            summary.to_string(),
            "read 0, changed 0, unchanged 0, deleted 0, refused 0 documents, passed over 1 text"
        );
    }
}
