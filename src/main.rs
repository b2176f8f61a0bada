//! `pharos`: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    pharos::cli::run(pharos::cli::Arguments::parse())
}
