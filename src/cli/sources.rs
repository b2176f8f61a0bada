//! `pharos sources`: how the sources are doing.

use std::process::ExitCode;

use anyhow::Result;
use app::model::{SourceStatus, Timestamp, duration_text};
use clap::{Args, ValueEnum};

use super::{Config, ConfigArguments, DatabaseArguments};
use crate::catalog::system_clock;
use crate::sources::SourceSettings;

#[derive(Debug, Args)]
pub(super) struct SourcesArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    #[command(flatten)]
    config: ConfigArguments,
    /// How to print them.
    #[arg(long, value_name = "FORM", default_value = "table")]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Json,
}

pub(super) async fn run(arguments: SourcesArguments) -> Result<ExitCode> {
    super::start_log("warn");
    let config = Config::load(arguments.config.file())?;
    let expected: Vec<_> = config.sources.iter().map(SourceSettings::expected).collect();
    let store = super::open_existing(&arguments.database.database).await?;
    let records = store.source_records().await;
    store.close().await;
    let now = system_clock()();
    let sources = SourceStatus::all(&expected, records?, now);
    match arguments.output {
        Output::Json => println!("{}", serde_json::to_string_pretty(&sources)?),
        Output::Table if sources.is_empty() => println!("no source is configured, and none has reported"),
        Output::Table => print!("{}", table(&sources, now)),
    }
    Ok(ExitCode::SUCCESS)
}

const HEADER: [&str; 10] =
    ["NAME", "KIND", "STATE", "INTERVAL", "LAST RUN", "LAST SUCCESS", "TOOK", "READ", "CHANGED", "NEXT RUN"];

fn row(source: &SourceStatus, now: Timestamp) -> [String; 10] {
    let ago = |moment: Option<Timestamp>| moment.map(|moment| moment.relative_to(now)).unwrap_or_default();
    let run = source.record.last_run.as_ref();
    let expected = source.expected.as_ref();
    [
        source.record.name.clone(),
        expected.map(|expected| expected.kind.as_str().to_owned()).unwrap_or_default(),
        source.state_text().to_owned(),
        expected.and_then(|expected| expected.interval_ms).map(duration_text).unwrap_or_default(),
        ago(run.map(|run| run.ended_at)),
        ago(source.record.heard_at()),
        run.map(|run| duration_text(run.took_ms())).unwrap_or_default(),
        run.map(|run| run.read.to_string()).unwrap_or_default(),
        run.map(|run| (run.changed + run.deleted).to_string()).unwrap_or_default(),
        ago(source.record.next_run_at),
    ]
}

/// The table, and below it what went wrong.
fn table(sources: &[SourceStatus], now: Timestamp) -> String {
    let rows: Vec<[String; 10]> = sources.iter().map(|source| row(source, now)).collect();
    let mut widths = HEADER.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: [&str; 10]| {
        let padded: Vec<String> =
            cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}", width = width)).collect();
        format!("  {}\n", padded.join(" | ").trim_end())
    };
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
    let mut text = format!("{}-{}\n", line(HEADER), rule.join("|"));
    for row in &rows {
        text.push_str(&line(std::array::from_fn(|place| row[place].as_str())));
    }
    for source in sources {
        if let Some(error) = source.record.last_run.as_ref().and_then(|run| run.error.as_deref()) {
            let times = match source.record.failures {
                0 | 1 => String::new(),
                times => format!(" ({times} times in a row)"),
            };
            text.push_str(&format!("\n{}{times}: {error}\n", source.record.name));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use app::model::{ExpectedSource, SourceKind, SourceRecord, SourceRun};

    use super::*;

    #[test]
    fn a_source_is_told_in_a_line_and_its_failure_below() {
        let minute = 60_000;
        let failed = SourceRecord {
            name: "depots".into(),
            last_success_at: Some(Timestamp(0)),
            next_run_at: Some(Timestamp(62 * minute)),
            failures: 2,
            last_run: Some(SourceRun {
                started_at: Timestamp(59 * minute),
                ended_at: Timestamp(59 * minute + 3_000),
                error: Some("`dataos-ctl` ended with exit code 1".into()),
                ..SourceRun::default()
            }),
            ..SourceRecord::default()
        };
        let expected =
            ExpectedSource { name: "depots".into(), kind: SourceKind::Command, interval_ms: Some(5 * minute) };
        let now = Timestamp(60 * minute);
        let text = table(&SourceStatus::all(&[expected], vec![failed], now), now);
        let cells: Vec<&str> = text.lines().nth(2).expect("a row").split('|').map(str::trim).collect();
        assert_eq!(
            cells,
            [
                "depots",
                "command",
                "failing, stale",
                "5 minutes",
                "57 seconds ago",
                "1 hour ago",
                "3 seconds",
                "0",
                "0",
                "in 2 minutes"
            ]
        );
        assert!(text.ends_with("\ndepots (2 times in a row): `dataos-ctl` ended with exit code 1\n"), "{text}");
    }
}
