//! Named points at which a test can kill the process as kill -9 would, freeze it, or make a check find a build error.
//! Without the feature `faults` they do nothing.
//!
//! They are on the ground floor because every floor has such points.

use std::time::Duration;

/// Dies here if the environment's `FAULT_KILL_AT` is `name`, or `name:N` and this is the N-th time (from 1). Stands
/// still once for N milliseconds, threads and all, if `FAULT_HOLD_AT` is `name:N`.
#[inline]
pub fn point(name: &str) {
    #[cfg(feature = "faults")]
    armed::point(name);
    #[cfg(not(feature = "faults"))]
    let _ = name;
}

/// Does `work`; dies N milliseconds after its beginning if `FAULT_KILL_AT` is `name:N` and it is not done by then.
#[inline]
pub async fn during<T>(name: &str, work: impl Future<Output = T>) -> T {
    match deadline(name) {
        Some(timeout) => match tokio::time::timeout(timeout, work).await {
            Ok(done) => done,
            // No destructor runs and nothing is flushed: what a kill leaves behind.
            Err(_) => std::process::abort(),
        },
        None => work.await,
    }
}

/// `pattern`, unless the environment's `FAULT_SPOIL` is `name`: then one that no program can read.
#[inline]
#[must_use]
pub fn spoiled<'a>(name: &str, pattern: &'a str) -> &'a str {
    #[cfg(feature = "faults")]
    if std::env::var("FAULT_SPOIL").is_ok_and(|wanted| wanted == name) {
        return "(";
    }
    #[cfg(not(feature = "faults"))]
    let _ = name;
    pattern
}

#[cfg(feature = "faults")]
fn deadline(name: &str) -> Option<Duration> {
    armed::kill().as_ref().filter(|(wanted, _)| wanted == name).map(|(_, millis)| Duration::from_millis(*millis))
}

#[cfg(not(feature = "faults"))]
fn deadline(_: &str) -> Option<Duration> {
    None
}

#[cfg(feature = "faults")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    /// A point's name and a number.
    type Armed = Option<(String, u64)>;

    static KILL: OnceLock<Armed> = OnceLock::new();
    static SEEN: AtomicU64 = AtomicU64::new(0);
    static HOLD: OnceLock<Armed> = OnceLock::new();
    static HELD: AtomicU64 = AtomicU64::new(0);

    fn read(variable: &str) -> Armed {
        let at = std::env::var(variable).ok()?;
        Some(match at.split_once(':') {
            Some((name, number)) => (name.to_owned(), number.parse().unwrap_or(1)),
            None => (at, 1),
        })
    }

    pub(super) fn kill() -> &'static Armed {
        KILL.get_or_init(|| read("FAULT_KILL_AT"))
    }

    pub(super) fn point(name: &str) {
        if let Some((wanted, nth)) = kill()
            && wanted == name
            && SEEN.fetch_add(1, Ordering::SeqCst) + 1 == *nth
        {
            // No destructor runs and nothing is flushed: what a kill leaves behind.
            std::process::abort();
        }
        if let Some((wanted, millis)) = HOLD.get_or_init(|| read("FAULT_HOLD_AT"))
            && wanted == name
            && HELD.fetch_add(1, Ordering::SeqCst) == 0
        {
            std::thread::sleep(Duration::from_millis(*millis));
        }
    }
}
