//! The execution state of a Resource (domain.md 2.2).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::time::Timestamp;
use super::word::open_word;

open_word! {
    /// The word before the first colon of a runtime value.
    RuntimeState {
        /// Running now.
        Running = "running",
        /// The last run is done.
        Succeeded = "succeeded",
        /// The last run, or the thing itself, failed.
        Failed = "failed",
        /// Waiting, starting, or stuck.
        Pending = "pending",
        /// Waiting for the schedule; the detail is the next start.
        Next = "next",
        /// At work, as Operators say it.
        InProgress = "inprogress",
        /// Stopped before its end.
        Aborted = "aborted",
        /// Set aside by hand.
        Paused = "paused",
        /// No runtime: how a blank value is shown and filtered.
        None = "none",
    }
}

/// What follows the first colon of a runtime value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuntimeDetail {
    /// `running:2`: that many are ready.
    Ready(u32),
    /// `pending:0/1`: ready of wanted.
    ReadyOf(u32, u32),
    /// `next:2025-07-28T10:18:00Z`: the next scheduled start.
    At(Timestamp),
    /// Anything else, kept as it was.
    Other(String),
}

/// A runtime value: the raw text, and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runtime {
    /// As reported, trimmed; empty when there is none.
    pub raw: String,
    /// The part before the first colon.
    pub state: RuntimeState,
    /// The part after it.
    pub detail: Option<RuntimeDetail>,
}

impl Runtime {
    /// Splits at the first colon. Any text is read; what is not understood is kept raw.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let raw = text.trim().to_owned();
        if raw.is_empty() {
            return Self { raw, state: RuntimeState::None, detail: None };
        }
        let (word, detail) = match raw.split_once(':') {
            Some((word, detail)) => (word, Some(parse_detail(detail.trim()))),
            None => (raw.as_str(), None),
        };
        let state = RuntimeState::parse(word);
        Self { raw, state, detail }
    }

    /// True for a blank value.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.raw.is_empty()
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.raw)
    }
}

fn parse_detail(detail: &str) -> RuntimeDetail {
    let count = |text: &str| -> Option<u32> {
        (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
    };
    if let Some(ready) = count(detail) {
        return RuntimeDetail::Ready(ready);
    }
    if let Some((ready, wanted)) = detail.split_once('/')
        && let (Some(ready), Some(wanted)) = (count(ready.trim()), count(wanted.trim()))
    {
        return RuntimeDetail::ReadyOf(ready, wanted);
    }
    match Timestamp::parse(detail) {
        Some(at) => RuntimeDetail::At(at),
        None => RuntimeDetail::Other(detail.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_every_value_seen_on_the_platform() {
        let at = Timestamp::parse("2025-07-28T13:40:00+05:30").expect("a time");
        for (text, state, detail) in [
            ("", RuntimeState::None, None),
            ("  ", RuntimeState::None, None),
            ("running:1", RuntimeState::Running, Some(RuntimeDetail::Ready(1))),
            ("Running:2", RuntimeState::Running, Some(RuntimeDetail::Ready(2))),
            ("pending:0/1", RuntimeState::Pending, Some(RuntimeDetail::ReadyOf(0, 1))),
            ("running", RuntimeState::Running, None),
            ("succeeded", RuntimeState::Succeeded, None),
            ("failed", RuntimeState::Failed, None),
            ("next:2025-07-28T13:40:00+05:30", RuntimeState::Next, Some(RuntimeDetail::At(at))),
            ("inprogress", RuntimeState::InProgress, None),
            ("5m", RuntimeState::Other("5m".into()), None),
            ("weird:x:y", RuntimeState::Other("weird".into()), Some(RuntimeDetail::Other("x:y".into()))),
        ] {
            let runtime = Runtime::parse(text);
            assert_eq!((runtime.state, runtime.detail), (state, detail), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_kept(text in ".*") {
            let runtime = Runtime::parse(&text);
            prop_assert_eq!(&runtime.raw, text.trim());
            prop_assert_eq!(Runtime::parse(&runtime.to_string()), runtime);
        }
    }
}
