//! SIGTERM and SIGINT: heard from the moment of listening on, so that one that comes early does not cut work off.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Hears a request to stop.
#[derive(Debug)]
pub(super) struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    /// Listens from now on; the signals end the process no longer by themselves.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Stop { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Returns when somebody has asked.
    pub(super) async fn asked(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
