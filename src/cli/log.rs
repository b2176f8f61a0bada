//! The log: what is written to standard error beside what a command prints.

use std::io::IsTerminal;
use std::sync::OnceLock;

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

static ASKED_FOR: OnceLock<LogArguments> = OnceLock::new();

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// One line of text each
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Log")]
pub(super) struct LogArguments {
    /// What is logged: a level, or levels by part, such as `debug` or `pharos=debug,info` [default: `info` for `serve`,
    /// else `warn`]
    #[arg(long, global = true, value_name = "FILTER", env = "PHAROS_LOG", value_parser = filter)]
    log: Option<String>,
    /// How it is written
    #[arg(long, global = true, value_enum, value_name = "FORMAT", env = "PHAROS_LOG_FORMAT", default_value_t)]
    log_format: LogFormat,
}

fn filter(text: &str) -> Result<String, String> {
    match EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("{error}; expected a level such as `debug`, or levels by part: `pharos=debug,info`")),
    }
}

/// Keeps what was asked for until the log is started.
pub(super) fn configure(arguments: LogArguments) {
    ASKED_FOR.get_or_init(|| arguments);
}

/// Writes the log to standard error: what was asked for with --log, else `default`.
pub(super) fn start_log(default: &str) {
    let LogArguments { log, log_format } = ASKED_FOR.get().cloned().unwrap_or_default();
    let filter = EnvFilter::new(log.as_deref().unwrap_or(default));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match log_format {
        LogFormat::Json => log.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
        LogFormat::Text => log.try_init(),
    };
    // A log that was started before, as in tests, is as good.
    drop(started);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_filter_is_told() {
        assert_eq!(filter("pharos=debug,info").as_deref(), Ok("pharos=debug,info"));
        assert!(filter("pharos=loud").is_err_and(|error| error.contains("`debug`")));
    }
}
