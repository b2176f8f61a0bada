//! Changes that were told before a window could hear them.

use gloo_net::http::Request;
use serde::Deserialize;

use super::change::{ChangeEvent, Changes};

/// How many are asked for. If there are more, anything may have changed.
const MOST: &str = "200";

/// A page of the change feed.
#[derive(Deserialize)]
struct Page {
    changes: Vec<ChangeEvent>,
    more: bool,
}

/// Asks for the changes after an entry of the change log, up to another one. Gives nothing when the server does not
/// answer. Only for the browser.
pub(super) async fn missed_changes(after: i64, until: i64) -> Option<Changes> {
    let address = ["/api/v1/changes?limit=", MOST, "&after=", &after.to_string()].concat();
    let answer = Request::get(&address).send().await.ok()?;
    match answer.status() {
        200 => Some(read(&answer.text().await.ok()?, until)),
        // The log does not have them any more.
        410 => Some(Changes::Anything),
        _ => None,
    }
}

/// Reads the changes of a page up to an entry; what comes later is told by the stream.
fn read(page: &str, until: i64) -> Changes {
    let Ok(Page { mut changes, more }) = serde_json::from_str(page) else { return Changes::Anything };
    let is_whole = !more || changes.last().is_some_and(|change| change.seq >= until);
    changes.retain(|change| change.seq <= until);
    if is_whole { Changes::Of(changes) } else { Changes::Anything }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(last: i64, more: bool) -> String {
        let changes: Vec<String> =
            (5..=last).map(|seq| format!(r#"{{"seq":{seq},"type":"depot","workspace":null,"name":"crm"}}"#)).collect();
        format!(r#"{{"changes":[{}],"next":{last},"more":{more}}}"#, changes.join(","))
    }

    fn seqs(changes: Changes) -> Option<Vec<i64>> {
        match changes {
            Changes::Of(events) => Some(events.iter().map(|event| event.seq).collect()),
            Changes::Anything => None,
        }
    }

    #[test]
    fn changes_that_the_stream_tells_are_left_to_it() {
        assert_eq!(seqs(read(&page(7, false), 6)), Some(vec![5, 6]));
        assert_eq!(seqs(read(&page(7, true), 7)), Some(vec![5, 6, 7]));
        assert_eq!(seqs(read(&page(4, false), 7)), Some(vec![]));
    }

    #[test]
    fn more_than_a_page_may_be_anything() {
        assert_eq!(seqs(read(&page(7, true), 8)), None);
        assert_eq!(seqs(read("<!DOCTYPE html>", 8)), None);
    }
}
