//! Reads a stream of events (`text/event-stream`) as the pieces of it come in.

use std::collections::VecDeque;
use std::time::Duration;

use anyhow::{Result, bail};

/// The most that one event may take, in bytes.
const MAX_EVENT_BYTES: usize = 16 * 1024 * 1024;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Its name; `message` when it has none.
    pub(crate) event: String,
    /// Its data; blank for an event that only moves the place on.
    pub(crate) data: String,
    /// The place to resume after.
    pub(crate) id: Option<i64>,
    /// How long to wait before coming back.
    pub(crate) retry: Option<Duration>,
}

/// The events that have come in.
#[derive(Debug, Default)]
pub(super) struct Events {
    rest: Vec<u8>,
    frame: Frame,
    ready: VecDeque<Frame>,
}

impl Events {
    /// Takes in the next piece, cut anywhere.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.rest.extend_from_slice(bytes);
        let mut from = 0;
        while let Some(length) = self.rest[from..].iter().position(|&byte| byte == b'\n') {
            let line = String::from_utf8_lossy(&self.rest[from..from + length]).into_owned();
            self.line(line.trim_end_matches('\r'));
            from += length + 1;
        }
        self.rest.drain(..from);
        if self.rest.len() + self.frame.data.len() > MAX_EVENT_BYTES {
            bail!("the server sends an event that does not end; is it a Pharos server?");
        }
        Ok(())
    }

    /// The next whole event.
    pub(super) fn next(&mut self) -> Option<Frame> {
        self.ready.pop_front()
    }

    fn line(&mut self, line: &str) {
        if line.is_empty() {
            let mut frame = std::mem::take(&mut self.frame);
            if frame != Frame::default() {
                if frame.event.is_empty() {
                    "message".clone_into(&mut frame.event);
                }
                self.ready.push_back(frame);
            }
            return;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => value.clone_into(&mut self.frame.event),
            "data" => {
                if !self.frame.data.is_empty() {
                    self.frame.data.push('\n');
                }
                self.frame.data.push_str(value);
            }
            "id" => self.frame.id = value.parse().ok(),
            "retry" => self.frame.retry = value.parse().ok().map(Duration::from_millis),
            // A line that begins with a colon is a comment.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "retry: 1500\nid: 4\nevent: start\ndata: {\"seq\":4}\n\n: heartbeat\nid: 6\n\n\
                          id: 7\r\nevent: change\r\ndata: {\"name\":\"größe\"}\r\n\r\ndata: a\ndata: b\n\nid: 9\n";

    #[test]
    fn a_stream_may_be_cut_anywhere() {
        let mut whole = Events::default();
        whole.push(STREAM.as_bytes()).expect("events");
        let frames: Vec<Frame> = std::iter::from_fn(|| whole.next()).collect();
        let names: Vec<_> = frames.iter().map(|frame| (frame.event.as_str(), frame.data.as_str(), frame.id)).collect();
        assert_eq!(
            names,
            [
                ("start", "{\"seq\":4}", Some(4)),
                ("message", "", Some(6)),
                ("change", "{\"name\":\"größe\"}", Some(7)),
                ("message", "a\nb", None),
            ]
        );
        assert_eq!(frames[0].retry, Some(Duration::from_millis(1_500)));
        for size in 1..STREAM.len() {
            let mut events = Events::default();
            for piece in STREAM.as_bytes().chunks(size) {
                events.push(piece).expect("events");
            }
            assert_eq!(std::iter::from_fn(|| events.next()).collect::<Vec<_>>(), frames, "in pieces of {size}");
        }
    }

    #[test]
    fn what_never_ends_is_no_stream_of_events() {
        let mut events = Events::default();
        let piece = vec![b'x'; MAX_EVENT_BYTES / 2 + 1];
        events.push(&piece).expect("still short enough");
        assert!(events.push(&piece).is_err());
    }
}
