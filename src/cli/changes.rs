//! `pharos changes`: the change log, and what is added to it.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use app::model::{Field, ResourceType};
use clap::{Args, ValueEnum};

use super::DatabaseArguments;
use super::server::ServerArguments;
use super::tail::{Begin, Tail, Told};
use crate::catalog::feed::ChangeFilter;

/// What is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Output {
    /// A line for people
    #[default]
    Text,
    /// A JSON object a line
    Json,
}

#[derive(Debug, Args)]
pub(super) struct ChangesArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    #[command(flatten)]
    server: ServerArguments,
    /// Print what comes, too, until interrupted; without --after only what comes.
    #[arg(short, long)]
    follow: bool,
    /// Begin after the change of this number; 0 is before the first.
    #[arg(long, value_name = "SEQ", value_parser = clap::value_parser!(i64).range(0..))]
    after: Option<i64>,
    /// Only Resources of this type.
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Only Resources of this name.
    #[arg(short, long, value_name = "NAME")]
    name: Vec<String>,
    /// Only Resources in this workspace.
    #[arg(short, long, value_name = "WORKSPACE")]
    workspace: Vec<String>,
    /// Only what this source reported.
    #[arg(long, value_name = "SOURCE")]
    source: Vec<String>,
    /// Only changes of this: `status`, `runtime`, `created`, `deleted` ...
    #[arg(long, value_name = "FIELD", value_parser = field)]
    field: Vec<Field>,
    /// What to print.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

fn field(text: &str) -> Result<Field, String> {
    let words: Vec<String> = Field::ALL.iter().map(|field| format!("`{}`", field.as_str())).collect();
    Field::parse(text).ok_or_else(|| format!("expected one of {}", words.join(", ")))
}

impl ChangesArguments {
    fn filter(&self) -> ChangeFilter {
        ChangeFilter {
            types: self.types.iter().map(|word| ResourceType::from_slug(word)).collect(),
            workspaces: self.workspace.clone(),
            names: self.name.clone(),
            sources: self.source.clone(),
            fields: self.field.clone(),
        }
    }

    async fn tail(&self) -> Result<Tail> {
        let begin = match self.after {
            Some(seq) => Begin::After(seq),
            None if self.follow => Begin::Now,
            None => Begin::Oldest,
        };
        match self.server.server()? {
            Some(server) => Ok(Tail::of_server(server, begin, &self.filter())),
            None => {
                let store = super::open_existing(&self.database.database).await?;
                Tail::of_database(store, begin, self.filter()).await
            }
        }
    }
}

pub(super) async fn run(arguments: ChangesArguments) -> Result<ExitCode> {
    super::start_log("warn");
    let mut tail = arguments.tail().await?;
    let outcome = tokio::select! {
        printed = print(&arguments, &mut tail) => printed,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    if let Tail::Database { store, .. } = tail {
        store.close().await;
    }
    match outcome {
        // Nobody reads any more.
        Err(error)
            if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) =>
        {
            Ok(ExitCode::SUCCESS)
        }
        outcome => outcome.map(|()| ExitCode::SUCCESS),
    }
}

async fn print(arguments: &ChangesArguments, tail: &mut Tail) -> Result<()> {
    if arguments.follow {
        loop {
            let changes = tail.next().await?;
            write(arguments.output, &changes)?;
        }
    }
    while let Some(changes) = tail.page().await? {
        write(arguments.output, &changes)?;
    }
    Ok(())
}

fn write(output: Output, changes: &[String]) -> Result<()> {
    let mut text = String::new();
    for change in changes {
        match output {
            Output::Json => text.push_str(change),
            Output::Text => text.push_str(&Told::read(change)?.line()),
        }
        text.push('\n');
    }
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("cannot write the output")
}
