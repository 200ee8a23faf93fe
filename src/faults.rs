//! Named points at which a test can have the process die, as kill -9 would; nothing without the feature `faults`.
//! On the ground floor because such points stand on every floor.

/// Dies here if the environment's `FAULT_KILL_AT` is `name`, or `name:N` and this is the N-th time (from 1).
#[inline]
pub fn point(name: &str) {
    #[cfg(feature = "faults")]
    armed::point(name);
    #[cfg(not(feature = "faults"))]
    let _ = name;
}

#[cfg(feature = "faults")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering};

    static ARMED: OnceLock<Option<(String, usize)>> = OnceLock::new();
    static SEEN: AtomicUsize = AtomicUsize::new(0);

    pub(super) fn point(name: &str) {
        let armed = ARMED.get_or_init(|| {
            let at = std::env::var("FAULT_KILL_AT").ok()?;
            Some(match at.split_once(':') {
                Some((name, nth)) => (name.to_owned(), nth.parse().unwrap_or(1)),
                None => (at, 1),
            })
        });
        if let Some((wanted, nth)) = armed
            && wanted == name
            && SEEN.fetch_add(1, Ordering::SeqCst) + 1 == *nth
        {
            // No destructor runs and nothing is flushed: what a kill leaves behind.
            std::process::abort();
        }
    }
}
