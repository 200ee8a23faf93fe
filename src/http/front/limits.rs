//! Time limits and size limits for connections.

use std::io;
use std::time::Duration;

use rocket::Config;

/// More connections than this are never held, however many files may be open: each costs some 16 kB.
const MOST: u64 = 4096;
/// Fewer are never promised.
const FEWEST: u64 = 64;

/// The bounds of everything that waits for somebody else.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From a request's first byte to the end of its head; also from the connection to the first head.
    pub head: Duration,
    /// From the end of the head to the end of the body.
    pub body: Duration,
    /// How long a connection may stay without a request after one; zero allows one request only.
    pub idle: Duration,
    /// How long an answer may wait for somebody who does not read it.
    pub unread: Duration,
    /// What is being answered when the end comes has so long.
    pub grace: Duration,
    /// What was cut off then has so long to notice.
    pub mercy: Duration,
    /// The longest head, in bytes.
    pub longest_head: usize,
    /// The longest body, in bytes. A little more than any door takes, so that each refuses in its own words.
    pub longest_body: usize,
    /// Bytes of a body that need no share of [`Limits::bodies`]; every webhook has fewer.
    pub small_body: usize,
    /// Bytes of all longer bodies together.
    pub bodies: usize,
    /// Connections in all.
    pub connections: usize,
    /// Connections of one address that wait for it; it may have more for a second.
    pub of_one: usize,
}

impl Limits {
    /// The usual bounds with Rocket's own settings, where `files` may be open at once: half of them are for connections.
    #[must_use]
    pub fn of(config: &Config, files: u64) -> Self {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let connections = (files / 2).clamp(FEWEST, MOST);
        Limits {
            head: Duration::from_secs(10),
            body: Duration::from_secs(10),
            idle: seconds(config.keep_alive),
            unread: Duration::from_secs(30),
            grace: seconds(config.shutdown.grace),
            mercy: seconds(config.shutdown.mercy),
            longest_head: 32 * 1024,
            longest_body: (1024 + 64) * 1024,
            small_body: 32 * 1024,
            bodies: 64 * 1024 * 1024,
            connections: usize::try_from(connections).unwrap_or(usize::MAX),
            of_one: 512,
        }
    }
}

/// Lets this process open as many files as the system allows it; how many that is.
///
/// # Errors
/// What the system said.
pub fn raise_file_limit() -> io::Result<u64> {
    rlimit::increase_nofile_limit(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_files_are_for_connections_within_bounds() {
        for (files, connections) in [(0, 64), (256, 128), (1024, 512), (20_000, 4096), (u64::MAX, 4096)] {
            assert_eq!(Limits::of(&Config::default(), files).connections, connections, "{files}");
        }
    }
}
