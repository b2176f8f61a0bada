//! The signals that stop the server: the first asks, the second does not.

use std::io;

use crate::http::Shutdown;

/// The exit code of a process that ended at once, as a shell tells it of SIGINT.
const INTERRUPTED: i32 = 130;

/// Listens for signals until the process ends.
///
/// # Errors
/// When the system does not let it listen.
pub(super) fn listen(shutdown: Shutdown) -> io::Result<()> {
    let mut signals = Signals::new()?;
    tokio::spawn(async move {
        signals.next().await;
        tracing::info!("stopping: requests under way are finished; a second signal stops at once");
        shutdown.begin();
        signals.next().await;
        tracing::warn!("stopped at once");
        // What was acknowledged is on disk; what was not may be cut off here.
        std::process::exit(INTERRUPTED);
    });
    Ok(())
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
