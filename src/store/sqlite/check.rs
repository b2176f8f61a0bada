//! Looking for what should not be: rows that cannot be read, counts that are off, rows that belong to nothing.

use std::collections::BTreeMap;

use sqlx::{Row, SqliteConnection};

use super::SqliteStore;
use super::row::{self, resource_json};
use crate::store::{CheckReport, StoreError};

/// Resources read at a time.
const AT_A_TIME: i64 = 5_000;

/// At most so many problems of one kind are told one by one.
const TOLD: usize = 20;

/// Rows that lack the row they belong to: what they are, how they are counted, and how they are removed. Rows of the
/// log are never removed: their numbers would be given out again.
const ORPHANS: [(&str, &str, Option<&str>); 5] = [
    (
        "entries of the change log of no known Resource",
        "SELECT count(*) FROM change WHERE NOT EXISTS (SELECT 1 FROM resource WHERE number = change.resource) \
         OR NOT EXISTS (SELECT 1 FROM source WHERE number = change.source)",
        None,
    ),
    (
        "sightings of no known Resource",
        "SELECT count(*) FROM sighting WHERE NOT EXISTS (SELECT 1 FROM resource WHERE number = sighting.resource) \
         OR NOT EXISTS (SELECT 1 FROM source WHERE number = sighting.source)",
        Some(
            "DELETE FROM sighting WHERE NOT EXISTS (SELECT 1 FROM resource WHERE number = sighting.resource) \
             OR NOT EXISTS (SELECT 1 FROM source WHERE number = sighting.source)",
        ),
    ),
    (
        "manifests of no known Resource",
        "SELECT count(*) FROM manifest WHERE NOT EXISTS (SELECT 1 FROM resource WHERE number = manifest.resource)",
        Some("DELETE FROM manifest WHERE NOT EXISTS (SELECT 1 FROM resource WHERE number = manifest.resource)"),
    ),
    (
        "runtime nodes of no known Resource",
        "SELECT count(*) FROM runtime_node \
         WHERE NOT EXISTS (SELECT 1 FROM resource WHERE number = runtime_node.resource)",
        Some(
            "DELETE FROM runtime_node \
             WHERE NOT EXISTS (SELECT 1 FROM resource WHERE number = runtime_node.resource)",
        ),
    ),
    (
        "Resources without an entry in the change log",
        "SELECT count(*) FROM resource WHERE NOT EXISTS (SELECT 1 FROM change WHERE resource = resource.number)",
        None,
    ),
];

/// What can be told of a Resource that cannot be read stands in columns of its own.
const RESOURCES: &str = concat!(
    "SELECT number, type, state, ",
    resource_json!(),
    " FROM resource WHERE number > ? ORDER BY number LIMIT CAST(? AS BIGINT)"
);

/// What was found.
#[derive(Default)]
struct Findings {
    resources: u64,
    problems: Vec<String>,
    /// Problems that no mending here can help.
    lasting: bool,
}

impl Findings {
    fn lasting(&mut self, problem: String) {
        self.problems.push(problem);
        self.lasting = true;
    }
}

pub(super) async fn check(store: &SqliteStore, mend: bool) -> Result<CheckReport, StoreError> {
    // One transaction, so that everything is looked at as it was at one moment. Only mending keeps writers waiting.
    let findings = if mend {
        let mut transaction = store.writer.begin().await?;
        let findings = find(&mut transaction, mend).await?;
        transaction.commit().await?;
        findings
    } else {
        find(&mut *store.readers.begin().await?, mend).await?
    };
    let wrong = !findings.problems.is_empty();
    Ok(CheckReport {
        resources: findings.resources,
        problems: findings.problems,
        mended: mend && wrong && !findings.lasting,
    })
}

async fn find(connection: &mut SqliteConnection, mend: bool) -> Result<Findings, StoreError> {
    let mut findings = Findings::default();
    check_file(connection, &mut findings).await?;
    let counted = check_resources(connection, &mut findings, mend).await?;
    check_counts(connection, &mut findings, &counted, mend).await?;
    check_orphans(connection, &mut findings, mend).await?;
    Ok(findings)
}

async fn check_file(connection: &mut SqliteConnection, findings: &mut Findings) -> Result<(), StoreError> {
    let words: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(20)").fetch_all(connection).await?;
    for word in words.into_iter().filter(|word| word != "ok") {
        findings.lasting(format!("the database file is damaged: {word}"));
    }
    Ok(())
}

/// Reads every Resource, and counts them by type and State.
async fn check_resources(
    connection: &mut SqliteConnection,
    findings: &mut Findings,
    mend: bool,
) -> Result<BTreeMap<(String, String), i64>, StoreError> {
    let mut counted: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut last = 0_i64;
    let mut unreadable = 0_usize;
    loop {
        let rows = sqlx::query(RESOURCES).bind(last).bind(AT_A_TIME).fetch_all(&mut *connection).await?;
        if rows.is_empty() {
            break;
        }
        for found in &rows {
            findings.resources += 1;
            let number: i64 = found.try_get(0)?;
            last = number;
            let stored: &str = found.try_get(2)?;
            let (resource_type, state) = match row::resource(found.try_get(3)?) {
                Ok((_, resource)) => {
                    (resource.key.resource_type.as_str().to_owned(), resource.state().as_str().to_owned())
                }
                Err(error) => {
                    unreadable += 1;
                    if unreadable <= TOLD {
                        findings.lasting(format!("{error}"));
                    }
                    (found.try_get(1)?, stored.to_owned())
                }
            };
            if state != stored {
                findings.problems.push(format!("Resource {number} is counted as `{stored}` but is `{state}`"));
                if mend {
                    sqlx::query("UPDATE resource SET state = ? WHERE number = ?")
                        .bind(&state)
                        .bind(number)
                        .execute(&mut *connection)
                        .await?;
                }
            }
            *counted.entry((resource_type, state)).or_default() += 1;
        }
    }
    if u64::try_from(last).ok() != Some(findings.resources) {
        findings.lasting(format!("the last Resource has number {last}, but there are {}", findings.resources));
    }
    Ok(counted)
}

async fn check_counts(
    connection: &mut SqliteConnection,
    findings: &mut Findings,
    counted: &BTreeMap<(String, String), i64>,
    mend: bool,
) -> Result<(), StoreError> {
    let kept: Vec<(String, String, i64)> =
        sqlx::query_as("SELECT type, state, resources FROM state_count").fetch_all(&mut *connection).await?;
    let kept: BTreeMap<(String, String), i64> =
        kept.into_iter().map(|(resource_type, state, count)| ((resource_type, state), count)).collect();
    let mut all: Vec<&(String, String)> = kept.keys().chain(counted.keys()).collect();
    all.sort();
    all.dedup();
    for of in all {
        let (said, is) = (kept.get(of).copied().unwrap_or(0), counted.get(of).copied().unwrap_or(0));
        if said == is {
            continue;
        }
        let (resource_type, state) = of;
        findings
            .problems
            .push(format!("the count of {resource_type} in state `{state}` is {said}, but there are {is}"));
        if mend {
            sqlx::query(
                "INSERT INTO state_count (type, state, resources) VALUES (?, ?, ?) \
                 ON CONFLICT (type, state) DO UPDATE SET resources = excluded.resources",
            )
            .bind(resource_type)
            .bind(state)
            .bind(is)
            .execute(&mut *connection)
            .await?;
        }
    }
    Ok(())
}

async fn check_orphans(
    connection: &mut SqliteConnection,
    findings: &mut Findings,
    mend: bool,
) -> Result<(), StoreError> {
    for (what, counting, removing) in ORPHANS {
        let count: i64 = sqlx::query_scalar(counting).fetch_one(&mut *connection).await?;
        if count == 0 {
            continue;
        }
        let problem = format!("there are {count} {what}");
        match removing {
            None => findings.lasting(problem),
            Some(removing) => {
                findings.problems.push(problem);
                if mend {
                    sqlx::query(removing).execute(&mut *connection).await?;
                }
            }
        }
    }
    Ok(())
}
