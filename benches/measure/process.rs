//! Processes that this bench starts, measures, and ends by their own id.

use std::fs;
use std::io::{Error, Result};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A process of ours; ended when it is dropped.
pub struct Process(Child);

/// What a process has used so far.
#[derive(Clone, Copy, Default)]
pub struct Used {
    /// Of one core.
    pub cpu: Duration,
}

impl Process {
    /// Starts it; what it says goes to a file in `folder`.
    pub fn start(command: &mut Command, folder: &Path, name: &str) -> Result<Self> {
        let log = fs::File::options().create(true).append(true).open(folder.join(format!("{name}.log")))?;
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        Ok(Process(child))
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }

    pub fn used(&self) -> Used {
        used(&self.id().to_string())
    }

    /// A line of its status in kB, such as `VmHWM`, the most memory that it ever had.
    pub fn memory_kb(&self, line: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let found = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
        found.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    /// Asks it to end and waits; how long it took. What does not end within 20 s is killed.
    pub fn end(mut self) -> Result<Duration> {
        let begun = Instant::now();
        Command::new("kill").arg("-TERM").arg(self.id().to_string()).status()?;
        while begun.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.0.try_wait()? {
                return if status.success() {
                    Ok(begun.elapsed())
                } else {
                    Err(Error::other(format!("it ended with {status}")))
                };
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err(Error::other("it did not end within 20 s of SIGTERM"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What this process has used.
pub fn used_here() -> Used {
    used("self")
}

fn used(id: &str) -> Used {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The name in parentheses may hold spaces; user and system time are the 12th and 13th field behind it.
    let behind = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
    let ticks: u64 = behind.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    // Linux counts in hundredths of a second on every architecture.
    Used { cpu: Duration::from_millis(ticks * 10) }
}

impl std::ops::Sub for Used {
    type Output = Used;
    fn sub(self, earlier: Used) -> Used {
        Used { cpu: self.cpu.saturating_sub(earlier.cpu) }
    }
}

/// A port of 127.0.0.1 that is free now.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
