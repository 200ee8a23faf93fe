//! A process of ours, and a port for it.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use super::until;

/// A port below the range from which the system takes those of outgoing connections: a restarted process finds it free.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 7000).unwrap();
    loop {
        let port = 12_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 8000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A process of ours; killed with its guard.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts `command` with nothing in its environment but `settings`.
    pub(super) fn start(
        mut command: Command,
        settings: &[(String, String)],
        folder: &Path,
        log: Option<&Path>,
    ) -> Process {
        command.env_clear().envs(settings.iter().cloned()).current_dir(folder).stdin(Stdio::null());
        match log {
            Some(log) => {
                let file = File::options().create(true).append(true).open(log).unwrap();
                command.stdout(file.try_clone().unwrap()).stderr(file);
            }
            None => drop(command.stdout(Stdio::null()).stderr(Stdio::null())),
        }
        Process(command.spawn().unwrap())
    }

    /// Sends it the signal of this name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("/bin/sh").arg("-c").arg(format!("kill -{name} {}", self.0.id())).status().unwrap();
        assert!(sent.success(), "the process is gone");
    }

    /// Whether it has ended, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().unwrap()
    }

    /// Waits until it ends by itself.
    pub async fn ends(&mut self) -> ExitStatus {
        until("the process ends", async || self.ended()).await
    }

    /// kill -9.
    pub fn dies(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
