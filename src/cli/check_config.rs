//! `pharos check-config`: reads the configuration and tells what is wrong with it.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;

use super::{Config, ConfigArguments};
use crate::config::DEFAULT_FILE;

#[derive(Debug, Args)]
pub(super) struct CheckConfigArguments {
    #[command(flatten)]
    config: ConfigArguments,
}

pub(super) fn run(arguments: &CheckConfigArguments) -> Result<ExitCode> {
    let file = arguments.config.file();
    if file.is_none() && !std::path::Path::new(DEFAULT_FILE).exists() {
        bail!("there is no `{DEFAULT_FILE}` here; name a configuration with --config");
    }
    let config = Config::load(file)?;
    let sources = if config.sources.len() == 1 { "source" } else { "sources" };
    println!("nothing is wrong: {} {sources}", config.sources.len());
    Ok(ExitCode::SUCCESS)
}
