//! Turns: how many sources run at a time, and what they may take together.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::SourceLimits;

/// What memory is given out in, in bytes.
const PIECE: u64 = 1 << 20;

/// Gives out turns, first come, first served.
///
/// A run gets all the memory that it may take before it begins: one that had to wait for more halfway would use up its
/// time meanwhile, and several could wait for one another.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    runs: Arc<Semaphore>,
    memory: Arc<Semaphore>,
    pieces: u32,
}

/// A turn; the next one's when dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _run: Option<OwnedSemaphorePermit>,
    _memory: Option<OwnedSemaphorePermit>,
}

impl Turns {
    pub(super) fn new(limits: SourceLimits) -> Self {
        let pieces = pieces(limits.memory);
        Self {
            runs: Arc::new(Semaphore::new(limits.at_once)),
            memory: Arc::new(Semaphore::new(usize::try_from(pieces).unwrap_or(usize::MAX))),
            pieces,
        }
    }

    /// Waits for a turn that may take so many bytes.
    pub(super) async fn take(&self, bytes: u64) -> Turn {
        // Never closed, so there is always one to come.
        let run = Arc::clone(&self.runs).acquire_owned().await.ok();
        let memory = Arc::clone(&self.memory).acquire_many_owned(pieces(bytes).min(self.pieces)).await.ok();
        Turn { _run: run, _memory: memory }
    }
}

fn pieces(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(PIECE)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn no_more_run_at_a_time_than_may() {
        let turns = Turns::new(SourceLimits { at_once: 2, memory: 64 * PIECE });
        let first = turns.take(PIECE).now_or_never().expect("a turn");
        let _second = turns.take(PIECE).now_or_never().expect("a turn");
        assert!(turns.take(PIECE).now_or_never().is_none());
        drop(first);
        assert!(turns.take(PIECE).now_or_never().is_some());
    }

    #[tokio::test]
    async fn the_memory_of_all_that_run_is_bounded_together() {
        let turns = Turns::new(SourceLimits { at_once: 4, memory: 8 * PIECE });
        let first = turns.take(5 * PIECE).now_or_never().expect("a turn");
        let second = turns.take(3 * PIECE).now_or_never().expect("a turn");
        assert!(turns.take(1).now_or_never().is_none(), "all is taken");
        drop(second);
        assert!(turns.take(3 * PIECE).now_or_never().is_some());
        drop(first);
        assert!(turns.take(100 * PIECE).now_or_never().is_some(), "whoever wants more than there is runs alone");
    }
}
