//! `pharos`: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;

/// Rows and pages are many small pieces that come and go between threads, which the system's allocator keeps.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    pharos::cli::run(pharos::cli::Arguments::parse())
}
