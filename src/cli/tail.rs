//! The end of the change log, as it grows: of a database, or of a server.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::server::{Follower, Server};
use crate::catalog::feed::{ChangeFilter, json};
use crate::store::{LogBounds, Store, Stretch};

/// How often a database is looked at for new changes.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Changes that are taken at a time.
const AT_ONCE: usize = 1_000;

/// A change, as the feed tells it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Told {
    pub(super) seq: i64,
    pub(super) at: String,
    #[serde(rename = "type")]
    pub(super) resource_type: String,
    pub(super) workspace: Option<String>,
    pub(super) name: String,
    pub(super) field: String,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) source: String,
}

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    Oldest,
    Now,
    After(i64),
}

/// Where changes come from.
pub(super) enum Tail {
    Database { store: Arc<dyn Store>, after: i64, filter: ChangeFilter },
    Server { server: Server, begin: Begin, query: String, following: Option<Box<Follower>> },
}

/// What the log cannot tell.
fn gone(seq: i64, bounds: LogBounds) -> String {
    format!(
        "the changes after {seq} are not there: the log can be followed from {} to {}; list what you follow anew, and go \
         on with --after {}",
        bounds.oldest, bounds.last, bounds.last
    )
}

impl Tail {
    /// The log of a database.
    pub(super) async fn of_database(store: Arc<dyn Store>, begin: Begin, filter: ChangeFilter) -> Result<Self> {
        let bounds = store.log_bounds().await?;
        let after = match begin {
            Begin::Oldest => bounds.oldest,
            Begin::Now => bounds.last,
            Begin::After(seq) => seq,
        };
        Ok(Self::Database { store, after, filter })
    }

    /// The log of a server.
    pub(super) fn of_server(server: Server, begin: Begin, filter: &ChangeFilter) -> Self {
        Self::Server { server, begin, query: query(filter), following: None }
    }

    /// The next changes there are now, as JSON; `None` when there are no more.
    pub(super) async fn page(&mut self) -> Result<Option<Vec<String>>> {
        match self {
            Self::Database { store, after, filter } => match store.entries_after(*after, AT_ONCE).await? {
                Stretch::Gone(bounds) => bail!(gone(*after, bounds)),
                Stretch::Entries { entries, .. } => {
                    let Some(last) = entries.last() else { return Ok(None) };
                    *after = last.change.seq;
                    let wanted = entries
                        .iter()
                        .filter(|entry| filter.wants(&entry.change.key, entry.change.field, &entry.change.source));
                    Ok(Some(wanted.map(json).collect()))
                }
            },
            Self::Server { server, begin, query, .. } => {
                let from = match begin {
                    Begin::Oldest => "oldest".to_owned(),
                    Begin::Now => "now".to_owned(),
                    Begin::After(seq) => seq.to_string(),
                };
                let path = format!("/api/v1/changes?after={from}&limit={AT_ONCE}{query}");
                let page =
                    server.json(&path).await?.context("the server has no change feed; is it a Pharos server?")?;
                let (Some(changes), Some(next)) = (page["changes"].as_array(), page["next"].as_i64()) else {
                    bail!("the server answered with something else than changes; is it a Pharos server?");
                };
                if changes.is_empty() && *begin == Begin::After(next) {
                    return Ok(None);
                }
                *begin = Begin::After(next);
                Ok(Some(changes.iter().map(ToString::to_string).collect()))
            }
        }
    }

    /// Waits for the next changes, as JSON.
    pub(super) async fn next(&mut self) -> Result<Vec<String>> {
        if let Self::Server { server, begin, query, following } = self {
            let after = if let Begin::After(seq) = begin { Some(*seq) } else { None };
            let follower = following.get_or_insert_with(|| {
                let from = if *begin == Begin::Oldest { "after=oldest" } else { "" };
                Box::new(server.follow(format!("/api/v1/changes?{from}{query}").replace("?&", "?"), after))
            });
            loop {
                let frame = follower.next().await?;
                match frame.event.as_str() {
                    "change" => return Ok(vec![frame.data]),
                    "gone" => {
                        let problem: serde_json::Value = serde_json::from_str(&frame.data).unwrap_or_default();
                        bail!("{}", problem["detail"].as_str().unwrap_or("the log has lost what follows"));
                    }
                    _ => {}
                }
            }
        }
        loop {
            match self.page().await? {
                Some(changes) if !changes.is_empty() => return Ok(changes),
                Some(_) => {}
                None => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }
}

/// The filter as parameters of the feed, each after a `&`.
fn query(filter: &ChangeFilter) -> String {
    let mut query = String::new();
    let mut push = |name: &str, value: &str| {
        let value = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
        query.push_str(&format!("&{name}={value}"));
    };
    filter.types.iter().for_each(|value| push("type", value.as_str()));
    filter.workspaces.iter().for_each(|value| push("workspace", value));
    filter.names.iter().for_each(|value| push("name", value));
    filter.sources.iter().for_each(|value| push("source", value));
    filter.fields.iter().for_each(|value| push("field", value.as_str()));
    query
}

impl Told {
    /// Reads what the feed wrote.
    pub(super) fn read(json: &str) -> Result<Self> {
        serde_json::from_str(json).context("the feed tells something that is no change; is it a Pharos server?")
    }

    /// The change in one line for people.
    pub(super) fn line(&self) -> String {
        let workspace = self.workspace.as_deref().map(|workspace| format!("{workspace}.")).unwrap_or_default();
        let value = |value: &Option<String>| value.as_deref().filter(|text| !text.is_empty()).map(short);
        let what = match (value(&self.from), value(&self.to)) {
            (None, None) => String::new(),
            (None, Some(to)) => format!(" {to}"),
            (Some(from), None) => format!(" {from} -> none"),
            (Some(from), Some(to)) => format!(" {from} -> {to}"),
        };
        let text = format!(
            "{:>8}  {}  {} {workspace}{}  {}{what}  ({})",
            self.seq, self.at, self.resource_type, self.name, self.field, self.source
        );
        // Values come from outside: nothing in them may steer a terminal.
        text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
    }
}

/// The beginning of a long value.
fn short(text: &str) -> String {
    const MOST: usize = 120;
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(MOST).collect();
    if chars.next().is_some() { format!("{start}…") } else { start }
}

#[cfg(test)]
mod tests {
    use app::model::{Field, ResourceType};

    use super::*;

    #[test]
    fn a_change_is_a_line() {
        let told = Told::read(
            r#"{"seq":7,"at":"2025-11-20T12:00:00Z","type":"service","workspace":"public","name":"orders-api","id":"service:v1:orders-api:public","field":"runtime","from":"running:1","to":"failed\u001b[31m","source":"poller"}"#,
        )
        .expect("a change");
        assert_eq!(
            told.line(),
            "       7  2025-11-20T12:00:00Z  service public.orders-api  runtime running:1 -> failed [31m  (poller)"
        );
        assert!(Told::read("{}").is_err());
    }

    #[test]
    fn a_filter_becomes_parameters() {
        let filter = ChangeFilter {
            types: vec![ResourceType::new("service")],
            names: vec!["a&b".to_owned()],
            fields: vec![Field::BuilderStage],
            ..ChangeFilter::default()
        };
        assert_eq!(query(&filter), "&type=service&name=a%26b&field=builder%2Dstage");
    }
}
