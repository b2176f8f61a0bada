//! The memory that bodies may take together.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

/// What memory is given out in, in bytes.
const PIECE: usize = 64 << 10;

/// What is only for the first piece of each body, in bytes: short reports come in while large ones take all the rest.
const FIRST_BYTES: usize = 32 << 20;

/// Memory for bodies that are being read.
///
/// A body asks for more while it grows and keeps what it has, so that many which are half read could wait for one another
/// for ever. Therefore as much as the largest body takes is kept back for one of them at a time, which can always be read
/// to its end.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    first: Arc<Semaphore>,
    shared: Arc<Semaphore>,
    kept_back: Arc<Mutex<()>>,
}

/// The memory of one body; free again when dropped.
#[derive(Debug)]
pub(super) struct Taken {
    memory: Memory,
    pieces: usize,
    first: Option<OwnedSemaphorePermit>,
    shared: Vec<OwnedSemaphorePermit>,
    kept_back: Option<OwnedMutexGuard<()>>,
}

impl Memory {
    /// So many bytes in all, of which `largest` are kept back.
    pub(super) fn new(bytes: usize, largest: usize) -> Self {
        let shared = bytes.saturating_sub(largest + FIRST_BYTES) / PIECE;
        let first = FIRST_BYTES / PIECE;
        Self {
            first: Arc::new(Semaphore::new(first)),
            shared: Arc::new(Semaphore::new(shared)),
            kept_back: Arc::default(),
        }
    }

    /// Memory for a body of which nothing has been read.
    pub(super) fn taken(&self) -> Taken {
        Taken { memory: self.clone(), pieces: 0, first: None, shared: Vec::new(), kept_back: None }
    }
}

impl Taken {
    /// Sees that there is memory for so many bytes, and waits for it.
    pub(super) async fn grow_to(&mut self, bytes: usize) {
        let pieces = bytes.div_ceil(PIECE);
        let missing = pieces.saturating_sub(self.pieces);
        if missing == 0 {
            return;
        }
        if pieces == 1 {
            // Never closed, so there is always one to come.
            self.first = Arc::clone(&self.memory.first).acquire_owned().await.ok();
            self.pieces = 1;
            return;
        }
        self.pieces += missing;
        if self.kept_back.is_some() {
            return;
        }
        let permits = u32::try_from(missing).unwrap_or(u32::MAX);
        let (shared, kept_back) = (Arc::clone(&self.memory.shared), Arc::clone(&self.memory.kept_back));
        tokio::select! {
            biased;
            Ok(permits) = shared.acquire_many_owned(permits) => self.shared.push(permits),
            guard = kept_back.lock_owned() => self.kept_back = Some(guard),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::FutureExt as _;

    use super::*;

    /// Memory with so many pieces to share, and twice as many kept back.
    fn memory(pieces: usize) -> Memory {
        Memory::new(FIRST_BYTES + 3 * pieces * PIECE, 2 * pieces * PIECE)
    }

    #[tokio::test]
    async fn bodies_that_grow_never_wait_for_one_another_for_ever() {
        let memory = memory(4);
        let (mut one, mut two, mut three) = (memory.taken(), memory.taken(), memory.taken());
        one.grow_to(2 * PIECE).await;
        two.grow_to(2 * PIECE).await;
        three.grow_to(2 * PIECE).now_or_never().expect("what was kept back is its own");
        three.grow_to(8 * PIECE).now_or_never().expect("to its end");
        let two = tokio::spawn(async move { two.grow_to(3 * PIECE).await });
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!two.is_finished(), "all is taken");
        drop(three);
        two.await.expect("it goes on when another has ended");
    }

    #[tokio::test]
    async fn a_short_body_waits_for_no_large_one() {
        let memory = memory(2);
        let (mut one, mut two, mut short) = (memory.taken(), memory.taken(), memory.taken());
        one.grow_to(2 * PIECE).await;
        two.grow_to(2 * PIECE).await;
        short.grow_to(PIECE).now_or_never().expect("its memory is of another kind");
        short.grow_to(1).now_or_never().expect("it has more already");
    }

    #[tokio::test]
    async fn what_was_taken_is_free_again() {
        let memory = memory(2);
        for _ in 0..10 {
            let mut taken = memory.taken();
            taken.grow_to(1).now_or_never().expect("there is memory");
            taken.grow_to(2 * PIECE).now_or_never().expect("there is memory");
        }
        assert_eq!(memory.shared.available_permits(), 2);
        assert_eq!(memory.first.available_permits(), FIRST_BYTES / PIECE);
    }
}
