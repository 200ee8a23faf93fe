//! SIGTERM, SIGINT and SIGHUP. The program listens for them from the start, so that an early signal cuts no work off.
//!
//! SIGHUP has two meanings. In a terminal it means that the terminal is gone, and with it the person who started the
//! program: the program stops as by SIGTERM. Elsewhere service managers and log rotation use it to ask for a reload.
//! There is nothing to reload, and a stopped service would be down until somebody noticed, so the program logs the
//! signal and continues.

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
