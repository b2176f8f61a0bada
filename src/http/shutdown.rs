//! The signal that the server is stopping.

use std::sync::Arc;

use tokio::sync::watch;

/// Tells everybody who holds a copy that the server is stopping: whoever answers without end must come to one then.
#[derive(Clone, Debug)]
pub struct Shutdown {
    signal: Arc<watch::Sender<bool>>,
}

impl Shutdown {
    /// A signal that was not given yet.
    #[must_use]
    pub fn new() -> Self {
        Self { signal: Arc::new(watch::Sender::new(false)) }
    }

    /// Gives the signal. It cannot be taken back.
    pub fn begin(&self) {
        self.signal.send_replace(true);
    }

    /// Whether it was given.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        *self.signal.borrow()
    }

    /// Waits until it is given.
    pub async fn begun(&self) {
        // The sender cannot be gone before this ends, since `self` holds it.
        drop(self.signal.subscribe().wait_for(|begun| *begun).await);
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn everybody_is_told_also_who_asks_later() {
        let shutdown = Shutdown::new();
        let waiting = tokio::spawn({
            let shutdown = shutdown.clone();
            async move { shutdown.begun().await }
        });
        assert!(!shutdown.has_begun());
        shutdown.begin();
        tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
        tokio::time::timeout(Duration::from_secs(5), shutdown.begun()).await.unwrap();
        assert!(shutdown.has_begun());
    }
}
