//! `pharos man`: the manual pages.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, CommandFactory};

#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// The folder to write the pages to, such as `~/.local/share/man/man1`. It must exist.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

pub(super) fn run(arguments: ManArguments) -> Result<ExitCode> {
    let folder = &arguments.folder;
    clap_mangen::generate_to(super::Arguments::command(), folder)
        .with_context(|| format!("cannot write manual pages to `{}`", folder.display()))?;
    println!("manual pages written to `{}`; read them with `man pharos`", folder.display());
    Ok(ExitCode::SUCCESS)
}
