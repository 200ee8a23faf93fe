//! SIGTERM, SIGINT and SIGHUP: heard from the moment of listening on, so that one that comes early does not cut work off.
//!
//! SIGHUP means two things. In a terminal it says that the terminal is gone, and so is whoever started the program there: it
//! stops as by SIGTERM. Elsewhere it is how service managers and log rotation ask for a reload; there is nothing to reload,
//! and a service that stopped would be down until somebody noticed: it says so and goes on.

use std::io::{IsTerminal, stderr, stdin};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Hears a request to stop.
#[derive(Debug)]
pub(super) struct Stop {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    /// Started by a person in a terminal. Looked at before the terminal can be gone.
    terminal: bool,
}

impl Stop {
    /// Listens from now on; the signals end the process no longer by themselves.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Stop {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            terminal: stdin().is_terminal() && stderr().is_terminal(),
        })
    }

    /// Returns when somebody has asked.
    pub(super) async fn asked(&mut self) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hangup.recv() => {
                    if self.terminal {
                        return;
                    }
                    tracing::warn!("SIGHUP: settings are read at the start alone, so nothing was reloaded; restart to change them");
                }
            }
        }
    }
}
