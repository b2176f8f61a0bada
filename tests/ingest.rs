//! Reading whole inputs, as users paste them.

use app::model::{Observation, Timestamp};
use pharos::ingest::{ReadOptions, Reading, read};

const AT: Timestamp = Timestamp(1_760_000_000_000);

fn read_text(text: &[u8]) -> Reading {
    read(text, &ReadOptions { source: "test", at: AT, file: "input.txt", workspace: "public" })
}

/// One line per observation: id, status, runtime, owner.
fn told(observations: &[Observation]) -> Vec<String> {
    observations
        .iter()
        .map(|seen| {
            format!(
                "{} {} {} {}",
                seen.key.id(seen.version.as_deref().unwrap_or("-")),
                seen.status.as_deref().unwrap_or("-"),
                seen.runtime.as_deref().map_or("-".to_owned(), |runtime| format!("{runtime:?}")),
                seen.owner.as_deref().unwrap_or("-"),
            )
        })
        .collect()
}

fn refusals(reading: &Reading) -> Vec<String> {
    reading.refused.iter().map(ToString::to_string).collect()
}

#[test]
fn a_listing_is_read_as_the_command_line_prints_it() {
    let reading = read_text(include_bytes!("fixtures/ingest/services.txt"));
    assert_eq!(refusals(&reading), [""; 0]);
    assert_eq!(reading.documents, 1);
    assert_eq!(
        told(&reading.observations),
        [
            "service:v1:orders-api:public active \"running:1\" ada",
            "service:v1:orders-batch:sandbox error \"pending:0/1\" bob",
            "depot:v2alpha:salesraw active \"\" dataos-manager",
            "workflow:v1:ingest-orders:public active \"next:2025-07-28T13:40:00+05:30\" -",
        ]
    );
    assert!(reading.observations.iter().all(|seen| seen.at == AT));
}
